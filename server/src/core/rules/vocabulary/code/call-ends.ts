import type { Call, SourceFacts } from '../../../model/facts.ts';
import { lastName } from './call-names.ts';
import { tokensOn } from './code-text.ts';
import { keepOf } from './kept.ts';

/** What is embedded in a file may come behind it, and stand above its last line. */
const lastLineOf = keepOf(({ tokens }: SourceFacts): number => tokens.reduce((last, { line }) => Math.max(last, line), 0));

/** As many lines are taken at a time: most calls end on the first few. */
const LINES_AT_A_TIME = 40;

/**
 * The 1-based line on which the parenthesis closes that a call opens: the range of a fact may be no more than its head, which is where
 * a call ends whose parenthesis is not found.
 */
export function endOfCall(facts: SourceFacts, { callee, range }: Call): number {
  const name = lastName(callee);
  const last = lastLineOf(facts);
  let depth = 0;
  let previous = '';
  for (let from = range.start.line; from <= last; from += LINES_AT_A_TIME) {
    for (const { text, line } of tokensOn(facts, from, from + LINES_AT_A_TIME - 1)) {
      if (depth > 0 || (text === '(' && previous === name)) {
        if (text === '(') depth += 1;
        if (text === ')') depth -= 1;
        if (depth === 0) return line;
      }
      previous = text;
    }
    // No head of a call is so long.
    if (depth === 0 && from > range.end.line) break;
  }
  return range.end.line;
}
