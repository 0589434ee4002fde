import type { Guard } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, words } from '../code/call-names.ts';
import { within } from '../code/counterpart.ts';
import { escaped } from '../code/literal-patterns.ts';
import { newCallsIn } from '../code/scope-changes.ts';
import { tokensOf } from '../code/token-lines.ts';

/** Fields that say of a row that its work was done. */
const DONE =
  /\b(?:captured|charged|paid|refunded|credited|debited|settled|sent|notified|processed|handled|applied|redeemed|granted|booked|shipped|dispatched|fulfilled|completed|delivered|issued|transferred|posted|published|executed|finished|done|synced|invoiced|billed)\b/;

/** The field of a row by which a guard leaves where the work was done: `captured_at` of `payment.captured_at is not None`. */
export function doneMark({ test, exit }: Guard): string | undefined {
  if (exit !== 'return') return undefined;
  const [asked = '', compared = ''] = test
    .replace(/^\(|\)$/g, '')
    .replace('.is_some()', ' !== null')
    .split(/ (?:is not|[!=]==?) /);
  const field = /^[\w$]{1,40}(?:\(\))?\.([\w$]{1,60})(?:\(\))?$/.exec(asked)?.[1]?.replace(/^(?:get|is)(?=[A-Z])/, '') ?? '';
  const isSet = compared === '' || (/ (?:is not|!==?) /.test(test) && /^(?:None|null|nil|undefined)$/.test(compared));
  const isState = / ===? /.test(test) && /^(?:status|state|phase)$/i.test(field) && DONE.test(words(lastName(compared)));
  return (isSet && DONE.test(words(field))) || isState ? field : undefined;
}

/** The function that stands for `scope` still sets the mark, and asks for it in no way any more: neither itself nor in what it selects. */
export function isMarkUnasked(input: RuleInput, { scope: old }: Guard, scope: string, field: string): boolean {
  const { before, after } = input;
  if (before === undefined || after === undefined || scope === '') return false;
  const name = new RegExp(`^${escaped(field)}$`, 'i');
  const sets = (text: string): boolean =>
    new RegExp(`(?:\\.(?:set)?${escaped(field)}(?:=(?!=)|\\()|\\b${escaped(field)}:|\\b${escaped(field)}=(?!=))`, 'i').test(text);
  if (!sets(tokensOf(before, old)) || !sets(tokensOf(after, scope))) return false;
  const asks = (test: string): boolean => test.split(/\W+/).some((word) => name.test(word));
  return !(
    after.guards.some((guard) => within(guard.scope, scope) && asks(guard.test)) ||
    after.conditions.some((condition) => within(condition.scope, scope) && asks(condition.test)) ||
    newCallsIn(input, old).some(({ kind }) => kind === 'decorator') ||
    // `updateWhere({ id, status: 'authorised' }, …)`: the row is claimed where it is as it was.
    newCallsIn(input, old).some(
      ({ callee, args }) =>
        args.length > 1 &&
        /^(?:update|claim|set|compare|transition|mark|cas)/i.test(lastName(callee)) &&
        new RegExp(`\\b${escaped(field)} ?[:=]`, 'i').test(args[0] ?? ''),
    ) ||
    after.calls.some(
      (call) =>
        within(call.scope, scope) &&
        /^(?:filter|where|find\w*|get|select|exclude|updateMany|update)$/.test(lastName(call.callee)) &&
        new RegExp(
          `\\b${escaped(field)}(?:__isnull|: ?null|=None|['"], ?null)${/^(?:status|state|phase)$/i.test(field) ? `|\\b${escaped(field)}\\b` : ''}`,
          'i',
        ).test(call.args.join(' ')),
    )
  );
}

/** A record of that very event is there: `if db.get(StripeEvent, event.id) is not None: return`. */
export function isKnownMessage({ test, exit }: Guard): boolean {
  return (
    (exit === 'return' || exit === 'answer') &&
    /\b(?:get|find\w*|first|one_or_none|scalar\w*|exists\w*|fetch\w*|lookup|load)\b/i.test(test) &&
    /\b(?:event|message|msg|delivery|envelope|notification|webhook|record|evt)(?:\.|_|\.get)?_?(?:id|Id|ID|message_?id|event_?id)\b/i.test(
      test,
    ) &&
    !/^!|^not | is None|[=!]==? ?(?:null|nil|undefined)|<|>/.test(test.replace(/!==? ?(?:null|nil|undefined)$/, ''))
  );
}
