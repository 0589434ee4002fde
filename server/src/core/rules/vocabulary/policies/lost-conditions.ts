import type { Setting } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { nameOf, settingsUnder } from '../settings/setting-index.ts';
import type { WideGrant } from './wide-grant.ts';

/**
 * A statement that stays and allows what it allowed without asking for more: its `Condition` held it to an organisation, a network, a second
 * factor or a tag (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html).
 */
export function* lostConditions(input: RuleInput): Generator<WideGrant> {
  const { before, after, removed } = input;
  if (before === undefined || after === undefined) return;
  const told = new Set<string>();
  for (const setting of removed.settings) {
    const at = setting.path.findIndex((part) => CONDITION.test(part));
    if (at < 0) continue;
    const statement = setting.path.slice(0, at);
    const place = `${setting.resource} ${statement.join('/')}`;
    if (told.has(place)) continue;
    told.add(place);
    const was = settingsUnder(before, setting, statement);
    const now = settingsUnder(after, setting, statement);
    const isPolicy = was.some(({ path }) => /^(?:Action|actions|NotAction|not_actions)$/.test(path[at] ?? ''));
    const stays = sayings(now, at);
    if (!isPolicy || stays.length === 0 || stays.join() !== sayings(was, at).join()) continue;
    if (
      now.some(({ path }) => CONDITION.test(path[at] ?? '')) ||
      now.some((other) => nameOf(other) === 'Effect' && /^deny$/i.test(String(other.value))) ||
      now.some((other) => nameOf(other) === 'effect' && /^deny$/i.test(String(other.value)))
    )
      continue;
    const isForAll = now.some(({ path, value }) => /^(?:Principal|principals(?:#.*)?)$/.test(path[at] ?? '') && value === '*');
    yield {
      range: setting.range,
      severity: isForAll ? 'critical' : 'high',
      message: `what it allows ${isForAll ? 'everybody ' : ''}no longer depends on \`${asked(was)}\``,
    };
  }
}

const CONDITION = /^(?:Condition|condition(?:#.*)?)$/;

/** What a statement allows, to whom and of what. */
function sayings(settings: readonly Setting[], at: number): readonly string[] {
  return settings
    .filter(({ path }) => /^(?:Action|actions|NotAction|not_actions|Resource|resources|Principal|principals(?:#.*)?)$/.test(path[at] ?? ''))
    .map(({ path, value }) => `${path.slice(at).join('/')}=${String(value)}`)
    .toSorted();
}

/** The key that a condition asks of, `aws:PrincipalOrgID`: the last part of JSON, the `variable` of Terraform. */
function asked(statement: readonly Setting[]): string {
  const own = statement.filter(({ path, value }) => value !== null && path.some((part) => CONDITION.test(part)));
  const variable = own.find((other) => nameOf(other) === 'variable');
  const key = variable === undefined ? own[0]?.path.findLast((part) => !/^\d+$/.test(part)) : String(variable.value);
  return (key ?? 'Condition').slice(0, 40);
}
