import { quote } from '../../quote.ts';
import { UNAVAILABLE } from '../../thresholds.ts';
import { shownValue } from '../settings/setting-values.ts';
import { ofResource, type SettingChange } from '../settings/settings.ts';
import type { RolloutLoss } from './losses.ts';
import { amountOf } from './losses.ts';

const TOLERANCE =
  /^(failure_?limit|inconclusive_?limit|consecutive_?error_?limit|consecutive_?success_?limit|max_?failures?|failure_?threshold|max_?failed(_?\w+)?|max_?error_?(rate|percent\w*)|error_?(budget|threshold)|failed_?checks?|max_?iterations_failed|failure_?tolerance(_?(count|percentage))?|FailureToleranceCount|FailureTolerancePercentage|threshold|allowed_?failures)$/i;
const ANALYSIS =
  /analysis|canary|rollout|AnalysisTemplate|ClusterAnalysisTemplate|progressive|deployment_?(policy|strategy|config)|stack_?set|operation_?preferences|OperationPreferences|verification|bake/i;
const SUCCESS = /^(success_?condition|failure_?condition)$/i;

/** An analysis that stands more failures before it stops the rollout, or that calls more of them a success. */
export function tolerantAnalysis(change: SettingChange): RolloutLoss | undefined {
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
