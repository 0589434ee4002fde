import type { FileScan } from '../model/file-scan.ts';
import type { RepoPath, Tree } from '../model/tree.ts';
import { scanFile } from './scan-file.ts';

/** Scans made for trees that keep none themselves. */
const MADE = new WeakMap<Tree, Map<RepoPath, FileScan | undefined>>();

/** The scan of a file of a tree; undefined where the tree has no text there. Made once for each tree and path. */
export function scanOf(tree: Tree, path: RepoPath): FileScan | undefined {
  if (tree.scan !== undefined) return tree.scan(path);
  const made = MADE.get(tree) ?? new Map<RepoPath, FileScan | undefined>();
  MADE.set(tree, made);
  if (!made.has(path)) {
    const content = tree.read(path);
    made.set(path, content?.kind === 'text' ? scanFile(path, content.text) : undefined);
  }
  return made.get(path);
}
