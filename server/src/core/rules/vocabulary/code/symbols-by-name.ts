import type { SourceFacts, SymbolFact } from '../../../model/facts.ts';
import { groupBy, keepOf } from './kept.ts';

// A file may declare ten thousand things, and lose each of them in a hunk of its own: what is asked of each symbol must not go
// through all of them (test/mass-deletion.test.ts).

/** Symbols of a side by their name, in their order. */
export function symbolsNamed(facts: SourceFacts | undefined, name: string): readonly SymbolFact[] {
  return facts === undefined ? NONE : (byName(facts).get(name) ?? NONE);
}

const NONE: readonly SymbolFact[] = [];
const byName = keepOf(({ symbols }: SourceFacts) => groupBy(symbols, ({ name }) => name));

/** Symbols of a side that begin on some lines, first and last inclusive, in the order of those lines. */
export function symbolsStartingOn(facts: SourceFacts, first: number, last: number): readonly SymbolFact[] {
  const { symbols, lines } = byLine(facts);
  let low = 0;
  for (let high = lines.length; low < high; ) {
    const middle = (low + high) >> 1;
    if ((lines[middle] ?? 0) < first) low = middle + 1;
    else high = middle;
  }
  let end = low;
  while (end < lines.length && (lines[end] ?? 0) <= last) end += 1;
  return symbols.slice(low, end);
}

/** Lines that the longest head of a symbol takes, the first one left out. */
export const longestHead = keepOf(({ symbols }: SourceFacts) =>
  symbols.reduce((most, { range }) => Math.max(most, range.end.line - range.start.line), 0),
);

const byLine = keepOf((facts: SourceFacts) => {
  const symbols = [...facts.symbols].sort((a, b) => a.range.start.line - b.range.start.line);
  return { symbols, lines: symbols.map(({ range }) => range.start.line) };
});

/** Whether a list holds this very thing. */
export function isAmong<T extends object>(list: readonly T[], thing: T): boolean {
  return list.length <= FEW ? list.includes(thing) : asSet(list).has(thing);
}

const FEW = 16;
const asSet = keepOf((list: readonly object[]): ReadonlySet<object> => new Set(list));
