import { lineEndBeyond, spaceBeyond } from './lexer-tokens.ts';
import { OFFSET, PRIME, WORD_UNITS } from './words.ts';

/** Reads ahead from a place in code, token by token, for the short grammar of imports and exports. Nothing is moved but `at`. */
export class Cursor {
  readonly bytes: Buffer;
  at = 0;
  /** Whether the white space skipped last holds a line end. */
  lineEnded = false;
  /** How many bytes values took that were skipped so far, and whether that was too much to skip more. */
  #spent = 0;
  isExhausted = false;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  /** Skips white space and remarks, and returns the byte behind them. */
  peek(): number {
    const bytes = this.bytes;
    this.lineEnded = false;
    for (;;) {
      const unit = bytes[this.at] as number;
      if (unit === 0x0a || unit === 0x0d) this.lineEnded = true;
      if (unit <= 0x20 && unit !== 0) this.at += 1;
      else if (unit === 0x2f && bytes[this.at + 1] === 0x2a) this.#skipBlock();
      else if (unit === 0x2f && bytes[this.at + 1] === 0x2f) this.#skipLine();
      else if (unit >= 0x80 && spaceBeyond(bytes, this.at) > 0) {
        if (lineEndBeyond(bytes, this.at)) this.lineEnded = true;
        this.at += spaceBeyond(bytes, this.at);
      } else return unit;
    }
  }

  #skipBlock(): void {
    const end = this.bytes.indexOf('*/', this.at + 2, 'latin1');
    const to = end < 0 ? this.bytes.length : end + 2;
    while (this.at < to && this.bytes[this.at] !== 0) {
      if (this.bytes[this.at] === 0x0a) this.lineEnded = true;
      this.at += 1;
    }
  }

  #skipLine(): void {
    for (let unit = this.bytes[this.at]; unit !== 0x0a && unit !== 0x0d && unit !== 0; unit = this.bytes[this.at]) {
      if (lineEndBeyond(this.bytes, this.at)) return;
      this.at += 1;
    }
  }

  /** Steps over `unit` where it comes next, white space left out. */
  eat(unit: number): boolean {
    if (this.peek() !== unit) return false;
    this.at += 1;
    return true;
  }

  /** Steps over a word where it comes next. */
  eatWord(word: string): boolean {
    const before = this.at;
    if (this.name() === word) return true;
    this.at = before;
    return false;
  }

  /** The identifier or keyword that comes next, escapes resolved; undefined where none does. */
  name(): string | undefined {
    const first = this.peek();
    if (first >= 0x30 && first <= 0x39) return undefined;
    const start = this.at;
    const bytes = this.bytes;
    let plain = true;
    for (let unit = first; ; unit = bytes[this.at] as number) {
      if (WORD_UNITS[unit] === 1) this.at += 1;
      else if (unit >= 0x80 && spaceBeyond(bytes, this.at) === 0) {
        plain = false;
        this.at += 1;
      } else if (unit === 0x5c && bytes[this.at + 1] === 0x75) {
        plain = false;
        this.at += 2;
        if (bytes[this.at] === 0x7b) this.#skipBraced();
      } else break;
    }
    if (this.at === start) return undefined;
    return plain ? shared(bytes, start, this.at) : unescaped(bytes.toString('utf8', start, this.at));
  }

  /** `{61}` behind `\u`; a brace with anything else in it ends the name. */
  #skipBraced(): void {
    this.at += 1;
    while (isHex(this.bytes[this.at] as number)) this.at += 1;
    if (this.bytes[this.at] === 0x7d) this.at += 1;
  }

  /** The value of the string that comes next, or of a template without holes; undefined where none does, or it has no end. */
  string(): string | undefined {
    const quote = this.peek();
    if (quote !== 0x22 && quote !== 0x27 && quote !== 0x60) return undefined;
    const bytes = this.bytes;
    const start = this.at + 1;
    let plain = true;
    for (let at = start; ; at += 1) {
      const unit = bytes[at] as number;
      if (unit === quote) {
        this.at = at + 1;
        return plain ? shared(bytes, start, at) : unescaped(bytes.toString('utf8', start, at));
      }
      if (unit === 0 || ((unit === 0x0a || unit === 0x0d) && quote !== 0x60)) return undefined;
      if (unit === 0x24 && bytes[at + 1] === 0x7b && quote === 0x60) return undefined;
      if (unit >= 0x80 || unit === 0x5c) plain = false;
      if (unit === 0x5c) at += bytes[at + 1] === 0x0d && bytes[at + 2] === 0x0a ? 2 : 1;
    }
  }

  /** Steps over `=` where it comes next and neither compares nor makes a function. */
  eatAssignment(): boolean {
    if (this.peek() !== 0x3d) return false;
    const next = this.bytes[this.at + 1];
    if (next === 0x3d || next === 0x3e) return false;
    this.at += 1;
    return true;
  }

  /** Steps over a closing parenthesis, and over one more argument before it where there may be one. */
  closes(more: boolean): boolean {
    if (more && this.eat(0x2c) && this.peek() !== 0x29) this.skipValue();
    this.eat(0x2c);
    return this.eat(0x29);
  }

  /** Skips `<…>`, as far as it is a few types. */
  skipAngles(): void {
    let depth = 0;
    for (const end = this.at + 400; this.at < end; this.at += 1) {
      const unit = this.bytes[this.at];
      if (unit === 0x3c) depth += 1;
      else if (unit === 0x3e && this.bytes[this.at - 1] !== 0x3d) depth -= 1;
      if (depth === 0 || unit === 0) break;
    }
    this.eat(0x3e);
  }

  /**
   * Skips a value up to the comma or bracket that ends it, strings and brackets inside it left out. A text may ask for that at every
   * word, up to its own end: where that would take more than linear time, nothing is skipped any more (test/scan/linear.test.ts).
   */
  skipValue(): void {
    const start = this.at;
    if (this.mayLookOn(start)) this.#skipValue();
    this.spend(start);
  }

  /** Whether looking ahead from `start` may go as far as the text does. */
  mayLookOn(start: number): boolean {
    if (this.#spent > FREE_BYTES + start * 8) this.isExhausted = true;
    return !this.isExhausted;
  }

  /** Counts what was looked at from `start` up to here. */
  spend(start: number): void {
    this.#spent += Math.max(0, this.at - start);
  }

  #skipValue(): void {
    let depth = 0;
    for (let unit = this.peek(); unit !== 0; unit = this.peek()) {
      if (unit === 0x28 || unit === 0x5b || unit === 0x7b) depth += 1;
      else if (unit === 0x29 || unit === 0x5d || unit === 0x7d) {
        if (depth === 0) return;
        depth -= 1;
      } else if (unit === 0x2c && depth === 0) return;
      if (this.string() === undefined) this.at += 1;
    }
  }
}

/** Looked at twice without a thought. */
const FREE_BYTES = 1 << 16;

function isHex(unit: number): boolean {
  return (unit >= 0x30 && unit <= 0x39) || ((unit | 0x20) >= 0x61 && (unit | 0x20) <= 0x66);
}

/** Names and specifiers come again and again: one string for all of a name saves more than it costs to look for it. */
const SHARED: string[] = Array.from({ length: 1 << 12 }, () => '');

/** The text between two places, which must be ASCII. */
function shared(bytes: Buffer, start: number, end: number): string {
  let hash = OFFSET;
  for (let at = start; at < end; at += 1) hash = Math.imul(hash ^ (bytes[at] as number), PRIME);
  const slot = (hash ^ (hash >>> 12)) & 0xfff;
  const known = SHARED[slot] as string;
  if (known.length === end - start && isAt(known, bytes, start)) return known;
  const made = bytes.toString('latin1', start, end);
  SHARED[slot] = made;
  return made;
}

function isAt(text: string, bytes: Buffer, start: number): boolean {
  for (let at = 0; at < text.length; at += 1) if (text.charCodeAt(at) !== bytes[start + at]) return false;
  return true;
}

const SHORT: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f', v: '\v', 0: '\0' };

/** As JavaScript reads the escapes of a string; what is no escape stays as it is. */
function unescaped(raw: string): string {
  if (!raw.includes('\\')) return raw;
  return raw.replace(
    /\\(?:u\{([\da-fA-F]{1,6})\}|u([\da-fA-F]{4})|x([\da-fA-F]{2})|(\r\n|.))/gs,
    (whole, braced?: string, four?: string, two?: string, one?: string) => {
      const code = braced ?? four ?? two;
      if (code !== undefined) return Number.parseInt(code, 16) > 0x10ffff ? whole : String.fromCodePoint(Number.parseInt(code, 16));
      if (one === undefined || /^[\r\n\u2028\u2029]/.test(one)) return '';
      return SHORT[one] ?? one;
    },
  );
}
