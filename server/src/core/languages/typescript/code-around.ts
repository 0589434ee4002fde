import { type Code, isWordUnit } from './code.ts';

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

const isSpace = (unit: number): boolean =>
  unit === 32 || unit === 10 || unit === 13 || unit === 9 || unit === 0xa0 || unit === 0xfeff || unit === 0x2028 || unit === 0x2029;

/** Offset of the last unit of the token in front of `at`; -1 at the start. Comments are no tokens, a string is one. */
export function tokenBefore(code: Code, at: number): number {
  for (let before = at - 1; before >= 0; before -= 1) {
    const unit = code.text.charCodeAt(before);
    if (isSpace(unit)) continue;
    const blank = blankAt(code, before);
    if (blank < 0 || !isComment(code, blank)) return before;
    before = code.blanks[2 * blank] ?? 0;
  }
  return -1;
}

/** Offset of the first unit of the token at or behind `at`; the length of the text at its end. */
export function tokenAfter(code: Code, at: number): number {
  for (let next = at; next < code.text.length; next += 1) {
    if (isSpace(code.text.charCodeAt(next))) continue;
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
  let depth = 0;
  let blank = lastBlankBefore(code, at);
  for (let before = at - 1; before >= 0; before -= 1) {
    if (blank >= 0 && before < (code.blanks[2 * blank + 1] ?? 0)) {
      const start = code.blanks[2 * blank] ?? 0;
      // `${` ends a blank and opens a bracket, and a blank that starts with `}` closes one.
      if (endsInSubstitution(code, blank)) {
        if (depth === 0) return before;
        depth -= 1;
      }
      if (code.text.charCodeAt(start) === 125) depth += 1;
      before = start;
      blank -= 1;
      continue;
    }
    const unit = code.text.charCodeAt(before);
    if (unit === 123 || unit === 40 || unit === 91) {
      if (depth === 0) return before;
      depth -= 1;
    } else if (unit === 125 || unit === 41 || unit === 93) depth += 1;
  }
  return -1;
}

/** Offset of the bracket that closes the one at `open`; the length of the text where none does. */
export function closerOf(code: Code, open: number): number {
  let depth = 0;
  let blank = lastBlankBefore(code, open) + 1;
  for (let at = open; at < code.text.length; at += 1) {
    while ((code.blanks[2 * blank + 1] ?? Number.POSITIVE_INFINITY) <= at) blank += 1;
    if ((code.blanks[2 * blank] ?? Number.POSITIVE_INFINITY) <= at) {
      if (code.text.charCodeAt(code.blanks[2 * blank] ?? 0) === 125) {
        depth -= 1;
        if (depth === 0) return code.blanks[2 * blank] ?? 0;
      }
      if (endsInSubstitution(code, blank)) depth += 1;
      at = (code.blanks[2 * blank + 1] ?? 0) - 1;
      continue;
    }
    const unit = code.text.charCodeAt(at);
    if (unit === 123 || unit === 40 || unit === 91) depth += 1;
    else if (unit === 125 || unit === 41 || unit === 93) {
      depth -= 1;
      if (depth === 0) return at;
    }
  }
  return code.text.length;
}

function endsInSubstitution({ text, blanks }: Code, blank: number): boolean {
  const start = blanks[2 * blank] ?? 0;
  const end = blanks[2 * blank + 1] ?? 0;
  const first = text.charCodeAt(start);
  return (first === 96 || first === 125) && text.charCodeAt(end - 1) === 123;
}

/** Number of the last blank that starts before `at`; -1 where none does. */
function lastBlankBefore({ blanks }: Code, at: number): number {
  let low = 0;
  let high = blanks.length >> 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((blanks[2 * middle] ?? 0) < at) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
