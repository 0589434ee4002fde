import type { ReachPrecision } from '../languages/language.ts';
import { languageOf } from '../languages/prepare.ts';
import type { Change } from '../model/change.ts';
import type { Reach, SourceFacts, SymbolFact } from '../model/facts.ts';
import type { BlastRadius } from '../model/radius.ts';
import type { BlindSpot, RepoPath } from '../model/tree.ts';
import { radiusOfThings } from '../reach/named-things/radius.ts';
import { reachOfWave, type WaveReach } from '../reach/wave-reach.ts';
import type { AnalysedChange } from './analyse-change.ts';
import type { FileAnalysis } from './analyse-file.ts';
import { withTested } from './tested-dependents.ts';

/** Above this many exported symbols that a change removes or changes, no more is asked about each than imports and names tell. */
const MOST_BY_TYPES = 200;
/** As many of them may be members: each of these is a program of its own. */
const MOST_MEMBERS = 30;
/** Of a file in which more hunks than this, or exported symbols that go or change, ask, the dependents of all are looked for at once. */
const MOST_ONE_BY_ONE = 200;

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
  let names: ReadonlySet<string> | undefined;
  const stoodBefore = ({ name }: SymbolFact): boolean => {
    names ??= new Set(analysis.before?.symbols.map((other) => other.name));
    return names.has(name);
  };
  let wave: WaveReach | undefined;
  let isMuch: boolean | undefined;
  const boundOf = (symbol: SymbolFact, asked: RepoPath): BlastRadius | 'ask' => {
    const language = languageOf(asked);
    isMuch ??= isWave(analysis);
    if (!isMuch || analysis.before === undefined || language?.reach === undefined) return 'ask';
    wave ??= reachOfWave({ language, tree: change.before, path: asked, facts: analysis.before });
    return wave.of(symbol);
  };
  return {
    of(symbol) {
      const old = stoodBefore(symbol);
      const asked = old ? (previousPath ?? path) : path;
      try {
        const tree = old ? change.before : change.after;
        const bound = old ? boundOf(symbol, asked) : 'ask';
        const language = bound === 'ask' ? languageOf(asked) : undefined;
        const counted = bound === 'ask' ? (language?.reach?.(tree, asked, symbol, precision) ?? null) : bound;
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

/** True where more than a person writes goes or changes in one file: then most of what is asked for nobody names. */
function isWave({ hunks, residue }: FileAnalysis): boolean {
  return hunks.length > MOST_ONE_BY_ONE || residue.removed.symbols.filter(({ exported }) => exported).length > MOST_ONE_BY_ONE;
}

/**
 * Dependents of the exported symbol in which a finding stands, for findings whose rule asked for none itself: who calls the
 * function that lost its guard. Asked of the before tree alone, because a new symbol has nobody yet who relied on it.
 */
export function reachOfScope(reach: Reach, analysis: FileAnalysis, scope: string): BlastRadius | null {
  const symbol = exportedAround(analysis.before, scope);
  return symbol === undefined ? null : reach.of(symbol);
}

/**
 * `Session.verify` itself, or else the exported `Session` around it. A handler that stands in `app.post('/x')` is part of what is around
 * the call, and no part of `app`: whoever uses that does not depend on the handler.
 */
function exportedAround(facts: SourceFacts | undefined, scope: string): SymbolFact | undefined {
  const isCall = scope.includes("('");
  const isAround = (name: string): boolean => facts?.scopes.some((other) => other.name === name) === true;
  for (let name = scope; name !== ''; name = name.slice(0, Math.max(0, name.lastIndexOf('.')))) {
    if (isCall && !isAround(name)) continue;
    const symbol = facts === undefined ? undefined : exportedIn(facts).get(name);
    if (symbol !== undefined) return symbol;
  }
  return undefined;
}

/** The first exported symbol of each name, worked out once for the findings of a file. */
function exportedIn(facts: SourceFacts): ReadonlyMap<string, SymbolFact> {
  const known = EXPORTED.get(facts) ?? new Map<string, SymbolFact>();
  if (!EXPORTED.has(facts))
    for (const symbol of facts.symbols) if (symbol.exported && !known.has(symbol.name)) known.set(symbol.name, symbol);
  EXPORTED.set(facts, known);
  return known;
}

const EXPORTED = new WeakMap<SourceFacts, Map<string, SymbolFact>>();
