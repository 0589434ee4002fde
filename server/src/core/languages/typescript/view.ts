import type { ts } from 'ts-morph';
import type { Range } from '../../model/range.ts';
import type { RepoPath } from '../../model/tree.ts';
import { indexLines } from '../positions.ts';
import type { Compiler } from './compiler.ts';
import { type Token, tokenize } from './tokens.ts';

/** One parsed file and the ways to say where a node stands and what it holds. */
export interface View {
  readonly ts: Compiler;
  readonly source: ts.SourceFile;
  readonly tokens: readonly Token[];
  /** Code between two offsets as written, without comments, white space collapsed, functions shown as `fn`. */
  text(node: ts.Node): string;
  /** As `text`, with one space between all tokens: equal for any two layouts of the same code. */
  key(node: ts.Node): string;
  range(start: number, end: number): Range;
  start(node: ts.Node): number;
}

const KINDS: Readonly<Record<string, 'TS' | 'TSX' | 'JS' | 'JSX'>> = {
  '.ts': 'TS',
  '.mts': 'TS',
  '.cts': 'TS',
  '.tsx': 'TSX',
  '.js': 'JSX',
  '.mjs': 'JS',
  '.cjs': 'JS',
  '.jsx': 'JSX',
};

/** Parses one file by syntax alone: no other file is read. */
export function parseSource(compiler: Compiler, path: RepoPath, text: string): ts.SourceFile {
  const kind = KINDS[path.slice(path.lastIndexOf('.'))] ?? 'TS';
  return compiler.createSourceFile(path, text, compiler.ScriptTarget.Latest, true, compiler.ScriptKind[kind]);
}

export function viewOf(compiler: Compiler, source: ts.SourceFile): View {
  const tokens = tokenize(compiler, source);
  const functions = functionsByStart(compiler, source);
  // The compiler's own table also ends lines at CR, U+2028 and U+2029, where a hunk does not.
  const lines = indexLines(source.text);
  const start = (node: ts.Node): number => node.getStart(source, false);
  const render = (node: ts.Node, spaced: boolean): string => {
    const end = node.end;
    let out = '';
    let last = -1;
    for (let index = firstTokenAt(tokens, start(node)); index < tokens.length; index += 1) {
      const token = tokens[index];
      if (token === undefined || token.start >= end) break;
      if (token.start < last) continue;
      const elided = functions.get(token.start);
      const isFunction = elided !== undefined && elided <= end;
      if (out !== '' && (spaced || token.start > last)) out += ' ';
      out += isFunction ? 'fn' : token.text;
      last = isFunction ? elided : token.end;
    }
    return out;
  };
  return {
    ts: compiler,
    source,
    tokens,
    text: (node) => render(node, false),
    key: (node) => render(node, true),
    range: lines.rangeOf,
    start,
  };
}

function firstTokenAt(tokens: readonly Token[], offset: number): number {
  let low = 0;
  let high = tokens.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((tokens[middle]?.start ?? 0) < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Function expressions by their first offset: what they do is told by the facts inside them, not by their text. */
function functionsByStart(compiler: Compiler, source: ts.SourceFile): ReadonlyMap<number, number> {
  const functions = new Map<number, number>();
  const visit = (node: ts.Node): void => {
    if (compiler.isArrowFunction(node) || compiler.isFunctionExpression(node)) functions.set(node.getStart(source, false), node.end);
    compiler.forEachChild(node, visit);
  };
  visit(source);
  return functions;
}
