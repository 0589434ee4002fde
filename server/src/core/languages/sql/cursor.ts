import { nameOf, type SqlToken } from './tokens.ts';

/** The word at a place in lower case; a symbol as it is, and a quoted name or a string never. Empty outside the tokens. */
export function wordAt(tokens: readonly SqlToken[], at: number): string {
  const token = tokens[at];
  return token === undefined || token.kind === 'quoted' || token.kind === 'string' ? '' : token.text.toLowerCase();
}

/** A dotted name from `at` on, and where it ends; undefined where no name stands. */
export function nameFrom(tokens: readonly SqlToken[], at: number): { readonly name: string; readonly end: number } | undefined {
  const first = tokens[at];
  if (first === undefined || (first.kind !== 'word' && first.kind !== 'quoted')) return undefined;
  let name = nameOf(first);
  let end = at + 1;
  while (tokens[end]?.text === '.') {
    const part = tokens[end + 1];
    if (part === undefined) break;
    name += `.${nameOf(part)}`;
    end += 2;
  }
  return { name, end };
}

/** The name at a place, or empty. */
export function readName(tokens: readonly SqlToken[], at: number): string {
  return nameFrom(tokens, at)?.name ?? '';
}

/** Dotted names from `at` on, as long as commas join them. */
export function namesAt(tokens: readonly SqlToken[], at: number): readonly string[] {
  const names: string[] = [];
  for (let next = nameFrom(tokens, at); next !== undefined; next = nameFrom(tokens, next.end + 1)) {
    names.push(next.name);
    if (tokens[next.end]?.text !== ',') return names;
  }
  return names;
}

/** The first place from `from` on whose word is none of `noise`. */
export function skipWords(tokens: readonly SqlToken[], from: number, noise: readonly string[]): number {
  let at = from;
  while (noise.includes(wordAt(tokens, at)) && tokens[at] !== undefined) at++;
  return at;
}

/** The place of the bracket that closes the one at `open`, or the end of the tokens. */
export function closing(tokens: readonly SqlToken[], open: number): number {
  let depth = 0;
  for (let at = open; at < tokens.length; at++) {
    const text = tokens[at]?.text;
    if (text === '(') depth++;
    else if (text === ')' && --depth === 0) return at;
  }
  return tokens.length;
}

/** The first place from `from` on, outside brackets, whose word is one of `words`; -1 where there is none. */
export function findWord(tokens: readonly SqlToken[], from: number, words: ReadonlySet<string>): number {
  let depth = 0;
  for (let at = from; at < tokens.length; at++) {
    const text = tokens[at]?.text;
    if (text === '(') depth++;
    else if (text === ')') depth--;
    else if (depth === 0 && tokens[at]?.kind === 'word' && words.has(wordAt(tokens, at))) return at;
  }
  return -1;
}

/** Cuts at the commas that stand outside brackets. */
export function splitAtCommas(tokens: readonly SqlToken[]): readonly (readonly SqlToken[])[] {
  const parts: SqlToken[][] = [[]];
  let depth = 0;
  for (const token of tokens) {
    if (token.text === '(') depth++;
    else if (token.text === ')') depth--;
    if (token.text === ',' && depth === 0) parts.push([]);
    else parts.at(-1)?.push(token);
  }
  return parts.filter((part) => part.length > 0);
}

/** The plain names of a bracketed list that opens at `open`: `(a, b DESC, lower(c))` gives `a` and `b`. */
export function bracketed(tokens: readonly SqlToken[], open: number): readonly string[] {
  if (tokens[open]?.text !== '(') return [];
  return splitAtCommas(tokens.slice(open + 1, closing(tokens, open)))
    .filter((part) => part[1]?.text !== '(' || part[2]?.kind === 'number')
    .map((part) => readName(part, 0))
    .filter((name) => name !== '');
}

/** The text of a string without its quotes. */
export function stringText(token: SqlToken | undefined): string {
  return token?.kind === 'string' ? token.text.replace(/^[eEnN]?'|'$/g, '').replace(/''/g, "'") : '';
}
