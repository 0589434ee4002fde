import type { ReachPrecision } from '../languages/language.ts';
import { languageOf } from '../languages/prepare.ts';
import type { Change } from '../model/change.ts';
import type { Reach, SourceFacts, SymbolFact } from '../model/facts.ts';
import type { BlastRadius } from '../model/radius.ts';
import type { BlindSpot } from '../model/tree.ts';
import { radiusOfThings } from '../reach/named-things/radius.ts';
import type { AnalysedChange } from './analyse-change.ts';
import type { FileAnalysis } from './analyse-file.ts';
import { withTested } from './tested-dependents.ts';

/** Above this many exported symbols that a change removes or changes, no more is asked about each than imports and names tell. */
const MOST_BY_TYPES = 200;
/** As many of them may be members: each of these is a program of its own. */
const MOST_MEMBERS = 30;

/**
 * How dependents of this change are found. A function of the change alone, so that an answer does not depend on how many
 * questions came before it: a deleted package of a thousand exports gets upper bounds, and gets them soon.
 */
export function reachPrecision(analysed: AnalysedChange): ReachPrecision {
  const changed = analysed.files.flatMap(({ residue }) => residue.removed.symbols.filter((symbol) => symbol.exported));
  const members = changed.filter(({ name }) => name.includes('.'));
  return changed.length > MOST_BY_TYPES || members.length > MOST_MEMBERS ? 'names' : 'types';
}

/**
 * Answers a rule's question about dependents. A symbol that stood in the before tree is asked there: in the after tree a
 * removed one has no dependents left to ask for, and a changed one may have lost some to the same change.
 */
export function reachOf(change: Change, analysis: FileAnalysis, precision: ReachPrecision, blind: (spot: BlindSpot) => void): Reach {
  const { path, previousPath } = analysis.file;
  const stoodBefore = (symbol: SymbolFact): boolean => analysis.before?.symbols.some((other) => other.name === symbol.name) ?? false;
  return {
    of(symbol) {
      const old = stoodBefore(symbol);
      const asked = old ? (previousPath ?? path) : path;
      try {
        const tree = old ? change.before : change.after;
        const language = languageOf(asked);
        const counted = language?.reach?.(tree, asked, symbol, precision) ?? null;
        // Where so much goes that each gets its bound soon, nobody reads which of them is tested.
        const radius =
          language === undefined || counted === null || precision === 'names'
            ? counted
            : withTested(language, tree, asked, symbol, counted);
        const foreign = radius === null ? undefined : change.foreign?.of(tree, asked, symbol);
        for (const { repository, problem } of foreign?.indexes ?? []) {
          if (problem !== undefined && change.foreign !== undefined)
            blind({ path: change.foreign.listedIn, reason: 'reach-capped', detail: `${repository}: ${problem}` });
        }
        return radius === null || foreign === undefined ? radius : { ...radius, foreign };
      } catch (error) {
        const said = error instanceof Error ? error.message : String(error);
        blind({ path, reason: 'reach-capped', detail: `dependents of ${symbol.name}: ${said}` });
        return null;
      }
    },
    ofThings: (things, side = 'before') => radiusOfThings(change[side], things, side === 'before' ? (previousPath ?? path) : path),
  };
}

/**
 * Dependents of the exported symbol in which a finding stands, for findings whose rule asked for none itself: who calls the
 * function that lost its guard. Asked of the before tree alone, because a new symbol has nobody yet who relied on it.
 */
export function reachOfScope(reach: Reach, analysis: FileAnalysis, scope: string): BlastRadius | null {
  const symbol = exportedAround(analysis.before, scope);
  return symbol === undefined ? null : reach.of(symbol);
}

/** `Session.verify` itself, or else the exported `Session` around it. */
function exportedAround(facts: SourceFacts | undefined, scope: string): SymbolFact | undefined {
  for (let name = scope; name !== ''; name = name.slice(0, Math.max(0, name.lastIndexOf('.')))) {
    const symbol = facts?.symbols.find((candidate) => candidate.name === name && candidate.exported);
    if (symbol !== undefined) return symbol;
  }
  return undefined;
}
