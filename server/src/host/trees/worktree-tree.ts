import type { FileContent, RepoPath, Tree } from '../../core/model/tree.ts';
import type { ChangedPaths } from '../git/changed-paths.ts';
import { unreadByMode } from './blob-content.ts';
import { decodeBlob, tooLarge } from './decode.ts';
import { type DiskFile, readDiskFile } from './disk-file.ts';
import { type GitTreeSource, readEntry } from './git-tree.ts';
import { overlayTree } from './overlay-tree.ts';

/** What a tree of saved files needs of its repository. */
export interface WorktreeSource extends Pick<GitTreeSource, 'contents' | 'screen'> {
  /** Absolute top of the working tree. */
  readonly root: string;
  readonly maxFileBytes: number;
  /** The bytes as `git add` would store them; undefined where a filter would have to run. */
  readonly toBlobForm: (path: RepoPath, bytes: Uint8Array) => Uint8Array | undefined;
}

/** The saved files over a commit. Read from disk once and kept, so that the tree does not change while it is asked. */
export function worktreeTree(base: Tree, changed: () => ChangedPaths, source: WorktreeSource): Tree {
  return overlayTree('worktree', base, {
    paths: () => changed().keys(),
    exists: (path) => changed().get(path)?.kind !== 'gone',
    read: (path) => {
      const entry = changed().get(path);
      if (entry === undefined || entry.kind === 'gone') return undefined;
      if (entry.kind === 'blob') return readEntry(path, entry.entry, source);
      // Where a symlink is checked out as a plain file, as on Windows, git's record knows better than the disk.
      const byMode = entry.kind === 'disk' ? unreadByMode(entry.mode) : undefined;
      return byMode ?? contentOf(path, readDiskFile(source.root, path, 2 * source.maxFileBytes), source);
    },
  });
}

/**
 * Unsaved buffers over the saved files. An editor takes a byte-order mark off when it opens a file and puts it back when it
 * saves; a buffer without one gets the mark of the file it belongs to.
 */
export function bufferTree(base: Tree, buffers: ReadonlyMap<RepoPath, string>, source: WorktreeSource): Tree {
  return overlayTree('worktree', base, {
    paths: () => buffers.keys(),
    exists: () => true,
    read: (path) => {
      const saved = base.read(path);
      if (saved?.kind === 'unread' && (saved.reason === 'symlink' || saved.reason === 'submodule')) return saved;
      const text = buffers.get(path) ?? '';
      const marked = saved?.kind === 'text' && saved.text.startsWith(BYTE_ORDER_MARK) && !text.startsWith(BYTE_ORDER_MARK);
      const bytes = Buffer.from(marked ? BYTE_ORDER_MARK + text : text, 'utf8');
      return contentOf(path, { kind: 'file', bytes }, source);
    },
  });
}

const BYTE_ORDER_MARK = '\ufeff';

function contentOf(path: RepoPath, file: DiskFile, source: WorktreeSource): FileContent {
  if (file.kind === 'unread') return file;
  if (file.kind === 'large') return source.screen(path) ?? tooLarge(file.size, source.maxFileBytes);
  const stored = source.toBlobForm(path, file.bytes);
  if (stored === undefined) return { kind: 'unread', reason: 'filtered', detail: 'by .gitattributes' };
  return source.screen(path) ?? decodeBlob(stored, source.maxFileBytes);
}
