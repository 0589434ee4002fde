import type { Call } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, words } from '../code/call-names.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { isStillAwaitedName } from './awaited-before.ts';
import { changesSomething, isTelemetry } from './changing-calls.ts';

/**
 * Writes of this hunk that were waited for in this function, and now stand in a function that is handed to something whose answer
 * is thrown away: `later(() => store.save(x))`.
 */
export function handedWrites(input: RuleInput): readonly Call[] {
  const { before, after, hunk } = input;
  const lost = before?.calls.filter((old) => old.use === 'awaited') ?? [];
  if (after === undefined || lost.length === 0) return [];
  const { start, lines } = hunk.after;
  return after.calls.filter((call) => {
    const { line } = call.range.start;
    if (line < start || line >= start + lines || call.use === 'awaited' || call.kind !== 'call' || isTelemetry(call.callee)) return false;
    if (!lost.some((old) => old.callee === call.callee && within(call.scope, counterpartScope(input, old.scope) ?? '\u0000'))) return false;
    if (!changesSomething(call) || isStillAwaitedName(input, call.callee)) return false;
    return after.calls.some(
      (around) =>
        around !== call &&
        around.use === 'discarded' &&
        around.args.some((argument) => /^(async )?fn$/.test(argument)) &&
        around.range.start.line <= line &&
        line <= around.range.end.line &&
        !/^(forEach|map|then|catch|finally|on|once|use|describe|it|test|each|setTimeout|setImmediate|nextTick|queueMicrotask)$/.test(
          lastName(around.callee),
        ) &&
        !runsInside(input, around),
    );
  });
}

/** What runs a function and waits for it, by a name that says so, or one that was handed the same before. */
function runsInside(input: RuleInput, call: Call): boolean {
  return (
    /\b(transaction|tx|run in|lock|retry|span|trace|measure|time|before|after|act|use effect|effect)\b/.test(
      words(lastName(call.callee)),
    ) || input.before?.calls.some((old) => old.callee === call.callee && old.use === 'awaited') === true
  );
}
