import type { SqlAction, SqlStatement } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { clipToHunk } from '../../hunk-range.ts';
import { isPrefix } from './column-types.ts';
import { historyOf } from './schema-lookup.ts';
import { statementsElsewhere, statementsIn, statementsOfHunk } from './schema-statements.ts';
import { isDownMigration, lastPart, sameTable } from './sql-context.ts';

/** An index that was unique and is made again without being so. */
export interface PlainIndex extends Pick<FindingDraft, 'side' | 'range'> {
  readonly name: string;
  readonly table: string;
}

/** `DROP INDEX devices_serial` and `CREATE INDEX devices_serial ON devices (serial)`, where the tree or the way down says that it was unique. */
export function* plainIndexes(input: RuleInput): Iterable<PlainIndex> {
  for (const statement of statementsOfHunk(input, 'after')) {
    if (statement.isModel === true || isDownMigration(statement, input.path, input.after)) continue;
    for (const name of droppedBy(statement)) {
      const old = uniqueBefore(input, name) ?? saidByName(statement, name);
      if (old === undefined) continue;
      const { table, columns } = old;
      const fresh = [...statementsIn(input.after), ...statementsElsewhere(input)]
        .filter((other) => sameTable(other, table) && !isDownMigration(other, input.path, input.after))
        .flatMap(({ actions }) => actions);
      const isPlain = fresh.some((action) => action.kind === 'add-index' && !isUnique(action) && isPrefix(columns, action.columns ?? []));
      // Unique over fewer columns is stricter.
      const isKept = fresh.some((action) => isUnique(action) && action.columns?.every((column) => columns.includes(column)) === true);
      if (isPlain && !isKept) yield { side: statement.side, range: clipToHunk(input, statement.side, statement.range), name, table };
    }
  }
}

function droppedBy({ verb, targets, actions }: SqlStatement): readonly string[] {
  const names = verb === 'drop-index' ? targets : actions.filter(({ kind }) => kind === 'drop-index').map(({ name }) => name);
  return names.map(lastPart);
}

/** What the tree before the change, or the half of this migration that takes it back, says of a unique index. */
function uniqueBefore(input: RuleInput, name: string): { readonly table: string; readonly columns: readonly string[] } | undefined {
  const back = statementsIn(input.after).filter((other) => isDownMigration(other, input.path, input.after));
  // A name in quotes may have been written with capitals: its first word is that of the table.
  const table = name.split('_')[0] ?? '';
  for (const { targets, actions } of [...historyOf(input, table, ''), ...historyOf(input, name, ''), ...back].reverse()) {
    const made = actions.find((action) => action.kind === 'add-index' && action.name === name);
    if (made === undefined) continue;
    return isUnique(made) && made.columns !== undefined && made.columns.length > 0
      ? { table: targets[0] ?? '', columns: made.columns }
      : undefined;
  }
  return undefined;
}

/** `uk_coupons_code` of `ALTER TABLE coupons DROP INDEX uk_coupons_code, ADD INDEX ix_coupons_code (code)`: the columns are those of the index that it makes. */
function saidByName({ targets, actions, verb }: SqlStatement, name: string): ReturnType<typeof uniqueBefore> {
  const stem = /^(?:uk|uq|ux|uniq|unique|uidx)_(\w+)$/.exec(name)?.[1] ?? /^(\w+)_(?:uk|uq|ux|uniq|unique|uidx)$/.exec(name)?.[1];
  if (stem === undefined || verb !== 'alter-table') return undefined;
  const fresh = actions.find(({ kind, name: other }) => kind === 'add-index' && other.includes(stem));
  return fresh?.columns === undefined ? undefined : { table: targets[0] ?? '', columns: fresh.columns };
}

function isUnique({ kind, constraint, marks }: SqlAction): boolean {
  return /^add-(?:index|constraint)$/.test(kind) && (marks.includes('unique') || constraint === 'unique' || constraint === 'primary-key');
}
