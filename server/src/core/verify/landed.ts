import { findingFingerprint } from '../identity.ts';
import type { AcknowledgedFinding } from '../model/acknowledgement.ts';
import type { RepoPath, Tree } from '../model/tree.ts';
import { splitLines } from '../split-lines.ts';
import type { CoverageContext } from './entitlement.ts';

/** Lines of a longer region are not looked for: each line of the file costs a digest of so many. */
const MOST_LINES = 12;

/**
 * Tells whether an acknowledged finding that is no part of this change was taken in by an earlier one: the before side carries the
 * acknowledgement, or has the very lines that it is about. Then nothing of it changed since, unless it is these lines that the
 * findings beside it replace. `isCarried` tells of the carriers of the before side, by fingerprint.
 *
 * A removal, and lines that replaced others, leave nothing behind by which to tell them where no carrier says so: they count as
 * not taken in, and explain. Held by test/verify/stale.test.ts.
 */
export function landedIn(before: Tree, isCarried: (fingerprint: string) => boolean): NonNullable<CoverageContext['isLanded']> {
  const known = new Map<string, ReadonlySet<string>>();
  const inFile = (older: AcknowledgedFinding, path: RepoPath): boolean => {
    const key = JSON.stringify([older.rule, older.ruleVersion, older.scope, path, countOf(older)]);
    const found = known.get(key) ?? regionsOf(older, path, textOf(before, path));
    known.set(key, found);
    return found.has(older.fingerprint);
  };
  return (older, path, near) => {
    if (near.some(({ region }) => regionsOf(older, path, region.removed).has(older.fingerprint))) return false;
    return isCarried(older.fingerprint) || inFile(older, path);
  };
}

/** Fingerprints of every run of added lines in a text that is as long as the one that was acknowledged. */
function regionsOf(older: AcknowledgedFinding, path: RepoPath, text: string): ReadonlySet<string> {
  const { rule, ruleVersion, scope } = older;
  const count = countOf(older);
  const lines = count < 1 || count > MOST_LINES ? [] : splitLines(text);
  const regions = new Set<string>();
  for (let start = 0; start + count <= lines.length; start++) {
    const added = lines.slice(start, start + count).join('');
    regions.add(findingFingerprint({ rule, ruleVersion, scope, path, removed: '', added }));
  }
  return regions;
}

/** How many lines it is about, as the statement says: `after 12-14`. */
function countOf({ lines }: AcknowledgedFinding): number {
  const [, from = '', to = from] = /^(?:after |before )?(\d{1,9})(?:-(\d{1,9}))?$/.exec(lines) ?? [];
  return Number(to) - Number(from) + 1;
}

function textOf(tree: Tree, path: RepoPath): string {
  const content = tree.read(path);
  return content?.kind === 'text' ? content.text : '';
}
