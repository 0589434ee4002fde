import type { SqlAction } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { escaped } from '../code/literal-patterns.ts';
import { clausesOf, type SchemaChange } from './schema-changes.ts';
import { statementsIn } from './schema-statements.ts';
import { sameTable } from './sql-context.ts';

/** True where what a dropped constraint said is said again, or went with its column or its table. */
export function isReplaced({ action, table, statement }: SchemaChange, input: RuleInput): boolean {
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
  return isGone || isAdded || asIndex || isStricterElsewhere(input, action, table);
}

/** Another file of the change makes a unique index of an expression of the one column that the constraint was named for: `lower(email)`. */
function isStricterElsewhere(input: RuleInput, { name, columns = [] }: SqlAction, table: string): boolean {
  const [, own = columns.length === 1 ? columns[0] : undefined] =
    new RegExp(`^${escaped(table)}_(\\w+?)_(?:key|unique|uniq|uq)$`).exec(name) ?? [];
  return (
    own !== undefined &&
    input
      .addedElsewhere()
      .statements.some(
        (other) =>
          other.verb === 'create-index' &&
          sameTable(other, table) &&
          other.actions.some(({ marks, columns: on = [] }) => marks.includes('unique') && on.every((column) => column === own)) &&
          other.names.includes(own) &&
          !other.names.includes('where'),
      )
  );
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

/** What a constraint is by the usual words in its name; undefined where it does not say. */
export function guessKind(name: string): SqlAction['constraint'] | undefined {
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
