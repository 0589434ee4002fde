import type { AssessedHunk, Assessment } from '../../core/model/assessment.ts';
import type { Finding, Severity } from '../../core/model/finding.ts';
import type { Policy } from '../../core/model/policy.ts';
import type { HunkRef } from '../../protocol.ts';
import type { Places } from './places.ts';

/** Where a hunk stands with the people. `stale`: the same place was acknowledged, and edited since. */
export interface HunkState {
  readonly kind: 'waiting' | 'acknowledged' | 'stale';
  /** Who acknowledged, where somebody did. */
  readonly by: string;
}

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

/** 1-based line of the new text at which a hunk begins; where it only removes, the line that now stands in its place. */
export function startLine(hunk: AssessedHunk): number {
  return hunk.after.lines > 0 ? hunk.after.start : hunk.after.start + 1;
}

/** 1-based last line of the new text that belongs to a hunk. */
export function endLine(hunk: AssessedHunk): number {
  return hunk.after.lines > 0 ? hunk.after.start + hunk.after.lines - 1 : hunk.after.start + 1;
}

/**
 * 1-based line of the new text at which a finding is shown. What lies on the before side is shown where its text was: as far
 * into the hunk as it stood, and never beyond it.
 */
export function shownLine(hunk: AssessedHunk, finding: Finding): number {
  if (finding.side === 'after') return finding.range.start.line;
  const into = Math.max(0, finding.range.start.line - hunk.before.start);
  return Math.min(startLine(hunk) + into, endLine(hunk));
}

/** The finding of a hunk that reaches furthest; undefined where none has a radius with a dependent. */
export function widest(hunk: AssessedHunk): Finding | undefined {
  return hunk.findings
    .filter((finding) => finding.blastRadius !== null && finding.blastRadius.references > 0)
    .sort((a, b) => (b.blastRadius?.references ?? 0) - (a.blastRadius?.references ?? 0))[0];
}

/** `14 dependents in 9 files`, `at most 14 dependents in 9 files`, or empty where no radius is known. */
export function reachText(finding: Finding | undefined): string {
  const radius = finding?.blastRadius ?? null;
  if (radius === null || radius.references === 0) return '';
  return `${radius.atMost ? 'at most ' : ''}${count(radius.references, 'dependent')} in ${count(radius.files, 'file')}`;
}

export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** Only what a person is asked about has a lens; `low` is a note. */
export function asksPerson(severity: Severity): boolean {
  return severity !== 'low';
}
