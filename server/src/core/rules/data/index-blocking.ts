import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage, quote } from '../quote.ts';
import { isStanding } from '../vocabulary/schema/schema-changes.ts';
import { statementsOfHunk } from '../vocabulary/schema/schema-statements.ts';
import { isDownMigration } from '../vocabulary/schema/sql-context.ts';
import { isOtherDialect } from '../vocabulary/schema/sql-dialect.ts';

/**
 * ## What it sees
 * CREATE INDEX on a standing Postgres table without CONCURRENTLY, in SQL or by a migration tool, and REINDEX. DROP INDEX without it, and a
 * UNIQUE constraint that builds its index on the spot, are notes.
 *
 * ## Why it matters
 * Nobody can write to the table until the index is built, and everybody who wants to, waits with a connection in hand.
 *
 * ## When it is fine
 * The table is new in the same change, or the database is another one: MySQL builds indexes beside the writing, SQLite has one
 * writer anyway. These are not flagged.
 *
 * ## What it misses
 * How many rows the table has, and a migration tool that adds CONCURRENTLY by itself.
 */
export default defineRule({
  id: 'data/index-blocking',
  version: '1.0.0',
  severity: 'medium',
  confidence: 'high',
  title: 'Builds an index while nobody can write',
  reads: ['statements', 'calls', 'settings'],
  evidence: [
    { title: 'Squawk: require-concurrent-index-creation', url: 'https://squawkhq.com/docs/require-concurrent-index-creation' },
    {
      title: 'PostgreSQL: building indexes concurrently',
      url: 'https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY',
    },
  ],
  *check(input) {
    for (const statement of statementsOfHunk(input, 'after')) {
      const table = statement.targets[0] ?? '';
      if (statement.flags.includes('concurrently') || isDownMigration(statement, input.path, input.after) || isOtherDialect(input))
        continue;
      if (statement.verb === 'drop-index')
        yield {
          side: statement.side,
          range: statement.range,
          severity: 'low',
          message: fitMessage(`drops the index ${quote(table)} under a lock`),
        };
      else if (statement.verb === 'reindex' && !statement.names.includes('concurrently'))
        yield {
          side: statement.side,
          range: statement.range,
          message: fitMessage(`nobody can write while ${quote(statement.names.filter((name) => name !== 'verbose').join(' '))} runs`),
        };
      else if (statement.verb === 'create-index' && isStanding(table, statement, input) && !isOnlyPart(statement.names))
        yield {
          side: statement.side,
          range: statement.range,
          message: fitMessage(`nobody can write to ${quote(table)} while its index is built`),
        };
      else if (statement.verb === 'alter-table' && buildsUnique(statement.actions) && isStanding(table, statement, input))
        yield {
          side: statement.side,
          range: statement.range,
          severity: 'low',
          message: fitMessage(`nobody can write to ${quote(table)} while its constraint is built`),
        };
    }
  },
});

/** `CREATE INDEX … ON ONLY parent` makes the frame of a partitioned index, and reads nothing. */
function isOnlyPart(names: readonly string[]): boolean {
  return names.some((name, at) => name === 'only' && names[at - 1] === 'on');
}

function buildsUnique(actions: RuleInput['added']['statements'][number]['actions']): boolean {
  return actions.some(
    (action) =>
      action.kind === 'add-constraint' && /^(unique|primary-key)$/.test(action.constraint ?? '') && !action.marks.includes('using-index'),
  );
}
