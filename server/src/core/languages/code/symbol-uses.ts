import type { SymbolFact } from '../../model/facts.ts';
import type { SymbolUses } from '../../model/symbol-uses.ts';
import type { RepoPath, Tree } from '../../model/tree.ts';
import { type ReachLanguage, usesOfSymbol } from './reach.ts';

/** Every place that may mean a symbol: those that `reachByName` counts. */
export function usesByName(language: ReachLanguage, tree: Tree, path: RepoPath, symbol: SymbolFact): SymbolUses | null {
  const found = usesOfSymbol(language, tree, path, symbol, Number.POSITIVE_INFINITY);
  if (found === undefined) return null;
  // What is not called may be another thing of the same name.
  const uses = found.map(({ path: file, line, character, kind }) => ({
    path: file,
    line,
    character,
    kind: kind === 'use' ? ('mention' as const) : kind,
  }));
  return { uses, method: 'names', atMost: true };
}
