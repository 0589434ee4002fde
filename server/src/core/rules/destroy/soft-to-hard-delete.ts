import type { FindingDraft } from '../../model/finding.ts';
import { lastName, receiver, shorten, words } from '../call-names.ts';
import { counterpartScope, within } from '../counterpart.ts';
import { defineRule } from '../define.ts';
import { fitMessage } from '../quote.ts';

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
  reads: ['calls', 'options'],
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
      /^(softDelete|softRemove|archive|deactivate|markDeleted|trash)$/.test(lastName(call.callee)),
    );
    const lost = [...marks, ...softCalls];
    for (const call of input.added.calls) {
      const name = lastName(call.callee);
      if (
        !/^(delete|deleteOne|deleteMany|remove|destroy|hardDelete|findByIdAndDelete|findOneAndDelete|del)$/.test(name) ||
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
  },
});
