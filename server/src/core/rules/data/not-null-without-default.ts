import { defineRule } from '../define.ts';
import { fitMessage, quote } from '../quote.ts';
import { schemaChanges } from '../schema-changes.ts';

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
 * The table is made by the same file, or the database fills the column itself (an identity, a generated column). These are
 * not flagged.
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
  reads: ['statements', 'calls'],
  evidence: [{ title: 'Squawk: adding-not-nullable-field', url: 'https://squawkhq.com/docs/adding-not-nullable-field' }],
  *check(input) {
    for (const { statement, action, table } of schemaChanges(input, /^add-column$/)) {
      const { marks, type = '' } = action;
      if (!marks.includes('not-null') || marks.includes('default') || marks.includes('filled') || /serial|timestamp_on_update/.test(type))
        continue;
      const message = fitMessage(`adds ${quote(`${table}.${action.name}`, 40)} NOT NULL without a default`);
      yield { side: statement.side, range: statement.range, message };
    }
  },
});
