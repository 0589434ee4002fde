import { hashOfWord, OFFSET, PRIME, WORD_UNITS } from './words.ts';

/** Words behind which an expression begins, so that a slash there begins a regular expression and `<` an element. */
const BEFORE_EXPRESSION = new Set(
  [
    'await',
    'case',
    'default',
    'delete',
    'do',
    'else',
    'extends',
    'in',
    'instanceof',
    'of',
    'return',
    'throw',
    'typeof',
    'void',
    'yield',
  ].map(hashOfWord),
);
const LONGEST = 'instanceof'.length;
/** Words whose parenthesis is no call. */
const HEADS = new Set(['if', 'while', 'for', 'with', 'await'].map(hashOfWord));
/** Words behind which a brace opens a value and no block. */
const BEFORE_OBJECT = new Set(
  ['await', 'case', 'default', 'in', 'of', 'return', 'throw', 'typeof', 'void', 'yield', 'delete'].map(hashOfWord),
);

/**
 * Whether the token that ends at `last` ends an expression, so that a slash behind it divides. `from` is where the code begins,
 * `closedFrom` where the bracket opened that was closed last, `regexEnd` the end of the regular expression read last.
 */
export function endsExpression(bytes: Uint8Array, from: number, last: number, closedFrom: number, regexEnd: number): boolean {
  if (last < from) return false;
  const unit = bytes[last] as number;
  if (WORD_UNITS[unit] === 1) return !BEFORE_EXPRESSION.has(keywordAt(bytes, from, last)) || isProperty(bytes, from, last);
  if (unit >= 0x80) return true;
  const before = bytes[last - 1] as number;
  switch (unit) {
    case 0x22: // "
    case 0x27: // '
    case 0x60: // `
    case 0x5d: // ]
      return true;
    case 0x29: // )
      return !HEADS.has(wordBefore(bytes, from, closedFrom));
    case 0x7d: // }
      return !opensBlock(bytes, from, closedFrom);
    case 0x2b: // ++
    case 0x2d: // --
      return before === unit;
    case 0x21: // x! of TypeScript
      return WORD_UNITS[before] === 1 || before === 0x29 || before === 0x5d;
    case 0x2e: // 1.
      return before >= 0x30 && before <= 0x39;
    default:
      return last === regexEnd;
  }
}

/** Whether the brace at `opening` opens statements and no object: a slash behind its end begins a regular expression. */
function opensBlock(bytes: Uint8Array, from: number, opening: number): boolean {
  const last = tokenBefore(bytes, from, opening);
  if (last < from) return true;
  const unit = bytes[last] as number;
  if (WORD_UNITS[unit] === 1) return !BEFORE_OBJECT.has(keywordAt(bytes, from, last));
  if (unit === 0x3e) return bytes[last - 1] === 0x3d; // =>
  return unit === 0x29 || unit === 0x3b || unit === 0x7b || unit === 0x7d; // ) ; { }
}

/** Hash of the word before `end`, remarks left out; 0 where no word stands there. */
function wordBefore(bytes: Uint8Array, from: number, end: number): number {
  const last = tokenBefore(bytes, from, end);
  return last < from ? 0 : keywordAt(bytes, from, last);
}

/**
 * Last byte of what stands before `end`, white space and remarks left out; below `from` where nothing does. Looked at backwards,
 * where a `//` in a string looks like a remark: then the answer is a part of that string.
 */
export function tokenBefore(bytes: Uint8Array, from: number, end: number): number {
  let at = end - 1;
  for (;;) {
    for (; at >= from && (bytes[at] as number) <= 0x20; at -= 1)
      if (bytes[at] === 0x0a) at = Math.min(at, lineRemarkBefore(bytes, from, at));
    if (at < from + 3 || bytes[at] !== 0x2f || bytes[at - 1] !== 0x2a) return at;
    let open = at - 2;
    while (open > from && !(bytes[open] === 0x2a && bytes[open - 1] === 0x2f)) open -= 1;
    at = open - 2;
  }
}

const LONGEST_REMARK = 400;

/** Where a `//` begins in the line that ends at `end`; `end` where none does. */
function lineRemarkBefore(bytes: Uint8Array, from: number, end: number): number {
  let found = end;
  for (let at = end - 1; at > from && at > end - LONGEST_REMARK && bytes[at] !== 0x0a; at -= 1)
    if (bytes[at] === 0x2f && bytes[at - 1] === 0x2f && bytes[at - 2] !== 0x3a) found = at - 1;
  return found;
}

/** Hash of the word that ends at `last`, where it is short enough to be a keyword; otherwise 0. */
function keywordAt(bytes: Uint8Array, from: number, last: number): number {
  let start = last;
  while (start >= from && last - start <= LONGEST && WORD_UNITS[bytes[start] as number] === 1) start -= 1;
  if (last - start > LONGEST || start === last) return 0;
  let hash = OFFSET;
  for (let at = start + 1; at <= last; at += 1) hash = Math.imul(hash ^ (bytes[at] as number), PRIME);
  return hash >>> 0;
}

/** Whether a dot stands before the word that ends at `last`, in its line: one line up it may end a remark. */
function isProperty(bytes: Uint8Array, from: number, last: number): boolean {
  let at = last;
  while (at >= from && WORD_UNITS[bytes[at] as number] === 1) at -= 1;
  while (at >= from && (bytes[at] === 0x20 || bytes[at] === 0x09)) at -= 1;
  return at >= from && bytes[at] === 0x2e && bytes[at - 1] !== 0x2e;
}

/** Length in bytes of the white space beyond ASCII at `at`; 0 where there is none. */
export function spaceBeyond(bytes: Uint8Array, at: number): number {
  const [one, two, three] = [bytes[at] as number, bytes[at + 1] as number, bytes[at + 2] as number];
  if (one === 0xc2) return two === 0xa0 || two === 0x85 ? 2 : 0;
  if (one === 0xef) return two === 0xbb && three === 0xbf ? 3 : 0;
  if (one === 0xe3) return two === 0x80 && three === 0x80 ? 3 : 0;
  if (one === 0xe1) return two === 0x9a && three === 0x80 ? 3 : 0;
  if (one !== 0xe2) return 0;
  if (two === 0x80) return three <= 0x8b || three === 0xa8 || three === 0xa9 || three === 0xaf ? 3 : 0;
  return two === 0x81 && three === 0x9f ? 3 : 0;
}

/** Whether U+2028 or U+2029, which end a line, stands at `at`. */
export function lineEndBeyond(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === 0xe2 && bytes[at + 1] === 0x80 && (bytes[at + 2] === 0xa8 || bytes[at + 2] === 0xa9);
}

/** Whether `<!--` at the beginning of a line makes a remark of it, as old scripts have it. */
export function opensHtmlRemark(bytes: Uint8Array, from: number, at: number): boolean {
  if (bytes[at + 1] !== 0x21 || bytes[at + 2] !== 0x2d || bytes[at + 3] !== 0x2d) return false;
  let before = at - 1;
  while (bytes[before] === 0x20 || bytes[before] === 0x09) before -= 1;
  return before < from || bytes[before] === 0x0a || bytes[before] === 0x0d;
}

const EXTENDS = hashOfWord('extends');
const CONST = hashOfWord('const');

/**
 * Whether `<` at `at`, where an expression may begin, opens an element, as TypeScript reads it in a file with JSX: not before
 * `<T,`, `<T =` and `<T extends X`. In a type (`let f: <T>(x: T) => T`) an expression seems to begin as well: there a
 * parenthesis follows, and no `</T` ever does.
 */
export function angleOpensElement(bytes: Uint8Array, at: number, closing: ClosingTags): boolean {
  const first = bytes[at + 1] as number;
  if (first === 0x3e) return true; // <>
  if ((WORD_UNITS[first] !== 1 && first < 0x80) || (first >= 0x30 && first <= 0x39)) return false;
  let end = at + 1;
  let hash = OFFSET;
  while (isNamePart(bytes[end] as number)) {
    hash = Math.imul(hash ^ (bytes[end] as number), PRIME);
    end += 1;
  }
  if (hash >>> 0 === CONST) return false;
  const next = skipSpace(bytes, end);
  const unit = bytes[next];
  if (unit === 0x2c || unit === 0x3d) return false;
  if (unit === 0x3e && bytes[skipSpace(bytes, next + 1)] === 0x28) return closing.has(hash >>> 0, at);
  if (WORD_UNITS[unit as number] !== 1) return true;
  let wordEnd = next;
  let word = OFFSET;
  for (; WORD_UNITS[bytes[wordEnd] as number] === 1; wordEnd += 1) word = Math.imul(word ^ (bytes[wordEnd] as number), PRIME);
  if (word >>> 0 !== EXTENDS) return true;
  const behind = bytes[skipSpace(bytes, wordEnd)];
  return behind === 0x3d || behind === 0x3e || behind === 0x2f;
}

export function isNamePart(unit: number): boolean {
  return WORD_UNITS[unit] === 1 || unit === 0x2d || unit === 0x2e || unit === 0x3a || unit >= 0x80;
}

function skipSpace(bytes: Uint8Array, from: number): number {
  let at = from;
  while ((bytes[at] as number) <= 0x20 && bytes[at] !== 0) at += 1;
  return at;
}

/** Where each `</name` of a text stands last, read when it is first asked: once for a text, since a text may ask for every name. */
export class ClosingTags {
  readonly #bytes: Uint8Array;
  readonly #from: number;
  readonly #to: number;
  #last: Map<number, number> | undefined;

  constructor(bytes: Uint8Array, from: number, to: number) {
    this.#bytes = bytes;
    this.#from = from;
    this.#to = to;
  }

  /** Whether a `</name` stands behind `at`. */
  has(name: number, at: number): boolean {
    this.#last ??= this.#read();
    return (this.#last.get(name) ?? -1) > at;
  }

  #read(): Map<number, number> {
    const last = new Map<number, number>();
    const bytes = this.#bytes;
    for (let at = this.#from; at + 2 < this.#to; at += 1) {
      if (bytes[at] !== 0x3c || bytes[at + 1] !== 0x2f) continue;
      let hash = OFFSET;
      for (let name = skipSpace(bytes, at + 2); isNamePart(bytes[name] as number); name += 1)
        hash = Math.imul(hash ^ (bytes[name] as number), PRIME);
      last.set(hash >>> 0, at);
    }
    return last;
  }
}
