import { isSpaceUnit } from '../../../scan/blanks-of-text.ts';
import type { Code } from './code.ts';
import { isWordUnit } from './text-units.ts';

/** Number of the blank that covers an offset; -1 where code stands there. */
export function blankAt({ blanks }: Code, at: number): number {
  let low = 0;
  let high = blanks.length >> 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((blanks[2 * middle + 1] ?? 0) <= at) low = middle + 1;
    else high = middle;
  }
  return (blanks[2 * low] ?? Number.POSITIVE_INFINITY) <= at ? low : -1;
}

function isComment({ text, blanks }: Code, blank: number): boolean {
  const start = blanks[2 * blank] ?? 0;
  return text.startsWith('//', start) || text.startsWith('/*', start) || text.startsWith('#!', start);
}

/** Offset of the last unit of the token in front of `at`; -1 at the start. Comments are no tokens, a string is one. */
export function tokenBefore(code: Code, at: number): number {
  for (let before = at - 1; before >= 0; before -= 1) {
    const unit = code.text.charCodeAt(before);
    if (isSpaceUnit(unit)) continue;
    const blank = blankAt(code, before);
    if (blank < 0 || !isComment(code, blank)) return before;
    before = code.blanks[2 * blank] ?? 0;
  }
  return -1;
}

/** Offset of the first unit of the token at or behind `at`; the length of the text at its end. */
export function tokenAfter(code: Code, at: number): number {
  for (let next = at; next < code.text.length; next += 1) {
    if (isSpaceUnit(code.text.charCodeAt(next))) continue;
    const blank = blankAt(code, next);
    if (blank < 0 || !isComment(code, blank)) return next;
    next = (code.blanks[2 * blank + 1] ?? 0) - 1;
  }
  return code.text.length;
}

/** The word that ends at this offset (its last unit), or an empty text where no word does. */
export function wordEndingAt({ text }: Code, last: number): string {
  let start = last;
  while (start >= 0 && isWordUnit(text.charCodeAt(start))) start -= 1;
  return text.slice(start + 1, last + 1);
}

/** The word that starts at this offset. */
export function wordStartingAt({ text }: Code, first: number): string {
  let end = first;
  while (end < text.length && isWordUnit(text.charCodeAt(end))) end += 1;
  return text.slice(first, end);
}

/** Offset of the bracket that is open around `at`; -1 at the top of the file. */
export function openerOf(code: Code, at: number): number {
  const { offsets, around } = bracketsOf(code);
  const last = countBefore(offsets, at) - 1;
  if (last < 0) return -1;
  const open = isOpen(code, offsets[last] ?? 0) ? last : (around[last] ?? -1);
  return open < 0 ? -1 : (offsets[open] ?? -1);
}

/** Offset of the bracket that closes the one at `open`; the length of the text where none does. */
export function closerOf(code: Code, open: number): number {
  const { offsets, mates } = bracketsOf(code);
  const number = countBefore(offsets, open);
  const mate = offsets[number] === open ? (mates[number] ?? -1) : -1;
  return mate < 0 ? code.text.length : (offsets[mate] ?? code.text.length);
}

/** Every bracket of the code, in order; a template's substitutions count as braces. */
interface Brackets {
  readonly offsets: Int32Array;
  /** Number of the bracket that belongs to it; -1 where none does. */
  readonly mates: Int32Array;
  /** Number of the bracket that is open behind it, itself left out; -1 at the top. */
  readonly around: Int32Array;
}

/** Made when first asked for, since most files need none; once, since a file chooses how often its words are asked about. */
const BRACKETS = new WeakMap<Code, Brackets>();

function bracketsOf(code: Code): Brackets {
  const known = BRACKETS.get(code);
  if (known !== undefined) return known;
  const offsets = code.brackets;
  const mates = new Int32Array(offsets.length).fill(-1);
  const around = new Int32Array(offsets.length).fill(-1);
  const open: number[] = [];
  offsets.forEach((offset, number) => {
    const isOpening = isOpen(code, offset);
    const mate = isOpening ? undefined : open.pop();
    if (mate !== undefined) {
      mates[number] = mate;
      mates[mate] = number;
    }
    around[number] = open.at(-1) ?? -1;
    if (isOpening) open.push(number);
  });
  const fresh = { offsets, mates, around };
  BRACKETS.set(code, fresh);
  return fresh;
}

function isOpen({ text }: Code, offset: number): boolean {
  const unit = text.charCodeAt(offset);
  return unit === 123 || unit === 40 || unit === 91;
}

/** How many of the rising offsets are before `at`. */
function countBefore(offsets: Int32Array, at: number): number {
  let low = 0;
  let high = offsets.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((offsets[middle] ?? 0) < at) low = middle + 1;
    else high = middle;
  }
  return low;
}
