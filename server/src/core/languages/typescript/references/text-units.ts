import { isSpaceUnit } from '../../../scan/blanks-of-text.ts';
import { WORD_UNITS } from '../../../scan/words.ts';

/** Whether a UTF-16 unit belongs to a word; NaN, which stands behind the end of a text, does not. */
export function isWordUnit(unit: number): boolean {
  if (unit < 128) return WORD_UNITS[unit] === 1;
  return unit >= 128 && !isSpaceUnit(unit);
}
