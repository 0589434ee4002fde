import type { RepoPath } from '../../core/model/tree.ts';
import { runGit, splitNul } from './git.ts';
import type { RepositoryPlace } from './locate.ts';

/** What a tree or the index records of a path. */
export interface TreeEntry {
  /** Octal as git prints it: `100644`, `100755`, `120000` symlink, `160000` submodule. */
  readonly mode: string;
  readonly oid: string;
}

/** Every file of a commit or tree, folders followed. */
export function listTree(place: RepositoryPlace, oid: string): ReadonlyMap<RepoPath, TreeEntry> {
  const entries = new Map<RepoPath, TreeEntry>();
  for (const record of splitNul(runGit(place.git, ['ls-tree', '-r', '-z', '--full-tree', oid]).stdout)) {
    const tab = record.indexOf('\t');
    // `<mode> <type> <oid>`: the mode has always six digits.
    const oidStart = record.indexOf(' ', 7) + 1;
    entries.set(asRepoPath(record.slice(tab + 1)), { mode: record.slice(0, 6), oid: record.slice(oidStart, tab) });
  }
  return entries;
}

/** Git prints paths relative to the top, with slashes: what RepoPath promises. */
export function asRepoPath(path: string): RepoPath {
  return path as RepoPath;
}
