import type { Guard, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { boundAbove } from '../code/bindings.ts';
import { counterpartScope, hasScope, within } from '../code/counterpart.ts';
import { namesIn } from '../code/named-from.ts';
import { newGuards } from '../code/scope-changes.ts';

/**
 * True where a thing is looked up, and refused where it is not there, by a new function that this one comes to or that is put in front of
 * it: the guard of a class, a decorator, what a route names before its handler. The function looks it up no more itself.
 */
export function isLookedUpInFront({ before, after }: RuleInput, guard: Guard): boolean {
  if (before === undefined || after === undefined) return false;
  const scope = counterpartScope({ before, after }, guard.scope);
  const lookup = lookupOf(before, guard);
  if (lookup === undefined || scope === undefined || scope === '') return false;
  if (after.calls.some((call) => within(call.scope, scope) && tailOf(call.callee) === lookup)) return false;
  const asking = newGuards(after.guards, before.guards).filter(
    (fresh) =>
      fresh.scope !== '' &&
      (fresh.exit === guard.exit || fresh.exit === 'throw') &&
      !hasScope(before, fresh.scope) &&
      lookupOf(after, fresh) === lookup,
  );
  if (asking.length === 0) return false;
  const names = namesIn(after, scope);
  return asking.some((fresh) => fresh.scope.split('.').some((part) => names.has(part)));
}

/** `notebooks.find` of `!notebook` behind `const notebook = await this.notebooks.find(id)`. */
function lookupOf(facts: SourceFacts, { test, range }: Guard): string | undefined {
  const [, name = ''] =
    /^(?:(?:!|not )([A-Za-z_$][\w$]*)|([A-Za-z_$][\w$]*)(?= ?(?:===?|is) ?(?:null|undefined|None|nil)$).*)$/.exec(test)?.filter(Boolean) ??
    [];
  const given = name === '' ? '' : (boundAbove(facts, name, range.start.line) ?? '').replace(/ ?(\.|::|\?\.) ?/g, '.');
  const callee = /^(?:await )?((?:[A-Za-z_$][\w$]*\.)+[A-Za-z_$][\w$]*) ?\(/.exec(given)?.[1];
  return callee === undefined ? undefined : tailOf(callee);
}

function tailOf(callee: string): string {
  return callee.split(/\.|::/).slice(-2).join('.');
}
