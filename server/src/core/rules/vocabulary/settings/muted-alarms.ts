import type { SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { quote } from '../../quote.ts';
import { settingsOf } from './setting-index.ts';
import { countOf, isFalse, shownValue } from './setting-values.ts';
import { changedSettings, changeName, ofResource, type SettingChange } from './settings.ts';

/** An alarm that stays and calls nobody any more, or calls far later than it did. */
export interface MutedAlarm {
  readonly change: SettingChange;
  readonly message: string;
}

/** An alarm's list of who is called, emptied; its actions turned off; its threshold moved out of reach. Each alarm and name once. */
export function* mutedAlarms(input: RuleInput): Iterable<MutedAlarm> {
  const told = new Set<string>();
  for (const change of changedSettings(input)) {
    if (change.resource === undefined || change.resourceIsNew || change.resourceIsGone || !ALARM.test(change.resource.type)) continue;
    const list = change.path[0] ?? '';
    const key = `${change.resource.key} ${list}`;
    const what = CALLED.test(list) ? callsNobody(change, input.after) : (turnedOff(change) ?? outOfReach(change, input.after));
    if (what === undefined || told.has(key)) continue;
    told.add(key);
    yield { change, message: `${quote(list, 24)}${ofResource(change)}: ${what}` };
  }
}

const ALARM =
  /^(?:aws_cloudwatch_(?:metric|composite)_alarm|AWS::CloudWatch::(?:Alarm|CompositeAlarm)|google_monitoring_alert_policy|azurerm_monitor_(?:metric|activity_log)_alert)$/;
const CALLED = /^(?:alarm_actions|AlarmActions|notification_channels)$/;

function callsNobody({ before, after, path }: SettingChange, facts: SourceFacts | undefined): string | undefined {
  const owner = (before ?? after)?.resource ?? '';
  const left = settingsOf(facts, owner).filter((other) => other.path[0] === path[0] && !isNobody(other.value));
  return before !== undefined && !isNobody(before.value) && left.length === 0 ? 'calls nobody any more' : undefined;
}

function isNobody(value: unknown): boolean {
  return value === null || value === '[]' || value === '';
}

function turnedOff(change: SettingChange): string | undefined {
  const { before, after } = change;
  // They are on until they are turned off.
  const isOff = /^(?:actions_enabled|ActionsEnabled)$/.test(changeName(change)) && isFalse(after?.value) && !isFalse(before?.value);
  return isOff ? `${before === undefined ? 'unset' : shownValue(before.value)} -> false` : undefined;
}

/** A threshold that is met half as early, or of a share that leaves a quarter of what was left to a hundred. */
function outOfReach({ path, before, after }: SettingChange, facts: SourceFacts | undefined): string | undefined {
  if (path.length !== 1 || !/^threshold$/i.test(path[0] ?? '')) return undefined;
  const [old, now] = [countOf(before?.value), countOf(after?.value)];
  const owner = settingsOf(facts, after?.resource ?? '');
  const operator = String(owner.find((other) => /^comparison_?operator$/i.test(other.path[0] ?? ''))?.value ?? '');
  if (old === undefined || now === undefined || old < 0 || now < 0 || old === now) return undefined;
  const isAbove = /^Greater/.test(operator);
  const isShare = isAbove && old < 100 && now <= 100 && /percent|utili[sz]ation/i.test(owner.map(({ value }) => String(value)).join(' '));
  const isLater = isAbove
    ? now >= FAR * old || (isShare && now > old && 100 - old >= SHARE * (100 - now))
    : /^Less/.test(operator) && now * FAR <= old;
  return isLater ? `${String(old)} -> ${String(now)}: it tells far later` : undefined;
}

const FAR = 2;
const SHARE = 4;
