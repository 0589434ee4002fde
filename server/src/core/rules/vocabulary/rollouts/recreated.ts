import type { RuleInput } from '../../define.ts';
import { quote } from '../../quote.ts';
import { findSetting, settingsUnder } from '../settings/setting-index.ts';
import { countOf } from '../settings/setting-values.ts';
import { ofResource, type SettingChange } from '../settings/settings.ts';
import type { RolloutLoss } from './losses.ts';

const CARE =
  /^(strategy|updateStrategy|update_strategy|deploymentStrategy|deployment_strategy|rollingUpdate|rolling_update|rollout|type|upgradeStrategy|UpdatePolicy|rolling_update_policy|update_policy|upgrade_policy_mode|upgrade_policy)/i;

/** Everything is stopped before anything new starts, where one after the other was replaced. */
export function recreated(change: SettingChange, input: RuleInput): RolloutLoss | undefined {
  const { path, before, after, resource } = change;
  const name = path.at(-1) ?? '';
  const [old, now] = [String(before?.value ?? ''), String(after?.value ?? '')];
  const isStrategy =
    /^(type|strategy|updateStrategy|deploymentStrategy|strategyType|rolloutStrategy)$/.test(name) &&
    path.some((element) => /strategy|rollout/i.test(element));
  const about = `${(before ?? after)?.resource ?? ''} ${path.join('/')}`;
  if (
    isStrategy &&
    /^(Recreate|AllAtOnce|all-at-once|OnDelete|recreate|allatonce|bigbang|big-bang|replace|none)$/i.test(now) &&
    old.toLowerCase() !== now.toLowerCase()
  ) {
    if (before === undefined && change.resourceIsNew) return undefined;
    return isSingle(change, input)
      ? undefined
      : { message: `${quote(name)}${ofResource(change)}: ${before === undefined ? 'rolling' : old} -> ${now}`, about };
  }
  if (
    /^(deployment_config_name|DeploymentConfigName|deploymentConfig|deploymentConfigName|Type)$/.test(name) &&
    /AllAtOnce/.test(now) &&
    before !== undefined &&
    !/AllAtOnce/.test(old)
  )
    return { message: `${quote(name)}${ofResource(change)}: ${old} -> ${now}`, about };
  if (name === 'order' && old === 'start-first' && now === 'stop-first')
    return { message: `${quote('order')}${ofResource(change)}: start-first -> stop-first`, about };
  // The whole block of a rolling update, where nothing else says how to roll.
  const at = path.findIndex((element) =>
    /^(rollingUpdate|rolling_update|AutoScalingRollingUpdate|rolling_upgrade_policy|update_config|instance_refresh)$/.test(element),
  );
  if (at < 0 || before === undefined || after !== undefined || (resource === undefined && !CARE.test(path[at - 1] ?? ''))) return undefined;
  const block = path.slice(0, at + 1);
  if (settingsUnder(input.after, before, block).length > 0) return undefined;
  if (settingsUnder(input.after, before, path.slice(0, at)).some((setting) => /recreate|allatonce/i.test(String(setting.value))))
    return undefined;
  return {
    message: `${quote(path[at] ?? '', 30)}${ofResource(change)} removed`,
    about: `${before.resource} ${block.join('/')}`,
    severity: 'medium',
  };
}

/** One replica with a volume of its own cannot run twice, and has nothing to roll. */
function isSingle({ after, before }: SettingChange, input: RuleInput): boolean {
  const like = after ?? before;
  if (like === undefined) return false;
  const replicas = countOf(findSetting(input.after, { resource: like.resource, path: ['spec', 'replicas'] })?.value);
  const claims =
    input.after?.settings.some((setting) => setting.resource === like.resource && setting.path.includes('persistentVolumeClaim')) === true;
  return replicas === 1 && (claims || /StatefulSet/.test(like.resource));
}
