import { AppError } from '../app-error.ts';
import { type GitPlace, runGit } from '../git/git.ts';

/** What a commit has at a path, its own links followed. `out` is a link that leaves the repository, from its top or absolute. */
export type Committed =
  | { readonly kind: 'blob'; readonly oid: string; readonly size: number }
  | { readonly kind: 'out'; readonly target: string }
  | { readonly kind: 'missing' }
  | { readonly kind: 'other' };

/** Asks git once for all paths. A path with a line end or NUL is `other`. Errors: `git-failed`. */
export function committedAt(place: GitPlace, commit: string, paths: readonly string[]): ReadonlyMap<string, Committed> {
  const asked = [...new Set(paths)].filter((path) => !/[\n\0]/.test(path));
  const found = new Map<string, Committed>(paths.map((path) => [path, { kind: 'other' }]));
  if (asked.length === 0) return found;
  const { stdout } = runGit(place, ['cat-file', '--batch-check', '--follow-symlinks'], {
    input: asked.map((path) => `${commit}:${path}\n`).join(''),
  });
  let at = 0;
  const take = (length: number): string => {
    const text = stdout.subarray(at, at + length).toString('utf8');
    at += length + 1;
    return text;
  };
  for (const path of asked) {
    const end = stdout.indexOf(10, at);
    const line = take((end < 0 ? stdout.length : end) - at);
    const [, kind, size] = /^(?:[0-9a-f]{40,64} )?(blob|tree|commit|symlink|dangling|loop|notdir) (\d+)$/.exec(line) ?? [];
    if (kind === undefined) found.set(path, { kind: 'missing' });
    else if (kind === 'blob') found.set(path, { kind: 'blob', oid: line.slice(0, line.indexOf(' ')), size: Number(size) });
    else if (kind === 'symlink') found.set(path, { kind: 'out', target: take(Number(size)) });
    else if (kind === 'dangling' || kind === 'loop' || kind === 'notdir') take(Number(size));
  }
  return found;
}

/** The bytes of a blob; undefined where this clone has none, or more than `most`. */
export function readCommitted(place: GitPlace, oid: string, most: number): Buffer | undefined {
  try {
    return runGit(place, ['cat-file', 'blob', oid], { maxOutputBytes: most }).stdout;
  } catch (error) {
    if (error instanceof AppError && error.code === 'git-failed') return undefined;
    throw error;
  }
}
