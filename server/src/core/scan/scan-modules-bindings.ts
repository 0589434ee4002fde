import type { ImportedName } from '../model/file-scan.ts';
import { isNamePart, tokenBefore } from './lexer-tokens.ts';
import type { Cursor } from './scan-modules-cursor.ts';

/** To what the answer of a `require(…)` or `import(…)` goes. */
export type Target =
  | { readonly to: 'names'; readonly names: readonly ImportedName[] }
  /** `exports.a =` and `module.exports =`, the latter without a name. */
  | { readonly to: 'exports'; readonly name: string | undefined }
  /** `import a = require(…)`, which the word `import` has read. */
  | { readonly to: 'import' };

/** What stands around a call: how many parentheses, whether `await`, and where the token before all of these ends. */
export interface Around {
  readonly before: number;
  readonly parentheses: number;
  readonly awaited: boolean;
}

/** What compilers put around a `require` so that its answer has a `default`. */
const WRAPPER = /(?:import|interop|toESM)/i;
/** Words behind which a parenthesis is no call. */
const NO_CALLS = new Set([
  'await',
  'case',
  'delete',
  'do',
  'else',
  'in',
  'instanceof',
  'new',
  'of',
  'return',
  'throw',
  'typeof',
  'void',
  'yield',
]);

/** Looks outwards from a call; `last` is the end of the token before it. */
export function around(bytes: Buffer, from: number, last: number): Around {
  let before = last;
  let parentheses = 0;
  let awaited = false;
  for (;;) {
    const word = wordAt(bytes, from, before);
    if (word === 'await') {
      awaited = true;
      before = tokenBefore(bytes, from, before + 1 - word.length);
    } else if (before >= from && bytes[before] === 0x28) {
      const outside = tokenBefore(bytes, from, before);
      const name = dottedAt(bytes, from, outside);
      if (name !== '' && !WRAPPER.test(name) && !NO_CALLS.has(name)) return { before, parentheses, awaited };
      before = name === '' || NO_CALLS.has(name) ? outside : tokenBefore(bytes, from, outside + 1 - name.length);
      parentheses += 1;
    } else return { before, parentheses, awaited };
  }
}

/** Where the answer goes: `before` is the end of the token before the call, `closedFrom` the opening of the bracket closed last. */
export function targetBefore(cursor: Cursor, from: number, before: number, closedFrom: number): Target | undefined {
  const bytes = cursor.bytes;
  if (before < from || bytes[before] !== 0x3d || '=!<>+-*/%&|^?'.includes(String.fromCharCode(bytes[before - 1] as number)))
    return undefined;
  const end = tokenBefore(bytes, from, before);
  if (bytes[end] === 0x7d) {
    const opener = tokenBefore(bytes, from, closedFrom);
    if (bytes[opener] !== 0x2c && bytes[opener] !== 0x28 && !isDeclarer(wordAt(bytes, from, opener))) return undefined;
    cursor.at = closedFrom;
    const parts = readPattern(cursor);
    if (parts === undefined || cursor.at !== end + 1) return undefined;
    return { to: 'names', names: parts.map(({ key, local, nested }) => ({ imported: key, local: nested ? '' : local })) };
  }
  const name = wordAt(bytes, from, end);
  if (name === '') return undefined;
  const owner = tokenBefore(bytes, from, end + 1 - byteLength(bytes, from, end));
  const word = wordAt(bytes, from, owner);
  if (word === 'import' || word === 'type') return { to: 'import' };
  if (bytes[owner] === 0x2e) {
    const object = dottedAt(bytes, from, owner - 1);
    if (object === 'exports' || object === 'module.exports') return { to: 'exports', name };
    return object === 'module' && name === 'exports' ? { to: 'exports', name: undefined } : undefined;
  }
  if (bytes[owner] === 0x3a) {
    // `const a: Type = require(…)`
    const typed = tokenBefore(bytes, from, owner);
    const local = wordAt(bytes, from, typed);
    const declarer = wordAt(bytes, from, tokenBefore(bytes, from, typed + 1 - byteLength(bytes, from, typed)));
    return local !== '' && isDeclarer(declarer) ? { to: 'names', names: [{ imported: '*', local }] } : undefined;
  }
  return { to: 'names', names: [{ imported: '*', local: name }] };
}

function isDeclarer(word: string): boolean {
  return word === 'const' || word === 'let' || word === 'var' || word === 'using';
}

function byteLength(bytes: Buffer, from: number, last: number): number {
  let at = last;
  while (at >= from && isWordPart(bytes[at] as number)) at -= 1;
  return last - at;
}

function isWordPart(unit: number): boolean {
  return isNamePart(unit) && unit !== 0x2d && unit !== 0x2e && unit !== 0x3a;
}

/** The word that ends at `last`; empty where none does. */
export function wordAt(bytes: Buffer, from: number, last: number): string {
  const length = last < from ? 0 : byteLength(bytes, from, last);
  return length > 200 ? '' : bytes.toString('utf8', last + 1 - length, last + 1);
}

/** `a.b.c` that ends at `last`, as it is written without white space. */
export function dottedAt(bytes: Buffer, from: number, last: number): string {
  let at = last;
  while (at >= from && last - at < 200 && (isWordPart(bytes[at] as number) || bytes[at] === 0x2e)) at -= 1;
  return last < from ? '' : bytes.toString('utf8', at + 1, last + 1);
}

/** A name that a pattern binds; `key` is the property of the outermost object it is taken from, `*` for all the rest. */
export interface PatternPart {
  readonly key: string;
  readonly local: string;
  /** True where it is a part of that property. */
  readonly nested: boolean;
}

/** Reads `{ a, b: c, d: { e }, ...f }` or `[a, b]`. Undefined where it is no pattern. */
export function readPattern(cursor: Cursor): readonly PatternPart[] | undefined {
  const parts: PatternPart[] = [];
  const open: number[] = [];
  let outermost = '';
  for (;;) {
    const unit = cursor.peek();
    if (unit === 0x7b || unit === 0x5b) {
      cursor.at += 1;
      open.push(unit === 0x7b ? 0x7d : 0x5d);
      continue;
    }
    const closer = open.at(-1);
    if (unit === closer) {
      cursor.at += 1;
      open.pop();
      if (open.length === 0) return parts;
      if (cursor.eat(0x3d)) cursor.skipValue();
      continue;
    }
    if (unit === 0x2c) {
      cursor.at += 1;
      continue;
    }
    const rest = unit === 0x2e;
    if (rest) cursor.at += 3;
    if (rest && (cursor.peek() === 0x7b || cursor.peek() === 0x5b)) continue;
    const key = closer === undefined ? undefined : (cursor.name() ?? cursor.string());
    if (key === undefined) return undefined;
    if (open.length === 1) outermost = closer === 0x5d || rest ? '*' : key;
    if (closer === 0x7d && !rest && cursor.eat(0x3a)) {
      const next = cursor.peek();
      if (next === 0x7b || next === 0x5b) continue;
      const local = cursor.name();
      if (local === undefined) return undefined;
      parts.push({ key: outermost, local, nested: open.length > 1 });
    } else parts.push({ key: outermost, local: key, nested: open.length > 1 });
    if (cursor.eat(0x3d)) cursor.skipValue();
  }
}
