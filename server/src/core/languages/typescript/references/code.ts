import { angleOpensElement, ClosingTags, endsExpression, opensHtmlRemark } from '../../../scan/lexer-tokens.ts';
import { isDoubtfulSlash } from './code-doubts.ts';
import type { Part } from './script-parts.ts';
import { isSpaceUnit, isWordUnit, plainUnits } from './text-units.ts';

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
const Open = { brace: 0, template: 1, child: 2, attribute: 3, paren: 4, element: 5, square: 6 } as const;

/** What is read next. Elements are read in turns and not by recursion, since a file chooses how many there are. */
const Mode = { code: 0, children: 1, opening: 2, closing: 3, attributes: 4 } as const;

const LINE_FEED = 10;
const RETURN = 13;
const QUOTE = 34;
const HASH = 35;
const DOLLAR = 36;
const APOSTROPHE = 39;
const LEFT_PAREN = 40;
const RIGHT_PAREN = 41;
const STAR = 42;
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

/** Reads a whole file. `jsx` says that elements may stand in it. Never throws. */
export function readCode(text: string, jsx: boolean): Code {
  const blanks: number[] = [];
  const stack: number[] = [];
  /** Where each bracket on the stack stands. */
  const openings: number[] = [];
  const length = text.length;
  const units = plainUnits(text);
  const closing = new ClosingTags(units, 0, length);
  let lost = false;
  /** Last unit of the last token, where the bracket opened that was closed last, and the end of the last regular expression. */
  let last = -1;
  let closedFrom = 0;
  let regexEnd = -1;
  /** No regular expression begins before this: one that seemed to had no end in its line. */
  let noRegexBefore = 0;
  let mode: number = Mode.code;
  let at = text.charCodeAt(0) === HASH && text.charCodeAt(1) === 33 ? endOfLine(units, 0) : 0;
  if (at > 0) blanks.push(0, at);
  const from = at;

  const isBehindValue = (): boolean => endsExpression(units, from, last, closedFrom, regexEnd);
  const open = (kind: number, offset: number): void => {
    stack.push(kind);
    openings.push(offset);
    last = offset;
  };
  const close = (): number | undefined => {
    closedFrom = openings.pop() ?? 0;
    return stack.pop();
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
        last = at - 1;
        return;
      } else if (unit === DOLLAR && text.charCodeAt(at + 1) === LEFT_BRACE) {
        at += 2;
        blanks.push(start, at);
        open(Open.template, at - 1);
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
          if (close() !== Open.element) lost = true;
        } else open(Open.element, at - 1);
        mode = Mode.children;
        return;
      } else if (unit === SLASH && text.charCodeAt(at + 1) === MORE) {
        at += 2;
        mode = Mode.children;
        return;
      } else if (unit === LEFT_BRACE) {
        open(Open.attribute, at);
        at += 1;
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
      // An element is a value as a bracket is.
      regexEnd = at - 1;
      last = at - 1;
      return;
    }
    const start = at;
    while (at < length && text.charCodeAt(at) !== LESS && text.charCodeAt(at) !== LEFT_BRACE) at += 1;
    if (at > start) blanks.push(start, at);
    if (at >= length) lost = true;
    else if (text.charCodeAt(at) === LEFT_BRACE) {
      open(Open.child, at);
      at += 1;
    } else {
      const isClosing = text.charCodeAt(at + 1) === SLASH;
      at += isClosing ? 2 : 1;
      mode = isClosing ? Mode.closing : Mode.opening;
    }
  };
  const comment = (): void => {
    const start = at;
    if (text.charCodeAt(at + 1) === SLASH) at = endOfLine(units, at);
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
    if (isSpaceUnit(unit)) at += 1;
    else if (isWordUnit(unit)) {
      at += 1;
      while (at < length && isWordUnit(text.charCodeAt(at))) at += 1;
      last = at - 1;
    } else if (unit === QUOTE || unit === APOSTROPHE) {
      const start = at;
      at = endOfString(text, at);
      lost ||= at > length || text.charCodeAt(at - 1) !== unit;
      at = Math.min(at, length);
      blanks.push(start, at);
      last = at - 1;
    } else if (unit === BACKTICK) template();
    else if (unit === SLASH) {
      const next = text.charCodeAt(at + 1);
      if (next === SLASH || next === STAR) comment();
      else {
        const divides = isBehindValue();
        lost ||= isDoubtfulSlash(units, last, divides);
        const end = divides || at < noRegexBefore ? 0 : endOfExpression(units, at);
        if (end > 0) {
          blanks.push(at, end);
          regexEnd = end - 1;
          at = end;
        } else {
          // Nobody divides nothing: where no expression ends in the line, none of it begins one.
          if (!divides && at >= noRegexBefore) noRegexBefore = endOfLine(units, at);
          at += 1;
        }
        last = at - 1;
      }
    } else if (unit === LEFT_BRACE || unit === LEFT_PAREN || unit === LEFT_SQUARE) {
      open(unit === LEFT_BRACE ? Open.brace : unit === LEFT_PAREN ? Open.paren : Open.square, at);
      at += 1;
    } else if (unit === RIGHT_BRACE) {
      const opened = close();
      if (opened === Open.template) template();
      else {
        last = at;
        at += 1;
        if (opened === Open.child) mode = Mode.children;
        else if (opened === Open.attribute) mode = Mode.attributes;
        else if (opened !== Open.brace) lost = true;
      }
    } else if (unit === RIGHT_PAREN || unit === RIGHT_SQUARE) {
      lost ||= close() !== (unit === RIGHT_PAREN ? Open.paren : Open.square);
      last = at;
      at += 1;
    } else if (unit === LESS && jsx && opensElement(at)) {
      at += 1;
      mode = Mode.opening;
    } else {
      // An escape outside a string writes a name that no search for words finds.
      if (unit === BACKSLASH || (unit === LESS && opensHtmlRemark(units, from, at))) lost = true;
      last = at;
      at += 1;
    }
  }
  return { text, blanks: Int32Array.from(blanks), lost: lost || stack.length > 0 };

  function opensElement(less: number): boolean {
    // The second half of a shift.
    if (text.charCodeAt(less - 1) === LESS) return false;
    const unit = text.charCodeAt(last);
    const isBehindBracket = last >= from && (unit === RIGHT_PAREN || unit === RIGHT_BRACE);
    if (isBehindBracket) lost ||= /[\p{ID_Start}$_>]/u.test(text.charAt(less + 1));
    return !isBehindBracket && !isBehindValue() && angleOpensElement(units, less, closing);
  }
}

/** Offset of the next line end; the length of the text where none follows. */
function endOfLine(units: Uint8Array, at: number): number {
  const end = units.indexOf(LINE_FEED, at);
  return end < 0 ? units.length : end;
}

/** Behind the closing quote; a line end closes a string that has none. */
function endOfString(text: string, start: number): number {
  const quote = text.charCodeAt(start);
  let at = start + 1;
  for (; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit === BACKSLASH) at += text.charCodeAt(at + 1) === RETURN && text.charCodeAt(at + 2) === LINE_FEED ? 2 : 1;
    else if (unit === quote) return at + 1;
    else if (unit === LINE_FEED || unit === RETURN) return at;
  }
  return at + 1;
}

/** Behind a regular expression's flags; 0 where none is closed on the line. */
function endOfExpression(units: Uint8Array, start: number): number {
  let isClass = false;
  for (let at = start + 1; at < units.length; at += 1) {
    const unit = units[at];
    if (unit === LINE_FEED) return 0;
    if (unit === BACKSLASH) at += units[at + 1] === LINE_FEED ? 0 : 1;
    else if (unit === LEFT_SQUARE) isClass = true;
    else if (unit === RIGHT_SQUARE) isClass = false;
    else if (unit === SLASH && !isClass) {
      at += 1;
      while (isWordUnit(units[at] ?? 0)) at += 1;
      return at;
    }
  }
  return 0;
}
