import type { CodeToken, SqlStatement } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import type { Side } from '../../model/range.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage, quote } from '../quote.ts';
import { rangeOfLine, tokensOn } from '../vocabulary/code/code-text.ts';
import { isStanding } from '../vocabulary/schema/schema-changes.ts';
import { statementsIn, statementsOfHunk } from '../vocabulary/schema/schema-statements.ts';
import { isDownMigration } from '../vocabulary/schema/sql-context.ts';
import { isOtherDialect } from '../vocabulary/schema/sql-dialect.ts';

/**
 * ## What it sees
 * An ALTER TABLE of a standing Postgres table in a migration that sets no `lock_timeout` and no `statement_timeout`: one note a
 * hunk. Also a `lock_timeout` that is taken out of a script, a connection or a migration tool, or set to 0.
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
  reads: ['statements', 'tokens'],
  evidence: [
    { title: 'Squawk: require-lock-timeout', url: 'https://squawkhq.com/docs/require-timeout-settings' },
    {
      title: 'GoCardless: zero-downtime Postgres migrations, the hard parts',
      url: 'https://gocardless.com/blog/zero-downtime-postgres-migrations-the-hard-parts/',
    },
  ],
  *check(input): Iterable<FindingDraft> {
    const lost = [...lostTimeout(input)];
    yield* lost;
    if (lost.length > 0) return;
    if (!input.path.endsWith('.sql') || !/(^|\/)(migrations?|migrate|flyway|versions|sql|db)\//i.test(input.path)) return;
    const first = statementsOfHunk(input, 'after').find((statement) => takesLock(statement, input));
    if (first === undefined || isOtherDialect(input) || hasTimeout(input)) return;
    const table = quote(first.targets[0] ?? '');
    yield { side: first.side, range: first.range, message: fitMessage(`waits for ${table} without a lock_timeout`) };
  },
});

const TIMEOUT = /\b(lock_timeout|lockTimeout|LockTimeout|LOCK_TIMEOUT|innodb_lock_wait_timeout|lock_wait_timeout)\b/;

/** The limit itself is taken out, or set to wait for ever. A note on the line where it stood. */
function* lostTimeout(input: RuleInput): Iterable<FindingDraft> {
  const { before, after, hunk } = input;
  const on = (side: Side): readonly CodeToken[] =>
    tokensOn(input[side], hunk[side].start, hunk[side].start + hunk[side].lines - 1).filter(({ text }) => TIMEOUT.test(text));
  const [lost] = on('before');
  const stays = (): boolean => after?.tokens.some(({ text }) => TIMEOUT.test(text)) === true && !isOnWayDownAlone(input, lost?.line ?? 0);
  if (lost !== undefined && before !== undefined && after !== undefined && !stays() && !movedElsewhere(input)) {
    yield {
      side: 'before',
      range: rangeOfLine(input, 'before', lost.line),
      message: 'no lock_timeout any more: waits for a lock without an end',
    };
    return;
  }
  const forever = on('after').find(({ line }) => {
    const text = tokensOn(after, line, line)
      .map((token) => token.text)
      .join(' ');
    return /(?:lock_timeout|lockTimeout|LockTimeout|LOCK_TIMEOUT)['"]? ?(?:=|:=|:|TO|to|,)+ ?['"]?0(?:ms|s|min)?['"]?(?:$|[^\w.])/.test(
      text,
    );
  });
  if (forever !== undefined)
    yield { side: 'after', range: rangeOfLine(input, 'after', forever.line), message: '`lock_timeout` 0: waits for a lock without an end' };
}

/** Of a file that holds both ways of a migration only the way back still has the limit, and it was the way up that lost it. */
function isOnWayDownAlone({ before, after, path }: RuleInput, line: number): boolean {
  const old = statementsIn(before).find((statement) => isTimeout(statement) && statement.range.start.line === line);
  const now = statementsIn(after).filter(isTimeout);
  return (
    old !== undefined &&
    !isDownMigration(old, path, before) &&
    now.length > 0 &&
    now.every((statement) => isDownMigration(statement, path, after))
  );
}

const isTimeout = (statement: SqlStatement): boolean =>
  statement.actions.some((action) => action.kind === 'setting' && /^(lock|statement)_timeout$/.test(action.name));

/** The limit stands in another file of the change. */
function movedElsewhere(input: RuleInput): boolean {
  const { statements, options, calls, settings } = input.addedElsewhere();
  return (
    statements.some(({ names }) => names.some((name) => TIMEOUT.test(name))) ||
    options.some(({ name, value }) => TIMEOUT.test(name) || TIMEOUT.test(value)) ||
    calls.some(({ args }) => args.some((argument) => TIMEOUT.test(argument))) ||
    settings.some(({ path, value }) => TIMEOUT.test(path.at(-1) ?? '') || TIMEOUT.test(String(value)))
  );
}

function takesLock(statement: SqlStatement, input: RuleInput): boolean {
  return statement.verb === 'alter-table' && isStanding(statement.targets[0] ?? '', statement, input);
}

function hasTimeout(input: RuleInput): boolean {
  const { after, path } = input;
  if (statementsIn(after).some((statement) => isTimeout(statement) && !isDownMigration(statement, path, after))) return true;
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
