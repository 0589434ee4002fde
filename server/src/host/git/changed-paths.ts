import type { RepoPath } from '../../core/model/tree.ts';
import { runGit, splitNul, startGit } from './git.ts';
import { asRepoPath, type TreeEntry } from './list-tree.ts';
import type { RepositoryPlace } from './locate.ts';
import type { Objects } from './objects.ts';

/** What the after side holds at a path that differs. `disk`: git has no object of it yet; `mode` is empty where untracked. */
export type ChangedEntry =
  | { readonly kind: 'blob'; readonly entry: TreeEntry }
  | { readonly kind: 'disk'; readonly mode: string }
  | { readonly kind: 'unmerged' }
  | { readonly kind: 'gone' };

export type ChangedPaths = ReadonlyMap<RepoPath, ChangedEntry>;

const RAW = ['-r', '-z', '--raw', '--no-abbrev', '--no-renames', '--ignore-submodules=dirty'];

/** Paths in which two commits or trees differ. */
export function changedBetween(place: RepositoryPlace, before: string, after: string): ChangedPaths {
  return parseRaw(runGit(place.git, ['diff-tree', ...RAW, before, after]).stdout);
}

/** Paths in which the index differs from a commit or tree. */
export function changedInIndex(place: RepositoryPlace, before: string): ChangedPaths {
  return parseRaw(listStaged(place, before));
}

/** The same in git's own words, for whoever names a staged change by them. */
export function listStaged(place: Pick<RepositoryPlace, 'git'>, before: string): Buffer {
  return runGit(place.git, ['diff-index', '--cached', ...RAW.slice(1), before]).stdout;
}

/**
 * Paths in which the working tree differs from a commit or tree, untracked files included and ignored ones not. A superset:
 * a file whose time stamp alone changed is among them. As they are now, though they are looked at later: git goes over the files
 * while something else is done.
 */
export function changedOnDisk(place: RepositoryPlace, objects: Pick<Objects, 'begin'>, before: string): () => ChangedPaths {
  const [tracked, untracked] = [objects.begin(place.git, trackedArgs(before)), objects.begin(place.git, UNTRACKED)];
  let known: ChangedPaths | undefined;
  return () => {
    known ??= joined(tracked(), untracked());
    return known;
  };
}

/** The same for whoever does something else until the answer has come. Errors: as `runGit`. */
export async function lookOnDisk(place: RepositoryPlace, before: string): Promise<ChangedPaths> {
  const [tracked, untracked] = await Promise.all([startGit(place.git, trackedArgs(before)), startGit(place.git, UNTRACKED)]);
  return joined(tracked, untracked);
}

const trackedArgs = (before: string): readonly string[] => ['diff-index', ...RAW.slice(1), before];
const UNTRACKED = ['ls-files', '--others', '--exclude-standard', '-z'];

function joined(tracked: Buffer, untracked: Buffer): ChangedPaths {
  const changed = new Map<RepoPath, ChangedEntry>();
  for (const [path, entry] of parseRaw(tracked)) changed.set(path, entry.kind === 'unmerged' ? { kind: 'disk', mode: '' } : entry);
  // A repository inside this one is listed as a folder, with a slash at its end.
  for (const path of splitNul(untracked)) changed.set(asRepoPath(path.replace(/\/$/, '')), { kind: 'disk', mode: '' });
  return changed;
}

/** `:<mode> <mode> <oid> <oid> <status>` NUL `<path>` NUL, see git-diff-tree(1), "Raw output format". */
export function parseRaw(bytes: Buffer): Map<RepoPath, ChangedEntry> {
  const fields = splitNul(bytes);
  const changed = new Map<RepoPath, ChangedEntry>();
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const [, mode = '', , oid = '', status = ''] = (fields[i] ?? '').split(' ');
    // An unmerged path may come twice, as unmerged and as modified; either way it is read from disk then.
    changed.set(asRepoPath(fields[i + 1] ?? ''), changedEntry(mode, oid, status));
  }
  return changed;
}

/** What the before side holds at those of the paths that a raw listing names; nothing where it adds them. */
export function replacedBlobs(bytes: Buffer, paths: ReadonlySet<string>): readonly string[] {
  const fields = splitNul(bytes);
  return fields.flatMap((path, i) => {
    const [, , oid = ''] = i % 2 === 0 || !paths.has(path) ? [] : (fields[i - 1] ?? '').split(' ');
    return /[1-9a-f]/.test(oid) ? [oid] : [];
  });
}

function changedEntry(mode: string, oid: string, status: string): ChangedEntry {
  if (status === 'U') return { kind: 'unmerged' };
  if (status === 'D') return { kind: 'gone' };
  return /^0+$/.test(oid) ? { kind: 'disk', mode } : { kind: 'blob', entry: { mode, oid } };
}
