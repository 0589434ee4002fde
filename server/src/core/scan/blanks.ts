import * as on from './lexer-modes.ts';
import { isNamePart } from './lexer-tokens.ts';

/** Modes whose bytes are no code. Of a regular expression without an end nobody knows that it is one. */
const NO_CODE = new Set([on.SINGLE, on.DOUBLE, on.TICKS, on.LINE, on.LINE_OF_UNITS, on.BLOCK, on.TEXT, on.TAG_SINGLE, on.TAG_DOUBLE]);

/**
 * Where in a text there is no code, kept while the lexer reads it: remarks, strings, the text of templates, regular expressions, the
 * text of elements and the names of their attributes.
 */
export class Blanks {
  #places = new Int32Array(1 << 10);
  #count = 0;
  #brackets = new Int32Array(1 << 9);
  #bracketCount = 0;
  #from = 0;
  #isName = false;
  #angles = 0;
  /** Whether a slash or an angle may be read the other way round than it was, or a name is written with escapes. */
  isDoubtful = false;

  /** A stretch; stretches come in their order. An empty one is none. */
  add(start: number, end: number): void {
    if (start >= end) return;
    if (this.#count + 2 > this.#places.length) this.#places = grown(this.#places);
    this.#places[this.#count] = start;
    this.#places[this.#count + 1] = end;
    this.#count += 2;
  }

  /** A bracket of code, or a brace between code and what is none. */
  bracket(at: number): void {
    if (this.#bracketCount === this.#brackets.length) this.#brackets = grown(this.#brackets);
    this.#brackets[this.#bracketCount] = at;
    this.#bracketCount += 1;
  }

  /** A string or a remark; where it stands in a tag, names go on behind it. */
  close(start: number, end: number, angles: number): void {
    this.add(start, end);
    this.beginNames(end, false, angles);
  }

  /** From here on a tag's names are not kept yet; `isName` where the tag's own one comes first, `angles` are those open. */
  beginNames(at: number, isName: boolean, angles: number): void {
    this.#from = at;
    this.#isName = isName;
    this.#angles = angles;
  }

  /** The names of attributes up to here. */
  endNames(bytes: Uint8Array, to: number): void {
    let depth = this.#angles;
    for (let at = this.#from; at < to; ) {
      const unit = bytes[at] as number;
      if (unit !== 0x2e && isNamePart(unit)) {
        const start = at;
        while (at < to && bytes[at] !== 0x2e && isNamePart(bytes[at] as number)) at += 1;
        if (!this.#isName && depth === 0) this.add(start, at);
        if (bytes[at] !== 0x2e) this.#isName = false;
        continue;
      }
      if (unit === 0x3c) depth += 1;
      else if (unit === 0x3e && bytes[at - 1] !== 0x3d && depth > 0) depth -= 1;
      at += 1;
    }
  }

  /** The stretch that nothing closes before the text ends. */
  end(mode: Uint8Array, start: number, end: number): void {
    if (NO_CODE.has(mode)) this.add(start, end);
  }

  /** Starts and ends in turn, rising. */
  taken(): Int32Array {
    return this.#places.slice(0, this.#count);
  }

  /** Where the brackets stand, rising. */
  takenBrackets(): Int32Array {
    return this.#brackets.slice(0, this.#bracketCount);
  }
}

function grown(row: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const more = new Int32Array(row.length * 2);
  more.set(row);
  return more;
}
