import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { lastName, receiver, shorten, words } from '../vocabulary/code/call-names.ts';
import { counterpartScope, within } from '../vocabulary/code/counterpart.ts';
import { lastPart } from '../vocabulary/schema/sql-context.ts';

/**
 * ## What it sees
 * A row that was marked as deleted and is now deleted, in the same function.
 *
 * ## Why it matters
 * The mark could be taken back, and everything that points at the row still worked.
 *
 * ## When it is fine
 * The law asks for it, and what hangs on the row was looked at.
 *
 * ## What it misses
 * A mark that is set by the database or by another service.
 */
export default defineRule({
  id: 'destroy/soft-to-hard-delete',
  version: '1.0.0',
  severity: 'high',
  confidence: 'high',
  title: 'A soft delete became a real one',
  reads: ['calls', 'options', 'statements'],
  evidence: [
    {
      title: 'Atlassian 2022-04: sites deleted instead of deactivated',
      url: 'https://www.atlassian.com/engineering/post-incident-review-april-2022-outage',
    },
  ],
  *check(input): Iterable<FindingDraft> {
    const marks = input.removed.options.filter((option) =>
      /\b(deleted at|deactivated at|archived at|removed at|is deleted|deleted|is active|archived|disabled at|deleted on)\b/.test(
        words(option.name),
      ),
    );
    const softCalls = input.removed.calls.filter((call) =>
      /^(softDelete|softRemove|archive|deactivate|markDeleted|trash|soft_delete|mark_deleted|mark_as_deleted|SoftDelete|Archive|Deactivate|MarkDeleted|discard)$/.test(
        lastName(call.callee),
      ),
    );
    for (const call of input.added.calls) {
      const wasSoft = input.removed.calls.some(
        (other) => lastName(other.callee) === 'Delete' && other.scope === call.scope && !/Unscoped\(/.test(other.callee),
      );
      if (lastName(call.callee) === 'Delete' && /\bUnscoped\(\)/.test(call.callee) && wasSoft)
        yield {
          side: 'after',
          range: call.range,
          message: fitMessage(`\`${shorten(call.callee, 34)}\` deletes what was only marked before`),
        };
    }
    const lost = [...marks, ...softCalls];
    for (const call of input.added.calls) {
      const name = lastName(call.callee);
      if (
        !/^(delete|deleteOne|deleteMany|remove|destroy|hardDelete|findByIdAndDelete|findOneAndDelete|del|hard_delete|delete_one|delete_many|Delete|DeleteOne|Remove|HardDelete|deleteById|deleteAll)$/.test(
          name,
        ) ||
        receiver(call.callee) === ''
      )
        continue;
      if (
        /^(cache|map|set|params|headers|localStorage|sessionStorage|searchParams)$/i.test(receiver(call.callee)) ||
        !lost.some((fact) => within(call.scope, counterpartScope(input, fact.scope) ?? '-'))
      )
        continue;
      yield {
        side: 'after',
        range: call.range,
        message: fitMessage(`\`${shorten(call.callee, 34)}\` deletes what was only marked before`),
      };
    }
    yield* deletedRows(input);
  },
});

const MARK =
  /\b(deleted at|deactivated at|archived at|removed at|is deleted|deleted|is active|active|archived|is archived|disabled at|deleted on|is removed|closed at)\b/;

/** `UPDATE … SET deleted_at = …` that became `DELETE FROM` the same table, in a script, a routine or a string. */
function* deletedRows(input: RuleInput): Iterable<FindingDraft> {
  for (const statement of input.added.statements) {
    if (statement.verb !== 'delete') continue;
    const table = lastPart(statement.targets[0] ?? '');
    const marked = input.removed.statements.find(
      (old) =>
        old.verb === 'update' &&
        lastPart(old.targets[0] ?? '') === table &&
        old.sets.some((column) => MARK.test(words(column))) &&
        within(statement.scope, counterpartScope(input, old.scope) ?? '-'),
    );
    if (marked === undefined) continue;
    yield {
      side: 'after',
      range: statement.range,
      message: fitMessage(`DELETE takes rows of \`${shorten(table, 26)}\` that were only marked before`),
    };
  }
}
