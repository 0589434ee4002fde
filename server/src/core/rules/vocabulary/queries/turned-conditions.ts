/**
 * The condition of a query that asks for the opposite now: `expiresAt: { lt: cut }` that is `gt`, `created_at__lt` that is
 * `created_at__gte`, `eq` that is `ne`. As it read before; undefined where none was turned. Conditions are `name value` texts.
 */
export function turnedCondition(before: readonly string[], after: readonly string[]): string | undefined {
  return before.find((old) => !after.includes(old) && after.some((fresh) => !before.includes(fresh) && isTurned(old, fresh)));
}

/** Words that negate a whole condition: `exclude(…)` beside `filter(…)`. */
export function negations(names: readonly string[]): number {
  return names.filter((name) => /^(?:exclude|whereNot|whereNotIn|whereNotNull|whereNotBetween|Not|not|reject|neq)$/.test(name)).length;
}

function isTurned(old: string, fresh: string): boolean {
  const [a, b] = [wordsOf(old), wordsOf(fresh)];
  if (a.length !== b.length) return false;
  let turned = 0;
  for (const [at, word] of a.entries()) {
    const other = b[at] ?? '';
    if (word === other) continue;
    const [one, two] = [comparisonIn(word), comparisonIn(other)];
    if (one === undefined || two === undefined || one.stem !== two.stem || one.pair !== two.pair) return false;
    if (one.sign !== two.sign) turned += 1;
  }
  return turned > 0;
}

function wordsOf(condition: string): readonly string[] {
  return condition.match(/[A-Za-z_$][\w$]*|[<>=!]+|[^\s\w]|\d+/g) ?? [];
}

interface Comparison {
  /** The name that carries it, as `created_at` of `created_at__lt`. */
  readonly stem: string;
  readonly pair: 'order' | 'equality';
  readonly sign: -1 | 1;
}

/** Comparisons of the libraries, as words of their own or at the end of a name. */
function comparisonIn(word: string): Comparison | undefined {
  const [, stem = '', operator = ''] = /^(\w+__)(lte?|gte?|ne|exact|in|not_?in)$/.exec(word) ??
    /^(\w+?)(Before|After|LessThan(?:Equal)?|GreaterThan(?:Equal)?|IsNull|IsNotNull|NotIn|In|Not|Is)$/.exec(word) ?? ['', '', word];
  const name = operator.replace(/^\$/, '').replaceAll('_', '').toLowerCase();
  for (const [pair, sign, pattern] of COMPARISONS) if (pattern.test(name)) return { stem, pair, sign };
  return undefined;
}

const COMPARISONS: readonly (readonly [Comparison['pair'], Comparison['sign'], RegExp])[] = [
  ['order', -1, /^(?:lte?|le|<=?|before|lessthan(?:or)?(?:equal)?(?:to)?)$/],
  ['order', 1, /^(?:gte?|ge|>=?|after|(?:more|greater)than(?:or)?(?:equal)?(?:to)?)$/],
  ['equality', 1, /^(?:eq|equals?|={1,3}|exact|is|in|inarray|isnull)$/],
  ['equality', -1, /^(?:neq?|not|!={1,2}|<>|isnot|notin|nin|notinarray|isnotnull)$/],
];
