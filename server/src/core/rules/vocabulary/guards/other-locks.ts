import type { Guard, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { boundAbove } from '../code/bindings.ts';
import { newGuardsIn } from '../code/scope-changes.ts';

/**
 * True where a function stopped because somebody else held a lock, and stops for another kind of lock now: `locked !== 'OK'` of
 * `redis.set(key, token, 'NX')`, and `!row?.locked` of `select pg_try_advisory_xact_lock(…) as locked`.
 */
export function isOtherLock(input: RuleInput, guard: Guard): boolean {
  const { before, after } = input;
  if (before === undefined || after === undefined || !asksLock(before, guard)) return false;
  return newGuardsIn(input, guard.scope).some((fresh) => (fresh.exit === guard.exit || fresh.exit === 'throw') && asksLock(after, fresh));
}

/** A lock that is taken or not there and then, and says which. */
const TRIES =
  /['"]NX['"]|\bNX : true|\bnx : true|\bpg_try_advisory(?:_xact)?_lock|\bGET_LOCK\b|\b(?:try_?lock|try_?acquire|acquire_?lock|setnx|SetNX|lock_?acquire)\b/i;

function asksLock(facts: SourceFacts, { test, range }: Guard): boolean {
  const name = /^!?([A-Za-z_$][\w$]*)(?:\??\.[\w$]+)?(?: [!=]==? (?:'OK'|"OK"|1|0|null|undefined|true|false))?$/.exec(test)?.[1];
  const bound = name === undefined ? undefined : boundAbove(facts, name, range.start.line);
  return bound !== undefined && TRIES.test(bound);
}
