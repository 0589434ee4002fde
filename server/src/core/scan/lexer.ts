import { ScanMark } from '../model/file-scan.ts';
import type { Blanks } from './blanks.ts';
import { isDoubtfulAngle, isDoubtfulSlash } from './lexer-doubts.ts';
import * as open from './lexer-frames.ts';
import * as on from './lexer-modes.ts';
import { angleOpensElement, ClosingTags, endsExpression, lineEndBeyond, opensHtmlRemark, spaceBeyond } from './lexer-tokens.ts';
import type { ModuleReader } from './scan-modules.ts';
import { isKeyword } from './scan-modules-words.ts';
import { WORD_UNITS } from './words.ts';
import type { WordsSeen } from './words-seen.ts';

/**
 * One pass over TypeScript or JavaScript from `from` to `to`, where `bytes[to]` must be 0: each word goes to `words`, and the words
 * that may import or export something go to `reader` where they stand in code. Returns marks (`ScanMark`). There is no recursion,
 * and no text takes more than linear time (test/scan/linear.test.ts).
 *
 * `jsx` says whether `<` may open an element. Where `blanks` are asked for they are kept, and nothing goes to `reader`: `bytes` are
 * then the units of a text (`unitsOf` in lexed-code.ts).
 *
 * One function, though a long one: its thirteen variables are locals of one loop. With the actions in functions of their own, and the
 * variables in an object that those share, a scan takes 3 % longer.
 */
export function lex(
  bytes: Buffer,
  from: number,
  to: number,
  jsx: boolean,
  words: WordsSeen,
  reader: ModuleReader,
  blanks?: Blanks,
): number {
  const closing = new ClosingTags(bytes, from, to);
  // `#!/usr/bin/env node`
  const line = blanks === undefined ? on.LINE : on.LINE_OF_UNITS;
  let mode = bytes[from] === 0x23 && bytes[from + 1] === 0x21 ? line : on.CODE;
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
  /** Where the remark, string, text or template began that is read now; only kept for `blanks`, as what follows. */
  let blankFrom = from;

  for (;;) {
    if (mode !== on.CODE) at = words.sweep(bytes, at, mode);
    const unit = bytes[at] as number;
    const action = mode[unit] as number;
    if (action === on.WORD) {
      const start = at;
      at = words.word(bytes, at);
      if (isKeyword(words.hash) && blanks === undefined) reader.word(words.hash, start, at, last, depth, closedFrom);
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
        blankFrom = at;
        at += 1;
        break;
      case on.CLOSE_QUOTE:
        // Behind a hole of a template another string may have been the last one.
        if (mode === on.TICKS) outer = on.CODE;
        mode = outer;
        if (mode === on.CODE) last = at;
        at += 1;
        if (blanks !== undefined) blanks.close(blankFrom, at, angles);
        break;
      case on.OPEN_BRACKET:
      case on.TAG_BRACE:
      case on.TEXT_BRACE:
        if (blanks !== undefined) blanks.bracket(at);
        if (blanks !== undefined && action === on.TAG_BRACE) blanks.endNames(bytes, at);
        if (blanks !== undefined && action === on.TEXT_BRACE) blanks.add(blankFrom, at);
        open.push(depth, action === on.TAG_BRACE ? open.TAG_HOLE : action === on.TEXT_BRACE ? open.TEXT_HOLE : open.bracketOf(unit), at);
        depth += 1;
        mode = on.CODE;
        last = at;
        at += 1;
        if (reader.pending === depth) reader.next(at);
        break;
      case on.CLOSE_BRACKET: {
        if (blanks !== undefined) blanks.bracket(at);
        const wanted = unit === 0x29 ? open.PAREN : unit === 0x5d ? open.SQUARE : open.CURLY;
        let kind = depth === 0 ? 0 : open.kindAt(depth - 1);
        if (wanted === open.CURLY) {
          // A brace that fits nothing closes what stands open inside the next brace outwards.
          while (kind === open.PAREN || kind === open.SQUARE) {
            marks |= ScanMark.lost;
            depth -= 1;
            kind = depth === 0 ? 0 : open.kindAt(depth - 1);
          }
        } else if (kind !== wanted) kind = 0;
        if (kind === 0) marks |= ScanMark.lost;
        else {
          depth -= 1;
          closedFrom = open.openingAt(depth);
          if (kind === open.HOLE) {
            mode = on.TICKS;
            blankFrom = at;
          } else if (kind === open.TAG_HOLE) {
            mode = on.TAG;
            if (blanks !== undefined) blanks.beginNames(at + 1, false, angles);
          } else if (kind === open.TEXT_HOLE) {
            mode = on.TEXT;
            blankFrom = at + 1;
          }
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
          mode = next === 0x2f ? line : on.BLOCK;
          blankFrom = at;
          at += 2;
        } else {
          const divides = endsExpression(bytes, from, last, closedFrom, regexEnd);
          if (blanks !== undefined && isDoubtfulSlash(bytes, from, last, divides)) blanks.isDoubtful = true;
          if (divides || at < noRegexBefore) last = at;
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
          if (blanks !== undefined) blanks.close(blankFrom, at, angles);
        }
        break;
      case on.LINE_END:
        if (mode === line) {
          mode = outer;
          if (blanks !== undefined) blanks.close(blankFrom, at, angles);
        } else if (mode === on.REGEX || mode === on.REGEX_CLASS) {
          // It was a division after all.
          noRegexBefore = at;
          mode = on.CODE;
          last = regexFrom;
          at = regexFrom;
        } else {
          // A string without an end: it ends with its line.
          marks |= ScanMark.lost;
          mode = on.CODE;
          if (blanks !== undefined) blanks.add(blankFrom, at);
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
        if (blanks !== undefined) {
          while (WORD_UNITS[bytes[at] as number] === 1) at += 1;
          blanks.add(regexFrom, at);
          regexEnd = at - 1;
          last = at - 1;
        }
        break;
      case on.OPEN_HOLE:
        if (bytes[at - 1] === 0x24 && escapedDollar !== at - 1) {
          open.push(depth, open.HOLE, at);
          depth += 1;
          mode = on.CODE;
          last = at;
          if (blanks !== undefined) {
            blanks.add(blankFrom, at + 1);
            blanks.bracket(at);
          }
        }
        at += 1;
        break;
      case on.LESS: {
        if (opensHtmlRemark(bytes, from, at)) {
          if (blanks !== undefined) blanks.isDoubtful = true;
          outer = on.CODE;
          mode = line;
          blankFrom = at;
          at += 4;
          break;
        }
        const behindValue = angleFollowsValue(bytes, from, last, closedFrom, regexEnd);
        if (blanks !== undefined && jsx && isDoubtfulAngle(bytes, from, at, last)) blanks.isDoubtful = true;
        if (jsx && !behindValue && angleOpensElement(bytes, at, closing)) {
          open.push(depth, open.ELEMENT, at);
          depth += 1;
          mode = on.TAG;
          angles = 0;
          if (blanks !== undefined) blanks.beginNames(at + 1, true, 0);
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
        if (blanks !== undefined) blanks.endNames(bytes, at);
        blankFrom = at;
        at += 1;
        break;
      case on.TAG_LESS:
        angles += 1;
        at += 1;
        break;
      case on.TAG_SLASH: {
        const next = bytes[at + 1];
        if (next === 0x2f || next === 0x2a) {
          if (blanks !== undefined) blanks.endNames(bytes, at);
          outer = on.TAG;
          mode = next === 0x2f ? line : on.BLOCK;
          blankFrom = at;
          at += 1;
        } else if (next === 0x3e) {
          if (blanks !== undefined) blanks.endNames(bytes, at);
          depth -= 1;
          mode = open.kindAt(depth) === open.CHILD ? on.TEXT : on.CODE;
          at += 1;
          last = at;
          blankFrom = at + 1;
        }
        at += 1;
        break;
      }
      case on.TAG_END:
        if (mode === on.CLOSING) {
          depth -= 1;
          mode = open.kindAt(depth) === open.CHILD ? on.TEXT : on.CODE;
          last = at;
          blankFrom = at + 1;
        } else if (angles === 0) {
          if (blanks !== undefined) blanks.endNames(bytes, at);
          mode = on.TEXT;
          blankFrom = at + 1;
        } else if (bytes[at - 1] !== 0x3d) angles -= 1;
        at += 1;
        break;
      case on.TEXT_LESS: {
        const next = bytes[at + 1] as number;
        if (next === 0x2f) {
          mode = on.CLOSING;
          if (blanks !== undefined) blanks.add(blankFrom, at);
        } else if (next === 0x3e || next >= 0x80 || WORD_UNITS[next] === 1) {
          if (blanks !== undefined) blanks.add(blankFrom, at);
          if (blanks !== undefined) blanks.beginNames(at + 1, true, 0);
          open.push(depth, open.CHILD, at);
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
        // An escape outside of strings writes a name that no search for words finds.
        if (blanks !== undefined && mode === on.CODE) blanks.isDoubtful = true;
        at += 1;
        break;
      case on.BEYOND: {
        marks |= ScanMark.beyondAscii;
        const space = spaceBeyond(bytes, at);
        if (mode === on.CODE && space === 0) last = at;
        if (mode === line && lineEndBeyond(bytes, at)) mode = outer;
        at += space === 0 ? 1 : space;
        break;
      }
      default:
        // A zero: the end, or a control character in the text.
        if (at >= to) {
          if (blanks !== undefined) blanks.end(mode, blankFrom, to);
          const isWhole = (mode === on.CODE || mode === line) && depth === 0 && !reader.isExhausted;
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
