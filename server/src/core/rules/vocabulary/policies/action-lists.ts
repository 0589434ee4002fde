import type { Setting } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { quote } from '../../quote.ts';
import { settingsUnder } from '../settings/setting-index.ts';
import { ADMIN_ROLE } from './admin-roles.ts';
import { SERVICE_ACTIONS } from './policy-actions.ts';
import { partOf } from './policy-constructs.ts';
import type { WideGrant } from './wide-grant.ts';

/** Lists of actions that a policy takes by name: local values, variables and their values, a constant of a program. */
export function* wideLists(input: RuleInput): Generator<WideGrant> {
  const told = new Set<string>();
  for (const setting of input.added.settings) {
    const value = String(setting.value);
    const isNamed = SERVICE_ACTIONS.test(value) || ADMIN_ROLE.test(value);
    if (!isNamed && value !== '*') continue;
    const type = input.after?.resources.find((resource) => resource.key === setting.resource)?.type;
    const isHeld = /^(locals|variable|module)$/.test(type ?? '') || (type === undefined && /\.tfvars$/.test(input.path));
    const list = setting.path.filter((part) => !/^\d+$/.test(part)).join('/');
    if (!isHeld || told.has(`${setting.resource} ${list}`) || /deny|denied|forbid|block|restrict/i.test(list)) continue;
    const isEverything = value === '*' && /action|verb|permission/i.test(list);
    if (!isEverything && !isNamed) continue;
    // `Owner` alone may be anything: a tag, a column.
    if (!/[:/]/.test(value) && !isEverything && !/role|polic/i.test(list)) continue;
    if (input.before?.settings.some((other) => other.value === setting.value && other.resource === setting.resource) === true) continue;
    told.add(`${setting.resource} ${list}`);
    const message = `${quote(list, 24)} holds ${quote(value, 36)}: ${SERVICE_ACTIONS.test(value) ? 'every action of the service' : 'may do almost anything'}`;
    yield {
      range: setting.range,
      severity: SERVICE_ACTIONS.test(value) && !isEverywhere(setting, input) ? 'high' : 'critical',
      message,
    };
  }
  for (const option of input.added.options) {
    if (option.callee !== '' || !/action|verb|permission|polic|grant|allow/i.test(`${option.name} ${option.scope}`)) continue;
    if (/deny|denied|forbid|block/i.test(option.name) || partOf(option) !== undefined) continue;
    const isWide = (text: string): string | undefined =>
      [...text.matchAll(/['"]([\w-]+:\*)['"]/g)].map((match) => match[1] ?? '').find((action) => SERVICE_ACTIONS.test(action));
    const wide = isWide(option.value);
    if (wide === undefined || input.before?.options.some((other) => isWide(other.value) === wide) === true || told.has(wide)) continue;
    told.add(wide);
    yield {
      range: option.range,
      severity: 'high',
      message: `${quote(option.name, 24)} holds ${quote(wide)}: every action of the service`,
    };
  }
}

/** The entry that holds the list of actions holds every resource beside it. */
function isEverywhere(setting: Setting, { after }: RuleInput): boolean {
  const at = setting.path.findIndex((part) => /^actions?$/i.test(part));
  if (at < 0) return false;
  return settingsUnder(after, setting, setting.path.slice(0, at)).some(
    (other) => /^resources?$/i.test(other.path[at] ?? '') && other.value === '*',
  );
}
