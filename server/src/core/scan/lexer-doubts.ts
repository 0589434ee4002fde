import { tokenBefore } from './lexer-tokens.ts';
import { WORD_UNITS } from './words.ts';

/** Names as well as keywords: `await / 2` divides where nobody waits. */
const SOMETIMES = new Set(['await', 'yield', 'of']);
const LONGEST = 'await'.length;

/**
 * Whether a slash behind the token that ends at `last` may be read the other way round than it was: then the compiler has to look.
 * What stands in front decides mostly; behind a few tokens only the grammar of the whole statement does.
 */
export function isDoubtfulSlash(bytes: Uint8Array, from: number, last: number, divides: boolean): boolean {
  if (last < from) return false;
  const unit = bytes[last] as number;
  if (unit === 0x7d) return true; // }
  if (unit === 0x29) return !divides; // )
  if (unit === 0x3e) return bytes[last - 1] !== 0x3d; // >, but not =>
  if (unit === 0x21) return divides; // !
  if (WORD_UNITS[unit] !== 1 || divides) return false;
  let start = last;
  while (start > from && WORD_UNITS[bytes[start - 1] as number] === 1) start -= 1;
  if (last - start < LONGEST && SOMETIMES.has(String.fromCharCode(...bytes.subarray(start, last + 1)))) return true;
  // A member that is called like a keyword; a remark in front may end in a dot as well.
  const front = tokenBefore(bytes, from, start);
  return front >= from && (bytes[front] === 0x2e || bytes[front] === 0x23);
}

/** Whether `<` stands behind a bracket, where it compares or opens an element that begins a statement. */
export function isDoubtfulAngle(bytes: Uint8Array, from: number, at: number, last: number): boolean {
  if (last < from || (bytes[last] !== 0x29 && bytes[last] !== 0x7d) || bytes[at - 1] === 0x3c) return false;
  const next = bytes[at + 1] as number;
  return next === 0x3e || next >= 0x80 || (WORD_UNITS[next] === 1 && !(next >= 0x30 && next <= 0x39));
}
