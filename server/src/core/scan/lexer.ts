import { ScanMark } from '../model/file-scan.ts';
import * as on from './lexer-modes.ts';
import { angleOpensElement, ClosingTags, endsExpression, lineEndBeyond, opensHtmlRemark, spaceBeyond } from './lexer-tokens.ts';
import type { ModuleReader } from './scan-modules.ts';
import { isKeyword } from './scan-modules-words.ts';
import { WORD_UNITS } from './words.ts';
import type { WordsSeen } from './words-seen.ts';

/** What is open, which says where the text goes on behind its end. */
const CURLY = 1;
const PAREN = 2;
const SQUARE = 3;
/** `${…}`, and the braces of JSX inside a tag and between tags. */
const HOLE = 4;
const TAG_HOLE = 5;
const TEXT_HOLE = 6;
/** An element of JSX in code, and one in another element. */
const ELEMENT = 7;
const CHILD = 8;

let kinds = new Uint8Array(1 << 10);
let openings = new Int32Array(1 << 10);

/**
 * One pass over TypeScript or JavaScript from `from` to `to`, where `bytes[to]` must be 0: each word goes to `words`, and the words
 * that may import or export something go to `reader` where they stand in code. Returns marks (`ScanMark`). There is no recursion,
 * and no text takes more than linear time (test/scan/linear.test.ts).
 *
 * `jsx` says whether `<` may open an element.
 */
export function lex(bytes: Buffer, from: number, to: number, jsx: boolean, words: WordsSeen, reader: ModuleReader): number {
  const closing = new ClosingTags(bytes, from, to);
  // `#!/usr/bin/env node`
  let mode = bytes[from] === 0x23 && bytes[from + 1] === 0x21 ? on.LINE : on.CODE;
  /** The mode behind a remark, or behind the string of a tag. */
  let outer = on.CODE;
  let marks = 0;
  let at = from;
  /** Last byte of the last token of code. */
  let last = from - 1;
  let depth = 0;
  /** Where the bracket opened that was closed last. */
  let closedFrom = from;
  let regexFrom = from;
  let regexEnd = -1;
  /** No regular expression begins before this: one that seemed to had no end in its line. */
  let noRegexBefore = 0;
  /** Where a `$` stands that a backslash took its meaning from. */
  let escapedDollar = -1;
  /** Open `<` of type arguments inside a tag. */
  let angles = 0;

  for (;;) {
    if (mode !== on.CODE) at = words.sweep(bytes, at, mode);
    const unit = bytes[at] as number;
    const action = mode[unit] as number;
    if (action === on.WORD) {
      const start = at;
      at = words.word(bytes, at);
      if (isKeyword(words.hash)) reader.word(words.hash, start, at, last, depth, closedFrom);
      else if (reader.pending === depth) reader.maybeEnd(start, last);
      last = at - 1;
      continue;
    }
    if (action === on.SKIP) {
      at += 1;
      continue;
    }
    if (action === on.PUNCTUATION) {
      last = at;
      at += 1;
      continue;
    }
    switch (action) {
      case on.DIGIT:
        at = words.number(bytes, at);
        last = at - 1;
        break;
      case on.OPEN_QUOTE:
        mode = unit === 0x27 ? on.SINGLE : unit === 0x22 ? on.DOUBLE : on.TICKS;
        outer = on.CODE;
        at += 1;
        break;
      case on.CLOSE_QUOTE:
        mode = outer;
        if (mode === on.CODE) last = at;
        at += 1;
        break;
      case on.OPEN_BRACKET:
      case on.TAG_BRACE:
      case on.TEXT_BRACE:
        if (depth === kinds.length) growFrames();
        kinds[depth] =
          action === on.TAG_BRACE
            ? TAG_HOLE
            : action === on.TEXT_BRACE
              ? TEXT_HOLE
              : unit === 0x28
                ? PAREN
                : unit === 0x5b
                  ? SQUARE
                  : CURLY;
        openings[depth] = at;
        depth += 1;
        mode = on.CODE;
        last = at;
        at += 1;
        if (reader.pending === depth) reader.next(at);
        break;
      case on.CLOSE_BRACKET: {
        const wanted = unit === 0x29 ? PAREN : unit === 0x5d ? SQUARE : CURLY;
        let kind = depth === 0 ? 0 : (kinds[depth - 1] as number);
        if (wanted === CURLY) {
          // A brace that fits nothing closes what stands open inside the next brace outwards.
          while (kind === PAREN || kind === SQUARE) {
            marks |= ScanMark.lost;
            depth -= 1;
            kind = depth === 0 ? 0 : (kinds[depth - 1] as number);
          }
        } else if (kind !== wanted) kind = 0;
        if (kind === 0) marks |= ScanMark.lost;
        else {
          depth -= 1;
          closedFrom = openings[depth] as number;
          if (kind === HOLE) mode = on.TICKS;
          else if (kind === TAG_HOLE) mode = on.TAG;
          else if (kind === TEXT_HOLE) mode = on.TEXT;
        }
        if (depth < reader.pending) reader.end();
        last = at;
        at += 1;
        break;
      }
      case on.COMMA:
        last = at;
        at += 1;
        if (reader.pending === depth) reader.next(at);
        break;
      case on.SEMICOLON:
        if (reader.pending === depth) reader.end();
        last = at;
        at += 1;
        break;
      case on.SLASH: {
        const next = bytes[at + 1];
        if (next === 0x2f || next === 0x2a) {
          if (next === 0x2f && bytes[at + 2] === 0x2f && last < from) reader.reference(at);
          outer = mode;
          mode = next === 0x2f ? on.LINE : on.BLOCK;
          at += 2;
        } else {
          if (at < noRegexBefore || endsExpression(bytes, from, last, closedFrom, regexEnd)) last = at;
          else {
            regexFrom = at;
            mode = on.REGEX;
          }
          at += 1;
        }
        break;
      }
      case on.STAR:
        at += 1;
        if (bytes[at] === 0x2f) {
          mode = outer;
          at += 1;
        }
        break;
      case on.LINE_END:
        if (mode === on.LINE) mode = outer;
        else if (mode === on.REGEX || mode === on.REGEX_CLASS) {
          // It was a division after all.
          noRegexBefore = at;
          mode = on.CODE;
          last = regexFrom;
          at = regexFrom;
        } else {
          // A string without an end: it ends with its line.
          marks |= ScanMark.lost;
          mode = on.CODE;
        }
        at += 1;
        break;
      case on.OPEN_CLASS:
        mode = on.REGEX_CLASS;
        at += 1;
        break;
      case on.CLOSE_CLASS:
        mode = on.REGEX;
        at += 1;
        break;
      case on.CLOSE_REGEX:
        mode = on.CODE;
        regexEnd = at;
        last = at;
        at += 1;
        break;
      case on.OPEN_HOLE:
        if (bytes[at - 1] === 0x24 && escapedDollar !== at - 1) {
          if (depth === kinds.length) growFrames();
          kinds[depth] = HOLE;
          openings[depth] = at;
          depth += 1;
          mode = on.CODE;
          last = at;
        }
        at += 1;
        break;
      case on.LESS: {
        if (opensHtmlRemark(bytes, from, at)) {
          outer = on.CODE;
          mode = on.LINE;
          at += 4;
          break;
        }
        const behindValue = angleFollowsValue(bytes, from, last, closedFrom, regexEnd);
        if (jsx && !behindValue && angleOpensElement(bytes, at, closing)) {
          if (depth === kinds.length) growFrames();
          kinds[depth] = ELEMENT;
          depth += 1;
          mode = on.TAG;
          angles = 0;
        } else {
          if (behindValue && bytes[at + 1] === 0x3c) at += 1;
          else if (reader.pending === depth) reader.openAngle(at, behindValue);
          last = at;
        }
        at += 1;
        break;
      }
      case on.GREATER:
        if (reader.pending === depth) reader.closeAngle(at);
        last = at;
        at += 1;
        break;
      case on.TAG_QUOTE:
        outer = on.TAG;
        mode = unit === 0x27 ? on.TAG_SINGLE : on.TAG_DOUBLE;
        at += 1;
        break;
      case on.TAG_LESS:
        angles += 1;
        at += 1;
        break;
      case on.TAG_SLASH: {
        const next = bytes[at + 1];
        if (next === 0x2f || next === 0x2a) {
          outer = on.TAG;
          mode = next === 0x2f ? on.LINE : on.BLOCK;
          at += 1;
        } else if (next === 0x3e) {
          depth -= 1;
          mode = kinds[depth] === CHILD ? on.TEXT : on.CODE;
          at += 1;
          last = at;
        }
        at += 1;
        break;
      }
      case on.TAG_END:
        if (mode === on.CLOSING) {
          depth -= 1;
          mode = kinds[depth] === CHILD ? on.TEXT : on.CODE;
          last = at;
        } else if (angles === 0) mode = on.TEXT;
        else if (bytes[at - 1] !== 0x3d) angles -= 1;
        at += 1;
        break;
      case on.TEXT_LESS: {
        const next = bytes[at + 1] as number;
        if (next === 0x2f) mode = on.CLOSING;
        else if (next === 0x3e || next >= 0x80 || WORD_UNITS[next] === 1) {
          if (depth === kinds.length) growFrames();
          kinds[depth] = CHILD;
          depth += 1;
          mode = on.TAG;
          angles = 0;
        }
        at += 1;
        break;
      }
      case on.ESCAPE: {
        const next = bytes[at + 1] as number;
        if (next === 0x75 || (next === 0x5c && bytes[at + 2] === 0x75)) marks |= ScanMark.escapes;
        at += 1;
        if (next === 0x24) escapedDollar = at;
        // Words stay whole, and a regular expression ends in no other line.
        const lineEnd = next === 0x0a || next === 0x0d;
        if (next === 0 || next >= 0x80 || WORD_UNITS[next] === 1 || (lineEnd && (mode === on.REGEX || mode === on.REGEX_CLASS))) break;
        at += next === 0x0d && bytes[at + 1] === 0x0a ? 2 : 1;
        break;
      }
      case on.BACKSLASH:
        if (bytes[at + 1] === 0x75) marks |= ScanMark.escapes;
        at += 1;
        break;
      case on.BEYOND: {
        marks |= ScanMark.beyondAscii;
        const space = spaceBeyond(bytes, at);
        if (mode === on.CODE && space === 0) last = at;
        if (mode === on.LINE && lineEndBeyond(bytes, at)) mode = outer;
        at += space === 0 ? 1 : space;
        break;
      }
      default:
        // A zero: the end, or a control character in the text.
        if (at >= to) {
          const isWhole = (mode === on.CODE || mode === on.LINE) && depth === 0 && !reader.isExhausted;
          return isWhole ? marks : marks | ScanMark.lost;
        }
        at += 1;
    }
  }
}

/** As `endsExpression`, for `<`: no element stands right behind a bracket, whatever it closed. */
function angleFollowsValue(bytes: Buffer, from: number, last: number, closedFrom: number, regexEnd: number): boolean {
  const unit = bytes[last];
  return last >= from && (unit === 0x29 || unit === 0x7d || endsExpression(bytes, from, last, closedFrom, regexEnd));
}

function growFrames(): void {
  const [smallKinds, smallOpenings] = [kinds, openings];
  kinds = new Uint8Array(smallKinds.length * 2);
  openings = new Int32Array(smallOpenings.length * 2);
  kinds.set(smallKinds);
  openings.set(smallOpenings);
}
