import type { Call } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { bodiesAskedBy } from '../code/new-bodies.ts';
import { callsInside } from '../guards/guard-kinds.ts';

const COUNTS = /^(?:incr|incrby|increment|incrementAndGet|hincrby|zadd|set|setex|add|put|push|append|rpush|lpush|touch|hit|record|save)$/i;

/**
 * Calls that counted what a limit compares, where the comparison went into a function that came with the change and the count did not: the
 * number stays what it is, and the limit is never reached.
 */
export function uncountedTries(input: RuleInput): readonly Call[] {
  const { before, after, removed } = input;
  if (before === undefined || after === undefined) return [];
  return removed.calls.filter((call) => {
    if (!COUNTS.test(lastName(call.callee)) || !call.callee.includes('.')) return false;
    const refuses = before.guards.some(
      (guard) => guard.scope === call.scope && guard.compares && callsInside(guard, before.calls).some(isRefusal),
    );
    const now = refuses ? counterpartScope(input, call.scope) : undefined;
    if (now === undefined || after.calls.some((other) => within(other.scope, now) && lastName(other.callee) === lastName(call.callee)))
      return false;
    const limiting = bodiesAskedBy(input, now).filter(({ facts, place }) =>
      facts.calls.some((other) => within(other.scope, place.name) && isRefusal(other)),
    );
    return (
      limiting.length > 0 &&
      limiting.every(
        ({ facts, place }) => !facts.calls.some((other) => within(other.scope, place.name) && COUNTS.test(lastName(other.callee))),
      )
    );
  });
}

/** Too many: `abort(429)`, `HTTPException(429)`, `TooManyRequests()`. */
function isRefusal({ callee, args }: Call): boolean {
  return args.some((argument) => /\b429\b|TOO_MANY/.test(argument)) || /TooMany|RateLimit|Throttled/.test(callee);
}
