import { quote } from '../../quote.ts';
import { UNAVAILABLE } from '../../thresholds.ts';
import { shownValue } from '../settings/setting-values.ts';
import { changeName, ofResource, type SettingChange } from '../settings/settings.ts';
import type { RolloutLoss } from './losses.ts';
import { amountOf } from './losses.ts';

/** More of the running copies may be missing at once. */
export function unavailable(change: SettingChange): RolloutLoss | undefined {
  const { before, after } = change;
  const name = changeName(change);
  if (after === undefined || before === undefined || before.value === after.value) return undefined;
  const about = `${after.resource} ${change.path.join('/')}`;
  const is = (severity?: 'medium' | 'low'): RolloutLoss => ({
    message: `${quote(name, 34)}${ofResource(change)}: ${shownValue(before.value)} -> ${shownValue(after.value)}`,
    about,
    ...(severity === undefined ? {} : { severity }),
  });
  const [old, now] = [amountOf(before.value), amountOf(after.value)];
  if (/PodDisruptionBudget/.test(change.resource?.type ?? '')) return undefined;
  if (
    /^(max_?unavailable|max_?unavailable_?(fixed|percent|percentage|upgrade\w*)|max_unhealthy_(instance|upgraded_instance)_percent|max_batch_instance_percent|MaxBatchSize|batch_?size|parallelism|batch_percentage)$/i.test(
      name,
    )
  ) {
    if (now === undefined || (old !== undefined && old.isShare === now.isShare && now.value <= old.value)) return undefined;
    const isMuch = now.isShare
      ? now.value >= UNAVAILABLE.share
      : old !== undefined && !old.isShare && now.value >= Math.max(2, old.value * UNAVAILABLE.factor);
    return is(isMuch ? undefined : old !== undefined && old.value === 0 ? 'medium' : 'low');
  }
  if (
    /^(deployment_?minimum_?healthy_?percent|min_?healthy_?percent(age)?|MinimumHealthyPercent|minHealthyPercent|MinInstancesInService|min_healthy_percentage|minimum_healthy_hosts|MinSuccessfulInstancesPercent)$/i.test(
      name,
    ) &&
    old !== undefined &&
    now !== undefined &&
    now.value < old.value
  )
    return is(now.value <= old.value / 2 ? undefined : 'medium');
  if (/^(max_?surge)$/i.test(name) && old !== undefined && now?.value === 0 && old.value > 0) return is('medium');
  if (
    /^(revisionHistoryLimit|revision_history_limit|historyLimit|max_?history|keep_?releases)$/i.test(name) &&
    now?.value === 0 &&
    (old?.value ?? 1) > 0
  )
    return is();
  return undefined;
}
