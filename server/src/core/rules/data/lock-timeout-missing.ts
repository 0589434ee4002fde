import type { CodeToken, SqlStatement } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import type { Side } from '../../model/range.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage, quote } from '../quote.ts';
import { LIMIT_FACTOR } from '../thresholds.ts';
import { rangeOfLine, tokensOn } from '../vocabulary/code/code-text.ts';
import { isStanding } from '../vocabulary/schema/schema-changes.ts';
import { statementsIn, statementsOfHunk } from '../vocabulary/schema/schema-statements.ts';
import { isDownMigration } from '../vocabulary/schema/sql-context.ts';
import { isOtherDialect } from '../vocabulary/schema/sql-dialect.ts';

/**
 * ## What it sees
 * An ALTER TABLE of a standing Postgres table in a migration that sets no `lock_timeout` and no `statement_timeout`: one note a
 * hunk. Also a `lock_timeout` that is taken out of a script, a connection or a migration tool, or set to 0: at medium where a migration
 * still changes a standing table behind the line that it lost.
 *
 * ## Why it matters
 * The change waits for the longest query on the table, and every query that comes after waits behind it: a millisecond's work
 * stops the site. strong_migrations proposes ten seconds.
 *
 * ## When it is fine
 * The timeout is set for the role, the connection or the migration tool. Where any file of the tree names it, nothing is said.
 *
 * ## What it misses
 * A timeout that is too long from the start.
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
      ...(losesChange(input, lost.line) ? { severity: 'medium' } : {}),
    };
    return;
  }
  const far = lengthened(on('before'), on('after'), input);
  if (far !== undefined) {
    yield {
      side: 'after',
      range: rangeOfLine(input, 'after', far.line),
      severity: 'medium',
      message: `\`lock_timeout\` went from ${far.was} to ${far.is} seconds: what comes after waits as long`,
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

/** The limit became many times longer, and longer than anybody waits for a page. */
function lengthened(old: readonly CodeToken[], now: readonly CodeToken[], { before, after }: RuleInput) {
  const seconds = (facts: RuleInput['after'], token: CodeToken | undefined): number | undefined => {
    const line = token === undefined ? [] : tokensOn(facts, token.line, token.line).map(({ text }) => text);
    const [, count, unit = 'ms'] =
      /[lL][oO][cC][kK]_?[tT]imeout['"]?\W{1,12}(?:to\W{1,4})?(\d+)\s?(ms|s|min|h)?\b/i.exec(line.join(' ')) ?? [];
    return count === undefined ? undefined : Number(count) * ({ ms: 0.001, s: 1, min: 60, h: 3600 }[unit.toLowerCase()] ?? 1);
  };
  const [was, is] = [seconds(before, old[0]), seconds(after, now[0])];
  if (was === undefined || is === undefined || was === 0 || is < LONGEST_WAIT || is < was * LIMIT_FACTOR.far) return undefined;
  return { was, is, line: now[0]?.line ?? 1 };
}

/** strong_migrations proposes ten seconds; a minute stops a site. */
const LONGEST_WAIT = 60;

/** A script of a migration that still locks a standing table behind the line, and that nothing else limits. */
function losesChange(input: RuleInput, line: number): boolean {
  const { before, after, path } = input;
  const isSet =
    statementsIn(before).some((statement) => isTimeout(statement) && statement.range.start.line === line) ||
    // A migration in code says it in a string: `runner.query("SET LOCAL lock_timeout = …")`.
    (/(^|\/)(migrations?|migrate|versions)\//.test(path) &&
      before?.calls.some(({ args, range }) => range.start.line === line && /['"`]\s*SET\b[^'"`]*lock_timeout/i.test(args.join())) === true);
  if (!isSet || isOtherDialect(input) || hasTimeout(input)) return false;
  return statementsIn(after).some(
    (statement) =>
      /^(alter-table|create-index|drop-index|drop-table|truncate)$/.test(statement.verb) &&
      isStanding(statement.targets[0] ?? '', statement, input) &&
      !isDownMigration(statement, path, after),
  );
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
