import type { Call, Guard } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, words } from '../code/call-names.ts';
import { counterpartScope } from '../code/counterpart.ts';
import { isExtracted, newCallsIn, newGuardsIn } from '../code/scope-changes.ts';
import { callsInside, guardKind } from './guard-kinds.ts';
import { lostGuards } from './lost-guards.ts';

/**
 * Refusals of whoever failed too often, gone from a function that still checks what he says: `failedAttempts >= 5`,
 * `assertNotLocked(user)`. A count of tries in a loop is runtime/retry-amplified.
 */
export function* lostLockouts(input: RuleInput): Iterable<Guard | Call> {
  const before = input.before?.calls ?? [];
  const isLockout = (guard: Guard): boolean =>
    guard.compares &&
    guard.exit !== 'break' &&
    />/.test(guard.test) &&
    FAILURES.test(words(guard.test)) &&
    guardKind(guard, callsInside(guard, before)) === 'attempts' &&
    !isInLoop(input, guard);
  for (const guard of lostGuards(input, isLockout)) {
    const isAnew = newGuardsIn(input, guard.scope).some(({ test }) => LOCKS.test(words(test)));
    if (!isAnew && !newCallsIn(input, guard.scope).some(asksLock)) yield guard;
  }
  for (const call of input.removed.calls) {
    if (call.kind !== 'call' || call.use === 'used' || call.scope === '' || !asksLock(call)) continue;
    if (counterpartScope(input, call.scope) === undefined || isExtracted(input, call)) continue;
    const isAnew =
      newCallsIn(input, call.scope).some(asksLock) || newGuardsIn(input, call.scope).some(({ test }) => LOCKS.test(words(test)));
    if (!isAnew) yield call;
  }
}

const FAILURES =
  /\b(?:failed|failure|failures|bad|wrong|invalid|incorrect|login|sign in|signin|password|pin|otp|code|totp|mfa|unlock) (?:login |sign in |password |pin |otp |code )?(?:attempts?|tries|count|logins?|guesses)\b|\b(?:attempts|tries|guesses) (?:failed|wrong)\b|\b(?:failures|failed logins)\b/;
const LOCKS = /\b(?:lock|locked|lockout|attempts|failures|throttled?|blocked|too many)\b/;

/** `assertNotLocked`, `checkLockout`, `ensureAttemptsLeft`; a mutex is asked for otherwise. */
function asksLock({ callee }: Call): boolean {
  return /^(?:assert|ensure|require|check|verify|enforce|reject|refuse|guard|deny)\b.*\b(?:not locked|lockout|locked out|(?:account|user|login) (?:is )?(?:not )?(?:lock|locked)|failed attempts|failed logins|login attempts|too many attempts|attempts left|brute force)\b/.test(
    words(lastName(callee)),
  );
}

function isInLoop({ before }: RuleInput, { range }: Guard): boolean {
  const { line } = range.start;
  return before?.loops.some(({ body }) => body.startLine <= line && line <= body.endLine) === true;
}
