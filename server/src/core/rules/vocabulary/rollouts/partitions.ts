import type { RuleInput } from '../../define.ts';
import { quote } from '../../quote.ts';
import { STAGE_JUMP } from '../../thresholds.ts';
import { findSetting } from '../settings/setting-index.ts';
import { countOf } from '../settings/setting-values.ts';
import { ofResource, type SettingChange } from '../settings/settings.ts';
import type { RolloutLoss } from './losses.ts';

/**
 * The partition of a StatefulSet's rollout, below which pods keep the old version: from the last few pods to all of them at once.
 */
export function lostPartition({ path, before, after, resource }: SettingChange, input: RuleInput): RolloutLoss | undefined {
  if (path.at(-1) !== 'partition' || path.at(-2) !== 'rollingUpdate' || before === undefined) return undefined;
  const [old, now] = [countOf(before.value) ?? 0, countOf(after?.value ?? 0) ?? 0];
  const replicas = countOf(findSetting(input.after, { path: ['spec', 'replicas'], resource: before.resource })?.value);
  if (replicas === undefined || now > 0 || old <= 0 || (replicas - old) * 100 >= replicas * STAGE_JUMP.from) return undefined;
  return {
    message: `${quote('partition')}${ofResource({ resource })}: ${old} -> ${now}, ${replicas - old} of ${replicas} pods before the rest`,
    about: `${before.resource} partition`,
  };
}
