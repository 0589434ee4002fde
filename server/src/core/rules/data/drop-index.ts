import type { SqlStatement } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage, quote } from '../quote.ts';
import { isPrefix } from '../vocabulary/schema/column-types.ts';
import { indexesOf, indexNamed } from '../vocabulary/schema/schema-lookup.ts';
import { readersOf } from '../vocabulary/schema/schema-readers.ts';
import { statementsIn, statementsOfHunk } from '../vocabulary/schema/schema-statements.ts';
import { isBefore, isDownMigration, isTemporaryTable, lastPart, sameTable } from '../vocabulary/schema/sql-context.ts';

/**
 * ## What it sees
 * An index that is dropped, by DROP INDEX, by ALTER TABLE or by a migration tool, with the columns that it stood on where the
 * tree says so.
 *
 * ## Why it matters
 * The queries that used it read the whole table from then on. It shows under load and not on a small copy, and building it
 * again takes as long as it takes.
 *
 * ## When it is fine
 * The same file makes an index that covers it, or the tree has another one with the same first columns; the table goes with it.
 * These are not flagged, or are a note.
 *
 * ## What it misses
 * Whether a query uses it.
 */
export default defineRule({
  id: 'data/drop-index',
  version: '1.0.0',
  severity: 'high',
  confidence: 'medium',
  title: 'Drops an index',
  reads: ['statements', 'calls'],
  evidence: [
    { title: 'GitHub: a migration that changed an index', url: 'https://hackernewsfavorites.com/comments/68175' },
    { title: 'PostgreSQL: examining index usage', url: 'https://www.postgresql.org/docs/current/indexes-examine.html' },
  ],
  *check(input): Iterable<FindingDraft> {
    for (const statement of statementsOfHunk(input, 'after')) {
      if (isDownMigration(statement, input.path, input.after)) continue;
      for (const [name, table] of droppedBy(statement)) {
        const index = indexNamed(input, lastPart(name));
        const owner = table || index?.table || '';
        const columns = index?.columns ?? [];
        if (isTemporaryTable(owner || name, input.after) || isReplaced(statement, lastPart(name), owner, columns, input)) continue;
        const unknown = index === undefined && statement.flags.includes('if-exists');
        const covered = indexesOf(input, owner || '\0').some(
          (other) => other.name !== lastPart(name) && columns.length > 0 && isPrefix(columns, other.columns ?? []),
        );
        const on = owner === '' ? '' : ` of ${quote(`${owner}${columns.length > 0 ? ` (${columns.join(', ')})` : ''}`, 36)}`;
        yield {
          side: statement.side,
          range: statement.range,
          ...(covered ? { severity: 'low' as const } : unknown ? { severity: 'medium' as const } : {}),
          related: readersOf(columns, input.trees.after, input.path).slice(0, 5),
          message: fitMessage(`drops the index ${quote(lastPart(name))}${on}`),
        };
      }
    }
  },
});

/** Names of the indexes that a statement drops, each with its table where the statement says it. */
function droppedBy(statement: SqlStatement): readonly (readonly [string, string])[] {
  if (statement.verb === 'drop-index') {
    const on = statement.actions.find((action) => action.name === 'on')?.to ?? '';
    return statement.targets.map((name) => [name, on] as const);
  }
  return statement.actions
    .filter((action) => action.kind === 'drop-index')
    .map((action) => [action.name, statement.targets[0] ?? ''] as const);
}

function isReplaced(drop: SqlStatement, name: string, table: string, columns: readonly string[], input: RuleInput): boolean {
  const own = statementsIn(input.after).filter((other) => !isDownMigration(other, input.path, input.after));
  if (own.some((other) => other.verb === 'drop-table' && table !== '' && sameTable(other, table))) return true;
  return own.some((other) =>
    other.actions.some((action) => {
      if (action.kind === 'drop-column' && sameTable(other, table) && columns.includes(action.name)) return true;
      if (action.kind !== 'add-index' && action.kind !== 'add-constraint') return false;
      // An index of that very name above the drop is the one that is dropped.
      if (action.name === name) return isBefore(drop, other) || other === drop || (isBefore(other, drop) && other.verb === 'create-index');
      if (table !== '' && !sameTable(other, table)) return false;
      return columns.length === 0 ? action.kind === 'add-index' : isPrefix(columns, action.columns ?? []);
    }),
  );
}
