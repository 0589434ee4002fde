import type { AssessedHunk, Assessment } from '../../core/model/assessment.ts';
import type { Finding, Severity } from '../../core/model/finding.ts';
import type { Policy } from '../../core/model/policy.ts';
import type { HunkRef } from '../../protocol.ts';
import type { HunkState } from '../reporters/hunk-state.ts';
import { reachText } from '../reporters/text.ts';
import type { Places } from './places.ts';

/** What the worker found in one folder. Plain data. */
export interface FolderAnswer {
  readonly revision: number;
  readonly places: Places;
  /** Git directory that all working trees of the repository share: the ledger lies there. */
  readonly commonDir: string;
  /** Commit that the working tree is compared with. */
  readonly baseline: string;
  readonly assessment: Assessment;
  /** By hunk id; every hunk of the assessment has one. */
  readonly states: Readonly<Record<string, HunkState>>;
  readonly policy: Policy;
  /** What a person must know of this answer: a policy that is half typed and does not count yet. */
  readonly warnings: readonly string[];
}

const WAITING: HunkState = { kind: 'waiting', by: '' };

export function stateOf(answer: FolderAnswer, hunk: AssessedHunk): HunkState {
  return answer.states[hunk.id] ?? WAITING;
}

export function refOf(uri: string, hunk: AssessedHunk): HunkRef {
  return { uri, hunkId: hunk.id, fingerprints: fingerprintsOf(hunk) };
}

export function fingerprintsOf(hunk: AssessedHunk): readonly string[] {
  return hunk.findings.map((finding) => finding.fingerprint).sort();
}

/** The finding of a hunk that reaches furthest; undefined where none has a radius with a dependent. */
export function widest(hunk: AssessedHunk): Finding | undefined {
  return hunk.findings
    .filter((finding) => finding.blastRadius !== null && finding.blastRadius.references > 0)
    .sort((a, b) => (b.blastRadius?.references ?? 0) - (a.blastRadius?.references ?? 0))[0];
}

/** `14 dependents in 9 files`, or empty where no radius is known, or none with a dependent. */
export function reachOf(finding: Finding | undefined): string {
  const radius = finding?.blastRadius ?? null;
  return radius === null || radius.references === 0 ? '' : reachText(radius);
}

/** Only what a person is asked about has a lens; `low` is a note. */
export function asksPerson(severity: Severity): boolean {
  return severity !== 'low';
}
