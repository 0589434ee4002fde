import type { Setting, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { quote } from '../../quote.ts';
import { UNAVAILABLE } from '../../thresholds.ts';
import { findSetting, settingsUnder } from '../settings/setting-index.ts';
import { isTrue, shownValue } from '../settings/setting-values.ts';
import type { SettingChange } from '../settings/settings.ts';
import { amountOf, type RolloutLoss } from './losses.ts';

/** A play of Ansible that goes to more hosts at once, or that goes on where more of them fail. */
export function playPace({ path, before, after }: SettingChange, input: RuleInput): RolloutLoss | undefined {
  const [play = '', name = ''] = path;
  if (!PACE.test(name) || before === undefined || !isPlay(input.before, before, play)) return undefined;
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
  // The first failure on any host ends the play: that is stricter than any share.
  const endsAtFirst = isTrue(findSetting(input.after, { path: [play, 'any_errors_fatal'], resource: before.resource })?.value);
  if (name === 'max_fail_percentage' && endsAtFirst) return undefined;
  if (after === undefined) return stays ? undefined : is(name === 'serial' ? undefined : 'medium');
  const [old, now] = [amountOf(before.value ?? 0), amountOf(after.value ?? 0)];
  if (old === undefined || now === undefined || old.isShare !== now.isShare || now.value <= old.value || path.length > 2) return undefined;
  const isMuch = now.isShare
    ? now.value >= UNAVAILABLE.share && old.value < UNAVAILABLE.share
    : now.value >= old.value * UNAVAILABLE.factor * 2;
  return isMuch ? is(name === 'serial' ? undefined : 'medium') : undefined;
}

/** A list entry with hosts and what is done on them; one that has a name goes by it. */
function isPlay(facts: SourceFacts | undefined, like: Setting, play: string): boolean {
  return settingsUnder(facts, like, [play]).some(({ path: [, key = ''] }) =>
    /^(?:tasks|roles|pre_tasks|post_tasks|become|gather_facts|handlers|vars_files)$/.test(key),
  );
}

const PACE = /^(?:serial|max_fail_percentage|any_errors_fatal)$/;
