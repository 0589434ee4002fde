import type { History, ScoreFactor } from '../model/history.ts';
import type { RepoPath } from '../model/tree.ts';
import { type ChangedFile, count, isBehaviour } from './change-shape.ts';

/** A partner must have changed with a file this often before its absence says anything. */
const LEAST_TOGETHER = 4;
/** Commits of more files than this say nothing about what belongs together (a rename of everything). */
const MOST_FILES = 30;

/**
 * What the past of the changed files gives: whether they were reverted or mended before, whether their author knows them, and
 * whether a file that always changes with them is missing. Without a history each counts in full: unknown never reads as safe
 * (law 3). Weights and what each factor added on real commits: docs/score.md.
 */
export function pastFactors(files: readonly ChangedFile[], history: History | undefined): readonly ScoreFactor[] {
  const paths = new Set(files.filter(isBehaviour).map(({ path }) => path));
  const all = new Set(files.map(({ path }) => path));
  const asked = JSON.stringify([[...paths], [...all]]);
  const known = history === undefined ? undefined : ASKED.get(history);
  if (known?.asked === asked) return known.factors;
  const factors = [reverted(paths, history), mended(paths, history), stranger(paths, history), partner(all, history)];
  if (history !== undefined && all.size > 0) ASKED.set(history, { asked, factors });
  return factors;
}

/** What was asked last of a history: a keystroke asks the same again. */
const ASKED = new WeakMap<History, { readonly asked: string; readonly factors: readonly ScoreFactor[] }>();

/** What a tool writes along with everything. */
const GENERATED = /(^|\/)([\w-]*lock(file)?\.(json|ya?ml|toml)|[\w-]+\.lock|go\.sum|npm-shrinkwrap\.json)$/;
const UNKNOWN = 'the history cannot be read, so this counts in full';

function reverted(paths: ReadonlySet<RepoPath>, history: History | undefined): ScoreFactor {
  const name = 'reverted before';
  if (paths.size === 0) return { name, points: 0, most: 5, found: 'nothing that runs changes' };
  const found = history?.commits.filter((commit) => commit.kind === 'revert' && commit.paths.some((path) => paths.has(path))).length ?? 0;
  if (found === 0 && history?.isWhole !== true) return { name, points: 5, most: 5, found: UNKNOWN };
  return { name, points: found === 0 ? 0 : 5, most: 5, found: `${count(found, 'revert')} of these files` };
}

function mended(paths: ReadonlySet<RepoPath>, history: History | undefined): ScoreFactor {
  const name = 'mended before';
  if (paths.size === 0) return { name, points: 0, most: 4, found: 'nothing that runs changes' };
  if (history?.isWhole !== true) return { name, points: 4, most: 4, found: UNKNOWN };
  const fixes = new Map<RepoPath, number>();
  for (const commit of history.commits) {
    if (commit.kind !== 'fix') continue;
    for (const path of commit.paths) if (paths.has(path)) fixes.set(path, (fixes.get(path) ?? 0) + 1);
  }
  const most = Math.max(0, ...fixes.values());
  return {
    name,
    points: Math.min(4, 0.55 * Math.log2(1 + most)),
    most: 4,
    found: `${count(most, 'fix', 'fixes')} of the most mended file`,
  };
}

function stranger(paths: ReadonlySet<RepoPath>, history: History | undefined): ScoreFactor {
  const name = 'new hands';
  if (paths.size === 0) return { name, points: 0, most: 4, found: 'nothing that runs changes' };
  if (history === undefined || history.authors.length === 0) return { name, points: 4, most: 4, found: UNKNOWN };
  const authors = new Set(history.authors);
  const known = new Set<RepoPath>();
  for (const commit of history.commits) if (authors.has(commit.author)) for (const path of commit.paths) known.add(path);
  const strange = [...paths].filter((path) => !known.has(path)).length;
  return {
    name,
    points: (4 * strange) / paths.size,
    most: 4,
    found: `${strange} of ${count(paths.size, 'file')} not changed by this author before`,
  };
}

function partner(paths: ReadonlySet<RepoPath>, history: History | undefined): ScoreFactor {
  const name = 'missing partner';
  if (paths.size === 0) return { name, points: 0, most: 4, found: 'nothing changes' };
  if (history?.isWhole !== true) return { name, points: 4, most: 4, found: UNKNOWN };
  const changes = new Map<RepoPath, number>();
  const together = new Map<RepoPath, Map<RepoPath, number>>();
  for (const commit of history.commits) {
    for (const path of commit.paths) {
      if (!paths.has(path)) continue;
      changes.set(path, (changes.get(path) ?? 0) + 1);
      if (commit.paths.length > MOST_FILES) continue;
      const others = together.get(path) ?? new Map<RepoPath, number>();
      together.set(path, others);
      for (const other of commit.paths) if (other !== path) others.set(other, (others.get(other) ?? 0) + 1);
    }
  }
  let best: { readonly path: RepoPath; readonly other: RepoPath; readonly share: number } | undefined;
  for (const [path, others] of together) {
    const times = changes.get(path) ?? 0;
    if (times < LEAST_TOGETHER) continue;
    for (const [other, shared] of others) {
      const share = shared / times;
      if (!paths.has(other) && !GENERATED.test(other) && (best === undefined || share > best.share)) best = { path, other, share };
    }
  }
  if (best === undefined) return { name, points: 0, most: 4, found: 'no file that usually changes along' };
  return {
    name,
    points: 4 * best.share,
    most: 4,
    found: `${best.other} changed along in ${Math.round(100 * best.share)} % of the changes of ${best.path}`,
  };
}
