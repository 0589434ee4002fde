import type { RuleInput } from '../../define.ts';
import { isHolder } from '../access/holders.ts';
import { lastName } from '../code/call-names.ts';
import { newCallsIn, newGuardsIn } from '../code/scope-changes.ts';

/** What came without the condition is compared with the tenant before anybody gets it. */
export function isAskedAfterwards(input: RuleInput, scope: string): boolean {
  if (newGuardsIn(input, scope).some((guard) => /[!=]=|equals|\bis not\b|\bin\b/.test(guard.test) && guard.reads.some(isOwnedName)))
    return true;
  // What a value that may be missing is held against on the way: `.filter(d -> d.getTenantId().equals(tenant))`.
  return newCallsIn(input, scope).some(
    ({ callee, args }) =>
      lastName(callee) === 'equals' &&
      args.length > 0 &&
      (callee.match(/[A-Za-z_]\w*/g) ?? []).some((name) => name.length > 4 && isOwnedName(name)),
  );
}

/** `orgId`, `getTenantId`, `owner_id`. */
function isOwnedName(name: string): boolean {
  return isHolder(name.replace(/^(get|is)(?=[A-Z])/, ''));
}

/** A call that asks a store for rows, or changes them, by its name and what it is asked of. */
export function isQuery(callee: string): boolean {
  return (
    (/^(find\w*|get\w*|select|count|aggregate|groupBy|update\w*|delete\w*|remove|destroy|query|first\w*|list\w*|where|andWhere|whereIn|from|search|exists|paginate|all|execute|executeTakeFirst|filter\w*|exclude|scalars?|values|annotate|Where|Find|First|Take|Last|Count|Scan|Pluck|Delete|Updates?|Not|Query\w*|Exec\w*|Select|Get)$/.test(
      lastName(callee),
    ) &&
      (/\.|::/.test(callee) || /^get_(object|list)_or_404$/.test(callee))) ||
    /(^|\.)[A-Z]\w*\.objects\.(?!(?:create|bulk_create|get_or_create|of|for|owned|visible|mine|within)\w*$)\w+$/.test(callee) ||
    /^get_(object|list)_or_404$|^(?:query|select|getDocs|onSnapshot)$/.test(callee)
  );
}
