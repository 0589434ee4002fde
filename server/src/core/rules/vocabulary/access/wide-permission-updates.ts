import type { SourceFacts, SqlStatement } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { rangeOfLine } from '../code/code-text.ts';
import { isDownMigration, isTemporaryTable } from '../schema/sql-context.ts';

/** A statement that gives a right to every row it meets. */
export interface WideGrant {
  readonly range: Range;
  /** The column that is the right: `modify_all_data`. */
  readonly right: string;
  readonly table: string;
}

/** Columns that are the right to everything of a kind, or what makes somebody rule over the others. */
const POWER =
  /^(?:is_?)?(?:super_?)?(?:admin|administrator|superuser|staff|root)$|^(?:can_)?(?:view|read|modify|edit|write|update|delete|manage|export|access)_(?:all|any|every)(?:_\w+)?$|^(?:can_)?(?:manage|impersonate|administer)_\w+$|^(?:full|all|unrestricted|global)_?access$|^(?:is_)?privileged$/;

/** A role or a level in a column of its own. */
const ROLE = /^(?:role|user_?role|access_?level|permission_?level|permissions?)$/;
const RULES = /^'(?:super_?)?(?:admin|administrator|owner|root|superuser|all|full|\*)'$/;

/**
 * An UPDATE that gives a right such as `modify_all_data` or `role = 'admin'` to all rows, by conditions that only
 * join tables or ask whether the right was given already. One without a condition is update-without-where; one that did so before is
 * left out.
 */
export function* wideGrants(input: RuleInput): Generator<WideGrant> {
  const { after, before } = input;
  const { start, lines } = input.hunk.after;
  for (const statement of after?.statements ?? []) {
    const { range, targets } = statement;
    if (statement.verb !== 'update' || range.start.line >= start + lines || range.end.line < start) continue;
    if (isDownMigration(statement, input.path, after) || isTemporaryTable(targets[0] ?? '', after)) continue;
    const given = rightsGiven(statement);
    if (given.length === 0 || !isWide(statement)) continue;
    for (const right of given) {
      const line = lineOf(after, statement, right);
      if (line === undefined || line < start || line >= start + lines || gaveBefore(before, statement, right)) continue;
      yield { range: rangeOfLine(input, 'after', line), right, table: targets[0] ?? '' };
    }
  }
}

/** Rights that the statement sets to a yes, in the order it names them. */
function rightsGiven({ key, sets }: SqlStatement): readonly string[] {
  return sets.filter((column) => {
    const at = key.indexOf(` ${column} = `);
    const value = at < 0 ? '' : (key.slice(at + column.length + 4).split(/ (?:,|from|where)(?: |$)/, 1)[0] ?? '');
    return (POWER.test(column) && /^(?:true|1|'t'|'y'|'yes')$/.test(value)) || (ROLE.test(column) && RULES.test(value));
  });
}

/** Nothing says which rows: each condition joins two columns, or asks whether what is set was set already. */
function isWide({ conditions, sets }: SqlStatement): boolean {
  return (
    conditions.length > 0 &&
    conditions.every(
      (condition) =>
        /^[a-z_][\w.]* = (?!true$|false$|null$)[a-z_][\w.]*$/.test(condition) ||
        /^(?:deleted_at is null|(?:is_)?(?:active|enabled)(?: = true| is true)?)$/.test(condition) ||
        (/ is distinct from | is null$| is not true$| = false$| = 0$|^not | <> | != /.test(condition) &&
          sets.some((column) => condition.split(/\W+/).includes(column))),
    )
  );
}

function lineOf(facts: SourceFacts | undefined, { range }: SqlStatement, column: string): number | undefined {
  return facts?.tokens.find(
    ({ text, line }) => line >= range.start.line && line <= range.end.line && text.replace(/["`[\]]/g, '').toLowerCase() === column,
  )?.line;
}

/** The same table was given the same right, as widely. */
function gaveBefore(before: SourceFacts | undefined, { targets }: SqlStatement, right: string): boolean {
  return (
    before?.statements.some((old) => {
      const given = old.verb === 'update' && old.targets[0] === targets[0] ? rightsGiven(old) : [];
      return given.includes(right) && (old.conditions.length === 0 || isWide(old));
    }) === true
  );
}
