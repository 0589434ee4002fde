import type { SourceFacts, SqlStatement } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage, quote } from '../../quote.ts';
import { isDownMigration } from '../schema/sql-context.ts';
import { nameOf } from '../settings/setting-index.ts';
import { changedSettings, placeOf } from '../settings/settings.ts';

/**
 * The list of addresses from which a user or an account of a warehouse may sign in, taken away or opened to all: Snowflake's
 * `ALTER USER loader UNSET NETWORK_POLICY`, `ALLOWED_IP_LIST = ('0.0.0.0/0')`, ClickHouse's `HOST ANY`, and the resources that
 * stand for them in Terraform.
 */
export function* lostNetworkPolicies(input: RuleInput): Generator<FindingDraft> {
  for (const statement of input.added.statements) {
    const message = unfenced(statement, input.after) ?? admitted(statement, input.before);
    if (message !== undefined && !isDownMigration(statement, input.path, input.after))
      yield { side: 'after', range: statement.range, severity: 'high', message: fitMessage(message) };
  }
  for (const change of changedSettings(input)) {
    const { before, after, resource, resourceIsGone } = change;
    const isHeld = nameOf(change) === 'network_policy' && /^snowflake_(?:\w*user|account\w*|\w+_integration)$/.test(resource?.type ?? '');
    if (!isHeld || before === undefined || resourceIsGone || isNothing(before.value) || !isNothing(after?.value)) continue;
    yield {
      ...placeOf(change),
      severity: 'high',
      message: fitMessage(`${quote(resource?.name ?? '', 30)} may sign in from everywhere: it has no network policy now`),
    };
  }
}

function isNothing(value: unknown): boolean {
  return value === undefined || value === null || value === '' || value === 'null';
}

const ALTERS = /^alter (?:user|account|(?:security )?integration)\b/;
/** Takes the policy away, or sets it to an empty name. */
const UNSETS = /\bunset(?: [\w, ]{0,80}?)? ?network_policy\b|\bset network_policy = ''/;

/** `ALTER USER loader UNSET NETWORK_POLICY`, which no later statement of the file takes back; `HOST ANY`. */
function unfenced(statement: SqlStatement, after: SourceFacts | undefined): string | undefined {
  const { key, verb } = statement;
  const who = holderOf(statement);
  if (verb === 'alter-user' && / host any\b/.test(key)) return `${quote(who, 30)} may sign in from everywhere`;
  if (!ALTERS.test(key) || !UNSETS.test(key)) return undefined;
  const isTakenBack = after?.statements.some(
    (other) =>
      other.range.start.line > statement.range.start.line &&
      holderOf(other) === who &&
      ALTERS.test(other.key) &&
      / set network_policy = (?!'')/.test(other.key),
  );
  return isTakenBack === true ? undefined : `${quote(who, 30)} may sign in from everywhere: its network policy is unset`;
}

/** Whom the statement is about: `loader`, `account`. */
function holderOf({ names, verb }: SqlStatement): string {
  if (verb === 'alter-account') return 'account';
  const rest = names.slice(2).filter((name) => !/^(?:if|exists|integration)$/.test(name));
  return rest[0] ?? '';
}

/** A policy or a rule for those who come in, with everybody in its list, which it did not have. */
function admitted({ key, verb, names }: SqlStatement, before: SourceFacts | undefined): string | undefined {
  if (!/^(?:create|alter)-network$/.test(verb) || /\bmode = egress\b/.test(key) || !admitsAll(key)) return undefined;
  const name = nameOfPolicy(names);
  const had = before?.statements.some(
    (other) => /-network$/.test(other.verb) && nameOfPolicy(other.names) === name && admitsAll(other.key),
  );
  return had === true ? undefined : `${quote(name, 30)} lets in everybody`;
}

/** Everybody in the list of those who are let in; one of those who are kept out is another matter. */
function admitsAll(key: string): boolean {
  return /\b(?:allowed_ip_list|value_list) = \([^()]*'(?:0\.0\.0\.0\/0|::\/0)'/.test(key);
}

function nameOfPolicy(names: readonly string[]): string {
  const rest = names.filter((name) => !/^(?:create|alter|or|replace|network|policy|rule|if|not|exists)$/.test(name));
  return rest[0] ?? '';
}
