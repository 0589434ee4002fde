import type { SqlStatement } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { Range, Side } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { isHolder } from '../access/holders.ts';
import { shorten } from '../code/call-names.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { laterLineOf } from '../schema/condition-lines.ts';
import { isAskedOfChosenRows } from '../schema/filled-tables.ts';
import { remadeViews } from '../schema/remade-views.ts';
import { arrivedWithout, lostConditions } from '../schema/sql-conditions.ts';
import { isAskedByFragment } from './asked-fragments.ts';
import { isAskedAfterwards } from './tenant-queries.ts';

/** SQL text: the same statement of the same table without the condition. */
export function* lostSqlConditions(input: RuleInput): Iterable<FindingDraft> {
  const columns = (conditions: readonly string[]): readonly string[] =>
    conditions.flatMap((condition) => {
      // What holds for everybody as well keeps nobody out: `org_id = :org or :org is null`.
      if (/ or .*\b(?:null|true|1 = 1)\b/.test(condition)) return [];
      const [, name, value = ''] = /^"?([a-z_][\w.]*)"?\s*(?:=|in\b)\s*(?:any \( )?[:@$%]?\(?'?"?([a-z_][\w.]*)?/.exec(condition) ?? [];
      if (name === undefined) return [];
      // A query over objects has the names of fields, in lower case: `coopid`.
      if (isHolder(name) || isHolder(name.replace(/(?<=[a-z]{3})(id|key|uuid)$/, '_$1'))) return [name.split('.').at(-1) ?? name];
      // A named parameter stands as `p` and its name: `herd.farm.key = :farm`.
      const given = value.startsWith('p') && !isHolder(value) ? value.slice(1) : value;
      return given !== '' && isHolder(given) && !isHolder(name) && !/^id$/.test(name) ? [given] : [];
    });
  const drawn = (side: Side, old: SqlStatement, range: Range, column: string): FindingDraft => ({
    side,
    range,
    message: fitMessage(`${old.verb} of \`${shorten(old.targets[0] ?? '', 24)}\` no longer asks for \`${shorten(column, 22)}\``),
  });
  const asksFor =
    (column: string) =>
    ({ conditions }: SqlStatement): boolean =>
      columns(conditions).includes(column);
  for (const old of input.removed.statements) {
    const [column] = columns(old.conditions);
    const scope = counterpartScope(input, old.scope);
    if (
      column === undefined ||
      scope === undefined ||
      isAskedAfterwards(input, old.scope) ||
      isAskedByView(input, old, scope, asksFor(column)) ||
      isAskedByFragment(input, statementsLike(input, old, scope), column) ||
      isAskedOfChosen(input, old, scope, old.conditions.find((condition) => columns([condition])[0] === column) ?? '')
    )
      continue;
    const now = input.added.statements.find(
      (other) =>
        other.verb === old.verb &&
        within(other.scope, scope) &&
        other.targets.some((target) => old.targets.includes(target)) &&
        columns(other.conditions).length < columns(old.conditions).length,
    );
    const [lost] = lostConditions(input).flatMap((other) => (other.before === old ? columns([other.condition]) : []));
    const later = laterLineOf(input, old, lost ?? column);
    if (now !== undefined || lost !== undefined) yield drawn('before', old, later ?? old.range, lost ?? column);
  }
  for (const { statement, lost } of remadeViews(input)) {
    const [column] = columns([lost.condition]);
    const isTold = input.removed.statements.some(
      (old) => lostConditions(input).some(({ before }) => before === old) || old.verb === statement.verb,
    );
    if (column !== undefined && !isTold) yield drawn('after', statement, statement.range, column);
  }
  for (const { before: old, after: now, condition } of arrivedWithout(input)) {
    const [column] = columns([condition]);
    if (column !== undefined && !isAskedAfterwards(input, old.scope)) yield drawn('after', old, now.range, column);
  }
}

/** The same rows are found by the key of others, which this file has chosen with that condition. */
function isAskedOfChosen(input: RuleInput, old: SqlStatement, scope: string, condition: string): boolean {
  const now = input.after?.statements.filter(
    (other) => other.verb === old.verb && within(other.scope, scope) && other.targets[0] === old.targets[0],
  );
  return now !== undefined && now.length > 0 && now.every((other) => isAskedOfChosenRows(input, other, condition));
}

function statementsLike({ after }: RuleInput, old: SqlStatement, scope: string): readonly SqlStatement[] {
  return (
    after?.statements.filter((other) => other.verb === old.verb && within(other.scope, scope) && other.targets[0] === old.targets[0]) ?? []
  );
}

/** What the statement reads from now is a view, of this file or another one of the change, that asks for the holder itself. */
function isAskedByView(input: RuleInput, old: SqlStatement, scope: string, asks: (view: SqlStatement) => boolean): boolean {
  const all = [...(input.after?.statements ?? []), ...input.addedElsewhere().statements];
  const views = new Set(
    all
      .filter((view) => /^create-(?:view|materialized-view|or-replace-view)$/.test(view.verb) && asks(view))
      .flatMap(({ targets }) => targets.slice(0, 1)),
  );
  const now = input.after?.statements.filter(
    (other) => other.verb === old.verb && within(other.scope, scope) && (old.verb === 'select' || other.targets[0] === old.targets[0]),
  );
  const last = (name: string): string => name.slice(name.lastIndexOf('.') + 1);
  return (
    now !== undefined &&
    now.length > 0 &&
    now.every((other) => [...views].some((view) => view !== other.targets[0] && other.names.some((name) => last(name) === last(view))))
  );
}
