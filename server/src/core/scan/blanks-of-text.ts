import { ScanMark } from '../model/file-scan.ts';
import { Blanks } from './blanks.ts';
import { lex } from './lexer.ts';
import { UNICODE_LINE_END } from './lexer-modes.ts';
import { ModuleReader } from './scan-modules.ts';
import { WordsSeen } from './words-seen.ts';

/** Where in a text there is no code. */
export interface BlanksOfText {
  /** Starts and ends in turn, rising; UTF-16 units. */
  readonly blanks: Int32Array;
  /** Every bracket of the code, those of a template's substitutions among them; rising. */
  readonly brackets: Int32Array;
  /** True where the lexer lost its place, or where the syntax tree alone tells what is code. */
  readonly isDoubtful: boolean;
}

const WORDS = new WordsSeen(false);

/** Reads a text of TypeScript or JavaScript with the lexer that scans files. `jsx` says that elements may stand in it. Never throws. */
export function blanksOfText(text: string, jsx: boolean): BlanksOfText {
  const units = unitsOf(text);
  const found = read(units, text.length, jsx);
  // Where an element seemed to begin that never ended, there may have been none.
  const other = jsx && found.isLost ? read(units, text.length, false) : undefined;
  const { blanks, isLost } = other?.isLost === false ? other : found;
  return { blanks: blanks.taken(), brackets: blanks.takenBrackets(), isDoubtful: isLost || blanks.isDoubtful };
}

function read(units: Buffer, length: number, jsx: boolean): { readonly blanks: Blanks; readonly isLost: boolean } {
  const blanks = new Blanks();
  const marks = lex(units, 0, length, jsx, WORDS, new ModuleReader(units, 0), blanks);
  return { blanks, isLost: (marks & ScanMark.lost) !== 0 };
}

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

const LINE_FEED = 10;
const RETURN = 13;

/** Held from file to file. */
let held = Buffer.alloc(1 << 16);

/**
 * The text with one byte for each UTF-16 unit, so that the lexer (core/scan/lexer.ts) finds everything at the same offsets: a return
 * that ends a line alone is a line feed, a line end beyond ASCII a byte of its own, other white space beyond it a space, and everything
 * else beyond it one byte of no word. Zeros stand behind its end. Good until the next call.
 */
function unitsOf(text: string): Buffer {
  const { length } = text;
  if (length + 8 > held.length) held = Buffer.alloc(Math.max(length + 8, held.length * 2));
  // Most texts are their own units, and copied at once.
  if (UNPLAIN.test(text)) copyUnits(text);
  else held.write(text, 0, 'latin1');
  held.fill(0, length, length + 8);
  return held;
}

/** Returns, and what is beyond ASCII. */
const UNPLAIN = /[\r\u0080-\uffff]/;

function copyUnits(text: string): void {
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit < 128) held[at] = unit === RETURN && text.charCodeAt(at + 1) !== LINE_FEED ? LINE_FEED : unit;
    else held[at] = unit === 0x2028 || unit === 0x2029 ? UNICODE_LINE_END : isSpaceUnit(unit) ? 32 : 128;
  }
}
