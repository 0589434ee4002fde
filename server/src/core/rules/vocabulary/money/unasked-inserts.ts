import type { Guard, SourceFacts } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { boundAbove } from '../code/bindings.ts';
import { lastName, shorten, words } from '../code/call-names.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { isIn, workScopes } from '../code/own-parts.ts';

/**
 * Whether the row of a message went in was asked before anything was done, and is asked no more: `if (inserted.length === 0) return` of
 * `inserted = … .onConflictDoNothing().returning()`, while the row still goes in.
 */
export function* unaskedInserts(input: RuleInput): Iterable<FindingDraft> {
  const { before, after } = input;
  if (before === undefined || after === undefined) return;
  for (const guard of input.removed.guards) {
    if (guard.exit !== 'return' && guard.exit !== 'answer') continue;
    const [, name] = NONE.exec(guard.test) ?? [];
    const bound = name === undefined ? undefined : boundAbove(before, name, guard.range.start.line);
    if (bound === undefined || !ONCE.test(bound)) continue;
    const scope = counterpartScope(input, guard.scope);
    if (scope === undefined || !actsBehind(before, guard)) continue;
    const scopes = workScopes(after, scope);
    // In another way: by another test of what the insert gave, in the function or what it calls.
    const asks = [...after.guards, ...after.conditions].some(
      ({ test, scope: own, range }) =>
        isIn(scopes, own) &&
        (test.match(/[A-Za-z_$][\w$]*/g) ?? []).some((word) => ONCE.test(boundAbove(after, word, range.start.line) ?? '')),
    );
    if (asks) continue;
    yield {
      side: 'before',
      range: guard.range,
      message: fitMessage(`\`${shorten(guard.test, 30)}\` no longer keeps \`${shorten(scope, 20)}\` to one time`),
    };
  }
}

/** What is done behind the guard must happen once. */
function actsBehind({ calls }: SourceFacts, guard: Guard): boolean {
  return calls.some(
    (call) => within(call.scope, guard.scope) && call.range.start.line > guard.range.end.line && ACTS.test(words(lastName(call.callee))),
  );
}

const ACTS =
  /\b(?:charge|refund|transfer|pay|payout|credit|debit|send|mail|email|notify|publish|ship|settle|enqueue|redeem|grant|process|handle|apply|book|invoice|withdraw|deposit|capture|dispatch|emit|fulfil|increment|decrement)/;

/** Nothing went in: `rows.length === 0`, `!inserted`, `result.rowCount == 0`, `not created`. */
const NONE =
  /^(?:!|not )?([A-Za-z_$][\w$]*)(?:(?:\.(?:length|rowCount|rowcount|count|numInsertedOrUpdatedRows|rows\.length|RowsAffected(?:\(\))?|rows_affected\(\)))? ?(?:===?|<) ?[01]n?| (?:===? (?:null|undefined|nil)|is None))?$/;
const ONCE =
  /\b(?:onConflictDoNothing|on_conflict_do_nothing|doNothing|insertOrIgnore|ignore_conflicts|skipDuplicates|insert_ignore)\b|\bon conflict\b.{0,80}\bdo nothing\b|\binsert (?:or )?ignore\b/i;
