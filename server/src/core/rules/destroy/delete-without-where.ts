import { defineRule } from '../define.ts';
import { fitMessage, quote } from '../quote.ts';
import { meetsEveryRow } from '../vocabulary/schema/every-row.ts';
import { statementsOfHunk } from '../vocabulary/schema/schema-statements.ts';
import { isDownMigration, isSurelyMadeAbove, isTemporaryTable } from '../vocabulary/schema/sql-context.ts';

/**
 * ## What it sees
 * A DELETE without a WHERE, or with one that is always true (`1 = 1`, `id > 0`, `id IS NOT NULL`), in a script, in a string of a
 * program, in a WITH, or in the body
 * of a routine.
 *
 * ## Why it matters
 * It empties the table in one statement, and a replica copies that in milliseconds. An agent emptied a production database
 * this way during a code freeze.
 *
 * ## When it is fine
 * Temporary and staging tables, and tables that the same file has just made. A delete in batches by a sub-select has a WHERE.
 *
 * ## What it misses
 * A WHERE that is true of every row by what the rows hold, such as `total >= 0`, and statements put together from pieces.
 */
export default defineRule({
  id: 'destroy/delete-without-where',
  version: '1.0.0',
  severity: 'critical',
  confidence: 'high',
  title: 'Deletes every row of a table',
  reads: ['statements', 'calls', 'settings'],
  evidence: [{ title: 'Replit agent deleted a production database', url: 'https://vibegraveyard.ai/story/saastr-replit-agent-db-wipe' }],
  *check(input) {
    const { after, path } = input;
    for (const statement of statementsOfHunk(input, 'after')) {
      if (statement.verb !== 'delete' || !meetsEveryRow(statement)) continue;
      const target = statement.targets[0] ?? '';
      // A text that breaks off before its table is no statement: a needle of a search, a word of a help text.
      if (target === '') continue;
      if (isTemporaryTable(target, after) || isSurelyMadeAbove(target, statement, after)) continue;
      const how = statement.where === 'none' ? 'has no WHERE' : 'has a WHERE that is always true';
      const reach = statement.limited ? 'any rows go' : 'every row goes';
      const down = isDownMigration(statement, path, after);
      const weight = down ? { severity: 'low' as const } : statement.limited ? { severity: 'high' as const } : {};
      const message = fitMessage(`DELETE from ${quote(target)} ${how}: ${reach}`);
      yield { side: statement.side, range: statement.range, message, ...weight };
    }
  },
});
