import type { Node } from 'jsonc-parser';
import type { DocumentNode } from '../document/node.ts';
import type { EmbeddedLine } from '../language.ts';

/**
 * A parsed JSON value as a document node. `offset` is where the JSON starts in its file; `linesOf` gives the lines of a
 * string by its offsets in the file, quotes excluded.
 */
export function convertJson(node: Node, offset: number, linesOf?: (start: number, end: number) => readonly EmbeddedLine[]): DocumentNode {
  const start = offset + node.offset;
  const end = start + node.length;
  if (node.type === 'object') {
    const entries = (node.children ?? []).flatMap((property) => {
      const [key, value] = property.children ?? [];
      return key === undefined || value === undefined
        ? []
        : [{ key: String(key.value), start: offset + key.offset, node: convertJson(value, offset, linesOf) }];
    });
    return { kind: 'map', start, end, entries };
  }
  if (node.type === 'array')
    return { kind: 'list', start, end, items: (node.children ?? []).map((item) => convertJson(item, offset, linesOf)) };
  const value: unknown = node.value;
  if (typeof value !== 'string')
    return { kind: 'scalar', start, end, value: typeof value === 'number' || typeof value === 'boolean' ? value : null };
  return {
    kind: 'scalar',
    start,
    end,
    value,
    ...(linesOf === undefined ? {} : { lines: () => unescaped(value, linesOf(start + 1, end - 1)) }),
  };
}

/** An escape moves the characters behind it; the line stays true. */
function unescaped(value: string, lines: readonly EmbeddedLine[]): readonly EmbeddedLine[] {
  const first = lines[0];
  if (first === undefined || first.text === value) return lines;
  return value.split('\n').map((text) => ({ text, line: first.line, character: first.character }));
}
