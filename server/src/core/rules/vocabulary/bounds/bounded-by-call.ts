import type { Call, Guard, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { boundAbove } from '../code/bindings.ts';
import { lastName } from '../code/call-names.ts';
import { counterpartScope, hasScope, within } from '../code/counterpart.ts';
import { isIn, partScopes } from '../code/own-parts.ts';
import { newCallsIn } from '../code/scope-changes.ts';
import { reasonsOf } from '../guards/bounds-alike.ts';
import { fieldsOf } from '../guards/handed-guards.ts';
import { isIndexGuard } from '../guards/index-guards.ts';
import { losesBound, raisesBound } from '../guards/same-bounds.ts';
import { stopsNobody } from '../guards/stops-nobody.ts';
import { isDropped } from '../guards/unmet-parts.ts';

/** A check of another file may bound anything; one that stands in this file does where it compares, or hands on to what may. */
export function mayBound(input: RuleInput, guard: Guard, call: Call): boolean {
  if (stopsNobody(input, call)) return false;
  const { callee } = call;
  const own = lastName(callee);
  const { after } = input;
  // That there is something is no bound of it.
  if (/^(requireNonNull\w*|checkNotNull|assertNotNull|requireNotNull|assertDefined|assertExists)$/.test(own)) return false;
  const elsewhere = input.addedElsewhere();
  if (elsewhere.symbols.some(({ name, kind }) => kind === 'function' && name === own)) {
    const about = (test: string): readonly string[] => fieldsOf(test).match(/[A-Za-z_]\w*/g) ?? [];
    const asked = elsewhere.guards.filter(({ scope }) => within(scope, own));
    const asks = asked.some(({ test, compares }) => compares && about(test).some((name) => about(guard.test).includes(name)));
    // What it is handed is not what was bounded: `assertMinutes(minutes)` for `ids.length > 12`.
    const isHanded = call.args.some((argument) => about(guard.test).some((name) => about(argument).includes(name)));
    if (!asks && (asked.length > 1 || (asked.length === 1 && /[<>]/.test(guard.test) && call.args.length > 0 && !isHanded))) return false;
  }
  const scopes = after?.scopes.filter(({ name }) => lastName(name) === own).map(({ name }) => name) ?? [];
  if (after === undefined || scopes.length === 0) return true;
  const isInside = (scope: string): boolean => scopes.some((name) => within(scope, name));
  return (
    after.guards.some(({ scope, test }) => isInside(scope) && /[<>]/.test(test)) ||
    after.calls.some((call) => isInside(call.scope) && /parse|valid|check|assert|require|ensure|verify|bound|limit/i.test(call.callee))
  );
}

/** A new function of this file that checks in the guard's place, and knows a bound less, or another one. */
export function asksLess({ before, after, addedElsewhere }: RuleInput, guard: Guard, call: Call): boolean {
  if (before === undefined || after === undefined) return false;
  const own = after.guards
    .filter(({ scope }) => lastName(scope) === lastName(call.callee) && !before.scopes.some(({ name }) => name === scope))
    .flatMap((fresh) => {
      const reasons = reasonsOf(after, fresh);
      return reasons.length > 0 ? reasons : [fresh];
    });
  const elsewhere = addedElsewhere();
  const theirs = elsewhere.guards.filter(({ scope, compares }) => compares && scope === lastName(call.callee));
  return (
    isDropped(after, call) ||
    asksTheLeast(guard, own) ||
    losesBound(guard, before.options, own, after.options) ||
    own.some((fresh) => raisesBound(guard, before.options, fresh, after.options)) ||
    theirs.some((fresh) => raisesBound(guard, before.options, fresh, elsewhere.options))
  );
}

/** What is too much was refused, and the function only refuses what is too little: `requirePositive(count)` for `count > MAX`. */
function asksTheLeast({ test }: Guard, own: readonly Pick<Guard, 'test'>[]): boolean {
  return (
    / >=? /.test(test) &&
    !test.includes('<') &&
    own.some((fresh) => / <=? -?[01]\b/.test(fresh.test)) &&
    own.every((fresh) => !/>|<=? (?!-?[01]\b)/.test(fresh.test))
  );
}

/** A length that is asked by the access itself now: `buf.first_chunk::<4>().ok_or(Short)?`. */
export function isAskedByAccess(input: RuleInput, guard: Guard): boolean {
  if (input.before === undefined || input.after === undefined) return false;
  const isOfList = isIndexGuard(guard);
  if (!isOfList && !isOfLength(input.before, guard)) return false;
  const asks = ({ callee, args }: Call): boolean =>
    (isOfList || !/(^|[.:])get(_mut)?$/.test(callee) || args.some((argument) => argument.includes('..'))) &&
    /(^|[.:])(get|get_mut|first_chunk|split_first_chunk|split_at_checked|split_first|checked_\w+|try_get\w*|try_into|read_exact|ReadFull|ReadAtLeast)(::<[^>]*>)?$/.test(
      callee,
    );
  const { before, after } = input;
  const parts = partScopes(after, counterpartScope(input, guard.scope) ?? '').filter((part) => !hasScope(before, part));
  return newCallsIn(input, guard.scope).some(asks) || after.calls.some((call) => asks(call) && isIn(parts, call.scope));
}

/** What is left of a list is compared by a name of its own: `left = buf.len() - HEAD` and then `left < wanted`. */
function isOfLength(before: SourceFacts, { test, exit, reads, range }: Guard): boolean {
  return (
    exit === 'throw' &&
    /^[\w.]+ (?:<=?|>=?) [\w.]+(?: as \w+)?$/.test(test) &&
    reads.some((name) => / ?\. ?len \( \)/.test(boundAbove(before, name, range.start.line) ?? ''))
  );
}
