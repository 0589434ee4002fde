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
  /** Whether one of the parentheses is a call that may take more than the answer. */
  readonly wrapped: boolean;
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
  let wrapped = false;
  for (;;) {
    const word = wordAt(bytes, from, before);
    if (word === 'await') {
      awaited = true;
      before = tokenBefore(bytes, from, before + 1 - word.length);
    } else if (before >= from && bytes[before] === 0x28) {
      const outside = tokenBefore(bytes, from, before);
      const dotted = dottedAt(bytes, from, outside);
      // `...(require('x'))`
      const name = dotted === '...' ? '' : dotted;
      if (name !== '' && !WRAPPER.test(name) && !NO_CALLS.has(name)) return { before, parentheses, awaited, wrapped };
      wrapped ||= name !== '' && !NO_CALLS.has(name);
      before = name === '' || NO_CALLS.has(name) ? outside : tokenBefore(bytes, from, outside + 1 - name.length);
      parentheses += 1;
    } else return { before, parentheses, awaited, wrapped };
  }
}

/** Where the answer goes: `before` is the end of the token before the call, `closedFrom` the opening of the bracket closed last. */
export function targetBefore(cursor: Cursor, from: number, before: number, closedFrom: number): Target | undefined {
  const bytes = cursor.bytes;
  if (before < from || bytes[before] !== 0x3d || '=!<>+-*/%&|^?'.includes(String.fromCharCode(bytes[before - 1] as number)))
    return undefined;
  const end = tokenBefore(bytes, from, before);
  const name = wordAt(bytes, from, end);
  const owner = tokenBefore(bytes, from, end + 1 - byteLength(bytes, from, end));
  const word = wordAt(bytes, from, owner);
  if (name !== '' && isDeclarer(word)) return { to: 'names', names: [{ imported: '*', local: name }] };
  const annotated = annotatedName(cursor, from, before);
  if (annotated !== undefined) return { to: 'names', names: [{ imported: '*', local: annotated }] };
  if (bytes[end] === 0x7d) {
    const opener = tokenBefore(bytes, from, closedFrom);
    if (bytes[opener] !== 0x2c && bytes[opener] !== 0x28 && !isDeclarer(wordAt(bytes, from, opener))) return undefined;
    cursor.at = closedFrom;
    const parts = readPattern(cursor);
    if (parts === undefined || cursor.at !== end + 1) return undefined;
    return { to: 'names', names: parts.map(({ key, local, nested }) => ({ imported: key, local: nested ? '' : local })) };
  }
  if (name === '') return undefined;
  if (word === 'import' || word === 'type') return { to: 'import' };
  if (bytes[owner] === 0x2e) {
    const object = dottedAt(bytes, from, owner - 1);
    if (object === 'exports' || object === 'module.exports') return { to: 'exports', name };
    return object === 'module' && name === 'exports' ? { to: 'exports', name: undefined } : undefined;
  }
  return isTarget(bytes, from, owner, end) ? { to: 'names', names: [{ imported: '*', local: name }] } : undefined;
}

const LONGEST_TYPE = 400;

/** The variable of `const a: Type = …`, whose `=` stands at `assignment`. */
function annotatedName(cursor: Cursor, from: number, assignment: number): string | undefined {
  const start = Math.max(from, assignment - LONGEST_TYPE);
  const window = cursor.bytes.toString('latin1', start, assignment);
  const declared = Math.max(...['const ', 'let ', 'var '].map((word) => window.lastIndexOf(word)));
  if (declared < 0) return undefined;
  cursor.at = start + declared;
  cursor.name();
  const name = cursor.name();
  if (name === undefined || !cursor.eat(0x3a)) return undefined;
  let depth = 0;
  for (let unit = cursor.peek(); cursor.at < assignment; unit = cursor.peek()) {
    if (unit === 0x7b || unit === 0x28 || unit === 0x5b) depth += 1;
    else if (unit === 0x7d || unit === 0x29 || unit === 0x5d) depth -= 1;
    if (unit === 0 || depth < 0 || (depth === 0 && unit === 0x3b)) return undefined;
    if (unit === 0x3d && cursor.bytes[cursor.at + 1] !== 0x3e) return undefined;
    cursor.at += unit === 0x3d ? 2 : 1;
  }
  return cursor.at === assignment ? name : undefined;
}

/** Whether a name is what is assigned to, and not the end of its type: by the token before it, which ends at `owner`. */
function isTarget(bytes: Buffer, from: number, owner: number, end: number): boolean {
  if (owner < from) return true;
  const unit = bytes[owner] as number;
  if (unit === 0x3e) return bytes[owner - 1] === 0x3d;
  if (!isWordPart(unit)) return [0x2c, 0x3b, 0x7b, 0x7d, 0x28, 0x29, 0x3d].includes(unit);
  const word = wordAt(bytes, from, owner);
  if (isDeclarer(word) || word === 'return' || word === 'else') return true;
  for (let at = owner + 1; at < end; at += 1) if (bytes[at] === 0x0a) return true;
  return false;
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
  const start = cursor.at;
  if (!cursor.mayLookOn(start)) return undefined;
  const parts = readParts(cursor);
  cursor.spend(start);
  return parts;
}

function readParts(cursor: Cursor): readonly PatternPart[] | undefined {
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
      const behind = cursor.peek();
      if (local === undefined || (behind !== 0x2c && behind !== 0x7d && behind !== 0x3d)) return undefined;
      parts.push({ key: outermost, local, nested: open.length > 1 });
    } else parts.push({ key: outermost, local: key, nested: open.length > 1 });
    if (cursor.eat(0x3d)) cursor.skipValue();
  }
}
