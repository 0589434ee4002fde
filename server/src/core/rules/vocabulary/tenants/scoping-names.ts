import type { RuleInput } from '../../define.ts';
import { lastName, words } from '../code/call-names.ts';
import { within } from '../code/counterpart.ts';
import { newBodiesOf } from '../code/new-bodies.ts';

/** Words by which one name of a call says that it keeps to one tenant: `for_tenant`, `scoped`, `tenantDb`. */
const SAYS = /\b(?:scoped|scope to|tenant)\b/;
/** Words by which it says that it does not: `across_tenants` speaks of many, `any_tenant` of none. */
const OF_MANY = /\b(?:across|all|any|every|each|cross|multi|other|without|no|non|not|un|ignor\w*|skip\w*|bypass\w*|global\w*|agnostic)\b/;

function says(name: string): boolean {
  const text = words(name);
  return name === '$extends' || (SAYS.test(text) && !OF_MANY.test(text));
}

/** Links that only read: whoever has no other asks for nothing. */
const READS =
  /^(select|query|from|get|all|list|find|findMany|order_by|orderBy|limit|offset|options|first|distinct|select_related|prefetch_related|values)$/;

/** True where a call says by its name that it keeps to one tenant, and is no function of this change that only reads. */
export function scopesByName(input: RuleInput, callee: string): boolean {
  if (!(callee.match(/[\w$]+/g) ?? []).some(says)) return false;
  // `scoped(Site, principal).where`: the one of the chain that says so.
  const [named = callee] = [...callee.matchAll(/(?<!\w)(\w+)\(/g)].flatMap(([, name = '']) => (says(name) ? [name] : []));
  const bodies = newBodiesOf(input, named);
  return (
    bodies.length === 0 ||
    bodies.some(({ facts, place }) => {
      const own = facts.calls.filter((call) => within(call.scope, place.name));
      const passes = facts.options.some((option) => within(option.scope, place.name));
      return own.length === 0 || passes || !own.every((call) => READS.test(lastName(call.callee)));
    })
  );
}
