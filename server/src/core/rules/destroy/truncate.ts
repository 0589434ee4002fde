import { defineRule } from '../define.ts';
import { fitMessage, quote } from '../quote.ts';
import { freedWork } from '../vocabulary/guards/freed-work.ts';
import { fedStatements } from '../vocabulary/schema/fed-statements.ts';
import { replacedLoads } from '../vocabulary/schema/replaced-loads.ts';
import { statementsOfHunk } from '../vocabulary/schema/schema-statements.ts';
import { isDownMigration, isSurelyMadeAbove, isTemporaryTable } from '../vocabulary/schema/sql-context.ts';

/**
 * ## What it sees
 * TRUNCATE of a table that was there before the change, a name that joins the list of tables which a loop truncates, and a
 * TRUNCATE that stays while the condition before it is gone. Also a load of a warehouse that added to its table and replaces what it
 * holds now (`WRITE_TRUNCATE`, `mode("overwrite")`, `if_exists="replace"`, INSERT OVERWRITE).
 *
 * ## Why it matters
 * It empties the table at once, fires no row triggers, and with CASCADE empties every table that refers to it. A test suite
 * that met the production address truncated a production database.
 *
 * ## When it is fine
 * Temporary and staging tables, and tables that the same file made.
 *
 * ## What it misses
 * A statement whose own words are put together at run time.
 */
export default defineRule({
  id: 'destroy/truncate',
  version: '1.0.0',
  severity: 'critical',
  confidence: 'high',
  title: 'Empties a table at once',
  reads: ['statements', 'calls', 'options', 'settings', 'tokens'],
  evidence: [
    { title: 'Squawk: ban-truncate-cascade', url: 'https://squawkhq.com/docs/ban-truncate-cascade' },
    { title: 'Travis CI tests truncated production', url: 'https://www.traviscistatus.com/incidents/z2b3lz2kwcfp' },
  ],
  *check(input) {
    const { after, path } = input;
    for (const statement of statementsOfHunk(input, 'after')) {
      if (statement.verb !== 'truncate') continue;
      const targets = statement.targets.filter(
        (target) => !isTemporaryTable(target, after) && !isSurelyMadeAbove(target, statement, after),
      );
      if (targets.length === 0) continue;
      const cascade = statement.flags.includes('cascade') ? ' and every table that refers to it' : '';
      const down = isDownMigration(statement, path, after) ? { severity: 'low' as const } : {};
      yield {
        side: statement.side,
        range: statement.range,
        ...down,
        message: fitMessage(`TRUNCATE empties ${quote(targets.join(', '))}${cascade}`),
      };
    }
    for (const { element, range } of fedStatements(input, /^(truncate|delete)$/))
      yield { side: 'after', range, message: fitMessage(`the tables that are emptied now hold ${quote(element)}`) };
    for (const { range, by } of replacedLoads(input))
      yield { side: 'after', range, severity: 'high', message: fitMessage(`${quote(by, 40)} replaces what the load only added to`) };
    for (const { side, range, test, statements } of freedWork(input))
      if (statements.some(({ verb }) => verb === 'truncate'))
        yield { side, range, message: fitMessage(`TRUNCATE no longer asks for ${quote(test, 36)}`) };
  },
});
