import type { Call } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, receiver } from '../code/call-names.ts';
import { within } from '../code/counterpart.ts';
import { escaped } from '../code/literal-patterns.ts';
import { tokensOf } from '../code/token-lines.ts';

/**
 * A lock that is asked for without waiting, and whose answer nobody reads: `lock.acquire()` of `client.lock(name, blocking=False)`. Whoever
 * does not get it goes on as if it had.
 */
export function* unaskedClaims({ after, before, added }: RuleInput): Iterable<Call> {
  if (after?.language !== 'python') return;
  for (const call of added.calls) {
    if (call.use !== 'discarded' || lastName(call.callee) !== 'acquire' || call.scope === '') continue;
    const isAtOnce =
      call.args.some((argument) => /^(?:False|blocking=False|blocking_timeout=0)$/.test(argument)) ||
      (call.args.length === 0 && isMadeAtOnce(after, call));
    const stood = before?.calls.some(({ key, use }) => key === call.key && use === 'discarded') === true;
    if (isAtOnce && !stood) yield call;
  }
}

/** Where the lock is made in the function, it is told not to wait. */
function isMadeAtOnce(facts: NonNullable<RuleInput['after']>, { callee, scope }: Call): boolean {
  const name = receiver(callee);
  const isMade = new RegExp(`(?<![\\w.])${escaped(name)}(?::\\w+)?=`).test(tokensOf(facts, scope));
  return isMade && facts.options.some((option) => option.name === 'blocking' && option.value === 'False' && within(option.scope, scope));
}
