import type { Call } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { lastName, shorten } from '../vocabulary/code/call-names.ts';
import { counterpartScope, within } from '../vocabulary/code/counterpart.ts';
import { isTestScope } from '../vocabulary/code/test-cases.ts';
import { changesSomething, isMoney, isTelemetry } from '../vocabulary/writes/changing-calls.ts';
import { droppedWrite } from '../vocabulary/writes/dropped-writes.ts';
import { handedWrites } from '../vocabulary/writes/handed-writes.ts';
import { startedWrite } from '../vocabulary/writes/started-writes.ts';

/**
 * ## What it sees
 * A write that nobody waits for any more: `await` that was dropped, `void save()`, `asyncio.create_task(save())`, a goroutine, a
 * `forEach` or `map` with an asynchronous function, `Promise.all` whose answer is thrown away, and what was started beside and is
 * no longer waited for (`wg.Wait()`).
 *
 * ## Why it matters
 * The answer goes out before the row is there. When the write fails, or the process ends, nobody is told and nothing is tried again.
 *
 * ## When it is fine
 * Measurements and logs that may be lost. These are not flagged.
 *
 * ## What it misses
 * A write whose name does not say so, and a promise that is kept in a variable and never read.
 */
export default defineRule({
  id: 'concurrency/unawaited-write',
  version: '1.0.0',
  severity: 'medium',
  confidence: 'medium',
  title: 'Nobody waits for a write',
  reads: ['calls'],
  evidence: [{ title: 'typescript-eslint: no-floating-promises', url: 'https://typescript-eslint.io/rules/no-floating-promises/' }],
  *check(input): Iterable<FindingDraft> {
    for (const call of input.added.calls) {
      if (call.kind !== 'call' || isTestScope(call.scope)) continue;
      const write = droppedWrite(input, call) ?? startedWrite(input, call);
      if (write === undefined || isTelemetry(write)) continue;
      yield {
        side: 'after',
        range: call.range,
        message: fitMessage(`nobody waits for \`${shorten(write, 40)}\` any more`),
        ...(isMoney(input, call, write) ? { severity: 'high' as const } : {}),
      };
    }
    for (const call of leftAlone(input))
      yield {
        side: 'before',
        range: call.range,
        message: fitMessage(`\`${shorten(call.callee, 30)}\` no longer waits for what was started`),
      };
    for (const call of handedWrites(input))
      yield { side: 'after', range: call.range, message: fitMessage(`nobody waits for \`${shorten(call.callee, 40)}\` any more`) };
  },
});

/** `wg.Wait()`, `thread.join()` that is gone while what was started beside still writes. */
function leftAlone(input: RuleInput): readonly Call[] {
  const { after, removed } = input;
  return removed.calls.filter(({ callee, scope, args }) => {
    const now = counterpartScope(input, scope);
    if (now === undefined || after === undefined || args.length > 0 || !/^(Wait|join|awaitTermination)$/.test(lastName(callee)))
      return false;
    const own = after.calls.filter((other) => within(other.scope, now));
    return (
      !own.some((other) => /^(Wait|join|awaitTermination|shutdown|close|get)$/.test(lastName(other.callee))) &&
      own.some(
        (other) => other.runs === 'beside' || /^(Add|start|Thread\.new)$/.test(lastName(other.callee)) || other.callee === 'Thread.new',
      ) &&
      own.some((other) => changesSomething(other) && !/^(Add|start|Done)$/.test(lastName(other.callee)) && !isTelemetry(other.callee))
    );
  });
}
