import type { Call, Guard } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, receiver } from '../code/call-names.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { isIn, partScopes, workScopes } from '../code/own-parts.ts';
import { newCallsIn, newGuardsIn } from '../code/scope-changes.ts';
import { isCheckedBySession } from './checked-by-session.ts';
import { callsInside, guardKind } from './guard-kinds.ts';
import { checksSame, saysNothing } from './guard-likeness.ts';

/** The request that was checked is another one now: a client that throws on its own, or a helper of the same change. */
export function throwsByItself(input: RuleInput, scope: string): boolean {
  const counterpart = counterpartScope(input, scope) ?? scope;
  const fetches = (side: 'before' | 'after', name: string): boolean => {
    const facts = input[side];
    const scopes = facts === undefined ? [] : workScopes(facts, name);
    return facts?.calls.some((call) => isIn(scopes, call.scope) && /^(fetch|window\.fetch|globalThis\.fetch)$/.test(call.callee)) ?? false;
  };
  return fetches('before', scope) && !fetches('after', counterpart);
}

/** The function, or one of its file that it calls now, asks in another way. */
export function checksOtherwise(input: RuleInput, scope: string, old?: Guard): boolean {
  const counterpart = counterpartScope(input, scope);
  const scopes = input.after === undefined || counterpart === undefined ? [] : workScopes(input.after, counterpart);
  return (
    newGuardsIn(input, '').some(
      (guard) =>
        isIn(scopes, guard.scope) &&
        guardKind(guard, callsInside(guard, input.after?.calls ?? [])) === 'error' &&
        !(old !== undefined && (isAskedBeside(input, old, guard) || isOfAnother(input, old, guard))),
    ) ||
    newCallsIn(input, '').some(
      (call) =>
        isIn(scopes, call.scope) &&
        !isOfNamesake(input, scope, call) &&
        /^(assert|ensure|check|expect|throwIf|orThrow|unwrap|raise|error_for_status)/i.test(lastName(call.callee)),
    )
  );
}

/**
 * A question that another function asked before as well, which the old one called by that name and not instead of its own question:
 * `self.http.get(url).send()?.error_for_status()?` beside a method `send`.
 */
function isOfNamesake({ before }: RuleInput, scope: string, asked: Call): boolean {
  if (before === undefined || scope === '' || within(asked.scope, scope)) return false;
  const isAsked = before.calls.some((old) => old.scope === asked.scope && lastName(old.callee) === lastName(asked.callee));
  return isAsked && before.calls.some((old) => within(old.scope, scope) && lastName(old.callee) === lastName(asked.scope));
}

/** The new question is, word for word, another one that the old function lost: `!ok` beside an `err != nil` that a helper asks now. */
function isOfAnother({ before }: RuleInput, old: Guard, fresh: Guard): boolean {
  if (!saysNothing(old.test) || fresh.test === old.test || checksSame(old, fresh)) return false;
  return before?.guards.some((other) => other.scope === old.scope && other.test === fresh.test && !checksSame(other, old)) === true;
}

/** `err != nil` of a call that the old function looked at as well, beside the question that is lost: `res.StatusCode != 200`. */
function isAskedBeside({ before }: RuleInput, old: Guard, fresh: Guard): boolean {
  if (saysNothing(old.test) || !saysNothing(fresh.test) || (fresh.checks ?? []).length === 0) return false;
  return before?.guards.some((other) => other.scope === old.scope && saysNothing(other.test) && checksSame(other, fresh)) === true;
}

/** The method of a new class elsewhere asks it, and the function calls that method now: `client.get(path)` of `client = PartnerClient(…)`. */
function isCheckedByClient({ after, before, addedElsewhere }: RuleInput, call: Call, called: ReadonlySet<string>): boolean {
  const makes = (facts: RuleInput['after'], name: string): boolean => facts?.calls.some(({ callee }) => lastName(callee) === name) === true;
  return addedElsewhere().calls.some((other) => {
    const [owner, method] = [lastName(receiver(other.scope)), lastName(other.scope)];
    return (
      lastName(other.callee) === lastName(call.callee) && owner !== '' && called.has(method) && makes(after, owner) && !makes(before, owner)
    );
  });
}

/** The same question is asked in a function of this file that the own one calls now, of an answer under any name. */
export function isCheckedByHelper(input: RuleInput, call: Call): boolean {
  const scope = counterpartScope(input, call.scope);
  if (scope === undefined || input.after === undefined) return false;
  const called = new Set(input.after.calls.filter((other) => within(other.scope, scope)).map((other) => lastName(other.callee)));
  // In the function itself, of an answer that has another name now.
  if (newCallsIn(input, call.scope).some((other) => lastName(other.callee) === lastName(call.callee))) return true;
  const parts = scope === '' ? [] : partScopes(input.after, scope);
  if (isCheckedByClient(input, call, called) || isCheckedBySession(input, call)) return true;
  return input.after.calls.some(
    (other) =>
      lastName(other.callee) === lastName(call.callee) &&
      !within(other.scope, scope) &&
      !isOfNamesake(input, call.scope, other) &&
      // Called, or handed on by its name: `session.hooks['response'].append(checked)`.
      (other.scope.split('.').some((part) => called.has(part)) || isIn(parts, other.scope)),
  );
}
