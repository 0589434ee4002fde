import type { Call } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { shorten } from '../code/call-names.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { tokensOf } from '../code/token-lines.ts';
import { takesLock } from './takes-lock.ts';

/** `atomic.AddInt64(&n, 1)` that became `n++`: what was one step is two. */
export function* lostAtomics(input: RuleInput): Iterable<FindingDraft> {
  const isAtomic = (call: Call): boolean =>
    /(^|\.)(atomic\.(Add|CompareAndSwap|Swap|Or|And)\w*|fetch_(add|sub|max|min|update|and|or)|compare_exchange\w*|incrementAndGet|getAndIncrement|decrementAndGet|addAndGet|getAndAdd|compareAndSet|Atomics\.(add|sub|compareExchange))$/.test(
      call.callee,
    );
  for (const call of input.removed.calls.filter(isAtomic)) {
    const scope = counterpartScope(input, call.scope);
    if (
      scope === undefined ||
      scope === '' ||
      input.after?.calls.some((other) => within(other.scope, scope) && (isAtomic(other) || takesLock(other, input.path)))
    )
      continue;
    if (
      !/\+\+|--|[+-]=|=\(?\w[\w.[\]?]{0,60}\)?[+-]/.test(tokensOf(input.after, scope)) ||
      /[+][+]|[+-]=/.test(tokensOf(input.before, call.scope))
    )
      continue;
    yield {
      side: 'before',
      range: call.range,
      message: fitMessage(`\`${shorten(call.callee, 32)}\` no longer changes it in one step in \`${shorten(scope, 24)}\``),
    };
  }
}
