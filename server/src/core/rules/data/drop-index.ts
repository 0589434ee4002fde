import type { Call, SqlStatement } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage, quote } from '../quote.ts';
import { isPrefix } from '../vocabulary/schema/column-types.ts';
import { indexKeys, speaksOfMongo } from '../vocabulary/schema/orm-mongo.ts';
import { indexesOf, indexNamed } from '../vocabulary/schema/schema-lookup.ts';
import { readersOf } from '../vocabulary/schema/schema-readers.ts';
import { statementsIn, statementsOfHunk } from '../vocabulary/schema/schema-statements.ts';
import { isBefore, isDownMigration, isTemporaryTable, lastPart, sameTable } from '../vocabulary/schema/sql-context.ts';

/**
 * ## What it sees
 * An index that is dropped, by DROP INDEX, by ALTER TABLE or by a migration tool, with the columns that it stood on where the
 * tree says so; and an index of a document database that is not declared any more.
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
  reads: ['statements', 'calls', 'settings', 'symbols'],
  evidence: [
    { title: 'GitHub: a migration that changed an index', url: 'https://hackernewsfavorites.com/comments/68175' },
    { title: 'PostgreSQL: examining index usage', url: 'https://www.postgresql.org/docs/current/indexes-examine.html' },
  ],
  *check(input): Iterable<FindingDraft> {
    yield* lostDeclared(input);
    for (const statement of statementsOfHunk(input, 'after')) {
      if (isDownMigration(statement, input.path, input.after)) continue;
      for (const [name, table] of droppedBy(statement)) {
        const index = indexNamed(input, lastPart(name));
        const owner = table || index?.table || '';
        const columns = index?.columns ?? statement.actions.find((action) => action.name === 'on')?.columns ?? [];
        if (isTemporaryTable(owner || name, input.after) || isReplaced(statement, lastPart(name), owner, columns, input)) continue;
        // Whoever takes care not to lock the table knows that the index is there.
        const unknown = index === undefined && statement.flags.includes('if-exists') && !statement.flags.includes('concurrently');
        const covered =
          owner !== '' &&
          columns.length > 0 &&
          indexesOf(input, owner).some((other) => other.name !== lastPart(name) && isPrefix(columns, other.columns ?? []));
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

/** A declared index of Mongoose, which drops at the next start (`syncIndexes`) or is gone from new databases, and none that begins with its fields is left. */
function* lostDeclared(input: RuleInput): Iterable<FindingDraft> {
  const fields = ({ callee, args }: Call): readonly string[] =>
    /(^|\.)(index|createIndex|ensureIndex|create_index|CreateOne)$/.test(callee) && /^[[{(]/.test(args[0] ?? '')
      ? indexKeys(args[0] ?? '').map(([field]) => field)
      : [];
  if (input.after === undefined || input.removed.calls.length === 0 || !speaksOfMongo(input.after)) return;
  for (const lost of input.removed.calls) {
    const own = fields(lost);
    if (own.length === 0) continue;
    const isUnique = (call: Call): boolean => /\bunique\b['"]?\s*[:=]\s*(true|True)/.test(call.args.join());
    const left = [...input.after.calls, ...input.addedElsewhere().calls].some(
      (other) => isPrefix(own, fields(other)) && (!isUnique(lost) || (isUnique(other) && fields(other).length === own.length)),
    );
    if (!left)
      yield {
        side: 'before',
        range: lost.range,
        message: fitMessage(`the ${isUnique(lost) ? 'unique ' : ''}index of ${quote(own.join(', '), 34)} is not declared any more`),
      };
  }
}

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
      if (action.name === name)
        return isBefore(drop, other) || other.key === drop.key || (isBefore(other, drop) && other.verb === 'create-index');
      if (table !== '' && !sameTable(other, table)) return false;
      // Nothing says where the old one stands but its name.
      if (table === '' && columns.length === 0 && !speaksOf(name, other.targets[0] ?? '')) return false;
      return columns.length === 0 ? action.kind === 'add-index' : isPrefix(columns, action.columns ?? []);
    }),
  );
}

/** `ix_berths_depth` and `berths`, in any number. */
function speaksOf(index: string, table: string): boolean {
  const stem = lastPart(table).replace(/(ies|es|s|y)$/, '');
  return stem !== '' && index.includes(stem);
}
