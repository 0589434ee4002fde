import type { Call } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { defineRule } from '../define.ts';
import { shorten } from '../vocabulary/code/call-names.ts';
import { counterpartScope, newCallsIn, within } from '../vocabulary/code/counterpart.ts';
import { lostArithmetic } from '../vocabulary/schema/sql-transactions.ts';

/**
 * ## What it sees
 * A change of a number that the database made in one statement (`x = x - n`, `increment`) and that is now read, computed and
 * written back.
 *
 * ## Why it matters
 * Two callers read the same number and both write theirs: one booking, one payment, one seat is lost.
 *
 * ## When it is fine
 * A transaction that locks the row (`FOR UPDATE`, serialisable). That is not flagged.
 *
 * ## What it misses
 * A number that was always read first.
 */
export default defineRule({
  id: 'concurrency/read-modify-write',
  version: '1.0.0',
  severity: 'high',
  confidence: 'medium',
  title: 'An atomic update became read, compute, write',
  reads: ['calls', 'options', 'statements'],
  evidence: [{ title: 'AWS DynamoDB 2025-10-20: a check that was old when it was used', url: 'https://aws.amazon.com/message/101925/' }],
  *check(input): Iterable<FindingDraft> {
    const flagged = new Set<string>();
    for (const call of input.removed.calls) {
      const scope = counterpartScope(input, call.scope);
      if (!isAtomic(call) || scope === undefined || flagged.has(call.scope)) continue;
      const fresh = newCallsIn(input, call.scope);
      const read = fresh.find((other) => READ.test(other.callee) || other.args.some((argument) => /^['"`]\s*select\b/i.test(argument)));
      const write = fresh.find(
        (other) =>
          /\.(update|updateOne|save|set|store|Store\w*|findByIdAndUpdate|Save|Updates?|UpdateColumn|put|merge|asave)$/.test(other.callee) ||
          other.args.some((argument) => /^['"`]\s*update\b/i.test(argument)),
      );
      // An object that is already there was read when it was made.
      const isHeld = write !== undefined && /\.(save|asave|Save)$/.test(write.callee) && !/\.(Save)$/.test(write.callee);
      if ((read === undefined && !isHeld) || write === undefined || fresh.some(isAtomic)) continue;
      if (
        input.after?.calls.some(
          (other) =>
            within(other.scope, scope) &&
            /for update|serializable|pessimistic|\block\b|select_for_update|with_for_update|clause\.Locking/i.test(
              `${other.callee} ${other.args.join(' ')}`,
            ),
        ) === true
      )
        continue;
      flagged.add(call.scope);
      const isHere =
        write.range.start.line >= input.hunk.after.start && write.range.start.line < input.hunk.after.start + input.hunk.after.lines;
      yield isHere
        ? { side: 'after', range: write.range, message: text(call.scope) }
        : { side: 'before', range: call.range, message: text(call.scope) };
    }
    if (flagged.size === 0)
      for (const statement of lostArithmetic(input)) yield { side: 'before', range: statement.range, message: text(statement.scope) };
  },
});

const READ = /\.(load|Load\w*|find\w*|get|select|first|findUnique|findOne|read|aget|one|scalar|First|Take|Find|QueryRow\w*|Get\w*)$/;

function isAtomic(call: Call): boolean {
  const text = call.args.join(' ');
  return (
    /\bset\b[^']*?\b(\w+)\s*=\s*\1\s*[-+*]/i.test(text) ||
    /\b(increment|decrement): |\$inc\b/.test(text) ||
    /\bF\(['"]\w+['"]\)\s*[-+*]|\b(\w+)=\w+\.\1\s*[-+*]|([A-Z]\w*\.\w+)\s*:\s*\2\s*[-+*]/.test(text) ||
    /\bgorm\.Expr\(['"`]\s*\w+\s*[-+*]/.test(text) ||
    /\.(increment|decrement|incrby|incr|decr|hincrby)$/i.test(call.callee) ||
    /[.:](fetch_(add|sub|update|max|min|or|and)|compare_exchange\w*|incrementAndGet|getAndIncrement|decrementAndGet|getAndDecrement|addAndGet|getAndAdd|updateAndGet|getAndUpdate|accumulateAndGet|compareAndSet|(Add|CompareAndSwap)(Int|Uint)(32|64))$/.test(
      call.callee,
    )
  );
}

function text(scope: string): string {
  return `\`${shorten(scope || 'the module', 34)}\` reads, computes and writes back`;
}
