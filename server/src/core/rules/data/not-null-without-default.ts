import type { SqlAction } from '../../model/facts.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage, quote } from '../quote.ts';
import { schemaChanges } from '../vocabulary/schema/schema-changes.ts';
import { statementsElsewhere } from '../vocabulary/schema/schema-statements.ts';
import { sameTable } from '../vocabulary/schema/sql-context.ts';

/**
 * ## What it sees
 * A column that is added to a table that stands, must not be null, and has no default: by ALTER TABLE in any dialect, by a
 * migration tool, or as a required field of a declared model.
 *
 * ## Why it matters
 * Postgres refuses it as soon as the table has one row, MySQL fills in an empty value that nobody chose, and every program
 * that was started before it can no longer insert.
 *
 * ## When it is fine
 * The table is made by the same file, the database fills the column itself (an identity, a generated column), or a declared
 * field has its migration in the same change, which is judged in its place. These are not flagged.
 *
 * ## What it misses
 * A default that is dropped in a later migration while old programs still run.
 */
export default defineRule({
  id: 'data/not-null-without-default',
  version: '1.0.0',
  severity: 'high',
  confidence: 'high',
  title: 'Adds a required column without a default',
  reads: ['statements', 'calls', 'settings', 'symbols'],
  evidence: [{ title: 'Squawk: adding-not-nullable-field', url: 'https://squawkhq.com/docs/adding-not-nullable-field' }],
  *check(input) {
    for (const { statement, action, table } of schemaChanges(input, /^add-column$/)) {
      const { marks, type = '' } = action;
      if (!marks.includes('not-null') || marks.includes('default') || marks.includes('filled') || /serial/.test(type)) continue;
      if (isInSteps(action, table, input)) continue;
      const message = fitMessage(`adds ${quote(`${table}.${action.name}`, 40)} NOT NULL without a default`);
      yield { side: statement.side, range: statement.range, message };
    }
  },
});

/** A declared field whose migration, in the same change, adds the column: the migration says how, and is judged itself. */
function isInSteps(action: SqlAction, table: string, input: RuleInput): boolean {
  if (!input.path.endsWith('.prisma')) return false;
  const flat = (name: string): string => name.replaceAll('_', '');
  return statementsElsewhere(input).some(
    (other) => sameTable(other, table) && other.actions.some((step) => step.kind === 'add-column' && flat(step.name) === flat(action.name)),
  );
}
