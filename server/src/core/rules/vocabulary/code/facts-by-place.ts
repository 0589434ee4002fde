import type { Call, Fact } from '../../../model/facts.ts';
import type { Position, Range } from '../../../model/range.ts';
import { groupBy, keepOf } from './kept.ts';

// A rule asks for the facts of one condition or one function, and there are as many of those as a file is long: to look at every
// fact each time takes the square of a file (test/properties/one-large-file.test.ts).

/** Facts that start inside a range, in their order. */
export function factsInside<T extends Fact>(facts: readonly T[], { start, end }: Range): readonly T[] {
  const isIn = ({ range }: Fact): boolean => isBefore(range.start, end) && !isBefore(range.start, start);
  if (facts.length <= FEW || !isAskedOften(facts)) return facts.filter(isIn);
  const placed = byStart(facts);
  let low = 0;
  for (let high = placed.length; low < high; ) {
    const middle = (low + high) >> 1;
    const at = placed[middle]?.fact.range.start;
    if (at !== undefined && isBefore(at, start)) low = middle + 1;
    else high = middle;
  }
  const found: Placed[] = [];
  for (let each = placed[low]; each !== undefined && isBefore(each.fact.range.start, end); each = placed[++low]) found.push(each);
  return inOrder(facts, found);
}

/** Facts of a scope and of the scopes inside it, in their order; all of them for the empty one. */
export function factsWithin<T extends Fact>(facts: readonly T[], scope: string): readonly T[] {
  if (scope === '') return facts;
  if (!isAskedOften(facts)) return facts.filter((fact) => fact.scope.startsWith(scope) && /^(?:\.|$)/.test(fact.scope.slice(scope.length)));
  const { own, names, known } = byScope(facts);
  const found = known.get(scope);
  // What is kept beside these very facts was taken from them, and is of their kind.
  if (found !== undefined) return found as readonly T[];
  const inner = `${scope}.`;
  const placed = [...(own.get(scope) ?? [])];
  for (let at = firstAtOrAfter(names, inner); names[at]?.startsWith(inner) === true; at += 1)
    for (const each of own.get(names[at] ?? '') ?? []) placed.push(each);
  const sorted = inOrder(facts, placed);
  known.set(scope, sorted);
  return sorted;
}

/** Every callee of some calls, each once. */
export const calleesOf = keepOf((calls: readonly Call[]): ReadonlySet<string> => new Set(calls.map(({ callee }) => callee)));

const FEW = 16;

/** A keystroke asks a few times of each list, and the next one has another list: only who asks again and again is worth a table. */
function isAskedOften(facts: readonly Fact[]): boolean {
  const times = (asked.get(facts) ?? 0) + 1;
  asked.set(facts, times);
  return times > FEW;
}

const asked = new WeakMap<readonly Fact[], number>();

interface Placed {
  readonly fact: Fact;
  readonly index: number;
}

const byStart = keepOf((facts: readonly Fact[]): readonly Placed[] =>
  facts
    .map((fact, index) => ({ fact, index }))
    .sort((a, b) => (isBefore(a.fact.range.start, b.fact.range.start) ? -1 : isBefore(b.fact.range.start, a.fact.range.start) ? 1 : 0)),
);

const byScope = keepOf((facts: readonly Fact[]) => {
  const placed = facts.map((fact, index) => ({ fact, index }));
  const own = groupBy(placed, ({ fact }) => fact.scope);
  return { own, names: [...own.keys()].sort(), known: new Map<string, readonly Fact[]>() };
});

function inOrder<T extends Fact>(facts: readonly T[], placed: readonly Placed[]): readonly T[] {
  return [...placed]
    .sort((a, b) => a.index - b.index)
    .flatMap(({ index }) => {
      const fact = facts[index];
      return fact === undefined ? [] : [fact];
    });
}

function isBefore(a: Position, b: Position): boolean {
  return a.line < b.line || (a.line === b.line && a.character < b.character);
}

/** The place of the first of some sorted names that is not before another. */
export function firstAtOrAfter(sorted: readonly string[], wanted: string): number {
  let low = 0;
  for (let high = sorted.length; low < high; ) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? '') < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}
