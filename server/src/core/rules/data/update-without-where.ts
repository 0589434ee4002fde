import type { Call, SourceFacts, SqlStatement } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage, quote } from '../quote.ts';
import { shorten } from '../vocabulary/code/call-names.ts';
import { cameAlong } from '../vocabulary/code/scope-changes.ts';
import { droppedFilters } from '../vocabulary/queries/dropped-filters.ts';
import { callsOfEmptied, emptiedCalls, withOwnCriteria } from '../vocabulary/queries/own-criteria.ts';
import { meetsEveryRow } from '../vocabulary/schema/every-row.ts';
import { type WholeUpdate, wholeUpdate } from '../vocabulary/schema/orm-updates.ts';
import { statementsOfHunk } from '../vocabulary/schema/schema-statements.ts';
import { isDownMigration, isSurelyMadeAbove, isTemporaryTable, lastPart, statementsOf } from '../vocabulary/schema/sql-context.ts';

/**
 * ## What it sees
 * An UPDATE without a WHERE, or with one that is always true, in a script, in a string of a program, in a WITH, or by
 * Sequelize's `bulkUpdate`; and the call of an object mapper that writes to every row: `objects.update(…)`,
 * `updateMany({ data })`, `update(users).set(…)` without a filter; also where the empty filter stands in a variable,
 * or goes to a function of the project that had one before.
 *
 * ## Why it matters
 * Every row is overwritten and the old values are gone; on a large table the rows stay locked until the statement ends.
 *
 * ## When it is fine
 * Temporary and staging tables, tables that the same file made, and a column that the same file has just added. Tables that
 * hold one row by their name (`settings`, `config`) are a note.
 *
 * ## What it misses
 * A WHERE that is true of every row by what the rows hold, and a filter that a variable brings.
 */
export default defineRule({
  id: 'data/update-without-where',
  version: '1.0.0',
  severity: 'critical',
  confidence: 'high',
  title: 'Updates every row of a table',
  reads: ['statements', 'calls', 'settings', 'options'],
  evidence: [{ title: 'strong_migrations: backfilling data', url: 'https://github.com/ankane/strong_migrations#backfilling-data' }],
  *check(input) {
    const { after, path } = input;
    for (const statement of statementsOfHunk(input, 'after')) {
      if (statement.verb !== 'update' || !meetsEveryRow(statement)) continue;
      const target = statement.targets[0] ?? '';
      if (isTemporaryTable(target, after) || isSurelyMadeAbove(target, statement, after) || isRewritten(statement, input)) continue;
      const small = isDownMigration(statement, path, after) || SINGLE_ROW.test(lastPart(target));
      const fresh = isBackfill(statement, after);
      const how = statement.where === 'none' ? 'has no WHERE' : 'has a WHERE that is always true';
      const severity = small ? ('low' as const) : fresh ? ('medium' as const) : ('critical' as const);
      yield {
        side: statement.side,
        range: statement.range,
        severity,
        message: fitMessage(`UPDATE of ${quote(target)} ${how}: every row is overwritten`),
      };
    }
    for (const call of input.added.calls) {
      const update = wholeUpdate(withOwnCriteria(call, after), after);
      if (update !== undefined && !cameAlong(input, call)) yield judgeCall(call, update, input);
    }
    for (const { call, place } of callsOfEmptied(input)) {
      const update = wholeUpdate(call, after);
      if (update !== undefined) yield { ...judgeCall(call, update, input), range: place.range };
    }
    for (const { call, does, isWhole } of droppedFilters(input.added.calls, after))
      if (does === 'update')
        yield {
          side: 'after',
          range: call.range,
          ...(isWhole ? {} : { severity: 'high' as const }),
          message: fitMessage(`nobody takes what ${quote(call.callee, 24)} gives back: ${isWhole ? 'every row' : 'more'} is overwritten`),
        };
    for (const { call, does } of emptiedCalls(input))
      if (does === 'update' && wholeUpdate(withOwnCriteria(call, after), after) === undefined)
        yield judgeCall(call, { target: '', sets: [] }, input);
  },
});

/** The file had it before, word for word but for what is put into it: that comes from elsewhere now. */
function isRewritten(statement: SqlStatement, { before, after, removed }: RuleInput): boolean {
  // What is put in is a word as long as the expression was.
  const said = ({ key }: SqlStatement): string => key.replace(/\bp+\b/g, 'p');
  const isSame = (other: SqlStatement): boolean => said(other) === said(statement);
  const count = (facts: SourceFacts | undefined): number => facts?.statements.filter(isSame).length ?? 0;
  return removed.statements.some(isSame) && count(after) <= count(before);
}

function judgeCall(call: Call, update: WholeUpdate, { path, after }: RuleInput): FindingDraft {
  const table = update.target
    .slice(update.target.lastIndexOf('.') + 1)
    .replace(/\W+/g, '')
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase();
  const small = isDownMigration(call, path, after) || SINGLE_ROW.test(table);
  const added = new Set(
    statementsOf(after, 'alter-table').flatMap(({ actions }) =>
      actions.flatMap((action) => (action.kind === 'add-column' ? [action.name] : [])),
    ),
  );
  const fresh = update.sets.length > 0 && update.sets.every((column) => added.has(column.toLowerCase()));
  return {
    side: 'after',
    range: call.range,
    severity: small ? 'low' : fresh ? 'medium' : 'critical',
    message: fitMessage(`\`${shorten(call.callee, 32)}\` has no filter: every row is overwritten`),
  };
}

const SINGLE_ROW =
  /^(settings?|config(uration)?s?|app_settings|site_settings|global_settings|schema_version|singleton|meta(data)?|counters?|sequence)$/;

/** A backfill of columns that the same file adds, and of no other, overwrites nothing; it still locks every row. */
function isBackfill(update: SqlStatement, file: SourceFacts | undefined): boolean {
  const added = new Set<string>();
  for (const { targets, actions } of statementsOf(file, 'alter-table')) {
    if (targets[0] !== update.targets[0]) continue;
    for (const action of actions) if (action.kind === 'add-column') added.add(action.name);
  }
  return update.sets.length > 0 && update.sets.every((column) => added.has(column));
}
