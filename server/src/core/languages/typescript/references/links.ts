import type { FileLinks } from '../../../model/symbol-uses.ts';
import type { RepoPath, Tree } from '../../../model/tree.ts';
import { importersOf } from './query.ts';

/** Who imports whom, each file asked once. */
export function linksOf(tree: Tree): FileLinks {
  const known = new Map<RepoPath, readonly RepoPath[]>();
  return {
    importersOf(path) {
      const found = known.get(path) ?? importersOf(tree, path);
      known.set(path, found);
      return found;
    },
  };
}
