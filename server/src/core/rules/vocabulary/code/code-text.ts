import type { CodeToken, SourceFacts } from '../../../model/facts.ts';
import type { Range, Side } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { createJoiner } from './joined-tokens.ts';
import { keepOf } from './kept.ts';

/** Code tokens as one line of text, one space between any two, so that layout does not show. Strings are shown empty. */
export interface CodeText {
  readonly text: string;
  /** The 1-based line of the token at this offset of `text`. */
  lineAt(offset: number): number;
}

/** The code on the lines that this hunk removed or added. */
export function changedCode(input: RuleInput, side: Side): CodeText {
  const known = changed[side].get(input);
  if (known !== undefined) return known;
  const { start, lines } = input.hunk[side];
  const tokens = tokensOn(input[side], start, start + lines - 1);
  const code = textOf(tokens);
  changed[side].set(input, code);
  return code;
}

/** The code of a function; of the whole file where the scope is empty or not to be found. */
export function codeOfScope(facts: SourceFacts | undefined, scope: string): CodeText {
  if (facts === undefined) return textOf([]);
  const known = codes(facts);
  const found = known.get(scope) ?? codeOf(facts, scope);
  known.set(scope, found);
  return found;
}

/** Asked again for each call of a function. */
const codes = keepOf((_facts: SourceFacts) => new Map<string, CodeText>());

function codeOf(facts: SourceFacts, scope: string): CodeText {
  const place = facts.scopes.find((other) => other.name === scope);
  if (place !== undefined) return textOf(tokensOn(facts, place.startLine, place.endLine));
  // The whole file once, and not once for each scope that it does not have.
  return scope === '' ? textOf(facts.tokens) : codeOfScope(facts, '');
}

/** Tokens of some lines, first and last inclusive and 1-based, in order. A file is asked for each of its hunks by many rules. */
export function tokensOn(facts: SourceFacts | undefined, first: number, last: number): readonly CodeToken[] {
  if (facts === undefined) return [];
  const { tokens } = facts;
  if (facts.text !== undefined || standInOrder(tokens)) return tokens.slice(firstOn(tokens, first), firstOn(tokens, last + 1));
  let lines = byLine.get(facts);
  if (lines === undefined) {
    lines = new Map();
    for (const token of facts.tokens) {
      const list = lines.get(token.line);
      if (list === undefined) lines.set(token.line, [token]);
      else list.push(token);
    }
    byLine.set(facts, lines);
  }
  const found: CodeToken[] = [];
  if (last - first > lines.size) return facts.tokens.filter(({ line }) => line >= first && line <= last);
  for (let line = first; line <= last; line += 1) for (const token of lines.get(line) ?? []) found.push(token);
  return found;
}

/** Nearly always: what is embedded in a file may come behind it. */
const standInOrder = keepOf((tokens: readonly CodeToken[]): boolean => {
  for (let at = 1; at < tokens.length; at += 1) if ((tokens[at]?.line ?? 0) < (tokens[at - 1]?.line ?? 0)) return false;
  return true;
});

/** Index of the first token on a line or below it. */
function firstOn(tokens: readonly CodeToken[], line: number): number {
  let low = 0;
  let high = tokens.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((tokens[middle]?.line ?? 0) < line) low = middle + 1;
    else high = middle;
  }
  return low;
}

const byLine = new WeakMap<SourceFacts, Map<number, CodeToken[]>>();

/** Words of tokens by the line they stand on. A line may hold all of a file. */
export function textsByLine(tokens: readonly CodeToken[]): ReadonlyMap<number, readonly string[]> {
  const lines = new Map<number, string[]>();
  for (const { line, text } of tokens) {
    const texts = lines.get(line);
    if (texts === undefined) lines.set(line, [text]);
    else texts.push(text);
  }
  return lines;
}

/** Whole line of this hunk without its indent, as a place for a finding about a part of it. */
export function rangeOfLine(input: RuleInput, side: Side, line: number): Range {
  const text = (side === 'before' ? input.hunk.removed : input.hunk.added)[line - input.hunk[side].start] ?? '';
  return { start: { line, character: Math.max(0, text.search(/\S/)) }, end: { line, character: text.trimEnd().length } };
}

/** The enclosing function of a line by the language's own scopes; empty at the top level. */
export function scopeAtLine(facts: SourceFacts | undefined, line: number): string {
  if (facts === undefined) return '';
  const known = scopesOfLines(facts);
  const name = known.get(line) ?? findScope(facts, line);
  known.set(line, name);
  return name;
}

const scopesOfLines = keepOf((_facts: SourceFacts) => new Map<number, string>());

function findScope(facts: SourceFacts, line: number): string {
  let found: SourceFacts['scopes'][number] | undefined;
  for (const scope of facts.scopes) {
    if (line < scope.startLine || line > scope.endLine) continue;
    if (found === undefined || scope.endLine - scope.startLine <= found.endLine - found.startLine) found = scope;
  }
  return found?.name ?? '';
}

/** How often a pattern occurs. The pattern must be global. */
export function countOf(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}

const changed: Readonly<Record<Side, WeakMap<RuleInput, CodeText>>> = { before: new WeakMap(), after: new WeakMap() };

function textOf(tokens: readonly CodeToken[]): CodeText {
  const { text, offsets } = joinSpaced(tokens);
  return {
    text,
    lineAt(offset) {
      let low = 0;
      for (let high = offsets.length - 1; low < high; ) {
        const middle = (low + high + 1) >> 1;
        if ((offsets[middle] ?? 0) <= offset) low = middle;
        else high = middle - 1;
      }
      return tokens[low]?.line ?? 1;
    },
  };
}

const joinSpaced = createJoiner((text) => `${isLiteralText(text) ? "''" : text} `);

/** A string with its quotes, whatever letters stand before it, or a regular expression. */
function isLiteralText(token: string): boolean {
  return (
    (/["'`]/.test(token.slice(0, 4)) && /^[A-Za-z]{0,3}["'`]/.test(token)) ||
    (token.length > 2 && token.startsWith('/') && !token.startsWith('//'))
  );
}
