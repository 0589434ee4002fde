import type { Setting, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { quote } from '../../quote.ts';
import { nameOf, settingsUnder, valueUnder } from '../settings/setting-index.ts';
import { isReadOnly, wasNarrow } from './policy-actions.ts';
import type { Judgement } from './wide-grant.ts';

/** A statement of a policy document or a `aws_iam_policy_document`, by one setting of it. */
export function judgeStatement(setting: Setting, input: RuleInput): Judgement | undefined {
  const at = setting.path.findIndex((element) => ACTION_KEY.test(element) || NOT_ACTION_KEY.test(element) || RESOURCE_KEY.test(element));
  if (at < 0 || setting.path.length > at + 2) return undefined;
  const key = setting.path[at] ?? '';
  const prefix = setting.path.slice(0, at);
  if (!isStatement(setting, prefix, input.after) || isDenied(setting, prefix, input.after)) return undefined;
  const about = `${setting.resource} ${prefix.join('/')}`;
  const actions = valuesUnder(setting, prefix, ACTION_KEY, input.after);
  const everywhere = valuesUnder(setting, prefix, RESOURCE_KEY, input.after).some((resource) => resource === '*');
  // What a variable holds is not known.
  if (NOT_ACTION_KEY.test(key) && !/^(\*|[\w-]+:[\w*?]+)$/.test(String(setting.value))) return undefined;
  if (NOT_ACTION_KEY.test(key)) return { severity: 'critical', message: `${quote(key)} allows every action but those it names`, about };
  const value = String(setting.value);
  if (ACTION_KEY.test(key)) {
    if (isOwnKeyPolicy(setting, prefix, input.after)) return undefined;
    if (value === '*' || value === '*:*')
      return {
        severity: 'critical',
        message: `allows every action${everywhere ? ' on every resource' : ''}: ${quote(`${key} = *`)}`,
        about,
      };
    if (!/^[\w-]+:\*$/.test(value)) return undefined;
    return {
      severity: everywhere ? 'critical' : 'high',
      message: `allows ${quote(value)}: every action of the service${everywhere ? ', on everything' : ''}`,
      about,
    };
  }
  if (actions.every((action) => action.startsWith('kms:')) && isForSomebody(setting, prefix, input.after)) return undefined;
  // What a variable holds is not known, and is no reason to stop anybody.
  const writes = actions.filter((action) => /^(\*|[\w-]+:[\w*?]+)$/.test(action) && !isReadOnly(action));
  if (value !== '*' || writes.length === 0 || hadWildcard(setting, prefix, input.before)) return undefined;
  // A condition narrows what an action that has no resource of its own may touch.
  const isNarrowed = settingsUnder(input.after, setting, prefix).some((other) =>
    /^(Condition|condition(#.*)?)$/.test(other.path[prefix.length] ?? ''),
  );
  const widest = writes.find((action) => action === '*' || action.endsWith(':*')) ?? writes[0] ?? '';
  return {
    severity: isNarrowed
      ? 'low'
      : widest === '*' || widest.endsWith(':*') || wasNarrow(valuesUnder(setting, prefix, RESOURCE_KEY, input.before))
        ? 'critical'
        : 'high',
    message: `allows ${quote(widest)} on every resource`,
    about,
  };
}

const ACTION_KEY = /^(Action|actions)$/;
const NOT_ACTION_KEY = /^(NotAction|not_actions)$/;
const RESOURCE_KEY = /^(Resource|resources)$/;

function isStatement(setting: Setting, prefix: readonly string[], facts: SourceFacts | undefined): boolean {
  if (prefix.some((element) => /^(Statement|statement(#.*)?)$/.test(element))) return true;
  return valueUnder(facts, setting, prefix, /^Effect$/) !== undefined;
}

function isDenied(setting: Setting, prefix: readonly string[], facts: SourceFacts | undefined): boolean {
  return /^deny$/i.test(String(valueUnder(facts, setting, prefix, /^(Effect|effect)$/) ?? ''));
}

/** A key's policy must give the account its own key, or nobody can change it again. */
function isOwnKeyPolicy(setting: Setting, prefix: readonly string[], facts: SourceFacts | undefined): boolean {
  if (setting.value !== 'kms:*') return false;
  return settingsUnder(facts, setting, prefix).some(
    (other) => /principal/i.test(other.path.slice(prefix.length).join('/')) && /:root\b|account/i.test(String(other.value)),
  );
}

/** A policy that names whom it is for belongs to the key itself: there `*` is that key, and it says nothing of others. */
function isForSomebody(setting: Setting, prefix: readonly string[], facts: SourceFacts | undefined): boolean {
  const named = settingsUnder(facts, setting, prefix).filter((other) => /^principals?(#.*)?$/i.test(other.path[prefix.length] ?? ''));
  return named.length > 0 && named.every((other) => other.value !== '*');
}

function hadWildcard(setting: Setting, prefix: readonly string[], facts: SourceFacts | undefined): boolean {
  return (
    valuesUnder(setting, prefix, RESOURCE_KEY, facts).includes('*') &&
    valuesUnder(setting, prefix, ACTION_KEY, facts).some((action) => !isReadOnly(action))
  );
}

function valuesUnder(setting: Setting, prefix: readonly string[], names: RegExp, facts: SourceFacts | undefined): readonly string[] {
  return settingsUnder(facts, setting, prefix).flatMap((other) => (names.test(nameOf(other)) ? [String(other.value)] : []));
}
