import type { SqlAction, SqlStatement } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { isTableBefore } from './schema-lookup.ts';
import { type HunkStatement, statementsElsewhere, statementsIn, statementsOfHunk } from './schema-statements.ts';
import { isBefore, isDownMigration, isMadeAbove, isTemporaryTable, sameTable } from './sql-context.ts';

/** One thing that this hunk does to a table that stood before the change. */
export interface SchemaChange {
  readonly statement: HunkStatement;
  readonly action: SqlAction;
  readonly table: string;
}

/** Clauses of these kinds that the hunk adds and that meet a table that stood before: no new or temporary one, no way down. */
export function schemaChanges(input: RuleInput, kinds: RegExp): readonly SchemaChange[] {
  return statementsOfHunk(input, 'after').flatMap((statement) => {
    const table = statement.targets[0] ?? '';
    if (!/^(alter|create)-(table|index)$|^rename-table$/.test(statement.verb) || statement.verb === 'create-table') return [];
    if (!isStanding(table, statement, input)) return [];
    return statement.actions.filter((action) => kinds.test(action.kind)).map((action) => ({ statement, action, table }));
  });
}

/** True for a table that stood before the change, as far as can be told: unknown counts as standing. */
export function isStanding(table: string, statement: SqlStatement & Partial<Pick<HunkStatement, 'side'>>, input: RuleInput): boolean {
  if (isDownMigration(statement, input.path, input.after) || isTemporaryTable(table, input.after)) return false;
  // What lost lines is a declared table, and stands where it is declared.
  if (statement.side !== 'before' && isMadeAbove(table, statement, input.after) && !isListedBefore(table, input)) return false;
  const isMadeInChange = statementsElsewhere(input).some((other) => other.verb === 'create-table' && sameTable(other, table));
  return !isMadeInChange || isTableBefore(input, table);
}

/** A list of migrations in code, which ran as far as it went: what it made before is a table that stands. */
function isListedBefore(table: string, { before, path }: RuleInput): boolean {
  return (
    /\.(?:go|ts|js|py|rs|java|rb)$/.test(path) &&
    statementsIn(before).some((other) => other.verb === 'create-table' && sameTable(other, table))
  );
}

/** A list of migrations in code made the column before this change, and that has run. */
export function isListedColumn(input: RuleInput, table: string, column: string): boolean {
  return (
    isListedBefore(table, input) &&
    statementsIn(input.before).some(
      (other) => sameTable(other, table) && other.actions.some(({ kind, name }) => kind === 'add-column' && name === column),
    )
  );
}

/** Clauses of the same file about the same table, above or below a statement, its own among them. */
export function clausesOf(
  input: RuleInput,
  table: string,
  where?: { readonly above?: SqlStatement; readonly below?: SqlStatement },
): readonly SqlAction[] {
  return statementsIn(input.after)
    .filter((other) => sameTable(other, table) && !isDownMigration(other, input.path, input.after))
    .filter((other) => where?.above === undefined || isBefore(other, where.above))
    .filter((other) => where?.below === undefined || isBefore(where.below, other))
    .flatMap((other) => other.actions);
}

/** True where the same file adds the column to the table: it holds nothing yet that could be lost. */
export function isFreshColumn(input: RuleInput, table: string, column: string, statement: SqlStatement): boolean {
  if (isListedColumn(input, table, column)) return false;
  return clausesOf(input, table, { above: statement }).some((other) => other.kind === 'add-column' && other.name === column);
}
