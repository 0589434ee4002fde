import type { Call } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { lastName, receiver, shorten } from '../code/call-names.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { newCallsIn } from '../code/scope-changes.ts';

/**
 * A call that made a row or changed it in one step (`prisma.device.upsert`, `findOrCreate`, `get_or_create`) and that looks for it, and
 * makes it where there is none, in two: two callers find none. Not where a transaction holds the two or a duplicate is caught.
 */
export function* lookedUpAndMade(input: RuleInput): Iterable<FindingDraft> {
  const { after, before } = input;
  if (after === undefined || before === undefined) return;
  for (const call of input.removed.calls) {
    if (call.kind !== 'call' || !UPSERTS.test(lastName(call.callee))) continue;
    const scope = counterpartScope(input, call.scope);
    if (scope === undefined || scope === '') continue;
    const own = after.calls.filter((other) => within(other.scope, scope));
    const fresh = newCallsIn(input, call.scope).filter(({ callee }) => isOfSame(callee, call.callee));
    const looks = fresh.some(({ callee }) => LOOKS.test(lastName(callee)));
    const makes = fresh.find(({ callee }) => MAKES.test(lastName(callee)));
    if (!looks || makes === undefined || own.some((other) => UPSERTS.test(lastName(other.callee)) || isHeld(other))) continue;
    if (after.handlers.some((handler) => within(handler.scope, scope) && handler.guarded.includes(makes.callee))) continue;
    yield {
      side: 'before',
      range: call.range,
      message: fitMessage(`\`${shorten(call.callee, 26)}\` is a look and \`${shorten(makes.callee, 24)}\` now: two may find none`),
      severity: 'medium',
    };
  }
}

const UPSERTS =
  /^(?:upsert|Upsert|upsertOne|findOrCreate|findOrBuild|firstOrCreate|FirstOrCreate|updateOrCreate|updateOrInsert|createOrUpdate|get_or_create|update_or_create|aget_or_create|aupdate_or_create|find_or_create_by|putIfAbsent|insertOrIgnore|bulkUpsert)$/;
const LOOKS = /^(?:find\w*|first|get|one_or_none|one|exists|filter|afirst|aget|First|Take|Find|select|scalar_one_or_none|count)$/;
const MAKES = /^(?:create|insert|insertOne|insert_one|Create|acreate|save|add|put)$/;

/** Asked of the same store: `prisma.device`, `Device.objects`. */
function isOfSame(callee: string, other: string): boolean {
  const root = (name: string): string => (receiver(name).split('(')[0] ?? '').replace(/^(?:this|self|await)\./, '').toLowerCase();
  return root(callee) !== '' && root(callee).split('.')[0] === root(other).split('.')[0];
}

/** A transaction, or a lock of the row. */
function isHeld({ callee, args }: Call): boolean {
  return /transaction|\block|atomic|for_?update|serializable|begin|synchronized/i.test(`${callee} ${args.join(' ')}`);
}
