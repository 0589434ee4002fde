import type { RuleInput } from '../../define.ts';
import { quote } from '../../quote.ts';
import { words } from '../code/call-names.ts';
import { settingsUnder } from '../settings/setting-index.ts';
import { isFalse, isTrue, shownValue } from '../settings/setting-values.ts';
import { changeName, ofResource, type SettingChange } from '../settings/settings.ts';
import type { RolloutLoss } from './losses.ts';

/** A rollout that no longer goes back by itself when it fails. */
export function lostRollback(change: SettingChange, input: RuleInput): RolloutLoss | undefined {
  const { path, before, after } = change;
  const name = changeName(change);
  const about = `${(before ?? after)?.resource ?? ''} ${path.slice(0, -1).join('/')} rollback`;
  const alarms = lostAlarms(change, input);
  if (alarms !== undefined) return alarms;
  const text = words(path.slice(-2).join(' '));
  const isRollback =
    /\b(auto(matic)? ?roll ?back|roll ?back|rollback on (failure|error|alarm)|auto revert|disable rollback|failure action)\b/.test(text);
  if (!isRollback) return undefined;
  const is = (): RolloutLoss => ({
    message: `${quote(
      path
        .slice(-2)
        .filter((part) => !/^\d+$/.test(part))
        .join('.'),
      36,
    )}${ofResource(change)}: ${shownValue(before?.value)} -> ${shownValue(after?.value)}`,
    about,
  });
  if (/disable/i.test(name)) return isTrue(after?.value) && !isTrue(before?.value) ? is() : undefined;
  if (/failure_?action|onFailure/i.test(name))
    return /rollback/i.test(String(before?.value)) && !/rollback/i.test(String(after?.value ?? '')) ? is() : undefined;
  if (before === undefined || !(isTrue(before.value) || before.value === null)) return undefined;
  if (before.value === null)
    return after === undefined && settingsUnder(input.after, before, path.slice(0, -1)).length > 0 ? is() : undefined;
  return after === undefined || isFalse(after.value) ? is() : undefined;
}

/** The alarms of a deployment group, on which it goes back: all of them are gone. */
function lostAlarms({ path, before, after, resource, resourceIsGone }: SettingChange, input: RuleInput): RolloutLoss | undefined {
  const at = path.findIndex((part) => /^(alarms?|alarm_configuration|AlarmConfiguration|Alarms)(#.*)?$/.test(part));
  if (at < 0 || before === undefined || after !== undefined || resourceIsGone || !SHIPS.test(resource?.type ?? '')) return undefined;
  if (settingsUnder(input.after, before, path.slice(0, at + 1)).length > 0) return undefined;
  return {
    message: `${quote(path[at] ?? '', 26)}${ofResource({ resource })} removed: nothing takes it back`,
    about: `${before.resource} alarms`,
  };
}

const SHIPS = /DeploymentGroup$|deployment_group$|AWS::Serverless::Function|^cdk:.*(?:Fargate|Ec2)Service$|^aws_ecs_service$/;

/** Analysis, verification or a promotion by hand that is skipped. */
export function skippedChecks(change: SettingChange): RolloutLoss | undefined {
  const { path, before, after } = change;
  const name = changeName(change);
  const about = `${(before ?? after)?.resource ?? ''} ${path.join('/')}`;
  const is = (): RolloutLoss => ({
    message: `${quote(name, 34)}${ofResource(change)}: ${before === undefined ? 'unset' : shownValue(before.value)} -> ${shownValue(after?.value)}`,
    about,
  });
  if (
    /^(skip_?Analysis|skip_?verification|skip_?canary|skip_?checks?|skip_?health_?checks?|autoPromotionEnabled|auto_promote|autoPromote|auto_promotion_enabled|force_?deploy|skip_?bake)$/i.test(
      name,
    )
  )
    return isTrue(after?.value) && !isTrue(before?.value) && !(change.resourceIsNew && before === undefined) ? is() : undefined;
  if (
    /^(wait_for_steady_state|health_?check_?before_?promote|require_?healthy|verify_?(after|before)_?\w*|wait_?for_?healthy|abort_?on_?(failure|error)|halt_?on_?(failure|error)|stop_?on_?(failure|error)|fail_?fast)$/i.test(
      name,
    )
  )
    return before !== undefined &&
      isTrue(before.value) &&
      (after === undefined || isFalse(after.value)) &&
      !/matrix|jobs/.test(path.join()) &&
      !/strategy/.test(path.at(-2) ?? '')
      ? is()
      : undefined;
  return undefined;
}
