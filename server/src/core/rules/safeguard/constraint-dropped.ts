import { defineRule } from '../define.ts';
import { fitMessage, quote } from '../quote.ts';
import { isAmount } from '../vocabulary/money/amounts.ts';
import { placeOfClause } from '../vocabulary/schema/clause-lines.ts';
import { deleteCascades } from '../vocabulary/schema/delete-cascades.ts';
import { isReplaced } from '../vocabulary/schema/dropped-constraints.ts';
import { droppedTriggers } from '../vocabulary/schema/dropped-triggers.ts';
import { rulesLostInRebuild } from '../vocabulary/schema/rebuilt-tables.ts';
import { type SchemaChange, schemaChanges } from '../vocabulary/schema/schema-changes.ts';
import { lostDocumentKeys, uncheckedSessions } from '../vocabulary/schema/unchecked-sessions.ts';
import { plainIndexes } from '../vocabulary/schema/unique-indexes.ts';

/**
 * ## What it sees
 * A rule of the database that goes: DROP CONSTRAINT, a CHECK, a UNIQUE, a foreign key, a primary key or a NOT NULL that is
 * dropped or switched off, in SQL or by a migration tool, and one that is taken out of a declared table. A unique index that is made
 * again as a plain one, and what a table loses that is made anew and takes the old one's name. A foreign key that refused the
 * delete of a row that others point at and deletes them along now, in SQL or in a model (`onDelete`, `on_delete`, `dependent`).
 *
 * ## Why it matters
 * It was the last thing that said no to a negative total, a second charge or a row without its owner, whichever program wrote
 * it. Rows that break it can not be told from the others later.
 *
 * ## When it is fine
 * The same file adds a constraint of that name, or one of that kind to the same table; the column or the table goes with it.
 * These are not flagged.
 *
 * ## What it misses
 * A check that is made weaker under the same name in one step, and a cascade of the program alone (`cascade = ALL`).
 */
export default defineRule({
  id: 'safeguard/constraint-dropped',
  version: '1.0.0',
  severity: 'medium',
  confidence: 'high',
  title: 'A rule of the database is gone',
  reads: ['statements', 'calls', 'settings', 'options', 'symbols'],
  evidence: [
    { title: 'Squawk: ban-drop-not-null', url: 'https://squawkhq.com/docs/ban-drop-not-null' },
    { title: 'PostgreSQL: constraints', url: 'https://www.postgresql.org/docs/current/ddl-constraints.html' },
  ],
  *check(input) {
    for (const change of schemaChanges(input, /^(drop-constraint|drop-not-null|disable-constraint)$/)) {
      if (isReplaced(change, input)) continue;
      // A declared field that may be left out is how most fields begin.
      const note = input.path.endsWith('.prisma') && change.action.kind === 'drop-not-null' ? { severity: 'low' as const } : {};
      yield { ...placeOfClause(input, change), ...note, message: fitMessage(describe(change)) };
    }
    for (const { side, range, name, table } of plainIndexes(input))
      yield { side, range, message: fitMessage(`the unique index ${quote(name)} of ${quote(table)} is made again as a plain one`) };
    for (const { range, table, kind, column } of rulesLostInRebuild(input))
      yield {
        side: 'after',
        range,
        ...(kind === 'check' && isAmount(column) ? { severity: 'high' as const } : {}),
        message: fitMessage(`the new ${quote(table)} lost the ${kind} of ${quote(column)}`),
      };
    yield* droppedTriggers(input);
    for (const { side, range, message } of [...uncheckedSessions(input), ...lostDocumentKeys(input)])
      yield { side, range, message: fitMessage(message) };
    for (const { range, severity, message } of deleteCascades(input))
      yield { side: 'after', range, severity, message: fitMessage(message) };
  },
});

function describe({ action, table }: SchemaChange): string {
  if (action.kind === 'drop-not-null') return `${quote(`${table}.${action.name}`, 44)} may be null now`;
  if (action.marks.includes('cascade')) return `${quote(table)} goes with the row of ${quote(action.references?.table ?? '')} it points at`;
  if (action.kind === 'disable-constraint') return `switches ${quote(action.name || 'a constraint')} of ${quote(table)} off`;
  const what = action.constraint?.replace('-', ' ') ?? 'constraint';
  const [column, ...others] = action.columns ?? [];
  // A rule that a column carries has no name of its own.
  if (column !== undefined && others.length === 0 && (action.name === '' || action.name === column))
    return `drops the ${what === 'unique' ? 'uniqueness' : what} of ${quote(`${table}.${column}`, 44)}`;
  return `drops the ${what} ${action.name === '' ? '' : `${quote(action.name)} `}of ${quote(table)}`;
}
