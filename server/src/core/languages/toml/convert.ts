import type { AST } from 'toml-eslint-parser';
import type { DocumentNode } from '../document/node.ts';
import type { EmbeddedLine } from '../language.ts';

/** The text of a string with its place, for shell in task runners; undefined for one whose escapes would move it. */
export type LinesOf = (start: number, end: number) => readonly EmbeddedLine[];

/**
 * A TOML file as one document. Tables come in any order and may be named apart from their parents, so the tree is grown by
 * paths: `[tool.x]` and `[tool.y]` share one `tool`.
 */
export function convertToml(program: AST.TOMLProgram, linesOf: LinesOf): DocumentNode {
  const root: MapDraft = { kind: 'map', start: program.range[0], end: program.range[1], entries: [] };
  for (const top of program.body) {
    for (const item of top.body) {
      if (item.type === 'TOMLKeyValue') insert(root, item, linesOf);
      else {
        const table = descend(root, item.resolvedKey, item.key.range);
        for (const entry of item.body) if (table !== undefined) insert(table, entry, linesOf);
      }
    }
  }
  return root;
}

type Draft = MapDraft | ListDraft | Extract<DocumentNode, { kind: 'scalar' }>;
interface MapDraft {
  readonly kind: 'map';
  readonly start: number;
  end: number;
  readonly entries: { readonly key: string; readonly start: number; readonly node: Draft }[];
}
interface ListDraft {
  readonly kind: 'list';
  readonly start: number;
  end: number;
  readonly items: Draft[];
}

function insert(into: MapDraft, pair: AST.TOMLKeyValue, linesOf: LinesOf): void {
  const keys = pair.key.keys.map((key) => (key.type === 'TOMLBare' ? key.name : key.value));
  const table = descend(into, keys.slice(0, -1), pair.key.range);
  table?.entries.push({ key: keys.at(-1) ?? '', start: pair.range[0], node: value(pair.value, linesOf) });
}

/** Follows a path of tables and of places in arrays of tables, and makes what is not there. */
function descend(root: MapDraft, path: readonly (string | number)[], [start, end]: AST.Range): MapDraft | undefined {
  let at: Draft = root;
  for (const [index, key] of path.entries()) {
    const wantsList = typeof path[index + 1] === 'number';
    const fresh = (): Draft => (wantsList ? { kind: 'list', start, end, items: [] } : { kind: 'map', start, end, entries: [] });
    let next: Draft | undefined;
    if (at.kind === 'list') {
      next = at.items[Number(key)] ?? fresh();
      if (!at.items.includes(next)) at.items.push(next);
    } else if (at.kind === 'map') {
      next = at.entries.find((entry) => entry.key === key)?.node;
      if (next === undefined) {
        next = fresh();
        at.entries.push({ key: String(key), start, node: next });
      }
    }
    if (next === undefined) return undefined;
    at = next;
  }
  return at.kind === 'map' ? at : undefined;
}

function value(node: AST.TOMLContentNode, linesOf: LinesOf): Draft {
  const [start, end] = node.range;
  if (node.type === 'TOMLArray') return { kind: 'list', start, end, items: node.elements.map((element) => value(element, linesOf)) };
  if (node.type === 'TOMLInlineTable') {
    const table: MapDraft = { kind: 'map', start, end, entries: [] };
    for (const entry of node.body) insert(table, entry, linesOf);
    return table;
  }
  if (node.kind === 'string') {
    const quote = node.multiline ? 3 : 1;
    return { kind: 'scalar', start, end, value: node.value, lines: () => linesOf(start + quote, end - quote) };
  }
  if (node.kind === 'boolean' || node.kind === 'float') return { kind: 'scalar', start, end, value: node.value };
  return { kind: 'scalar', start, end, value: node.kind === 'integer' ? Number(node.value) : String(node.datetime) };
}
