import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, words } from '../code/call-names.ts';
import { counterpartScope, within } from '../code/counterpart.ts';

/** Rows that were looked for among those of who asks, and among all of them now. */
export interface UnscopedFind {
  readonly range: Range;
  readonly was: string;
  readonly now: string;
}

/** `current_account.invoices.find(id)` that became `Invoice.find(id)`, `request.user.orders.get(pk=pk)` that became `Order.objects.get(pk=pk)`. */
export function* unscopedFinds(input: RuleInput): Generator<UnscopedFind> {
  for (const old of input.removed.calls) {
    const was = OWN.exec(old.callee.replace(/\(\)/g, ''));
    if (was === null || !FINDS.test(lastName(old.callee))) continue;
    const scope = counterpartScope(input, old.scope);
    const now = input.added.calls.find((call) => {
      const of = OF_ALL.exec(call.callee)?.[1];
      return (
        of !== undefined &&
        within(call.scope, scope ?? '\0') &&
        FINDS.test(lastName(call.callee)) &&
        isOf(was[1] ?? '', of) &&
        !/user|account|tenant|owner|org/i.test(call.args.join())
      );
    });
    const isHeld =
      input.after?.guards.some(
        (guard) => within(guard.scope, scope ?? '\0') && /current_|\.user\b|account|tenant|owner|authori[sz]/i.test(guard.test),
      ) === true;
    const isAsked =
      input.after?.calls.some(
        (call) =>
          within(call.scope, scope ?? '\0') && /^authori[sz]e|^policy_scope$|^can\b|check_object_permissions/.test(lastName(call.callee)),
      ) === true;
    if (scope !== undefined && now !== undefined && !isHeld && !isAsked) yield { range: now.range, was: old.callee, now: now.callee };
  }
}

const OWN =
  /^(?:(?:self\.)?(?:request|req|ctx|this)\.)?@?(?:current_?)?(?:user|account|tenant|organi[sz]ation|org|workspace|team|company|customer|member|User|Account|Tenant|Organi[sz]ation|Org|Workspace|Team)\.(\w+)\./;
const OF_ALL = /^([A-Z]\w+)\./;
const FINDS = /^(?:find|find_by|find_by!|find_by_id|findOne|findById|get|first|where|filter|find_each|all)$/;

/** `invoices` of an `Invoice`, `order_set` of an `Order`. */
function isOf(rows: string, kind: string): boolean {
  const [many, one] = [words(rows.replace(/_set$/, '')), words(kind)];
  return many.startsWith(one.slice(0, Math.max(3, one.length - 1)));
}
