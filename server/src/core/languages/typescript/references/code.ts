import { WORD_UNITS } from '../../../scan/words.ts';
import type { Part } from './script-parts.ts';

/** A file's text, and where in it there is no code. Made by one pass without a syntax tree. */
export interface Code {
  readonly text: string;
  /** Starts and ends, in turn, of comments, strings, template text, regular expressions, JSX text and JSX attribute names; rising. */
  readonly blanks: Int32Array;
  /** True where the pass lost its place, or a name may be written with escapes: the compiler has to look. */
  readonly lost: boolean;
  /** Set where only these were read (Vue, Svelte): a name outside of them is used by the template. */
  readonly scripts?: readonly Part[];
}

/** What a bracket on the stack was opened by. */
const Open = { brace: 0, template: 1, child: 2, attribute: 3, paren: 4, control: 5, element: 6, square: 7 } as const;

/** What is read next. Elements are read in turns and not by recursion, since a file chooses how many there are. */
const Mode = { code: 0, children: 1, opening: 2, closing: 3, attributes: 4 } as const;

const TAB = 9;
const LINE_FEED = 10;
const RETURN = 13;
const SPACE = 32;
const BANG = 33;
const QUOTE = 34;
const HASH = 35;
const DOLLAR = 36;
const APOSTROPHE = 39;
const LEFT_PAREN = 40;
const RIGHT_PAREN = 41;
const STAR = 42;
const PLUS = 43;
const MINUS = 45;
const DOT = 46;
const SLASH = 47;
const LESS = 60;
const MORE = 62;
const LEFT_SQUARE = 91;
const BACKSLASH = 92;
const RIGHT_SQUARE = 93;
const BACKTICK = 96;
const LEFT_BRACE = 123;
const RIGHT_BRACE = 125;

/** Words behind which an expression starts: a slash there opens a regular expression, and `<` may open an element. */
const BEFORE_EXPRESSION = new Set(
  'return typeof case in of delete void throw new do else await yield instanceof default extends as satisfies'.split(' '),
);
const CONTROL = new Set(['if', 'while', 'for', 'with']);

/** Whether a UTF-16 unit belongs to a word; NaN, which stands behind the end of a text, does not. */
export function isWordUnit(unit: number): boolean {
  if (unit < 128) return WORD_UNITS[unit] === 1;
  return unit >= 128 && unit !== 0xa0 && unit !== 0x2028 && unit !== 0x2029 && unit !== 0xfeff;
}

/** Reads a whole file. `jsx` says that elements may stand in it. Never throws. */
export function readCode(text: string, jsx: boolean): Code {
  const blanks: number[] = [];
  const unclosed = new Set<string>();
  const stack: number[] = [];
  const length = text.length;
  let lost = false;
  /** The unit that ended the last token, and where that token starts if it is a word. */
  let last = 0;
  let word = -1;
  let wordEnd = -1;
  let closedControl = false;
  let mode: number = Mode.code;
  let at = text.charCodeAt(0) === HASH && text.charCodeAt(1) === 33 ? endOfLine(text, 0) : 0;
  if (at > 0) blanks.push(0, at);

  const startsExpression = (): boolean => {
    if (last === 0) return true;
    if (last === RIGHT_PAREN) return closedControl;
    if (last === RIGHT_SQUARE || last === QUOTE) return false;
    if (last === RIGHT_BRACE) return isFirstOfLine(text, at);
    if (word >= 0) return BEFORE_EXPRESSION.has(text.slice(word, wordEnd)) && text.charCodeAt(word - 1) !== DOT;
    return true;
  };
  const mark = (unit: number): void => {
    last = unit;
    word = -1;
  };
  /** Reads template text from `at` on, up to its end or a substitution. */
  const template = (): void => {
    const start = at;
    for (at += 1; at < length; at += 1) {
      const unit = text.charCodeAt(at);
      if (unit === BACKSLASH) at += 1;
      else if (unit === BACKTICK) {
        at += 1;
        blanks.push(start, at);
        mark(QUOTE);
        return;
      } else if (unit === DOLLAR && text.charCodeAt(at + 1) === LEFT_BRACE) {
        at += 2;
        blanks.push(start, at);
        stack.push(Open.template);
        mark(LEFT_BRACE);
        return;
      }
    }
    blanks.push(start, length);
    lost = true;
  };
  /** Reads a tag from behind its `<`, or goes on in it behind an attribute's value; leaves `at` behind what ends it. */
  const tag = (isClosing: boolean, isGoingOn: boolean): void => {
    let isName = !isGoingOn;
    let depth = 0;
    while (at < length) {
      const unit = text.charCodeAt(at);
      if (unit === SLASH && (text.charCodeAt(at + 1) === SLASH || text.charCodeAt(at + 1) === STAR)) comment();
      else if (unit === LESS) {
        depth += 1;
        at += 1;
      } else if (unit === MORE && depth > 0) {
        depth -= text.charCodeAt(at - 1) === 61 ? 0 : 1;
        at += 1;
      } else if (unit === MORE) {
        at += 1;
        if (isClosing) {
          if (stack.pop() !== Open.element) lost = true;
        } else stack.push(Open.element);
        mode = Mode.children;
        return;
      } else if (unit === SLASH && text.charCodeAt(at + 1) === MORE) {
        at += 2;
        mode = Mode.children;
        return;
      } else if (unit === LEFT_BRACE) {
        at += 1;
        stack.push(Open.attribute);
        mark(LEFT_BRACE);
        mode = Mode.code;
        return;
      } else if (unit === QUOTE || unit === APOSTROPHE) {
        const end = text.indexOf(unit === QUOTE ? '"' : "'", at + 1);
        blanks.push(at, end < 0 ? length : end + 1);
        lost ||= end < 0;
        at = end < 0 ? length : end + 1;
      } else if (isWordUnit(unit) || unit === MINUS) {
        const start = at;
        while (at < length && (isWordUnit(text.charCodeAt(at)) || text.charCodeAt(at) === MINUS || text.charCodeAt(at) === 58)) at += 1;
        if (!isName && depth === 0) blanks.push(start, at);
        if (text.charCodeAt(at) !== DOT) isName = false;
      } else at += 1;
    }
    lost = true;
    mode = Mode.code;
  };
  /** Behind a tag: the text of the element around it, or code where there is none. */
  const children = (): void => {
    mode = Mode.code;
    if (stack.at(-1) !== Open.element) {
      mark(QUOTE);
      return;
    }
    const start = at;
    while (at < length && text.charCodeAt(at) !== LESS && text.charCodeAt(at) !== LEFT_BRACE) at += 1;
    if (at > start) blanks.push(start, at);
    if (at >= length) lost = true;
    else if (text.charCodeAt(at) === LEFT_BRACE) {
      at += 1;
      stack.push(Open.child);
      mark(LEFT_BRACE);
    } else {
      const isClosing = text.charCodeAt(at + 1) === SLASH;
      at += isClosing ? 2 : 1;
      mode = isClosing ? Mode.closing : Mode.opening;
    }
  };
  const comment = (): void => {
    const start = at;
    if (text.charCodeAt(at + 1) === SLASH) at = endOfLine(text, at);
    else {
      const end = text.indexOf('*/', at + 2);
      at = end < 0 ? length : end + 2;
    }
    blanks.push(start, at);
  };

  while (at < length) {
    if (mode !== Mode.code) {
      if (mode === Mode.children) children();
      else tag(mode === Mode.closing, mode === Mode.attributes);
      continue;
    }
    const unit = text.charCodeAt(at);
    if (unit === SPACE || unit === LINE_FEED || unit === TAB || unit === RETURN) at += 1;
    else if (isWordUnit(unit)) {
      word = at;
      at += 1;
      while (at < length && isWordUnit(text.charCodeAt(at))) at += 1;
      wordEnd = at;
      last = DOLLAR;
    } else if (unit === QUOTE || unit === APOSTROPHE) {
      const start = at;
      at = endOfString(text, at);
      lost ||= at > length || text.charCodeAt(at - 1) !== unit;
      at = Math.min(at, length);
      blanks.push(start, at);
      mark(QUOTE);
    } else if (unit === BACKTICK) template();
    else if (unit === SLASH) {
      const next = text.charCodeAt(at + 1);
      if (next === SLASH || next === STAR) comment();
      else if (startsExpression()) {
        const end = endOfExpression(text, at);
        if (end > 0) {
          blanks.push(at, end);
          at = end;
          mark(QUOTE);
        } else {
          at += 1;
          mark(SLASH);
        }
      } else {
        at += 1;
        mark(SLASH);
      }
    } else if (unit === LEFT_BRACE) {
      stack.push(Open.brace);
      at += 1;
      mark(unit);
    } else if (unit === RIGHT_BRACE) {
      const open = stack.pop();
      if (open === Open.template) template();
      else {
        at += 1;
        mark(unit);
        if (open === Open.child) mode = Mode.children;
        else if (open === Open.attribute) mode = Mode.attributes;
        else if (open !== Open.brace) lost = true;
      }
    } else if (unit === LEFT_PAREN) {
      stack.push(word >= 0 && CONTROL.has(text.slice(word, wordEnd)) && text.charCodeAt(word - 1) !== DOT ? Open.control : Open.paren);
      at += 1;
      mark(unit);
    } else if (unit === RIGHT_PAREN) {
      const open = stack.pop();
      closedControl = open === Open.control;
      lost ||= open !== Open.control && open !== Open.paren;
      at += 1;
      mark(unit);
    } else if (unit === LEFT_SQUARE) {
      stack.push(Open.square);
      at += 1;
      mark(unit);
    } else if (unit === RIGHT_SQUARE) {
      lost ||= stack.pop() !== Open.square;
      at += 1;
      mark(unit);
    } else if (unit === LESS && jsx && startsExpression() && opensElement(text, at, unclosed)) {
      at += 1;
      mode = Mode.opening;
    } else {
      // An escape outside a string writes a name that no search for words finds.
      if (unit === BACKSLASH) lost = true;
      // `x++ / y` divides, and so does `x! / y`.
      const isPostfix =
        unit === BANG ? isOperandEnd(text.charCodeAt(at - 1)) : (unit === PLUS || unit === MINUS) && text.charCodeAt(at - 1) === unit;
      at += 1;
      mark(isPostfix ? QUOTE : unit);
    }
  }
  return { text, blanks: Int32Array.from(blanks), lost: lost || stack.length > 0 };
}

function isOperandEnd(unit: number): boolean {
  return isWordUnit(unit) || unit === RIGHT_PAREN || unit === RIGHT_SQUARE;
}

function isFirstOfLine(text: string, at: number): boolean {
  for (let before = at - 1; before >= 0; before -= 1) {
    const unit = text.charCodeAt(before);
    if (unit === LINE_FEED) return true;
    if (unit !== SPACE && unit !== TAB && unit !== RETURN) return false;
  }
  return true;
}

function endOfLine(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end;
}

/** Behind the closing quote; a line end closes a string that has none. */
function endOfString(text: string, start: number): number {
  const quote = text.charCodeAt(start);
  let at = start + 1;
  for (; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit === BACKSLASH) at += text.charCodeAt(at + 1) === RETURN && text.charCodeAt(at + 2) === LINE_FEED ? 2 : 1;
    else if (unit === quote) return at + 1;
    else if (unit === LINE_FEED) return at;
  }
  return at + 1;
}

/** Behind a regular expression's flags; 0 where none is closed on the line. */
function endOfExpression(text: string, start: number): number {
  let isClass = false;
  for (let at = start + 1; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit === LINE_FEED) return 0;
    if (unit === BACKSLASH) at += 1;
    else if (unit === LEFT_SQUARE) isClass = true;
    else if (unit === RIGHT_SQUARE) isClass = false;
    else if (unit === SLASH && !isClass) {
      at += 1;
      while (isWordUnit(text.charCodeAt(at))) at += 1;
      return at;
    }
  }
  return 0;
}

/** Whether `<` opens an element, and not the type parameters of a function. */
function opensElement(text: string, at: number, unclosed: Set<string>): boolean {
  // The second half of a shift.
  if (text.charCodeAt(at - 1) === LESS) return false;
  const head = /^<(?:>|\s*([\p{ID_Start}_$][\w\u0080-\uffff$.:-]*)(\s*(?:,|=[^>]|extends\b))?)/u.exec(text.slice(at, at + 200));
  if (head === null || head[2] !== undefined) return false;
  if (head[1] !== undefined && !/[\s/<>{]/.test(text.charAt(at + head[0].length))) return false;
  const name = head[1];
  if (name === undefined) return true;
  if (name === 'const') return false;
  // `<T>(value: T) => …`: an element of that name would be closed.
  if (text.charCodeAt(at + head[0].length) !== MORE) return true;
  // One that is not closed from here is closed from nowhere further on.
  if (!unclosed.has(name) && text.indexOf(`</${name}`, at) < 0) unclosed.add(name);
  return !unclosed.has(name);
}
