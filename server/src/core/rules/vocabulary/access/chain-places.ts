import type { Call } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';

/** The last link of a chain, where the chain begins many lines above. */
export function tailOf(call: Call): Range {
  const { end } = call.range;
  const length = lastName(call.callee).length + call.args.join(', ').length + 2;
  return { start: { line: end.line, character: Math.max(0, end.character - length) }, end };
}

/** Whether a range ends within the lines of one side of a hunk. */
export function isIn(span: RuleInput['hunk']['after'], range: Range): boolean {
  return span.start <= range.end.line && range.end.line < span.start + Math.max(1, span.lines);
}
