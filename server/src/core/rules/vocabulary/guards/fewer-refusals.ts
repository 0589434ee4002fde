import type { Guard } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { counterpartScope, hasScope, within } from '../code/counterpart.ts';
import { isIn, partScopes } from '../code/own-parts.ts';
import { newGuardsIn } from '../code/scope-changes.ts';

/** Of a function that stopped for several reasons fewer stand in their place, and not one of them speaks of this one's names. */
export function refusesLess(input: RuleInput, guard: Guard): boolean {
  const { before, after } = input;
  const scope = counterpartScope(input, guard.scope);
  if (before === undefined || after === undefined || scope === undefined || scope === '' || guard.exit !== 'throw') return false;
  const count = (guards: readonly Guard[]): number => guards.reduce((sum, { test }) => sum + test.split(/\|\||\bor\b/).length, 0);
  const parts = partScopes(after, scope);
  const now = after.guards.filter((other) => isIn(parts, other.scope) && other.exit !== 'break');
  const was = before.guards.filter((other) => within(other.scope, guard.scope) && other.exit !== 'break');
  // What others of the function asked about as well does not tell this one apart.
  const others = before.guards.filter((other) => other !== guard && within(other.scope, guard.scope));
  // Whether there is a value is asked in many ways: a pattern, a default, a type.
  if (
    /^(?:!|not )?[\w$.]+$|(?:[!=]==?|\bis(?: not)?) (?:null|undefined|None|nil)$|\.(?:is_none|is_some|isEmpty|isPresent|isNil)\(\)$/.test(
      guard.test,
    )
  )
    return false;
  const read = guard.reads.filter((name) => name.length > 2 && !/^(length|size|len|null|None|nil|undefined)$/.test(name));
  const own = read.filter((name) => !others.some((other) => other.reads.includes(name)));
  const names = own.length > 0 ? own : read;
  const isNamed = [...newGuardsIn(input, guard.scope), ...now.filter(({ scope: own }) => !hasScope(before, own))].some((fresh) =>
    names.some((name) => fresh.reads.includes(name)),
  );
  return count(now) < count(was) && names.length > 0 && !isNamed;
}
