import type { Guard, SourceFacts } from '../../../model/facts.ts';

/** How a condition stops the work: one that hands what it answers with to a function answers, `if (!boat) return missing(res)`. */
export function stopOf(facts: SourceFacts, { exit, range, scope }: Guard): Guard['exit'] {
  if (exit !== 'return') return exit;
  const isHanded = facts.calls.some(
    (call) =>
      call.scope === scope &&
      range.start.line <= call.range.start.line &&
      call.range.end.line <= range.end.line &&
      call.args.some((argument) => ANSWER.test(argument)) &&
      // What is handed the request as well goes on with it.
      !call.args.some((argument) => REQUEST.test(argument)),
  );
  return isHanded ? 'answer' : exit;
}

const ANSWER = /^(?:res|resp|response|reply|rw|w|ctx|c)$/;
const REQUEST = /^(?:req|request|r|next|rows?|body|data|result|items?)$/;
