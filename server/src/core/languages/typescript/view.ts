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
  // What comments say is read by nobody here.
  const options = { languageVersion: compiler.ScriptTarget.Latest, jsDocParsingMode: compiler.JSDocParsingMode.ParseNone };
  return compiler.createSourceFile(path, text, options, true, compiler.ScriptKind[kind]);
}

/** Throws a `RangeError` where the syntax is deeper than is read. */
export function viewOf(compiler: Compiler, source: ts.SourceFile): View {
  const functions = functionsByStart(compiler, source);
  const tokens = tokenize(compiler, source);
  // The compiler's own table also ends lines at CR, U+2028 and U+2029, where a hunk does not.
  const lines = indexLines(source.text);
  const start = (node: ts.Node): number => node.getStart(source, false);
  const render = (node: ts.Node, spaced: boolean): string => {
    const end = node.end;
    // Joined at the end: a text that grows by its tokens is kept as the chain of them, many times as large as its letters.
    const parts: string[] = [];
    let length = 0;
    let last = -1;
    let beyond = 0;
    for (let index = firstTokenAt(tokens, start(node)); index < tokens.length; index += 1) {
      const token = tokens[index];
      if (token === undefined || token.start >= end) break;
      if (token.start < last) continue;
      const elided = functions.get(token.start);
      const isFunction = elided !== undefined && elided <= end;
      const text = isFunction ? 'fn' : token.text;
      if (length < MOST_CHARACTERS) {
        const piece = length > 0 && (spaced || token.start > last) ? ` ${text}` : text;
        parts.push(piece);
        length += piece.length;
      } else beyond = mix(beyond, text);
      last = isFunction ? elided : token.end;
    }
    return beyond === 0 ? parts.join('') : `${parts.join('')} … ${beyond.toString(36)}`;
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

/** Calls nest, and each would hold the text of all inside it: beyond this a text ends in a digest of the rest. */
const MOST_CHARACTERS = 2_000;

/** One more token in a running digest (FNV-1a); never 0, which stands for nothing. */
function mix(digest: number, text: string): number {
  let mixed = digest === 0 ? 0x811c9dc5 : digest;
  for (let at = 0; at < text.length; at += 1) mixed = Math.imul(mixed ^ text.charCodeAt(at), 0x01000193) >>> 0;
  return mixed === 0 ? 1 : mixed;
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

/**
 * Nobody writes syntax as deep as this, and every walk has stack for it. How much deeper one could go differs with the machine
 * and with how long it has run, and two doors must not read one file differently (test/languages/typescript.test.ts).
 */
const DEEPEST = 1_000;
/** As many of them inside each other. A long sum or chain is deep by its first parts, which the parser reads one after the other. */
const MOST_NESTED = 400;

/** Function expressions by their first offset: what they do is told by the facts inside them, not by their text. */
function functionsByStart(compiler: Compiler, source: ts.SourceFile): ReadonlyMap<number, number> {
  const functions = new Map<number, number>();
  const visit = (node: ts.Node, depth: number, nested: number): void => {
    if (depth > DEEPEST || nested > MOST_NESTED) throw new RangeError('deeper syntax than is read');
    if (compiler.isArrowFunction(node) || compiler.isFunctionExpression(node)) functions.set(node.getStart(source, false), node.end);
    compiler.forEachChild(node, (child) => visit(child, depth + 1, child.pos === node.pos ? nested : nested + 1));
  };
  visit(source, 0, 0);
  return functions;
}
