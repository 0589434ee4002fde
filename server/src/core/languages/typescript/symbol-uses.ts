import type { SymbolFact } from '../../model/facts.ts';
import type { FileLinks, SymbolUses } from '../../model/symbol-uses.ts';
import type { RepoPath, Tree } from '../../model/tree.ts';
import { importersOf, referencesToSymbol } from './query.ts';

/** Every reference to an exported symbol; null for a member, whose references only types can tell. */
export function usesOf(tree: Tree, path: RepoPath, symbol: SymbolFact): SymbolUses | null {
  const found = referencesToSymbol(tree, path, symbol);
  if (found === undefined) return null;
  const uses = found.places.map(({ kind, ...place }) => ({ ...place, kind: kind === 'reexport' ? ('export' as const) : kind }));
  return { uses, method: found.method, atMost: found.atMost };
}

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
