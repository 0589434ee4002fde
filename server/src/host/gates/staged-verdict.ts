import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import path from 'node:path';
import type { Assessment } from '../../core/model/assessment.ts';
import type { Change } from '../../core/model/change.ts';
import type { Policy } from '../../core/model/policy.ts';
import type { TrustMaterial } from '../../core/model/result.ts';
import type { BlindSpot } from '../../core/model/tree.ts';
import { VERSION } from '../../core/version.ts';
import { CARRIER_FOLDER } from '../carriers/carrier-path.ts';
import { listStaged } from '../git/changed-paths.ts';
import { splitNul } from '../git/git.ts';
import type { RepositoryPlace } from '../git/locate.ts';
import { REVOKED_PATH } from '../policy/load-revocations.ts';
import { openCacheFile } from '../scans/cache-file.ts';

/** A review as far as a verdict is kept of it. */
export type Judged = Omit<StagedVerdict, 'trust' | 'hidden'> & { readonly change: Change; readonly trust: () => StagedVerdict['trust'] };

/** What was found in a staged change. Who has acknowledged it is asked anew each time. */
export interface StagedVerdict {
  readonly assessment: Assessment;
  readonly policy: Policy;
  /** Whose keys the commit trusts that it is made on, and what earlier changes have used up. */
  readonly trust: TrustMaterial | undefined;
  readonly spent: readonly string[];
  /** Files that the change made unreadable: a verification fails for them. */
  readonly hidden: readonly BlindSpot[];
}

/**
 * Names a staged change: the commit it is made on, every entry that differs but the carriers, the engine, and the few files beside
 * the trees that an assessment reads. Two equal keys have equal assessments (test/host/staged-verdict.test.ts). `listed` is
 * what git says of the staged change, one process where it is not given.
 */
export function stagedKey(
  place: Pick<RepositoryPlace, 'git' | 'gitDir' | 'commonDir' | 'root'>,
  head: string,
  listed: Buffer = listStaged(place, head),
): string {
  const fields = splitNul(listed);
  const hash = createHash('sha256').update(JSON.stringify([4, VERSION, head, engineStamp(), besideStamps(place)]));
  for (let i = 0; i + 1 < fields.length; i += 2) {
    if (fields[i + 1]?.startsWith(CARRIER_FOLDER) === true) continue;
    hash.update(JSON.stringify([fields[i], fields[i + 1]]));
  }
  return hash.digest('hex');
}

/** The verdict that was kept of just this staged change; undefined where there is none. */
export function readVerdict(gitDir: string, key: string): StagedVerdict | undefined {
  const bytes = openCacheFile(verdictFile(gitDir)).read();
  if (bytes === undefined) return undefined;
  try {
    const kept: StagedVerdict & { readonly key: unknown } = JSON.parse(Buffer.from(bytes).toString('utf8'));
    const { assessment, policy, trust, spent, hidden } = kept;
    return kept.key === key ? { assessment, policy, trust, spent, hidden } : undefined;
  } catch {
    // Cut short or of another form: it is made anew.
    return undefined;
  }
}

/** Keeps the verdict of the newest staged change, in place of the one before. Whoever can write there can make a hook lie, and nothing else. */
export function keepVerdict(gitDir: string, key: string, { assessment, policy, trust, spent, hidden }: StagedVerdict): void {
  const text = JSON.stringify({ key, assessment, policy, trust, spent, hidden });
  openCacheFile(verdictFile(gitDir)).write(Buffer.from(text, 'utf8'));
}

/** What is kept of a review. */
export async function verdictOf({ change, trust, ...judged }: Judged): Promise<StagedVerdict> {
  // It reads languages, which a verdict that was kept needs none of.
  const { hiddenFiles } = await import('../hidden-files.ts');
  return { ...judged, trust: trust(), hidden: hiddenFiles(change).filter(({ path: file }) => file !== REVOKED_PATH) };
}

/**
 * Makes a review of the staged change and keeps its verdict for the commit that follows, where the index stood still meanwhile. Git
 * names an index of its own to hooks; the review of a hook is kept by the hook (staged-gate.ts).
 */
export async function keepingVerdict<T extends Judged>(
  {
    root,
    gitDir,
    commonDir,
    head,
  }: Pick<RepositoryPlace, 'root' | 'gitDir' | 'commonDir'> & { readonly head: () => { readonly oid: string } },
  review: () => Promise<T>,
): Promise<T> {
  if (root === undefined || process.env.GIT_INDEX_FILE !== undefined) return review();
  const key = (): string => stagedKey({ root, gitDir, commonDir, git: { cwd: root } }, head().oid);
  const before = key();
  const verdict = await review();
  if (key() === before) keepVerdict(gitDir, before, await verdictOf(verdict));
  return verdict;
}

/** Beside the index of the working tree it is about: linked working trees have one each. */
function verdictFile(gitDir: string): string {
  return path.join(gitDir, 'brakeline', 'staged-verdict');
}

/** A bundle that was built anew is another engine, whatever its version says. */
function engineStamp(): string {
  return stampOf(path.join(import.meta.dirname, 'command-line.js'));
}

function besideStamps({ commonDir, gitDir, root }: Pick<RepositoryPlace, 'gitDir' | 'commonDir' | 'root'>): readonly string[] {
  const beside = [path.join(commonDir, 'info', 'attributes'), path.join(gitDir, 'shallow'), path.join(commonDir, 'config')];
  const own = root === undefined ? [] : [path.join(root, '.brakeline', 'index.yaml')];
  return [...beside, ...own].map(stampOf);
}

function stampOf(file: string): string {
  const status = statSync(file, { throwIfNoEntry: false });
  return status === undefined ? 'none' : `${status.ino} ${status.size} ${status.mtimeMs}`;
}
