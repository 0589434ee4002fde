import type { Setting } from '../../model/facts.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage, quote } from '../quote.ts';
import { BAKE_CUT, UNAVAILABLE } from '../thresholds.ts';
import { words } from '../vocabulary/code/call-names.ts';
import {
  changedSettings,
  changeName,
  countOf,
  durationOf,
  findSetting,
  isFalse,
  isTrue,
  ofResource,
  placeOf,
  type SettingChange,
  settingsUnder,
  shownValue,
} from '../vocabulary/settings/settings.ts';

/**
 * ## What it sees
 * A rollout that may break more at once: RollingUpdate that becomes Recreate, more pods unavailable, fewer healthy hosts required, a
 * bake time, pause or minimum ready time that is cut or taken out, an analysis that is skipped, and automatic rollback that is
 * turned off. Kubernetes, Argo Rollouts, Flagger, ECS, CodeDeploy, autoscaling groups, compose and JSON of one's own.
 *
 * ## Why it matters
 * These are the seconds in which a bad release is still on one pod of six.
 *
 * ## When it is fine
 * A slower rollout, and a single replica that holds a volume and cannot roll.
 *
 * ## What it misses
 * A pipeline that rolls out by hand, and strategies in a chart's own words.
 */
export default defineRule({
  id: 'deploy/rollout-strategy-weakened',
  version: '1.0.0',
  severity: 'high',
  confidence: 'high',
  title: 'Rolls out with less care',
  reads: ['settings'],
  evidence: [
    { title: 'Cloudflare 2025-11-18: a file over its limit', url: 'https://blog.cloudflare.com/18-november-2025-outage/' },
    {
      title: 'kube-linter: no-rolling-update-strategy',
      url: 'https://docs.kubelinter.io/#/generated/checks?id=no-rolling-update-strategy',
    },
  ],
  *check(input) {
    const told = new Set<string>();
    for (const change of changedSettings(input)) {
      if (change.resourceIsGone || input.after === undefined) continue;
      const found =
        recreated(change, input) ??
        unavailable(change) ??
        shorter(change, input) ??
        noRollback(change, input) ??
        skipped(change) ??
        tolerant(change);
      if (found === undefined || told.has(found.about)) continue;
      told.add(found.about);
      yield {
        ...placeOf(change),
        ...(found.severity === undefined ? {} : { severity: found.severity }),
        message: fitMessage(found.message),
      };
    }
  },
});

interface Loss {
  readonly message: string;
  readonly about: string;
  readonly severity?: 'medium' | 'low';
}

const CARE =
  /^(strategy|updateStrategy|update_strategy|deploymentStrategy|deployment_strategy|rollingUpdate|rolling_update|rollout|type|upgradeStrategy|UpdatePolicy|rolling_update_policy|update_policy|upgrade_policy_mode|upgrade_policy)/i;

function recreated(change: SettingChange, input: RuleInput): Loss | undefined {
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

const TOLERANCE =
  /^(failure_?limit|inconclusive_?limit|consecutive_?error_?limit|consecutive_?success_?limit|max_?failures?|failure_?threshold|max_?failed(_?\w+)?|max_?error_?(rate|percent\w*)|error_?(budget|threshold)|failed_?checks?|max_?iterations_failed|failure_?tolerance(_?(count|percentage))?|FailureToleranceCount|FailureTolerancePercentage|threshold|allowed_?failures)$/i;
const ANALYSIS =
  /analysis|canary|rollout|AnalysisTemplate|ClusterAnalysisTemplate|progressive|deployment_?(policy|strategy|config)|stack_?set|operation_?preferences|OperationPreferences|verification|bake/i;
const SUCCESS = /^(success_?condition|failure_?condition)$/i;

/** An analysis that stands more failures before it stops the rollout, or that calls more of them a success. */
function tolerant(change: SettingChange): Loss | undefined {
  const { path, before, after, resource } = change;
  if (before === undefined || before.value === after?.value) return undefined;
  const name = path.at(-1) ?? '';
  const place = `${path.slice(0, -1).join('/')} ${resource?.type ?? ''}`;
  const about = `${before.resource} ${path.join('/')}`;
  const message = `${quote(name, 28)}${ofResource(change)}: ${shownValue(before.value)} -> ${shownValue(after?.value)}`;
  if (!ANALYSIS.test(place) || /probe|hpa|autoscal/i.test(place)) return undefined;
  const [old, now] = [amountOf(before.value), after === undefined ? undefined : amountOf(after.value)];
  // Alerts and scalers have thresholds too.
  const isBound = !/^threshold$/i.test(name) || /^(analysis|canaryAnalysis)$/.test(path.at(-2) ?? '');
  if (isBound && TOLERANCE.test(name) && !/success/i.test(name) && old !== undefined && now !== undefined)
    return now.value === -1 || (now.value > old.value && now.value >= Math.max(2, old.value * UNAVAILABLE.factor))
      ? { message, about }
      : undefined;
  if (!SUCCESS.test(name)) return undefined;
  // A condition that is gone judges nothing; one with another number judges by that.
  if (after === undefined) return { message, about };
  const [was, is] = [BOUND.exec(String(before.value)), BOUND.exec(String(after.value))];
  if (was === null || is === null || was[1] !== is[1]) return undefined;
  const isLooser =
    Number(is[2]) > Number(was[2]) === (was[1] === '<' && /^success/i.test(name)) ||
    (/^failure/i.test(name) && was[1] === '>' && Number(is[2]) > Number(was[2]));
  return Number(is[2]) !== Number(was[2]) && isLooser ? { message, about } : undefined;
}

/** The first comparison of an expression with a number. */
const BOUND = /([<>])=?\s*(\d+(?:\.\d+)?)/;

/** One replica with a volume of its own cannot run twice, and has nothing to roll. */
function isSingle({ after, before }: SettingChange, input: RuleInput): boolean {
  const like = after ?? before;
  if (like === undefined) return false;
  const replicas = countOf(findSetting(input.after, { resource: like.resource, path: ['spec', 'replicas'] })?.value);
  const claims =
    input.after?.settings.some((setting) => setting.resource === like.resource && setting.path.includes('persistentVolumeClaim')) === true;
  return replicas === 1 && (claims || /StatefulSet/.test(like.resource));
}

function unavailable(change: SettingChange): Loss | undefined {
  const { before, after } = change;
  const name = changeName(change);
  if (after === undefined || before === undefined || before.value === after.value) return undefined;
  const about = `${after.resource} ${change.path.join('/')}`;
  const is = (severity?: 'medium' | 'low'): Loss => ({
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

function amountOf(value: Setting['value']): { readonly value: number; readonly isShare: boolean } | undefined {
  const share = /^\s*(\d+(?:\.\d+)?)\s*%\s*$/.exec(String(value))?.[1];
  if (share !== undefined) return { value: Number(share), isShare: true };
  const count = countOf(value);
  return count === undefined ? undefined : { value: count, isShare: false };
}

const WAIT =
  /\b(bake|baking|soak|soaking|bake time|min ready|pause|canary (duration|wait|minutes|time)|wave (delay|interval|wait)|stage (delay|interval|wait|duration)|observation|observe|verification (window|minutes|time)|verify (minutes|duration|window)|analysis interval|warm ?up|stabili[sz]ation|cool ?down between|wait between|delay between|batch (delay|interval)|termination wait|step (interval|duration|wait)|rollout (delay|interval|duration|window|minutes|hours)|hold)\b/;

function shorter(change: SettingChange, input: RuleInput): Loss | undefined {
  const { path, before, after } = change;
  if (before === undefined || before.value === null) return undefined;
  const name = changeName(change);
  const steps = path.some((element) =>
    /^(steps|canary|blueGreen|analysis|rollout|rollouts?|waves?|stages?|progressive\w*|deployment_?strategy|update_config|canaryAnalysis|skipSteps|deploymentPolicy|deployment_policy)$/i.test(
      element,
    ),
  );
  const isWait =
    WAIT.test(words(name)) ||
    (steps && /\b(duration|delay|interval|wait|pause|minutes|seconds|hours|monitor)\b/.test(words(name))) ||
    /^minReadySeconds$/.test(name);
  if (!isWait || /\b(timeout|deadline|animation|poll|max|http|connect)\b/.test(words(name))) return undefined;
  const about = `${before.resource} ${path.join('/')}`;
  const [old, now] = [timeOf(before.value), after === undefined ? 0 : timeOf(after.value)];
  if (old === undefined || now === undefined || old === 0 || now > old * BAKE_CUT) return undefined;
  // A step that went away with its pause is one stage less, and told as such.
  if (after === undefined && path.length > 1 && settingsUnder(input.after, before, path.slice(0, -1)).length === 0 && !steps)
    return undefined;
  return {
    message: `${quote(
      path
        .slice(-2)
        .filter((part) => !/^\d+$/.test(part))
        .join('.'),
      34,
    )}${ofResource(change)}: ${shownValue(before.value)} -> ${shownValue(after?.value)}`,
    about,
  };
}

function timeOf(value: Setting['value']): number | undefined {
  return countOf(value) ?? durationOf(value);
}

function noRollback(change: SettingChange, input: RuleInput): Loss | undefined {
  const { path, before, after } = change;
  const name = changeName(change);
  const about = `${(before ?? after)?.resource ?? ''} ${path.slice(0, -1).join('/')} rollback`;
  const text = words(path.slice(-2).join(' '));
  const isRollback =
    /\b(auto(matic)? ?roll ?back|roll ?back|rollback on (failure|error|alarm)|auto revert|disable rollback|failure action)\b/.test(text);
  if (!isRollback) return undefined;
  const is = (): Loss => ({
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

function skipped(change: SettingChange): Loss | undefined {
  const { path, before, after } = change;
  const name = changeName(change);
  const about = `${(before ?? after)?.resource ?? ''} ${path.join('/')}`;
  const is = (): Loss => ({
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
