import type { Guard } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { keepOfBoth } from '../code/kept.ts';
import { movedText } from '../code/moved-text.ts';
import { asksElsewhere, isNewPart, newCallsIn, newGuards } from '../code/scope-changes.ts';
import { isForOthers } from './asked-anew.ts';
import { checksSame, saysNothing } from './guard-likeness.ts';
import { isHandedOver } from './handed-guards.ts';
import { bareTest, isInNamedGuard, standsElsewhere } from './moved-guards.ts';

/** True where the same condition now stands in another function or another file: it was extracted or moved. */
export function isAskedElsewhere(input: RuleInput, guard: Guard): boolean {
  if (saysNothing(guard.test)) return isCheckedInPart(input, guard);
  if (isAskedOfNamed(input, guard)) return true;
  if (isHandedOver(guard, newCallsIn(input, guard.scope), input.addedElsewhere())) return true;
  if (isAskedAsItWas(input, guard)) return true;
  return standsElsewhere(input, guard) || (isInNamedGuard(input, guard) !== false && movedText(input, guard.test, guard.reads));
}

/** Word for word in this file, in a function that is not there for others alone. */
function isAskedAsItWas(input: RuleInput, guard: Guard): boolean {
  const { before, after } = input;
  const wanted = bareTest(guard.test);
  if (after === undefined || !newTests(before?.guards ?? [], after.guards).has(wanted)) return false;
  return newGuards(after.guards, before?.guards ?? []).some(
    (fresh) => bareTest(fresh.test) === wanted && !isForOthers(input, guard, fresh),
  );
}

/** `!ok` says nothing, and what gave it does: a new function that the own one asks now looks at the outcome of the same call. */
function isCheckedInPart(input: RuleInput, guard: Guard): boolean {
  const { before, after } = input;
  if (before === undefined || after === undefined || (guard.checks ?? []).length === 0) return false;
  return newGuards(after.guards, before.guards).some(
    (other) =>
      other.test === guard.test && other.exit === guard.exit && checksSame(guard, other) && isNewPart(input, other.scope, guard.scope),
  );
}

/** A function of another file that the own one asks now stops for the same constant of a type: `!boat.isIn(State.READY)`. */
function isAskedOfNamed(input: RuleInput, { test, scope, exit }: Guard): boolean {
  const [constant] = /\b[A-Z]\w*(?:\.|::)[A-Z]\w+\b/.exec(test) ?? [];
  if (constant === undefined) return false;
  const isAsked = asksElsewhere(input, scope);
  return input.addedElsewhere().guards.some((other) => other.exit === exit && other.test.includes(constant) && isAsked(other));
}

/** Conditions that no guard of the old side asks in the same function in the same way. */
const newTests = keepOfBoth((before: readonly Guard[], after: readonly Guard[]): ReadonlySet<string> => {
  const old = new Set(before.map(({ key }) => key));
  return new Set(after.flatMap(({ key, test }) => (old.has(key) ? [] : [bareTest(test)])));
});
