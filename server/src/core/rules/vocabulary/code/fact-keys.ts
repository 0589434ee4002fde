import type { Fact } from '../../../model/facts.ts';
import { keepOf, keepOfBoth } from './kept.ts';

// Most of a file stands on both sides in one order. What one side alone has lies between the first and the last fact in which they
// differ, and to find these two takes a look at each key and no table of them: a keystroke asks this of many kinds.

/** Keys of some facts, each once. */
export const keysOf = keepOf((facts: readonly Fact[]): ReadonlySet<string> => new Set(facts.map(({ key }) => key)));

/** Facts of `one` of whose key `other` has none, in their order. */
export function onlyIn<T extends Fact>(one: readonly T[], other: readonly Fact[]): readonly T[] {
  // What is kept beside these very facts was taken from them, and is of their kind.
  return keptOnlyIn(one, other) as readonly T[];
}

/** Of n facts with one key, the last n - m where `old` has m of them, in their order. */
export function surplusOf<T extends Fact>(facts: readonly T[], old: readonly Fact[]): readonly T[] {
  if (facts.length === 0) return facts;
  const { start, end } = stretchOf(facts, old);
  const found = subtract(facts.slice(start, facts.length - end), countKeys(old.slice(start, old.length - end)));
  // Of equal facts the last are left over, and one of those stands behind the stretch.
  const isLast = (fact: T): boolean => !hasKey(facts, facts.length - end, facts.length, fact.key);
  return end === 0 || found.every(isLast) ? found : subtract(facts, countsOf(old));
}

/** The same for some of the facts of a side, where `old` is all of the other one. */
export function surplusAmong<T extends Fact>(facts: readonly T[], old: readonly Fact[]): readonly T[] {
  if (facts.length === 0) return facts;
  if (facts.length > FEW) return subtract(facts, countsOf(old));
  const wanted = facts.map(({ key }) => key);
  return subtract(facts, countKeys(old.filter(({ key }) => wanted.includes(key))));
}

/** Facts that are as many as this are looked up in a table, and fewer one by one. */
const FEW = 8;

const keptOnlyIn = keepOfBoth((one: readonly Fact[], other: readonly Fact[]): readonly Fact[] => {
  const { start, end } = stretchOf(one, other);
  const stretch = one.slice(start, one.length - end);
  if (stretch.length > FEW) return stretch.filter(({ key }) => !keysOf(other).has(key));
  return stretch.filter(({ key }) => !hasKey(other, 0, other.length, key));
});

/** How many facts two lists have alike, one by one, from their begin on and from their end on. */
function stretchOf(one: readonly Fact[], other: readonly Fact[]): { readonly start: number; readonly end: number } {
  const most = Math.min(one.length, other.length);
  let start = 0;
  while (start < most && one[start]?.key === other[start]?.key) start += 1;
  let end = 0;
  while (end < most - start && one[one.length - 1 - end]?.key === other[other.length - 1 - end]?.key) end += 1;
  return { start, end };
}

function hasKey(facts: readonly Fact[], from: number, to: number, wanted: string): boolean {
  for (let at = from; at < to; at += 1) if (facts[at]?.key === wanted) return true;
  return false;
}

function subtract<T extends Fact>(facts: readonly T[], had: ReadonlyMap<string, number>): readonly T[] {
  const left = new Map<string, number>();
  return facts.filter(({ key }) => {
    const count = left.get(key) ?? had.get(key) ?? 0;
    if (count > 0) left.set(key, count - 1);
    return count === 0;
  });
}

const countsOf = keepOf(countKeys);

function countKeys(facts: readonly Fact[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { key } of facts) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}
