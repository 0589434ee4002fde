import type { FileContent, RepoPath, Tree } from '../../core/model/tree.ts';
import type { ChangedEntry, ChangedPaths } from '../git/changed-paths.ts';
import { type GitTreeSource, readEntry } from './git-tree.ts';
import { overlayTree } from './overlay-tree.ts';

/** A tree of git objects told by its differences from another: the index (`index`), or the after side of two commits. */
export function indexTree(id: string, base: Tree, changed: ChangedPaths, source: Pick<GitTreeSource, 'contents' | 'screen'>): Tree {
  return overlayTree(id, base, {
    paths: () => changed.keys(),
    exists: (path) => changed.get(path)?.kind !== 'gone',
    read: (path) => readChanged(path, changed.get(path), source),
  });
}

function readChanged(
  path: RepoPath,
  changed: ChangedEntry | undefined,
  source: Pick<GitTreeSource, 'contents' | 'screen'>,
): FileContent | undefined {
  switch (changed?.kind) {
    case 'blob':
      return readEntry(path, changed.entry, source);
    case 'unmerged':
      return { kind: 'unread', reason: 'unreadable', detail: 'merge conflict in the index' };
    case 'disk':
      return { kind: 'unread', reason: 'unreadable', detail: 'not stored by git yet' };
    case 'gone':
    case undefined:
      return undefined;
  }
}
