import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage, quote } from '../quote.ts';
import { clausesOf, isFreshColumn, isListedColumn, type SchemaChange, schemaChanges } from '../vocabulary/schema/schema-changes.ts';
import { asWritten, readersOf, stillNamed } from '../vocabulary/schema/schema-readers.ts';

/**
 * ## What it sees
 * A column that goes: `ALTER TABLE … DROP COLUMN` in any dialect, the same by a migration tool (Django, Alembic, TypeORM, knex,
 * Sequelize), a column taken out of a declared table, and how many files of the tree still name it.
 *
 * ## Why it matters
 * The values are gone, and code that is still running reads the column: two outages of August 2025 at GitHub came from
 * columns that the object mapper still selected.
 *
 * ## When it is fine
 * Columns of tables or columns that the same file made or makes again, temporary tables, and the down half of a migration.
 *
 * ## What it misses
 * Readers in other repositories, and names that a mapper derives (`legacyRef` for `legacy_ref` is tried, nothing cleverer).
 */
export default defineRule({
  id: 'data/drop-column',
  version: '1.0.0',
  severity: 'high',
  confidence: 'high',
  title: 'Drops a column',
  reads: ['statements', 'calls', 'settings', 'symbols'],
  evidence: [
    {
      title: 'GitHub availability report, August 2025',
      url: 'https://github.blog/news-insights/company-news/github-availability-report-august-2025/',
    },
    { title: 'Squawk: ban-drop-column', url: 'https://squawkhq.com/docs/ban-drop-column' },
  ],
  *check(input) {
    const drops = schemaChanges(input, /^drop-column$/).filter((drop) => !isPassing(drop, input));
    for (const statement of new Set(drops.map((drop) => drop.statement))) {
      const own = drops.filter((drop) => drop.statement === statement);
      const readers = readersOf(
        asWritten(
          own.map(({ action }) => action.name),
          statement,
          input[statement.side],
        ),
        input.trees.after,
        input.path,
      );
      const names = own.map(({ table, action }) => `${table}.${action.name}`).join(', ');
      yield {
        side: statement.side,
        range: statement.range,
        ...(readers.length > 0 ? { severity: 'critical' as const } : {}),
        related: readers.slice(0, 10),
        things: own.map(({ table, action }) => ({ kind: 'column' as const, name: action.name, within: table })),
        message: fitMessage(`drops the column ${quote(names, 36)}${stillNamed(readers)}`),
      };
    }
  },
});

/** Added by this very file, before or after: nothing of it was there, or it comes back. */
function isPassing({ table, action, statement }: SchemaChange, input: RuleInput): boolean {
  if (isListedColumn(input, table, action.name)) return false;
  if (isFreshColumn(input, table, action.name, statement)) return true;
  return clausesOf(input, table).some(
    (other) => (other.kind === 'add-column' || other.kind === 'rename-column') && (other.to ?? other.name) === action.name,
  );
}
