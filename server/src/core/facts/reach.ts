import { languageOf } from '../languages/prepare.ts';
import type { Change } from '../model/change.ts';
import type { Reach, SymbolFact } from '../model/facts.ts';
import type { FileAnalysis } from './analyse-file.ts';

/**
 * Answers a rule's question about dependents. A symbol that stood in the before tree is asked there: in the after tree a
 * removed one has no dependents left to ask for, and a changed one may have lost some to the same change.
 */
export function reachOf(change: Change, analysis: FileAnalysis): Reach {
  const { path, previousPath } = analysis.file;
  const stoodBefore = (symbol: SymbolFact): boolean => analysis.before?.symbols.some((other) => other.name === symbol.name) ?? false;
  return {
    of(symbol) {
      const old = stoodBefore(symbol);
      const asked = old ? (previousPath ?? path) : path;
      return languageOf(asked)?.reach?.(old ? change.before : change.after, asked, symbol) ?? null;
    },
  };
}
