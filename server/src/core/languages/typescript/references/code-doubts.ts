import { isWordUnit } from './text-units.ts';

/** Names as well as keywords: `await / 2` divides where nobody waits. */
const SOMETIMES = new Set(['await', 'yield', 'of']);
const LONGEST = 'await'.length;

/**
 * Whether a slash behind the token that ends at `last` may be read the other way round than it was: then the compiler has to look.
 * What stands in front decides mostly; behind a few tokens only the grammar of the whole statement does.
 */
export function isDoubtfulSlash(units: Uint8Array, last: number, divides: boolean): boolean {
  const unit = String.fromCharCode(units[last] ?? 0);
  const before = units[last - 1] ?? 0;
  if (unit === '}') return true;
  if (unit === ')') return !divides;
  if (unit === '>') return before !== 61;
  if (unit === '!') return divides;
  if (!isWordUnit(units[last] ?? 0) || divides) return false;
  let start = last;
  while (start > 0 && isWordUnit(units[start - 1] ?? 0)) start -= 1;
  if (last - start < LONGEST && SOMETIMES.has(String.fromCharCode(...units.subarray(start, last + 1)))) return true;
  let front = start - 1;
  while (front >= 0 && (units[front] ?? 0) <= 32) front -= 1;
  // A member that is called like a keyword, perhaps a remark further on.
  return '.#/'.includes(String.fromCharCode(units[front] ?? 0));
}
