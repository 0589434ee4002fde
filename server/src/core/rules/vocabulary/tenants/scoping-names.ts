import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';
import { within } from '../code/counterpart.ts';
import { newBodiesOf } from '../code/new-bodies.ts';

/** Names by which a call says that it keeps to one tenant. */
const SAYS = /(for_?tenant|scoped|with_?tenant|scope_?to|tenant|\$extends)/i;
/** Links that only read: whoever has no other asks for nothing. */
const READS =
  /^(select|query|from|get|all|list|find|findMany|order_by|orderBy|limit|offset|options|first|distinct|select_related|prefetch_related|values)$/;

/** True where a call says by its name that it keeps to one tenant, and is no function of this change that only reads. */
export function scopesByName(input: RuleInput, callee: string): boolean {
  if (!SAYS.test(callee)) return false;
  // `scoped(Site, principal).where`: the one of the chain that says so.
  const [named = callee] = [...callee.matchAll(/(?<!\w)(\w+)\(/g)].flatMap(([, name = '']) => (SAYS.test(name) ? [name] : []));
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
