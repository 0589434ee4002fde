import type { SqlStatement } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { nameOf, settingsUnder } from '../settings/setting-index.ts';
import type { SettingChange } from '../settings/settings.ts';

/** Somebody who may do now whatever a role may. */
export interface Membership {
  readonly role: string;
  readonly member: string;
}

const NAME = '([\\w$.:-]+)';
const GRANTED = new RegExp(`^grant (?:role )?([\\w$.:-]+(?: , [\\w$.:-]+){0,20}) to (?:role |user |group )?${NAME}`);
const ADDED = new RegExp(`^alter (?:group|role|server role|database role) ${NAME} add (?:user|member) ${NAME}`);
const MADE_IN = new RegExp(`^create (?:role|user) ${NAME} [\\w ]{0,80}\\bin (?:role|group) ${NAME}`);
const STORED = new RegExp(`^exec(?:ute)? (?:sys\\.)?sp_add(?:srv)?rolemember ${NAME} , ${NAME}`);
const HANDED = new RegExp(`^(?:alter \\w+ [\\w$. ]{1,80} owner|reassign owned by [\\w$. ]{1,40}) to ${NAME}$`);

/** The memberships that a statement gives; what is granted on a table is none. */
function membershipsOf({ key }: SqlStatement): readonly Membership[] {
  const text = key.replace(/ @ '%'/g, '').replace(/['"`[\]]/g, '');
  if (/ on /.test(text)) return [];
  const [, roles, to] = GRANTED.exec(text) ?? [];
  if (roles !== undefined && to !== undefined) return roles.split(' , ').map((role) => ({ role, member: to }));
  const [, member, group] = MADE_IN.exec(text) ?? [];
  if (member !== undefined && group !== undefined) return [{ role: group, member }];
  const [, role, joined] = ADDED.exec(text) ?? STORED.exec(text) ?? [];
  return role === undefined || joined === undefined ? [] : [{ role, member: joined }];
}

/**
 * What a statement gives to somebody who had less: a role that by its name or by the grants of the tree rules over what others own,
 * or one that writes to somebody who by name only reads.
 */
export function strongMembership(input: RuleInput, statement: SqlStatement): Membership | undefined {
  return membershipsOf(statement).find((membership) => isStrong(input, membership));
}

/** Who owns a table or a schema now, where by name it only reads. */
export function ownerWhoReads({ key }: SqlStatement): string | undefined {
  const [, owner] = HANDED.exec(key.replace(/['"`[\]]/g, '')) ?? [];
  return owner !== undefined && READS.test(owner) ? owner : undefined;
}

/** The same in a resource of Terraform or a task of Ansible: `grant_role`, `postgresql_membership`. */
export function strongMembershipIn(input: RuleInput, { after, path, resource }: SettingChange): Membership | undefined {
  const task = path.findIndex((part) => /(^|\.)(postgresql_membership|mysql_role)$/.test(part));
  if (after === undefined || (task < 0 && !GRANT_OF_ROLE.test(resource?.type ?? ''))) return undefined;
  const here = settingsUnder(input.after, after, path.slice(0, task + 1));
  const said = (names: RegExp): string =>
    String(here.find((setting) => names.test(nameOf(setting)) && typeof setting.value === 'string')?.value ?? '');
  const [role, member] = resource?.type === 'postgresql_role' ? [String(after.value), said(/^name$/)] : [said(ROLE), said(MEMBER)];
  if (!ROLE.test(nameOf(after)) && !MEMBER.test(nameOf(after)) && nameOf(after) !== 'roles') return undefined;
  return role !== '' && member !== '' && isStrong(input, { role, member }) ? { role, member } : undefined;
}

const GRANT_OF_ROLE =
  /^(postgresql_(grant_role|role)|mysql_role_grant|snowflake_grant_(account|database)_role|snowflake_role_grants|redshift_role_grant)$/;
const ROLE = /^(grant_role|groups?|source_roles?|role_name|database_role_name)$/;
const MEMBER = /^(role|target_roles?|parent_role_name|user_name|parent_database_role_name)$/;

const RULES =
  /(?:^|[_.:-])(?:owner|owners|admin|admins|administrators?|superuser|root|dba|master|sysadmin|accountadmin|securityadmin)(?:$|[_.-])/i;
const WRITES = /(?:^|[_.-])(?:rw|write|writer|writers|readwrite|read_write|dml|ddl|editor|editors|migrator|migrations?)(?:$|[_.-])/i;
const READS =
  /(?:^|[_.-])(?:ro|read|reader|readers|readonly|report|reports|reporting|bi|analyst|analysts|analytics|dashboards?|metabase|looker|tableau|grafana|superset|replica|viewer|viewers|guest|public|anon|intern|trainee|support|audit|auditor|export|etl_read)(?:$|[_.-])/i;
/** Who is meant to have such a role: hosts of the database, what migrates it, and whoever is asked to act as it. */
const MEANT =
  /owner|admin|root|dba|postgres|master|migrat|flyway|liquibase|deploy|terraform|provision|bootstrap|superuser|operator|oncall|emergency|break|azure|cloudsql|rds|^(?:current|session)_(?:user|role)$|^ci(?:$|_)/i;

function isStrong(input: RuleInput, { role, member }: Membership): boolean {
  if (MEANT.test(member) || role === member || /[${]/.test(role + member)) return false;
  if (RULES.test(role)) return true;
  const may = WRITES.test(role) && !READS.test(role) ? 'write' : heldBy(input, role);
  return may === 'all' || (may === 'write' && READS.test(member));
}

/** Files that are read for the grants of one role. */
const FEW = 12;

/** What the statements of the tree give to a role: all of something or its ownership, or the right to change rows. */
function heldBy(input: RuleInput, role: string): 'all' | 'write' | undefined {
  const files = input.trees.after.mentioning(role, ['.sql']).slice(0, FEW);
  const statements = files.flatMap((file) => (file === input.path ? input.after : input.factsAt('after', file))?.statements ?? []);
  const given = statements.flatMap(({ key, actions }) => {
    if (HANDED.exec(key)?.[1] === role || key.endsWith(` authorization ${role}`)) return ['all'];
    const isIts = actions.some((action) => action.kind === 'grantee' && action.name === role);
    return isIts ? actions.flatMap((action) => (action.kind === 'privilege' ? [action.name] : [])) : [];
  });
  if (given.includes('all')) return 'all';
  return given.some((name) => /^(insert|update|delete|truncate)$/.test(name)) ? 'write' : undefined;
}
