import type { ts } from 'ts-morph';
import type { Range } from '../../model/range.ts';
import type { RepoPath } from '../../model/tree.ts';
import { indexLines, type LineIndex } from '../positions.ts';
import type { Compiler } from './compiler.ts';
import type { Units } from './kept-units.ts';
import { gatherSyntax } from './syntax.ts';
import { type Earlier, firstTokenAt, type Tokens, tokenize } from './tokens.ts';

/** One parsed file and the ways to say where a node stands and what it holds. */
export interface View {
  readonly ts: Compiler;
  readonly source: ts.SourceFile;
  readonly tokens: Tokens;
  readonly lines: LineIndex;
  /** What is kept of the file between two texts; undefined where it is read once. */
  readonly units: Units | undefined;
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

/** What may be taken from earlier texts of the same file. */
export interface Known {
  readonly units: Units;
  /** Left out for the first text. */
  readonly earlier?: Earlier;
}

/** Throws a `RangeError` where the syntax is deeper than is read. */
export function viewOf(compiler: Compiler, source: ts.SourceFile, known?: Known): View {
  // The compiler's own table also ends lines at CR, U+2028 and U+2029, where a hunk does not.
  const lines = indexLines(source.text);
  const tokens = tokenize(compiler, source, gatherSyntax(compiler, source, known?.units), lines, known?.earlier);
  const { codes, starts, lengths, functions } = tokens;
  const start = (node: ts.Node): number => node.getStart(source, false);
  const render = (node: ts.Node, spaced: boolean): string => {
    const end = node.end;
    // Joined at the end: a text that grows by its tokens is kept as the chain of them, many times as large as its letters.
    const parts: string[] = [];
    let length = 0;
    let last = -1;
    let beyond = 0;
    for (let index = firstTokenAt(tokens, start(node)); index < codes.length; index += 1) {
      const from = starts[index] ?? end;
      if (from >= end) break;
      if (from < last) continue;
      const elided = functions[index] ?? 0;
      const isFunction = elided > 0 && from + elided <= end;
      const text = isFunction ? 'fn' : (codes[index]?.text ?? '');
      if (length < MOST_CHARACTERS) {
        const piece = length > 0 && (spaced || from > last) ? ` ${text}` : text;
        parts.push(piece);
        length += piece.length;
      } else beyond = mix(beyond, text);
      last = from + (isFunction ? elided : (lengths[index] ?? 0));
    }
    return beyond === 0 ? parts.join('') : `${parts.join('')} … ${beyond.toString(36)}`;
  };
  return {
    ts: compiler,
    source,
    tokens,
    lines,
    units: known?.units,
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
