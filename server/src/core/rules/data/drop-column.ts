import type { SqlStatement } from '../../model/facts.ts';
import type { RelatedLocation } from '../../model/finding.ts';
import type { RepoPath, Tree } from '../../model/tree.ts';
import { defineRule } from '../define.ts';
import { fitMessage, quote } from '../quote.ts';
import { isDownMigration, isMadeAbove, isTemporaryTable, SCHEMA_READERS } from '../sql-context.ts';

/**
 * What it sees
 * ALTER TABLE … DROP COLUMN, and how many files of the tree still name the column.
 *
 * Why it matters
 * The values are gone, and code that is still running reads the column: two outages of August 2025 at GitHub came from
 * columns that the object mapper still selected.
 *
 * When it is fine
 * Columns of tables or columns that the same file made, temporary tables, and the down half of a migration.
 *
 * What it misses
 * Readers in other repositories, and names that a mapper derives (`legacyRef` for `legacy_ref` is tried, nothing cleverer).
 */
export default defineRule({
  id: 'data/drop-column',
  version: '1.0.0',
  severity: 'high',
  confidence: 'high',
  title: 'Drops a column',
  reads: ['statements'],
  evidence: [
    {
      title: 'GitHub availability report, August 2025',
      url: 'https://github.blog/news-insights/company-news/github-availability-report-august-2025/',
    },
    { title: 'Squawk: ban-drop-column', url: 'https://squawkhq.com/docs/ban-drop-column' },
  ],
  *check({ added, after, trees, path }) {
    for (const statement of added.statements) {
      const table = statement.targets[0] ?? '';
      if (
        statement.verb !== 'alter-table' ||
        isDownMigration(statement, path) ||
        isTemporaryTable(table, after) ||
        isMadeAbove(table, statement, after)
      )
        continue;
      const columns = droppedColumns(statement).filter((column) => !isAddedIn(after?.statements ?? [], table, column));
      if (columns.length === 0) continue;
      const readers = readersOf(columns, trees.after, path);
      const still = readers.length === 0 ? '' : `, still named in ${readers.length} file${readers.length === 1 ? '' : 's'}`;
      const names = columns.map((column) => `${table}.${column}`).join(', ');
      const severity = readers.length > 0 ? { severity: 'critical' as const } : {};
      yield {
        side: 'after',
        range: statement.range,
        ...severity,
        related: readers.slice(0, 10),
        message: fitMessage(`drops the column ${quote(names, 36)}${still}`),
      };
    }
  },
});

function droppedColumns(statement: SqlStatement): readonly string[] {
  return statement.actions.flatMap((action) => /^drop-column (\S+)$/.exec(action)?.[1] ?? []);
}

function isAddedIn(statements: readonly SqlStatement[], table: string, column: string): boolean {
  return statements.some((other) => other.targets[0] === table && other.scope !== 'down' && other.actions.includes(`add-column ${column}`));
}

/** Code that names a column; migrations are history and read nothing. */
function readersOf(columns: readonly string[], tree: Tree, path: RepoPath): readonly RelatedLocation[] {
  const readers = new Map<RepoPath, RelatedLocation>();
  for (const column of columns) {
    // A short or common word would be found anywhere.
    if (
      column.length < 4 ||
      /^(name|type|status|state|value|title|email|data|date|code|count|label|notes?|description|content|body|user|key)$/.test(column)
    )
      continue;
    for (const word of new Set([column, camelCase(column)])) {
      for (const file of tree.mentioning(word, SCHEMA_READERS)) {
        if (file === path || /(^|\/)(migrations?|migrate|alembic|versions|flyway)\//i.test(file) || readers.has(file)) continue;
        readers.set(file, { path: file, line: lineOf(tree, file, word), message: `names \`${word}\`` });
      }
    }
  }
  return [...readers.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

function camelCase(name: string): string {
  return name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}

function lineOf(tree: Tree, path: RepoPath, word: string): number {
  const content = tree.read(path);
  if (content?.kind !== 'text') return 1;
  return content.text.slice(0, Math.max(0, content.text.indexOf(word))).split('\n').length;
}
