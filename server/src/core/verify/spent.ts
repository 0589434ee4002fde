import { type AckRecord, openRecord } from '../attest/records.ts';
import type { Assessment } from '../model/assessment.ts';
import type { RepoPath, Tree } from '../model/tree.ts';
import type { CoverageContext, Obstacle } from './entitlement.ts';

/**
 * Records that an earlier change has used up, for the findings of this one: the before side carries the record, and the lines that
 * it is about already stand in the file. What is found now is then a second occurrence, and "N equal findings need N
 * acknowledgements" holds across changes too (test/attest/attacks-replay.test.ts). A record alone is not enough: whoever commits
 * carriers first and the code after has shipped nothing yet. Lines that were removed leave nothing behind by which to tell.
 *
 * `carried` gives the lines of the before side's carriers for some fingerprints; it is asked only where there is something to tell.
 */
export function spentRecords(
  before: Tree,
  { hunks }: Pick<Assessment, 'hunks'>,
  carried: (fingerprints: ReadonlySet<string>) => readonly string[],
): ReadonlySet<string> {
  const holds = FINDERS.get(before) ?? lineFinder(before);
  FINDERS.set(before, holds);
  const landed = new Set<string>();
  for (const { path, findings } of hunks) {
    for (const { fingerprint, region } of findings) if (region.added !== '' && holds(path, region.added)) landed.add(fingerprint);
  }
  const spent = new Set<string>();
  for (const line of landed.size === 0 ? [] : carried(landed)) {
    const opened = openRecord(line);
    if (opened.kind === 'junk') continue;
    const { acknowledgement, payloadDigest } = opened.record;
    for (const { fingerprint } of acknowledgement.findings) if (landed.has(fingerprint)) spent.add(spentKey(fingerprint, payloadDigest));
  }
  return spent;
}

/** Whether a record has nothing left to say of this finding. What speaks against a finding is never used up. */
export function isSpent(fingerprint: string, { acknowledgement, payloadDigest }: AckRecord, { spent }: CoverageContext): boolean {
  const { decision } = acknowledgement;
  return (decision === 'acknowledged' || decision === 'overridden') && spent?.has(spentKey(fingerprint, payloadDigest)) === true;
}

export function spentObstacle({ acknowledgement: { at, by } }: AckRecord): Obstacle {
  const found = `found one of ${at} by ${by.id} for lines that are in the base already`;
  return { code: 'uncovered', message: `expected an acknowledgement of this occurrence, ${found}` };
}

/** A tree never changes, and a draft is compared with the same one at each keystroke. */
const FINDERS = new WeakMap<Tree, ReturnType<typeof lineFinder>>();

/** Tells whether a file has some whole lines. Each file is read once, and most lines that are asked for are in none. */
function lineFinder(tree: Tree): (path: RepoPath, lines: string) => boolean {
  const files = new Map<RepoPath, { readonly text: string; readonly lines: ReadonlySet<string> }>();
  return (path, wanted) => {
    const content = files.has(path) ? undefined : tree.read(path);
    const text = content?.kind === 'text' ? content.text : '';
    const file = files.get(path) ?? { text: `\n${text}`, lines: new Set(text.split('\n')) };
    files.set(path, file);
    return file.lines.has(wanted.slice(0, `${wanted}\n`.indexOf('\n'))) && file.text.includes(`\n${wanted}`);
  };
}

function spentKey(fingerprint: string, payloadDigest: string): string {
  return `${fingerprint} ${payloadDigest}`;
}
