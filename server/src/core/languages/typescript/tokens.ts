import type { ts } from 'ts-morph';
import type { CodeToken } from '../../model/facts.ts';
import { lowerBound } from '../lower-bound.ts';
import type { LineIndex } from '../positions.ts';
import type { Compiler } from './compiler.ts';
import type { Run, Syntax } from './syntax.ts';

/**
 * Code tokens of a file in order, without comments and white space. Their texts are normalised: quote style, digit separators and
 * optional punctuation do not show. Offsets lie beside them, so that an edit can move all that stand behind it at once.
 */
export interface Tokens {
  readonly codes: readonly CodeToken[];
  readonly starts: Int32Array;
  readonly lengths: Int32Array;
  /** How long the function expression is that begins with the token; 0 where none does. */
  readonly functions: Int32Array;
}

/** The tokens of an earlier text, and which stretch of it became which of the new one. */
export interface Earlier {
  readonly tokens: Tokens;
  readonly edit: TextEdit;
}

/** `[start, oldEnd)` of one text became `[start, newEnd)` of the next. */
export interface TextEdit {
  readonly start: number;
  readonly oldEnd: number;
  readonly newEnd: number;
}

/**
 * The scanner alone cannot tell a template, a regular expression or JSX text from operators, so those are taken from the tree and
 * jumped over. Runs are taken from `earlier`. Throws where the scanner and the tree do not agree on where a run begins.
 */
export function tokenize(compiler: Compiler, source: ts.SourceFile, syntax: Syntax, lines: LineIndex, earlier?: Earlier): Tokens {
  const pieces: Piece[] = [];
  const gap = createGapReader(compiler, source, syntax);
  let position = 0;
  for (const run of syntax.runs) {
    if (earlier === undefined) throw new Error('expected the tokens of an earlier text, found none');
    position = gap(position, run.pos, pieces);
    if (position !== run.pos) throw new Error(`expected a token to end at ${run.pos}, found its end at ${position}`);
    pieces.push(takeRun(run, earlier));
    position = run.end;
  }
  gap(position, source.text.length, pieces);
  return join(pieces, syntax, lines);
}

/** The first token that begins at an offset or behind it. */
export function firstTokenAt({ starts }: Pick<Tokens, 'starts'>, offset: number): number {
  return lowerBound(starts.length, (index) => starts[index] ?? 0, offset);
}

interface Fresh {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

type Piece =
  | { readonly kind: 'fresh'; readonly tokens: Fresh[] }
  /** Tokens `[from, to)` of an earlier text, which stand `moved` characters further now. */
  | { readonly kind: 'run'; readonly tokens: Tokens; readonly from: number; readonly to: number; readonly moved: number };

function takeRun({ pos, end }: Run, { tokens, edit }: Earlier): Piece {
  const isBehind = pos >= edit.newEnd;
  if (!isBehind && end > edit.start) throw new Error(`expected no kept syntax at ${pos}, which was edited, found some`);
  const moved = isBehind ? edit.newEnd - edit.oldEnd : 0;
  return { kind: 'run', tokens, from: firstTokenAt(tokens, pos - moved), to: firstTokenAt(tokens, end - moved), moved };
}

/** Reads the tokens from one offset up to another, and gives the offset at which the last of them ends. */
function createGapReader(
  compiler: Compiler,
  source: ts.SourceFile,
  { opaque, separators }: Syntax,
): (from: number, to: number, into: Piece[]) => number {
  const { text } = source;
  const scanner = compiler.createScanner(compiler.ScriptTarget.Latest, true, source.languageVariant, text);
  const kinds = compiler.SyntaxKind;
  let next = 0;
  return (from, to, into) => {
    const tokens: Fresh[] = [];
    let position = from;
    const push = (start: number, end: number, shown: string): void => {
      if (shown !== '') tokens.push({ text: shown, start, end });
    };
    while (position < to) {
      const jsxText = opaque[next];
      if (jsxText !== undefined && jsxText.kind === kinds.JsxText && jsxText.pos <= position) {
        if (jsxText.end > position) push(jsxText.pos, jsxText.end, text.slice(jsxText.pos, jsxText.end).replace(/\s+/g, ' ').trim());
        position = Math.max(position, jsxText.end);
        next += 1;
        continue;
      }
      scanner.resetTokenState(position);
      const kind = scanner.scan();
      if (kind === kinds.EndOfFileToken) break;
      const start = scanner.getTokenStart();
      while (next < opaque.length && (opaque[next]?.end ?? 0) <= start) next += 1;
      const whole = opaque[next];
      if (whole !== undefined && whole.start === start && whole.kind !== kinds.JsxText) {
        push(start, whole.end, normaliseLiteral(text.slice(start, whole.end)));
        position = whole.end;
        next += 1;
        continue;
      }
      position = Math.max(scanner.getTokenEnd(), position + 1);
      if (kind === kinds.SemicolonToken && !separators.has(start)) continue;
      const shown = text.slice(start, position);
      push(start, position, kind === kinds.NumericLiteral ? shown.replaceAll('_', '') : shown);
    }
    if (tokens.length > 0) into.push({ kind: 'fresh', tokens });
    return position;
  };
}

function normaliseLiteral(text: string): string {
  if (text.startsWith('"') && text.endsWith('"') && !/['\\]/.test(text)) return `'${text.slice(1, -1)}'`;
  return text;
}

function join(pieces: readonly Piece[], { functions }: Syntax, lines: LineIndex): Tokens {
  const most = pieces.reduce((sum, piece) => sum + (piece.kind === 'run' ? piece.to - piece.from : piece.tokens.length), 0);
  const codes: CodeToken[] = [];
  const starts = new Int32Array(most);
  const lengths = new Int32Array(most);
  const functionLengths = new Int32Array(most);
  for (const [index, piece] of pieces.entries()) {
    if (piece.kind === 'run') {
      const { tokens, from, to, moved } = piece;
      if (from === to) continue;
      const at = codes.length;
      lengths.set(tokens.lengths.subarray(from, to), at);
      functionLengths.set(tokens.functions.subarray(from, to), at);
      for (let old = from; old < to; old += 1) starts[at + old - from] = (tokens.starts[old] ?? 0) + moved;
      pushMoved(codes, tokens.codes, from, to, lines.lineAt(starts[at] ?? 0));
      continue;
    }
    for (const [place, token] of piece.tokens.entries()) {
      const last = place > 0 ? piece.tokens[place - 1]?.text : textBeside(pieces, index, -1);
      const next = place + 1 < piece.tokens.length ? piece.tokens[place + 1]?.text : textBeside(pieces, index, 1);
      if (isLayout(token.text, last, next)) continue;
      const at = codes.length;
      starts[at] = token.start;
      lengths[at] = token.end - token.start;
      const end = functions.get(token.start);
      if (end !== undefined) functionLengths[at] = end - token.start;
      codes.push({ text: token.text, line: lines.lineAt(token.start) });
    }
  }
  const count = codes.length;
  return { codes, starts: starts.subarray(0, count), lengths: lengths.subarray(0, count), functions: functionLengths.subarray(0, count) };
}

/** Appends codes whose first one now stands on `line`; they are the same ones where it stood there before. */
function pushMoved(codes: CodeToken[], old: readonly CodeToken[], from: number, to: number, line: number): void {
  const lower = line - (old[from]?.line ?? line);
  for (let index = from; index < to; index += 1) {
    const code = old[index];
    if (code !== undefined) codes.push(lower === 0 ? code : { text: code.text, line: code.line + lower });
  }
}

/** The text of the token before a piece, or of the one behind it. */
function textBeside(pieces: readonly Piece[], index: number, step: -1 | 1): string | undefined {
  for (let at = index + step; at >= 0 && at < pieces.length; at += step) {
    const piece = pieces[at];
    if (piece?.kind === 'fresh') return piece.tokens.at(step === 1 ? 0 : -1)?.text;
    if (piece !== undefined && piece.from < piece.to) return piece.tokens.codes[step === 1 ? piece.from : piece.to - 1]?.text;
  }
  return undefined;
}

/** A comma before a closing bracket and a bar before the first member of a union are layout. */
function isLayout(text: string, last: string | undefined, next: string | undefined): boolean {
  if (text === ',') return /^[)\]}]$/.test(next ?? '');
  return (text === '|' || text === '&') && /^([:=<(,]|=>)$/.test(last ?? '');
}
