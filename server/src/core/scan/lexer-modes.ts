import { WORD_UNITS } from './words.ts';

/**
 * What the lexer does at a byte, by where it stands: one table of 256 actions for each mode. Words, digits, bytes beyond ASCII and
 * backslashes mean something everywhere, since words count wherever they stand.
 */

export const SKIP = 0;
export const WORD = 1;
export const DIGIT = 2;
export const END = 3;
export const BEYOND = 4;
export const BACKSLASH = 5;
export const ESCAPE = 6;
export const PUNCTUATION = 7;
export const COMMA = 8;
export const SEMICOLON = 9;
export const LESS = 10;
export const GREATER = 11;
export const SLASH = 12;
export const OPEN_QUOTE = 13;
export const CLOSE_QUOTE = 14;
export const OPEN_BRACKET = 15;
export const CLOSE_BRACKET = 16;
export const OPEN_HOLE = 17;
export const STAR = 18;
export const LINE_END = 19;
export const OPEN_CLASS = 20;
export const CLOSE_CLASS = 21;
export const CLOSE_REGEX = 22;
export const TAG_BRACE = 23;
export const TAG_END = 24;
export const TAG_SLASH = 25;
export const TAG_LESS = 26;
export const TAG_QUOTE = 27;
export const TEXT_BRACE = 28;
export const TEXT_LESS = 29;

function mode(actions: Readonly<Record<string, number>>, rest = SKIP): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => {
    const unit = String.fromCharCode(byte);
    if (byte === 0) return END;
    if (actions[unit] !== undefined) return actions[unit];
    if (byte >= 0x80) return BEYOND;
    if (byte >= 0x30 && byte <= 0x39) return DIGIT;
    if (WORD_UNITS[byte] === 1) return WORD;
    if (unit === '\\') return BACKSLASH;
    return byte <= 0x20 ? SKIP : rest;
  });
}

const LINES = { '\n': LINE_END, '\r': LINE_END };

/** Text of no language: words alone. */
export const PLAIN = mode({});
export const CODE = mode(
  {
    '"': OPEN_QUOTE,
    "'": OPEN_QUOTE,
    '`': OPEN_QUOTE,
    '/': SLASH,
    '(': OPEN_BRACKET,
    ')': CLOSE_BRACKET,
    '{': OPEN_BRACKET,
    '}': CLOSE_BRACKET,
    '[': OPEN_BRACKET,
    ']': CLOSE_BRACKET,
    ',': COMMA,
    ';': SEMICOLON,
    '<': LESS,
    '>': GREATER,
  },
  PUNCTUATION,
);
export const SINGLE = mode({ "'": CLOSE_QUOTE, '\\': ESCAPE, ...LINES });
export const DOUBLE = mode({ '"': CLOSE_QUOTE, '\\': ESCAPE, ...LINES });
export const TICKS = mode({ '`': CLOSE_QUOTE, '\\': ESCAPE, '{': OPEN_HOLE });
export const LINE = mode(LINES);
/** In units of a text, where one byte stands for the line ends beyond ASCII. */
export const UNICODE_LINE_END = 0x1c;
export const LINE_OF_UNITS = mode({ ...LINES, [String.fromCharCode(UNICODE_LINE_END)]: LINE_END });
export const BLOCK = mode({ '*': STAR });
export const REGEX = mode({ '/': CLOSE_REGEX, '[': OPEN_CLASS, '\\': ESCAPE, ...LINES });
export const REGEX_CLASS = mode({ ']': CLOSE_CLASS, '\\': ESCAPE, ...LINES });
/** Inside `<name …>`, and inside its strings, which know no escapes and may go on over lines. */
export const TAG = mode({ '"': TAG_QUOTE, "'": TAG_QUOTE, '{': TAG_BRACE, '>': TAG_END, '/': TAG_SLASH, '<': TAG_LESS });
export const TAG_SINGLE = mode({ "'": CLOSE_QUOTE });
export const TAG_DOUBLE = mode({ '"': CLOSE_QUOTE });
/** Between tags, where an apostrophe is text. */
export const TEXT = mode({ '{': TEXT_BRACE, '<': TEXT_LESS });
/** Inside `</name>`. */
export const CLOSING = mode({ '>': TAG_END });
