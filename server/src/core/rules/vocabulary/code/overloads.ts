import type { Fact, SourceFacts, SymbolFact } from '../../../model/facts.ts';
import { symbolsNamed } from './symbols-by-name.ts';

/** Both sides of one file. */
interface Sides {
  readonly before: SourceFacts | undefined;
  readonly after: SourceFacts | undefined;
}

/**
 * True where a function is one of several of its name that went away as a whole: those that are left stood there before, so
 * none of them is what became of it.
 */
export function isOverloadGone({ before, after }: Sides, symbol: SymbolFact): boolean {
  if (before === undefined || after === undefined) return false;
  const old = namesakes(before, symbol);
  const now = namesakes(after, symbol);
  return (
    now.length > 0 &&
    now.length < old.length &&
    !now.some(({ key }) => key === symbol.key) &&
    now.every(({ key }) => old.some((other) => other.key === key))
  );
}

/** True where a fact of the before side stands in a function that is such an overload, and left with it. */
export function leftWithOverload(sides: Sides, fact: Fact): boolean {
  const line = fact.range.start.line;
  const places = sides.before?.scopes.filter(({ name }) => name === fact.scope) ?? [];
  if (places.length < 2) return false;
  const place = places.find(({ startLine, endLine }) => startLine <= line && line <= endLine);
  const symbol = symbolsNamed(sides.before, fact.scope).find(
    ({ kind, range }) =>
      (kind === 'function' || kind === 'method') &&
      place !== undefined &&
      place.startLine <= range.start.line &&
      range.start.line <= place.endLine,
  );
  return symbol !== undefined && isOverloadGone(sides, symbol);
}

function namesakes(facts: SourceFacts, { name, kind }: SymbolFact): readonly SymbolFact[] {
  return symbolsNamed(facts, name).filter((other) => other.kind === kind);
}
