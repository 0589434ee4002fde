import type { Setting, SqlStatement } from '../../model/facts.ts';
import type { FindingDraft, Severity } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage, quote } from '../quote.ts';
import { type Membership, ownerWhoReads, strongMembership, strongMembershipIn } from '../vocabulary/access/role-membership.ts';
import { statementsIn } from '../vocabulary/schema/schema-statements.ts';
import { isDownMigration, isMadeAbove, isTemporaryTable } from '../vocabulary/schema/sql-context.ts';
import { nameOf, settingsUnder } from '../vocabulary/settings/setting-index.ts';
import { isTrue } from '../vocabulary/settings/setting-values.ts';
import { changedSettings, ofResource, placeOf, type SettingChange } from '../vocabulary/settings/settings.ts';

/**
 * ## What it sees
 * Rights in a database that reach further than one job needs: GRANT ALL, anything but connecting granted TO PUBLIC, WITH GRANT
 * OPTION, and the powers of a superuser (`SUPERUSER`, `CREATEROLE`, `db_owner`, Oracle's `DBA`), and membership in a role that owns or rules what others use; in SQL, a script, Terraform, Ansible or an operator.
 *
 * ## Why it matters
 * A right that everybody has is the right of whoever finds one leaked password or one injectable query.
 *
 * ## When it is fine
 * Reading, granted to a named role, and rights on a table that the same file makes. These are not flagged, or are a note.
 *
 * ## What it misses
 * Membership in a role whose name and whose grants in the tree say nothing.
 */
export default defineRule({
  id: 'access/grant-broad',
  version: '1.0.0',
  severity: 'high',
  confidence: 'high',
  title: 'Grants more than one job needs',
  reads: ['statements', 'settings', 'commands'],
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
    yield* commandGrants(input);
    yield* settingGrants(input);
  },
});

/** Attributes of a role and nothing else, one of them a superuser's: `LOGIN SUPERUSER`, `SUPERUSER,CREATEDB`. */
const ATTRIBUTES =
  /^(?:(?:with|login|nologin|inherit|noinherit|superuser|createdb|createrole|replication|bypassrls|nosuperuser|nocreatedb|nocreaterole|noreplication|nobypassrls|encrypted)(?:[\s,]+|$))+$/i;
const STRONG = /(^|[\s,])(superuser|createrole|bypassrls|replication)($|[\s,])/i;

/** Words of a command that become SQL in a function of the script, and `createuser --superuser`. */
function* commandGrants({ added, before }: RuleInput): Generator<FindingDraft> {
  for (const command of added.commands) {
    const texts = command.words.slice(1).map((word) => word.text.trim());
    const isRead = added.statements.some(
      ({ range }) => range.start.line >= command.range.start.line && range.end.line <= command.range.end.line,
    );
    const said =
      command.name === 'createuser'
        ? texts.find((text) => /^(-[a-rt-z]*s|--superuser$|--createrole$|--replication$)/.test(text))
        : isRead || /^(echo|printf|log|grep|die|warn)$/.test(command.name)
          ? undefined
          : texts.find(
              (text) =>
                (ATTRIBUTES.test(text) && STRONG.test(text) && text === text.toUpperCase()) ||
                /^(create|alter)\s+(role|user)\s[^;]{0,200}\b(superuser|createrole|bypassrls)\b/i.test(text) ||
                /^grant\s+all\b[^;]{0,200}\bto\s/i.test(text),
            );
    if (said === undefined || before?.commands.some((other) => other.words.some(({ text }) => text.trim() === said)) === true) continue;
    yield { side: 'after', range: command.range, message: fitMessage(`${quote(command.name, 24)} gives the rights of ${quote(said, 40)}`) };
  }
}

/** Resources and modules that give rights in a database: Terraform's providers, Ansible, operators of Kubernetes. */
const GRANT_RESOURCE =
  /^(postgresql_(grant|default_privileges)|mysql_grant|redshift_(grant|default_privileges)|snowflake_grant_\w+|snowflake_\w+_grant|mssql_\w*permission\w*|clickhouse\w*grant\w*|clickhousedbops_grant_\w+|cockroach_\w*grant\w*|databricks_grants?|vault_database_\w+)$/;
const GRANTEE_KEY = /^(role|roles|user|users|grantee|account_role_name|role_name|principal)$/;
const PRIVILEGE_KEY = /^(privileges?|privs?|grants?|permissions?|all_privileges)$/i;
const POWER_KEY =
  /^(superuser|create_role|createrole|bypass_row_level_security|bypassrls|replication|is_superuser|with_grant_option|append_privs_grant)$/i;

function* settingGrants(input: RuleInput): Generator<FindingDraft> {
  const told = new Set<string>();
  for (const change of changedSettings(input)) {
    const { after, before, path } = change;
    if (after === undefined || before?.value === after.value) continue;
    const name = nameOf({ path });
    const member = strongMembershipIn(input, change);
    const rights = grantIn(name, after, change, input);
    const message = member !== undefined ? memberOf(member) : rights === undefined ? undefined : `${rights}${ofResource(change)}`;
    const about = `${after.resource} ${path
      .filter((part) => !/^\d+$/.test(part))
      .slice(0, -1)
      .join('/')}`;
    if (message === undefined || told.has(about)) continue;
    told.add(about);
    yield { ...placeOf(change), message: fitMessage(message) };
  }
}

function grantIn(name: string, after: Setting, { path, before, resource }: SettingChange, input: RuleInput): string | undefined {
  const value = String(after.value).trim();
  const full = path.join(' ');
  const isOfRoles = /role|user|account|flag|attr|priv|grant|owner|member/i.test(full);
  if (ATTRIBUTES.test(value) && STRONG.test(value) && isOfRoles && !STRONG.test(String(before?.value ?? '')))
    return `${quote(name, 24)} gives the power of ${quote(value, 36)}`;
  const type = resource?.type ?? '';
  const isSqlRole = /postgres|mysql|redshift|cockroach|mssql|snowflake/i.test(`${type} ${input.path}`);
  if (POWER_KEY.test(name) && isTrue(after.value) && isSqlRole && (/role|user|grant/i.test(type) || isOfRoles))
    return `${quote(name)} -> true`;
  const isGrant = GRANT_RESOURCE.test(type);
  if (isGrant && GRANTEE_KEY.test(name) && /^(public|anon|everyone|account users|%)$/i.test(value)) {
    const privileges = settingsUnder(input.after, after, []).filter(
      (other) => PRIVILEGE_KEY.test(nameOf(other)) && typeof other.value === 'string',
    );
    const isSmall =
      privileges.length > 0 && privileges.every((other) => /^(usage|connect|execute|temporary|temp)$/i.test(String(other.value)));
    return isSmall ? undefined : `grants to ${quote(value)}, which is everybody`;
  }
  if (isGrant && /role/.test(name) && /^(ACCOUNTADMIN|SECURITYADMIN|SYSADMIN|ORGADMIN)$/.test(value)) return `grants ${quote(value)}`;
  const isPrivilege =
    PRIVILEGE_KEY.test(name) &&
    (isGrant || /database|\bdb|sql|postgres|\bpg|maria/i.test(`${type} ${full} ${input.path}`.replaceAll('_', ' ')));
  const isAll = (text: string): boolean => /^(\*\.\*:|[\w*.]+:)?all( privileges|_privileges)?(,grant)?$/i.test(text.trim());
  const hadAll = settingsUnder(
    input.before,
    after,
    path.filter((part) => !/^\d+$/.test(part)),
  ).some((other) => isAll(String(other.value)));
  return isPrivilege && isAll(value) && !hadAll ? `${quote(name, 20)}: every right` : undefined;
}

interface Said {
  readonly severity: Severity;
  readonly message: string;
}

function judge(statement: SqlStatement, input: RuleInput): Said | undefined {
  const broad = judgeRights(statement, input);
  if (broad !== undefined) return broad;
  const given = strongMembership(input, statement);
  if (given !== undefined) return { severity: 'high', message: memberOf(given) };
  const owner = ownerWhoReads(statement);
  return owner === undefined ? undefined : { severity: 'high', message: `${quote(owner)} owns ${quote(statement.targets[0] ?? 'it')} now` };
}

function memberOf({ role, member }: Membership): string {
  return `${quote(member, 28)} may do now whatever ${quote(role, 28)} may`;
}

function judgeRights(statement: SqlStatement, input: RuleInput): Said | undefined {
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
