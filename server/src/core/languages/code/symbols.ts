import { symbolKey } from '../symbol-key.ts';
import { join, type Place } from './place.ts';
import type { SymbolShape } from './shapes.ts';

/** `outer` is the path that the declaration stands in; a dotted name brings the rest of its scope along. */
export function readSymbol({ view, draft }: Place, outer: string, shape: SymbolShape): void {
  const name = join(outer, shape.name);
  const symbol = {
    name,
    kind: shape.kind,
    exported: shape.exported,
    parameters: shape.parameters ?? [],
    type: shape.type ?? '',
    async: shape.async ?? false,
    ...(shape.abstract === true ? { abstract: true as const } : {}),
  };
  const dot = name.lastIndexOf('.');
  draft.symbols.push({
    ...symbol,
    range: view.range(shape.from, shape.to),
    scope: dot < 0 ? '' : name.slice(0, dot),
    key: symbolKey(symbol),
  });
}
