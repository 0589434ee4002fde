import type { SqlStatement } from '../../model/facts.ts';
import { defineRule } from '../define.ts';
import { fitMessage, quote } from '../quote.ts';
import { isMadeAbove, isTemporaryTable, lastPart } from '../sql-context.ts';

/**
 * What it sees
 * An UPDATE without a WHERE, or with one that is always true, in a script, in a string of a program, or in a WITH.
 *
 * Why it matters
 * Every row is overwritten and the old values are gone; on a large table the rows stay locked until the statement ends.
 *
 * When it is fine
 * Temporary and staging tables, tables that the same file made, a column that the same file has just added, and tables that
 * hold one row by their name (`settings`, `config`).
 *
 * What it misses
 * A WHERE that is true of every row without saying so.
 */
export default defineRule({
  id: 'data/update-without-where',
  version: '1.0.0',
  severity: 'critical',
  confidence: 'high',
  title: 'Updates every row of a table',
  reads: ['statements'],
  evidence: [{ title: 'strong_migrations: backfilling data', url: 'https://github.com/ankane/strong_migrations#backfilling-data' }],
  *check({ added, after }) {
    for (const statement of added.statements) {
      if (statement.verb !== 'update' || (statement.where !== 'none' && statement.where !== 'trivial')) continue;
      const target = statement.targets[0] ?? '';
      if (isTemporaryTable(target, after) || isMadeAbove(target, statement, after)) continue;
      const small = SINGLE_ROW.test(lastPart(target));
      const fresh =
        after?.statements.some((other) => other.targets[0] === target && other.actions.some((action) => isSet(action, statement))) ?? false;
      const how = statement.where === 'none' ? 'has no WHERE' : 'has a WHERE that is always true';
      const severity = small ? ('low' as const) : fresh ? ('medium' as const) : ('critical' as const);
      yield {
        side: 'after',
        range: statement.range,
        severity,
        message: fitMessage(`UPDATE of ${quote(target)} ${how}: every row is overwritten`),
      };
    }
  },
});

const SINGLE_ROW =
  /^(settings?|config(uration)?s?|app_settings|site_settings|global_settings|schema_version|singleton|meta(data)?|counters?|sequence)$/;

/** A backfill of a column that the same file adds overwrites nothing; it still locks every row. */
function isSet(action: string, update: SqlStatement): boolean {
  const column = /^add-column (\S+)$/.exec(action)?.[1];
  return column !== undefined && update.sets.includes(column);
}
