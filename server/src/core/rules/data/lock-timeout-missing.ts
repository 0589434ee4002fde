import type { SqlStatement } from '../../model/facts.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage, quote } from '../quote.ts';
import { isStanding } from '../vocabulary/schema/schema-changes.ts';
import { statementsIn, statementsOfHunk } from '../vocabulary/schema/schema-statements.ts';
import { isOtherDialect } from '../vocabulary/schema/sql-dialect.ts';

/**
 * ## What it sees
 * An ALTER TABLE of a standing Postgres table in a migration that sets no `lock_timeout` and no `statement_timeout`: one note a
 * hunk.
 *
 * ## Why it matters
 * The change waits for the longest query on the table, and every query that comes after waits behind it: a millisecond's work
 * stops the site. strong_migrations proposes ten seconds.
 *
 * ## When it is fine
 * The timeout is set for the role, the connection or the migration tool. Where any file of the tree names it, nothing is said.
 *
 * ## What it misses
 * A timeout that is set, and is too long.
 */
export default defineRule({
  id: 'data/lock-timeout-missing',
  version: '1.0.0',
  severity: 'low',
  confidence: 'medium',
  title: 'Waits for a lock without an end',
  reads: ['statements'],
  evidence: [
    { title: 'Squawk: require-lock-timeout', url: 'https://squawkhq.com/docs/require-timeout-settings' },
    {
      title: 'GoCardless: zero-downtime Postgres migrations, the hard parts',
      url: 'https://gocardless.com/blog/zero-downtime-postgres-migrations-the-hard-parts/',
    },
  ],
  *check(input) {
    if (!input.path.endsWith('.sql') || !/(^|\/)(migrations?|migrate|flyway|versions|sql|db)\//i.test(input.path)) return;
    const first = statementsOfHunk(input, 'after').find((statement) => takesLock(statement, input));
    if (first === undefined || isOtherDialect(input) || hasTimeout(input)) return;
    const table = quote(first.targets[0] ?? '');
    yield { side: first.side, range: first.range, message: fitMessage(`waits for ${table} without a lock_timeout`) };
  },
});

function takesLock(statement: SqlStatement, input: RuleInput): boolean {
  return statement.verb === 'alter-table' && isStanding(statement.targets[0] ?? '', statement, input);
}

function hasTimeout(input: RuleInput): boolean {
  const isTimeout = (statement: SqlStatement): boolean =>
    statement.actions.some((action) => action.kind === 'setting' && /^(lock|statement)_timeout$/.test(action.name));
  if (statementsIn(input.after).some(isTimeout)) return true;
  const files = input.trees.after.mentioning('lock_timeout', [
    '.toml',
    '.yaml',
    '.yml',
    '.json',
    '.ini',
    '.env',
    '.conf',
    '.rb',
    '.py',
    '.ts',
    '.js',
    '.go',
    '.java',
    '.properties',
  ]);
  return files.length > 0;
}
