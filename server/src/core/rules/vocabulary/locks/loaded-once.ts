import type { SourceFacts } from '../../../model/facts.ts';
import { lastName, receiver } from '../code/call-names.ts';
import { factsWithin } from '../code/facts-by-place.ts';
import { tokensOf } from '../code/token-lines.ts';

/**
 * True for a function that does nothing any more but ask a cache which loads each key once, whoever asks: `cache.get(key)` of a
 * `LoadingCache`, `cache.get(key, loader)` of a `Cache`, `computeIfAbsent` of a `ConcurrentMap`, `try_get_with` of moka.
 */
export function isLoadedOnce(facts: SourceFacts | undefined, scope: string): boolean {
  if (facts === undefined || scope === '' || !/^(?:java|rust)$/.test(facts.language)) return false;
  const calls = factsWithin(facts.calls, scope).filter(({ kind }) => kind === 'call');
  // A second field that is set, or a map that is filled beside it, has no turn of its own.
  if (/[\w\])](?:\+\+|--|[-+*/|&]?=(?![=>]))|\.(?:put|remove|clear|insert|invalidate)\(/.test(tokensOf(facts, scope))) return false;
  return calls.some(({ callee, args }) => {
    const name = lastName(callee);
    if (/^(?:try_get_with|get_with|optionally_get_with)$/.test(name)) return true;
    const type = typeOf(facts, lastName(receiver(callee)));
    if (name === 'computeIfAbsent') return /\bConcurrent\w*Map\b/.test(type);
    return name === 'get' && (args.length === 1 ? /\bLoadingCache\b/ : /\bCache\b/).test(type);
  });
}

/** The declared type of a field of the file. */
function typeOf({ symbols }: SourceFacts, field: string): string {
  return symbols.find(({ kind, name }) => (kind === 'property' || kind === 'variable') && lastName(name) === field)?.type ?? '';
}
