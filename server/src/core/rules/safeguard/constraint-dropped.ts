import type { SqlAction } from '../../model/facts.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage, quote } from '../quote.ts';
import { clausesOf, type SchemaChange, schemaChanges } from '../schema-changes.ts';
import { statementsIn } from '../schema-statements.ts';
import { sameTable } from '../sql-context.ts';

/**
 * ## What it sees
 * A rule of the database that goes: DROP CONSTRAINT, a CHECK, a UNIQUE, a foreign key, a primary key or a NOT NULL that is
 * dropped or switched off, in SQL or by a migration tool, and one that is taken out of a declared table.
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
 * A constraint that is made weaker under the same name in one step.
 */
export default defineRule({
  id: 'safeguard/constraint-dropped',
  version: '1.0.0',
  severity: 'medium',
  confidence: 'high',
  title: 'A rule of the database is gone',
  reads: ['statements', 'calls'],
  evidence: [
    { title: 'Squawk: ban-drop-not-null', url: 'https://squawkhq.com/docs/ban-drop-not-null' },
    { title: 'PostgreSQL: constraints', url: 'https://www.postgresql.org/docs/current/ddl-constraints.html' },
  ],
  *check(input) {
    for (const change of schemaChanges(input, /^(drop-constraint|drop-not-null|disable-constraint)$/)) {
      if (isReplaced(change, input)) continue;
      // A declared field that may be left out is how most fields begin.
      const note = input.path.endsWith('.prisma') && change.action.kind === 'drop-not-null' ? { severity: 'low' as const } : {};
      yield { side: change.statement.side, range: change.statement.range, ...note, message: fitMessage(describe(change)) };
    }
  },
});

function describe({ action, table }: SchemaChange): string {
  if (action.kind === 'drop-not-null') return `${quote(`${table}.${action.name}`, 44)} may be null now`;
  if (action.marks.includes('cascade')) return `${quote(table)} goes with the row of ${quote(action.references?.table ?? '')} it points at`;
  if (action.kind === 'disable-constraint') return `switches ${quote(action.name || 'a constraint')} of ${quote(table)} off`;
  const what = action.constraint?.replace('-', ' ') ?? 'constraint';
  return `drops the ${what} ${action.name === '' ? '' : `${quote(action.name)} `}of ${quote(table)}`;
}

function isReplaced({ action, table, statement }: SchemaChange, input: RuleInput): boolean {
  const clauses = clausesOf(input, table);
  if (statementsIn(input.after).some((other) => other.verb === 'drop-table' && sameTable(other, table))) return true;
  if (action.kind === 'disable-constraint') return isSwitchedOn(input, table);
  if (action.kind === 'drop-not-null') return clauses.some((other) => other.kind === 'drop-column' && other.name === action.name);
  const isGone = clauses.some((other) => other.kind === 'drop-column' && mentions(action, other.name));
  const isAdded = clauses.some((other) => isSameKind(action, other, statement.actions));
  const asIndex = statementsIn(input.after).some(
    (other) =>
      other.verb === 'create-index' &&
      sameTable(other, table) &&
      other.actions.some((index) => index.marks.includes('unique')) &&
      isUnique(action),
  );
  return isGone || isAdded || asIndex;
}

/** The constraint is added again: by its name, or one of its kind in the same breath. */
function isSameKind(dropped: SqlAction, other: SqlAction, together: readonly SqlAction[]): boolean {
  if (other.kind !== 'add-constraint') return false;
  if (dropped.name !== '' && other.name !== '' && (other.name === dropped.name || isRenewed(dropped.name, other.name))) return true;
  if (dropped.constraint !== undefined) return dropped.constraint === other.constraint;
  return together.includes(other) || guessKind(dropped.name) === other.constraint;
}

/** `total_check` and `total_check_v2`, `fk_orders_account` and `fk_orders_account_new`. */
function isRenewed(old: string, fresh: string): boolean {
  return fresh.startsWith(old) || old.startsWith(fresh);
}

function guessKind(name: string): SqlAction['constraint'] | undefined {
  if (/(^|_)fk(ey)?(_|$)/.test(name)) return 'foreign-key';
  if (/(^|_)(uq|uniq|unique|key)(_|$)/.test(name)) return 'unique';
  if (/(^|_)(ck|chk|check)(_|$)/.test(name)) return 'check';
  return /(^|_)pk(ey)?(_|$)/.test(name) ? 'primary-key' : undefined;
}

function isUnique(action: SqlAction): boolean {
  return (action.constraint ?? guessKind(action.name)) === 'unique';
}

function mentions(action: SqlAction, column: string): boolean {
  return action.columns?.includes(column) === true || action.name.split('_').join('_').includes(column);
}

function isSwitchedOn(input: RuleInput, table: string): boolean {
  return clausesOf(input, table).some((other) => other.kind === 'other' && /^enable/.test(other.name));
}
