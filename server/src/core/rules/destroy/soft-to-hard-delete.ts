import type { Call } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { lastName, shorten } from '../vocabulary/code/call-names.ts';
import { counterpartScope, within } from '../vocabulary/code/counterpart.ts';
import { exchangedVerbs } from '../vocabulary/deletes/exchanged-verbs.ts';
import { lostOverrides } from '../vocabulary/deletes/lost-overrides.ts';
import { forcedDeletes, isMarkedByModel, lostFromModel, unscopedBefore } from '../vocabulary/deletes/marked-models.ts';
import { deletedRows, droppedTriggers } from '../vocabulary/deletes/marked-statements.ts';
import { isOwnMark, isRenamed, isWorkOfMark, marksIn } from '../vocabulary/deletes/marking-functions.ts';
import { deletesRow, HARD, UNSCOPED } from '../vocabulary/deletes/row-deletes.ts';

/**
 * ## What it sees
 * A row that was marked as deleted, or a thing that was disabled or put into the bin, and is now deleted, in the same function, in SQL
 * (also a status of the same rows) or past the mark (`Unscoped()`, `force: true`); and a model that loses the mark which its deletes
 * set (`@SQLDelete`, gorm's `DeletedAt`, `paranoid`, its own `delete`, the base class or plugin that brought one), or a table the
 * trigger that set it.
 *
 * ## Why it matters
 * The mark could be taken back, and everything that points at the row still worked.
 *
 * ## When it is fine
 * The law asks for it, and what hangs on the row was looked at.
 *
 * ## What it misses
 * A mark that another service sets, or a trigger whose name says nothing of it.
 */
export default defineRule({
  id: 'destroy/soft-to-hard-delete',
  version: '1.0.0',
  severity: 'high',
  confidence: 'high',
  title: 'A soft delete became a real one',
  reads: ['calls', 'options', 'statements', 'symbols', 'tokens'],
  evidence: [
    {
      title: 'Atlassian 2022-04: sites deleted instead of deactivated',
      url: 'https://www.atlassian.com/engineering/post-incident-review-april-2022-outage',
    },
  ],
  *check(input): Iterable<FindingDraft> {
    const lost = marksIn(input);
    const exchanged = new Set(exchangedVerbs(input));
    for (const call of input.added.calls) {
      const isHard = UNSCOPED.test(call.callee) && HARD.test(lastName(call.callee)) && wasSoft(input, call);
      const isReal =
        deletesRow(call) &&
        !stoodThere(input, call) &&
        !isOwnMark(input, call) &&
        lost.some((fact) => {
          const stands = counterpartScope(input, fact.scope);
          return stands === undefined ? isRenamed(input, fact.scope, call.scope) : within(call.scope, stands);
        });
      if (!isHard && !exchanged.has(call) && !((isReal || isWorkOfMark(input, call)) && !isMarkedByModel(input, call))) continue;
      yield {
        side: 'after',
        range: call.range,
        message: fitMessage(`\`${shorten(call.callee, 34)}\` deletes what was only marked before`),
      };
    }
    yield* unscopedBefore(input);
    yield* lostFromModel(input);
    yield* lostOverrides(input);
    yield* deletedRows(input);
    yield* forcedDeletes(input);
    yield* droppedTriggers(input);
  },
});

/** The function deleted the same rows before, whatever is written otherwise in the call. */
function stoodThere(input: RuleInput, call: Call): boolean {
  return input.before?.calls.some((old) => old.callee === call.callee && counterpartScope(input, old.scope) === call.scope) === true;
}

function wasSoft(input: RuleInput, call: Call): boolean {
  return input.removed.calls.some(
    (other) => HARD.test(lastName(other.callee)) && other.scope === call.scope && !UNSCOPED.test(other.callee),
  );
}
