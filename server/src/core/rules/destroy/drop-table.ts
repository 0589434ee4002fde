import type { SqlStatement } from '../../model/facts.ts';
import type { Severity } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage, quote } from '../quote.ts';
import { freedWork } from '../vocabulary/guards/freed-work.ts';
import { fedStatements } from '../vocabulary/schema/fed-statements.ts';
import { isTableBefore } from '../vocabulary/schema/schema-lookup.ts';
import { statementsElsewhere, statementsOfHunk } from '../vocabulary/schema/schema-statements.ts';
import {
  isBefore,
  isDownMigration,
  isKnownBefore,
  isMadeAbove,
  isMadeBelow,
  isRebuilt,
  isSurelyMadeAbove,
  isTemporaryTable,
  sameTable,
  statementsOf,
} from '../vocabulary/schema/sql-context.ts';

/**
 * ## What it sees
 * DROP TABLE, DROP DATABASE, DROP SCHEMA and DROP OWNED of something that was there before the change, and the same by a migration
 * tool: Django's `DeleteModel`, Alembic's `drop_table`, `dropTable` of TypeORM, knex, Kysely and Sequelize. Also a name that joins the
 * list of tables
 * which a loop drops, and a drop that stays while the condition before it is gone.
 *
 * ## Why it matters
 * The rows go with the table, and with CASCADE so does what refers to it. Migrations run by themselves on the next release.
 *
 * ## When it is fine
 * Temporary tables, tables that the same file is sure to have made, a table that is copied to a new one which takes its name, the down half
 * of a migration, and `DROP TABLE IF EXISTS` ahead of a CREATE of a table that nothing knew before.
 *
 * ## What it misses
 * A statement that is put together within SQL (`EXECUTE 'DROP TABLE ' || name`), and a drop that was there before and now runs
 * where it did not.
 */
export default defineRule({
  id: 'destroy/drop-table',
  version: '1.0.0',
  severity: 'critical',
  confidence: 'high',
  title: 'Drops a table, a schema or a database',
  reads: ['statements', 'calls', 'tokens', 'settings'],
  evidence: [
    { title: 'Squawk: ban-drop-table', url: 'https://squawkhq.com/docs/ban-drop-table' },
    { title: 'Replit agent deleted a production database', url: 'https://vibegraveyard.ai/story/saastr-replit-agent-db-wipe' },
  ],
  *check(input) {
    for (const statement of statementsOfHunk(input, 'after')) {
      const what = KINDS[statement.verb];
      if (what === undefined) continue;
      const severity = strongest(statement.targets.map((target) => judge(target, statement, input)));
      if (severity === undefined) continue;
      const names = statement.targets.join(', ');
      const cascade = statement.flags.includes('cascade') ? ' and all that depends on it' : '';
      yield {
        side: statement.side,
        range: statement.range,
        severity,
        message: fitMessage(`drops the ${what} ${quote(names)}${cascade}`),
        ...(what === 'table' ? { things: statement.targets.map((name) => ({ kind: 'table' as const, name })) } : {}),
      };
    }
    for (const { element, range } of fedStatements(input, /^drop-table$/))
      yield { side: 'after', range, message: fitMessage(`the tables that are dropped now hold ${quote(element)}`) };
    for (const { side, range, test, statements } of freedWork(input))
      if (statements.some(({ verb }) => verb in KINDS))
        yield { side, range, message: fitMessage(`the drop no longer asks for ${quote(test, 36)}`) };
  },
});

const KINDS: Readonly<Record<string, string>> = {
  'drop-table': 'table',
  'drop-database': 'database',
  'drop-schema': 'schema',
  'drop-tablespace': 'tablespace',
  'drop-keyspace': 'keyspace',
  'drop-owned': 'objects of',
};

function judge(target: string, statement: SqlStatement, input: RuleInput): Severity | undefined {
  if (statement.verb !== 'drop-table') return isPassing(target, statement, input) ? 'low' : 'critical';
  const { after, trees, path } = input;
  if (statement.flags.includes('temporary') || isTemporaryTable(target, after)) return undefined;
  const isDown = isDownMigration(statement, path, after);
  // The way down of a migration takes back what its way up made, even where that asked whether it was there.
  const isMade = isDown ? isMadeAbove(target, statement, after) : isSurelyMadeAbove(target, statement, after);
  if (isMade && !isMadeElsewhere(target, statement, input)) return undefined;
  if (isRebuilt(target, statement, after) || isRenamedElsewhere(target, input)) return 'low';
  const known = isKnownBefore(target, trees.before, path);
  if (isDown) return isMadeBelow(target, statement, after) || !isTableBefore(input, target) ? undefined : 'medium';
  if (!known && statement.flags.includes('if-exists') && isMadeBelow(target, statement, after)) return undefined;
  return 'critical';
}

/** What makes it stands in another function, which runs behind the drop, and the file knew the table before. */
function isMadeElsewhere(target: string, statement: SqlStatement, { before, after }: RuleInput): boolean {
  const makers = statementsOf(after, 'create-table').filter((other) => sameTable(other, target) && isBefore(other, statement));
  return (
    makers.every(({ scope }) => scope !== '' && scope.split('.')[0] !== statement.scope.split('.')[0]) &&
    statementsOf(before, 'alter-table').some((other) => sameTable(other, target))
  );
}

/** A declared model that is gone from its schema, while a migration of the same change gives its table another name. */
function isRenamedElsewhere(target: string, input: RuleInput): boolean {
  if (!input.path.endsWith('.prisma')) return false;
  return statementsElsewhere(input).some(
    (other) => sameTable(other, target) && other.actions.some((action) => action.kind === 'rename-to'),
  );
}

/** A schema or a database that the same file has made, one whose name says test, and the way down. */
function isPassing(target: string, statement: SqlStatement, { after, path }: RuleInput): boolean {
  const isMade = statementsOf(after, statement.verb.replace('drop', 'create')).some(
    (other) => other.targets.includes(target) && isBefore(other, statement),
  );
  return isMade || isDownMigration(statement, path, after) || /(^|_)(tests?|testing|e2e|ci|tmp|temp|scratch|sandbox|dev)(_|$)/.test(target);
}

function strongest(severities: readonly (Severity | undefined)[]): Severity | undefined {
  return (['critical', 'medium', 'low'] as const).find((severity) => severities.includes(severity));
}
