import type { Call, SqlStatement } from '../../model/facts.ts';
import type { FindingDraft, Severity } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage, quote } from '../quote.ts';
import { lastName } from '../vocabulary/code/call-names.ts';
import { isOfAll } from '../vocabulary/schema/every-row.ts';
import { statementsIn, statementsOfHunk } from '../vocabulary/schema/schema-statements.ts';
import { isDownMigration, isTemporaryTable, lastPart, sameTable, statementsOf } from '../vocabulary/schema/sql-context.ts';

/**
 * ## What it sees
 * Row level security that is switched off or no longer forced, a policy that is dropped or whose condition becomes `true`, a
 * role that passes by all policies (BYPASSRLS), a policy that holds for nobody in particular (`OR current_org() IS NULL`), a session that no longer takes its lesser role or sets `row_security` off, and a function that runs with its owner's rights (SECURITY DEFINER). A
 * client of Supabase that asks with the key of the service, which no policy holds for, and asked with the visitors' before.
 *
 * ## Why it matters
 * The policies are what keeps one tenant from the rows of another. Without them every query still works, and answers with
 * everybody's rows.
 *
 * ## When it is fine
 * A policy of the same table is made again in the same file. A function that pins its `search_path`, and was a definer's
 * before, changes nothing. Both are not flagged.
 *
 * ## What it misses
 * A policy whose condition is wide by what the rows hold (`guest_id IS NOT NULL`), and tables that never had a policy.
 */
export default defineRule({
  id: 'access/rls-disabled',
  version: '1.0.0',
  severity: 'critical',
  confidence: 'high',
  title: 'Row level security is off or goes round',
  reads: ['statements', 'calls'],
  evidence: [
    { title: 'OWASP A01:2021 Broken Access Control', url: 'https://owasp.org/Top10/A01_2021-Broken_Access_Control/' },
    { title: 'PostgreSQL: row security policies', url: 'https://www.postgresql.org/docs/current/ddl-rowsecurity.html' },
  ],
  *check(input): Iterable<FindingDraft> {
    for (const { range } of serviceClients(input))
      yield { side: 'after', range, severity: 'high', message: 'the client asks with the key that no policy holds for' };
    for (const statement of statementsOfHunk(input, 'after')) {
      if (isDownMigration(statement, input.path, input.after)) continue;
      const said = judge(statement, input);
      if (said !== undefined)
        yield { side: statement.side, range: statement.range, severity: said.severity, message: fitMessage(said.message) };
    }
    for (const statement of statementsOfHunk(input, 'before')) {
      if (isRoleSwitch(statement)) {
        if (input.after === undefined || statementsIn(input.after).some((other) => isRoleSwitch(other) && other.scope === statement.scope))
          continue;
        // A session that is no longer a lesser role asks as the role that it came in with, which usually owns the tables.
        const isStillUsed = statementsIn(input.after).some((other) => other.scope === statement.scope);
        if (isStillUsed || input.after.calls.some((call) => call.scope === statement.scope && call.scope !== ''))
          yield {
            side: 'before',
            range: statement.range,
            severity: 'high',
            message: 'the session no longer takes the role that policies hold for',
          };
        continue;
      }
      if (
        statement.verb !== 'alter-table' ||
        !statement.actions.some(({ kind, name }) => kind === 'row-security' && /^(enable|force)$/.test(name))
      )
        continue;
      const table = statement.targets[0] ?? '';
      const stays = statementsIn(input.after).some((other) => sameTable(other, table));
      if (stays && !switches(input, table, /^(enable|force)$/))
        yield {
          side: 'before',
          range: statement.range,
          message: fitMessage(`row level security of ${quote(table)} is no longer switched on`),
        };
    }
  },
});

const CLIENTS = /^(?:createClient|createServerClient|createBrowserClient|create_client)$/;
const SERVICE = /service_?role/i;

/** Supabase: a client of this file that asked with the key of visitors, under which policies hold, and asks with the one of the service. */
function serviceClients({ added, removed }: RuleInput): readonly Call[] {
  const asks = ({ callee, args }: Call, key: RegExp): boolean =>
    CLIENTS.test(lastName(callee)) && args.slice(0, 2).some((text) => key.test(text));
  return added.calls.filter(
    (call) =>
      asks(call, SERVICE) && removed.calls.some((old) => old.scope === call.scope && asks(old, /anon|publishable/i) && !asks(old, SERVICE)),
  );
}

interface Said {
  readonly severity: Severity;
  readonly message: string;
}

function judge(statement: SqlStatement, input: RuleInput): Said | undefined {
  const table = statement.targets[0] ?? '';
  const has = (kind: string, name: RegExp): boolean => statement.actions.some((action) => action.kind === kind && name.test(action.name));
  if (has('row-security', /^(disable|no-force)$/)) {
    if (isTemporaryTable(table, input.after) || switches(input, table, /^(enable|force)$/, statement)) return undefined;
    return { severity: 'critical', message: `row level security of ${quote(table)} is switched off` };
  }
  if (has('setting', /^row_security$/))
    return statement.actions.some((action) => /^(off|false|0)$/i.test(action.to ?? '')) && !isDump(input.path)
      ? { severity: 'critical', message: 'the session passes by every row level policy: `row_security` is off' }
      : undefined;
  if (has('option', /^bypassrls$/))
    return { severity: 'critical', message: `${quote(table || 'a role')} passes by every row level policy` };
  if (statement.verb === 'drop-policy') {
    const remade = statementsIn(input.after).some(
      (other) =>
        other.verb === 'create-policy' && sameTable(other, table) && !isTrue(other) && !isDownMigration(other, input.path, input.after),
    );
    const gone = statementsOf(input.after, 'drop-table').some((other) => sameTable(other, table));
    return remade || gone ? undefined : { severity: 'critical', message: `drops a row level policy of ${quote(table)}` };
  }
  if (/^(create|alter)-policy$/.test(statement.verb) && isTrue(statement)) return openPolicy(statement, table, input);
  if (/^(create|alter)-policy$/.test(statement.verb) && !isRestrictive(statement) && statement.conditions.some(isOpenWhenUnset))
    return { severity: 'high', message: `the policy of ${quote(table)} lets a session that says nobody at every row` };
  if (has('option', /^security-definer$/)) return definer(statement, table, input);
  return undefined;
}

/** `SET ROLE member` and `SET LOCAL ROLE member`; not the way back. */
function isRoleSwitch({ verb, actions }: SqlStatement): boolean {
  return (
    verb === 'set' && actions.some(({ kind, name, to }) => kind === 'setting' && name === 'role' && !/^(none|default)?$/i.test(to ?? ''))
  );
}

/** What `pg_dump` writes starts with it. */
function isDump(path: string): boolean {
  return /(^|\/)[\w.-]*(dump|structure|schema)[\w.-]*\.sql$/i.test(path);
}

/** A policy that is true of every row: worst where it stands for one that asked something. */
function openPolicy(statement: SqlStatement, table: string, input: RuleInput): Said | undefined {
  const command = statement.actions[0]?.to ?? 'all';
  if (isRestrictive(statement)) return undefined;
  const replaces = [...statementsOfHunk(input, 'before'), ...statementsOf(input.after, 'drop-policy')].some(
    (other) => /policy/.test(other.verb) && sameTable(other, table),
  );
  const service = statement.names.some((name) => /^(service_role|postgres|admin|supabase_admin)$/.test(name));
  if (service) return undefined;
  const severity: Severity = statement.verb === 'alter-policy' || replaces ? 'critical' : command === 'select' ? 'low' : 'high';
  return { severity, message: `the policy of ${quote(table)} lets everybody at every row` };
}

function isRestrictive({ actions }: SqlStatement): boolean {
  return actions[0]?.to?.startsWith('restrictive') === true;
}

/** `org_id = current_org() OR current_org() IS NULL`: whoever forgot to say for whom the session is sees everybody's rows. */
function isOpenWhenUnset(condition: string): boolean {
  return condition
    .split(/ or /)
    .slice(condition.includes(' or ') ? 0 : 1)
    .some((part) =>
      /^\(* ?(?:nullif \( )?(?:\w+ \. )?(?:current_setting|current_\w+|auth \. \w+|\w*(?:tenant|org|user|account)\w*) \( .{0,60}\) (?:::\w+ )?is null ?\)*$/.test(
        part.trim(),
      ),
    );
}

function isTrue(statement: SqlStatement): boolean {
  return statement.conditions.length > 0 && statement.conditions.every(isOfAll);
}

function definer(statement: SqlStatement, name: string, input: RuleInput): Said | undefined {
  const isSame = (other: SqlStatement): boolean =>
    /-(function|procedure)$/.test(other.verb) && lastPart(other.targets[0] ?? '') === lastPart(name);
  const isDefiner = (other: SqlStatement): boolean => other.actions.some((action) => action.name === 'security-definer');
  const older = [...statementsIn(input.before), ...earlierStatements(input, name)].filter(isSame);
  if (older.some(isDefiner)) return undefined;
  const pinned = statement.actions.some((action) => action.kind === 'setting' && action.name === 'search_path');
  const trigger = statement.actions.some((action) => action.name === 'returns-trigger');
  // Where it stood it ran as its caller until now, whom the policies held.
  const goesRound = older.length > 0 || readsUnderPolicy(statement, input);
  const severity: Severity = pinned ? (trigger ? 'low' : goesRound ? 'high' : 'medium') : 'critical';
  return { severity, message: `${quote(name)} runs with its owner's rights${pinned ? '' : ' and no fixed search_path'}` };
}

/** A statement in the body of a function asks a table whose rows a policy of this or an earlier file holds back. */
function readsUnderPolicy({ range }: SqlStatement, input: RuleInput): boolean {
  const body = statementsIn(input.after).filter(
    ({ range: inner }) => inner.start.line >= range.start.line && inner.end.line <= range.end.line && inner !== range,
  );
  return [...new Set(body.flatMap(({ verb, targets }) => (/-(function|procedure)$/.test(verb) ? [] : targets)))].some((table) =>
    [...statementsIn(input.after), ...earlierStatements(input, table)].some(
      (other) =>
        sameTable(other, table) &&
        (other.verb === 'create-policy' ||
          other.actions.some(({ kind, name }) => kind === 'row-security' && /^(enable|force)$/.test(name))),
    ),
  );
}

/** What the newest other scripts of the old side that mention a name say. */
function earlierStatements(input: RuleInput, name: string): readonly SqlStatement[] {
  const files = input.trees.before.mentioning(lastPart(name), ['.sql']).filter((path) => path !== input.path);
  return files.slice(-MOST_FILES).flatMap((path) => statementsIn(input.factsAt('before', path)));
}

/** Migrations that are read for a name: more are rarely about it, and each costs a parse. */
const MOST_FILES = 20;

/** True where the file switches row security of the table on, or off, somewhere; below a statement where one is given. */
function switches(input: RuleInput, table: string, how: RegExp, after?: SqlStatement): boolean {
  return statementsIn(input.after).some(
    (other) =>
      sameTable(other, table) &&
      (after === undefined || other.range.start.line > after.range.start.line) &&
      other.actions.some((action) => action.kind === 'row-security' && how.test(action.name)),
  );
}
