import type { Call, SourceFacts } from '../../../model/facts.ts';
import { lastName } from './call-names.ts';
import { tokensOn } from './code-text.ts';

/** A call is followed for no more lines than this. */
const MOST_LINES = 400;

/** The 1-based line on which the parenthesis closes that a call opens: the range of a fact may be no more than its head. */
export function endOfCall(facts: SourceFacts, { callee, range }: Call): number {
  const name = lastName(callee);
  const tokens = tokensOn(facts, range.start.line, range.start.line + MOST_LINES);
  const open = tokens.findIndex(({ text }, index) => text === name && tokens[index + 1]?.text === '(');
  let depth = 0;
  for (const { text, line } of open < 0 ? [] : tokens.slice(open)) {
    if (text === '(') depth += 1;
    if (text === ')') depth -= 1;
    if (text === ')' && depth === 0) return line;
  }
  return range.end.line;
}
