import type { SymbolFact } from '../model/facts.ts';

/** The key of a declared symbol: everything that somebody who leans on it may depend on. */
export function symbolKey(symbol: Omit<SymbolFact, 'range' | 'scope' | 'key'>): string {
  const parameters = symbol.parameters.map(
    (parameter) => `${parameter.named === true ? '*' : ''}${parameter.name}${parameter.optional ? '?' : ''}: ${parameter.type}`,
  );
  return `${symbol.exported ? 'export ' : ''}${symbol.async ? 'async ' : ''}${symbol.abstract === true ? 'abstract ' : ''}${symbol.kind} ${symbol.name}(${parameters.join(', ')}): ${symbol.type}`;
}
