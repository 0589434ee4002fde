import { WORD_UNITS } from '../../../scan/words.ts';

/** White space as the compiler has it, line ends among it. */
export function isSpaceUnit(unit: number): boolean {
  if (unit < 128) return unit === 32 || (unit >= 9 && unit <= 13);
  if (unit < 0x1680) return unit === 0xa0 || unit === 0x85;
  return (
    (unit >= 0x2000 && unit <= 0x200b) ||
    unit === 0x2028 ||
    unit === 0x2029 ||
    unit === 0x3000 ||
    unit === 0xfeff ||
    unit === 0x1680 ||
    unit === 0x202f ||
    unit === 0x205f
  );
}

/** Whether a UTF-16 unit belongs to a word; NaN, which stands behind the end of a text, does not. */
export function isWordUnit(unit: number): boolean {
  if (unit < 128) return WORD_UNITS[unit] === 1;
  return unit >= 128 && !isSpaceUnit(unit);
}

const LINE_FEED = 10;

/**
 * The text with one byte for each UTF-16 unit, so that what judges bytes (core/scan/lexer-tokens.ts) judges it at the same offsets:
 * every line end is a line feed, other white space beyond ASCII a space, and everything else beyond it one byte of no word.
 */
export function plainUnits(text: string): Uint8Array {
  const units = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit < 128) units[at] = unit === 13 ? LINE_FEED : unit;
    else units[at] = unit === 0x2028 || unit === 0x2029 ? LINE_FEED : isSpaceUnit(unit) ? 32 : 128;
  }
  return units;
}
