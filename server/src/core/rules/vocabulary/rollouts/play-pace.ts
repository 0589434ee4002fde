import type { RuleInput } from '../../define.ts';
import { quote } from '../../quote.ts';
import { UNAVAILABLE } from '../../thresholds.ts';
import { findSetting } from '../settings/setting-index.ts';
import { isTrue, shownValue } from '../settings/setting-values.ts';
import type { SettingChange } from '../settings/settings.ts';
import { amountOf, type RolloutLoss } from './losses.ts';

/** A play of Ansible that goes to more hosts at once, or that goes on where more of them fail. */
export function playPace({ path, before, after }: SettingChange, input: RuleInput): RolloutLoss | undefined {
  const [play = '', name = ''] = path;
  if (!PACE.test(name) || !/^\d+$/.test(play) || before === undefined) return undefined;
  const hosts = findSetting(input.after, { path: [play, 'hosts'], resource: before.resource });
  if (hosts === undefined) return undefined;
  const is = (severity?: 'medium'): RolloutLoss => ({
    message: `${quote(name, 26)} of ${quote(String(hosts.value), 20)}: ${shownValue(before.value)} -> ${shownValue(after?.value)}`,
    about: `play ${play} ${name}`,
    ...(severity === undefined ? {} : { severity }),
  });
  if (name === 'any_errors_fatal') return isTrue(before.value) && !isTrue(after?.value) ? is('medium') : undefined;
  // A list of batches (`serial: [1, 5, 100%]`) is a setting for each of them.
  const stays = input.after?.settings.some((setting) => setting.path[0] === play && setting.path[1] === name) === true;
  if (after === undefined) return stays ? undefined : is(name === 'serial' ? undefined : 'medium');
  const [old, now] = [amountOf(before.value ?? 0), amountOf(after.value ?? 0)];
  if (old === undefined || now === undefined || old.isShare !== now.isShare || now.value <= old.value || path.length > 2) return undefined;
  const isMuch = now.isShare
    ? now.value >= UNAVAILABLE.share && old.value < UNAVAILABLE.share
    : now.value >= old.value * UNAVAILABLE.factor * 2;
  return isMuch ? is(name === 'serial' ? undefined : 'medium') : undefined;
}

const PACE = /^(?:serial|max_fail_percentage|any_errors_fatal)$/;
