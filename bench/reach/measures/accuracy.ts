import { writeFileSync } from 'node:fs';
import type { Checkout } from '../checkouts.ts';
import { askOwn, type Measure } from '../context.ts';
import { atLeast, type Figure, NO_GOAL } from '../figure.ts';
import type { ExportedSymbol, OracleAnswer, Place } from '../symbols.ts';

/** Without the compiler, and with it. */
type Verb = 'ask' | 'ask-typed';

export interface Difference {
  readonly repository: string;
  readonly verb: Verb;
  readonly symbol: ExportedSymbol;
  /** Whether the engine says of its answer that it may be too many. */
  readonly atMost: boolean;
  /** Places that only the oracle has, and that only the engine has: `path:line:character`. */
  readonly missing: readonly string[];
  readonly extra: readonly string[];
  /** How many places both have, and how many of these a search for references does not list. */
  readonly agreed: number;
  readonly linked: number;
}

interface Score {
  readonly symbols: number;
  /** Answers of as many places as the oracle's, and answers of the very same places. */
  readonly counts: number;
  readonly exact: number;
  readonly both: number;
  readonly linked: number;
  readonly missing: number;
  readonly extra: number;
}

/** Places of the engine against those of one program over the whole workspace (processes/oracle.ts), by file, line and character. */
export const accuracy: Measure = async (context) => {
  const differences: Difference[] = [];
  const byNames: Score[] = [];
  const byTypes: { readonly name: string; readonly score: Score }[] = [];
  for (const checkout of context.checkouts) {
    const { answers } = await context.oracle(checkout);
    const symbols = answers.map(({ symbol }) => symbol);
    const score = async (verb: Verb): Promise<Score> => {
      const own = await askOwn(context, verb, checkout, symbols);
      const found = answers.map((answer, index) => compare(checkout, verb, answer, own.answers[index] ?? [], own.atMost[index] ?? true));
      differences.push(...found.filter(({ missing, extra }) => missing.length + extra.length > 0));
      return sum(found.map(scoreOf));
    };
    byNames.push(await score('ask'));
    byTypes.push({ name: checkout.name, score: await score('ask-typed') });
  }
  if (context.options.differences !== undefined) writeFileSync(context.options.differences, JSON.stringify(differences, undefined, 1));
  return [
    ...figuresOf(`all ${context.checkouts.length} repositories`, sum(byTypes.map(({ score }) => score))),
    ...byTypes.flatMap(({ name, score }) => figuresOf(name, score)),
    ...figuresOf('all, before the compiler is loaded', sum(byNames)),
  ];
};

/** Declarations are left out on both sides: that a name stands in its own declaration is no use of it. */
export function compare({ name, files }: Checkout, verb: Verb, answer: OracleAnswer, own: readonly Place[], atMost: boolean): Difference {
  const seen = new Set(files);
  const declared = new Set([answer.symbol, ...answer.declared].map(show));
  const truth = new Set(answer.places.map(show).filter((place) => !declared.has(place)));
  const ours = new Set(
    own
      .filter((place) => seen.has(place.path))
      .map(show)
      .filter((place) => !declared.has(place)),
  );
  return {
    repository: name,
    verb,
    symbol: answer.symbol,
    atMost,
    missing: [...truth].filter((place) => !ours.has(place)).sort(),
    extra: [...ours].filter((place) => !truth.has(place)).sort(),
    agreed: [...truth].filter((place) => ours.has(place)).length,
    linked: answer.linked.filter((place) => ours.has(place) && truth.has(place)).length,
  };
}

const show = (place: Place): string => `${place.path}:${place.line}:${place.character}`;

function scoreOf({ missing, extra, agreed, linked }: Difference): Score {
  const counts = missing.length === extra.length ? 1 : 0;
  const exact = missing.length + extra.length === 0 ? 1 : 0;
  return { symbols: 1, counts, exact, both: agreed, linked, missing: missing.length, extra: extra.length };
}

function sum(scores: readonly Score[]): Score {
  const total = (field: keyof Score): number => scores.reduce((so, score) => so + score[field], 0);
  return {
    symbols: total('symbols'),
    counts: total('counts'),
    exact: total('exact'),
    both: total('both'),
    linked: total('linked'),
    missing: total('missing'),
    extra: total('extra'),
  };
}

function figuresOf(repository: string, score: Score): readonly Figure[] {
  const { symbols, counts, exact, both, linked, missing, extra } = score;
  const of = `${repository}, ${symbols} symbols`;
  const sides = { references: both + missing, 'beyond a search': linked, missing, extra, 'same places': exact };
  const share = (part: number, rest: number): number => (part + rest === 0 ? 1 : part / (part + rest));
  return [
    { measure: 'recall of positions', of, goal: atLeast(0.998), value: share(both, missing), sides },
    { measure: 'precision of positions', of, goal: atLeast(0.98), value: share(both, extra), sides },
    {
      measure: 'precision by a search for references alone',
      of,
      goal: { ...NO_GOAL, unit: 'share' },
      value: share(both - linked, extra + linked),
      sides,
    },
    { measure: 'exact counts', of, goal: atLeast(0.92), value: share(counts, symbols - counts), sides },
  ];
}
