import type { SqlStatement } from '../../model/facts.ts';
import type { Severity } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage, quote } from '../quote.ts';
import { statementsIn } from '../vocabulary/schema/schema-statements.ts';
import { isDownMigration, isMadeAbove, isTemporaryTable } from '../vocabulary/schema/sql-context.ts';

/**
 * ## What it sees
 * Rights in a database that reach further than one job needs: GRANT ALL, anything but connecting granted TO PUBLIC, WITH GRANT
 * OPTION, and the powers of a superuser (`SUPERUSER`, `CREATEROLE`, `db_owner`, Oracle's `DBA`).
 *
 * ## Why it matters
 * A right that everybody has is the right of whoever finds one leaked password or one injectable query.
 *
 * ## When it is fine
 * Reading, granted to a named role, and rights on a table that the same file makes. These are not flagged, or are a note.
 *
 * ## What it misses
 * Rights given through membership in a role that has them.
 */
export default defineRule({
  id: 'access/grant-broad',
  version: '1.0.0',
  severity: 'high',
  confidence: 'high',
  title: 'Grants more than one job needs',
  reads: ['statements'],
  evidence: [
    { title: 'CIS PostgreSQL Benchmark', url: 'https://www.cisecurity.org/benchmark/postgresql' },
    { title: 'PostgreSQL: privileges', url: 'https://www.postgresql.org/docs/current/ddl-priv.html' },
  ],
  *check(input) {
    for (const statement of input.added.statements) {
      const said = judge(statement, input);
      if (said === undefined) continue;
      const severity = isDownMigration(statement, input.path, input.after) ? ('low' as const) : said.severity;
      yield { side: 'after', range: statement.range, severity, message: fitMessage(said.message) };
    }
  },
});

interface Said {
  readonly severity: Severity;
  readonly message: string;
}

function judge(statement: SqlStatement, input: RuleInput): Said | undefined {
  const named = (kind: string): readonly string[] =>
    statement.actions.filter((action) => action.kind === kind).map((action) => action.name);
  const options = named('option');
  if (/^(create|alter)-(role|user)$/.test(statement.verb)) {
    const power = options.find((option) => /^(superuser|createrole|createdb|replication)$/.test(option));
    const member = named('privilege').find((role) => POWERS.test(role));
    const who = named('grantee')[0] ?? statement.targets[0] ?? '';
    if (member !== undefined) return { severity: 'high', message: `makes ${quote(who)} a member of ${quote(member)}` };
    if (power === undefined) return undefined;
    return {
      severity: power === 'createdb' ? 'medium' : 'high',
      message: `gives ${quote(who)} the power of ${quote(power.toUpperCase())}`,
    };
  }
  if (statement.verb !== 'grant' && statement.verb !== 'alter-default') return undefined;
  const [privileges, grantees] = [named('privilege'), named('grantee')];
  if (grantees.length === 0) return undefined;
  const what = statement.targets.join(', ') || 'the database';
  const everybody = grantees.find((grantee) => /^(public|anon|everyone|guest)$|@%$/.test(grantee));
  const isSmall = privileges.every((privilege) => /^(usage|connect|execute|temporary|temp)$/.test(privilege));
  const power = privileges.find((privilege) => POWERS.test(privilege));
  if (power !== undefined) return { severity: 'high', message: `grants ${quote(power)} to ${quote(grantees.join(', '))}` };
  const isPassing = statement.targets.length > 0 && statement.targets.every((target) => isTemporaryTable(target, input.after));
  if (isPassing) return undefined;
  if (privileges.includes('all')) {
    const isFresh =
      everybody === undefined &&
      statement.targets.length > 0 &&
      statement.targets.every((target) => isMadeAbove(target, statement, input.after) || isSchemaMade(target, input));
    return { severity: isFresh ? 'low' : 'high', message: `grants every right on ${quote(what)} to ${quote(grantees.join(', '))}` };
  }
  if (everybody !== undefined && !everybody.endsWith('@%') && !isSmall)
    return { severity: 'high', message: `grants ${privileges.join(', ')} on ${quote(what)} to ${quote(everybody)}, which is everybody` };
  if (options.includes('with-grant-option'))
    return { severity: 'high', message: `${quote(grantees.join(', '))} may hand on rights on ${quote(what)}` };
  return undefined;
}

/** Roles and rights that can do everything, in Postgres and its hosts, T-SQL, Oracle and MySQL. */
const POWERS =
  /^(pg_(write_all_data|execute_server_program|write_server_files|read_server_files|signal_backend|checkpoint)|rds_superuser|azure_pg_admin|cloudsqlsuperuser|neon_superuser|db_owner|db_securityadmin|sysadmin|securityadmin|control|dba|sysdba|super|file|grant any|superuser)$/;

function isSchemaMade(target: string, input: RuleInput): boolean {
  return statementsIn(input.after).some(
    (other) => /^create-(schema|database|sequence|view)$/.test(other.verb) && other.targets.includes(target),
  );
}
