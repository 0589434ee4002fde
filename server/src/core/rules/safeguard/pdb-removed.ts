import type { Resource, Setting } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage, quote } from '../quote.ts';
import { unlistedResources } from '../vocabulary/settings/kustomize-patches.ts';
import { settingsOf, settingsUnder } from '../vocabulary/settings/setting-index.ts';
import { isFalse, isTrue } from '../vocabulary/settings/setting-values.ts';
import { changedSettings, ofResource, placeOf, type SettingChange } from '../vocabulary/settings/settings.ts';
import { switchedOffTemplates } from '../vocabulary/settings/switched-templates.ts';
import { takenOut } from '../vocabulary/settings/taken-out.ts';

/**
 * ## What it sees
 * A PodDisruptionBudget that is removed or set to allow everything, anti-affinity and topology spread that are taken out or made a
 * wish, and the switches of a chart for them, one that is new and off among them. Also a budget that a kustomization no longer takes in, and what its patches take out.
 *
 * ## Why it matters
 * A node upgrade then may take all replicas at once, or finds them all on one node.
 *
 * ## When it is fine
 * A workload that is removed with its budget, and a budget that lets fewer pods go.
 *
 * ## What it misses
 * Budgets that a chart renders from values with other names.
 */
export default defineRule({
  id: 'safeguard/pdb-removed',
  version: '1.0.0',
  severity: 'medium',
  confidence: 'high',
  title: 'Lets all replicas go at once',
  reads: ['resources', 'settings', 'tokens'],
  evidence: [{ title: 'kube-linter: pdb-min-available', url: 'https://docs.kubelinter.io/#/generated/checks?id=pdb-min-available' }],
  *check(input) {
    yield* removedBudgets(input);
    yield* leftOut(input);
    for (const { range, resource, value } of switchedOffTemplates(input, BUDGET))
      yield { side: 'after', range, message: fitMessage(`the ${quote(resource.type, 20)} is there only with ${quote(value, 30)} now`) };
    const told = new Set<string>();
    for (const change of changedSettings(input)) {
      const what = opened(change) ?? lostSpread(change, input);
      if (what === undefined || told.has(what)) continue;
      told.add(what);
      yield { ...placeOf(change), message: fitMessage(what) };
    }
  },
});

const BUDGET = /^((?:[\w$]+[:.])*(Kube|k8s|Cfn)?PodDisruptionBudget(V1|V1Beta1|Patch)?|kubernetes_pod_disruption_budget(_v1)?)$/;
const WORKLOAD = /^(Deployment|StatefulSet|DaemonSet|Rollout|ReplicaSet|kubernetes_(deployment|stateful_set)(_v1)?)$/;

function* removedBudgets(input: RuleInput): Generator<FindingDraft> {
  for (const resource of input.removed.resources) {
    if (!BUDGET.test(resource.type) || input.after?.resources.some((other) => other.key === resource.key) === true) continue;
    if (goesWithWorkload(resource, input) || isMadeAgain(resource, input)) continue;
    yield { side: 'before', range: resource.range, message: fitMessage(`removes the disruption budget ${quote(resource.name, 30)}`) };
  }
}

/** A budget that an overlay deletes or no longer takes in, and a spread that it takes out of what it is laid over. */
function* leftOut(input: RuleInput): Generator<FindingDraft> {
  for (const { entry, resource } of unlistedResources(input)) {
    if (!BUDGET.test(resource.type)) continue;
    yield {
      side: 'before',
      range: entry.range,
      message: fitMessage(`no longer takes in the disruption budget ${quote(resource.name, 30)}`),
    };
  }
  for (const { kind, name, path, setting } of takenOut(input)) {
    const place = path.findLast((element) => SPREAD.test(element));
    const isBudget = BUDGET.test(kind) && path.length === 0;
    if (!isBudget && place === undefined) continue;
    const what = isBudget ? `the disruption budget ${quote(name, 30)}` : `${quote(place ?? '', 30)} of ${quote(name, 20)}`;
    yield { side: 'after', range: setting.range, message: fitMessage(`takes out ${what}`) };
  }
}

/** The workload that the budget selects is removed by the same change. */
function goesWithWorkload(budget: Resource, input: RuleInput): boolean {
  const gone = [...input.removed.resources, ...input.removedElsewhere().resources].filter((other) => WORKLOAD.test(other.type));
  const back = new Set([...(input.after?.resources ?? []), ...input.addedElsewhere().resources].map((other) => other.key));
  const labels = settingsOf(input.before, budget.key).flatMap((setting) =>
    setting.path.includes('matchLabels') && setting.value !== null ? [String(setting.value)] : [],
  );
  const stem = budget.name.replace(/[-_.]?pdb$/i, '');
  return gone.some(
    (other) =>
      !back.has(other.key) && (other.name === stem || labels.includes(other.name) || labels.includes(other.name.split('/').at(-1) ?? '')),
  );
}

/** Another budget for the same pods, under another name. */
function isMadeAgain(budget: Resource, input: RuleInput): boolean {
  const labels = labelsOf(settingsOf(input.before, budget.key));
  const elsewhere = input.addedElsewhere();
  const fresh = [...input.added.resources, ...elsewhere.resources].filter((other) => BUDGET.test(other.type));
  return fresh.some((other) => {
    const settings = [...settingsOf(input.after, other.key), ...elsewhere.settings.filter((setting) => setting.resource === other.key)];
    return labelsOf(settings) === labels;
  });
}

function labelsOf(settings: readonly Setting[]): string {
  return settings
    .filter((setting) => setting.path.includes('matchLabels') && setting.value !== null)
    .map((setting) => `${setting.path.at(-1) ?? ''}=${String(setting.value)}`)
    .sort()
    .join();
}

function opened(change: SettingChange): string | undefined {
  const { path, after, resource } = change;
  const before = change.before ?? (isInstead(change) ? { value: 'unset' } : undefined);
  if (before === undefined || change.resourceIsGone) return undefined;
  const [name, parent] = [path.at(-1) ?? '', path.at(-2) ?? ''];
  const inBudget = BUDGET.test(resource?.type ?? '') || /^(pdb|podDisruptionBudget|disruptionBudget)$/i.test(parent);
  if (inBudget && /^(enabled|create)$/.test(name) && isTrue(before.value) && (after === undefined || isFalse(after.value)))
    return `${quote(path.slice(-3).join('.'), 40)}: true -> ${after === undefined ? 'removed' : 'false'}`;
  if (!inBudget || after === undefined) return undefined;
  // What stood as the other one is gone: `minAvailable: 2` that is `maxUnavailable: 100%`.
  const isOpen =
    (/^(minAvailable|min_available)$/.test(name) && /^0%?$/.test(String(after.value))) ||
    (/^(maxUnavailable|max_unavailable)$/.test(name) && String(after.value) === '100%');
  return isOpen && String(before.value) !== String(after.value)
    ? `${quote(name)}${ofResource(change)}: ${String(before.value)} -> ${String(after.value)}`
    : undefined;
}

/** A budget that stood with the other of its two numbers. */
function isInstead({ path, resource, resourceIsNew }: SettingChange): boolean {
  return (
    !resourceIsNew &&
    BUDGET.test(resource?.type ?? '') &&
    /^(maxUnavailable|max_unavailable|minAvailable|min_available)$/.test(path.at(-1) ?? '')
  );
}

const SPREAD = /^(podAntiAffinity|pod_anti_affinity|topologySpreadConstraints?|topology_spread_constraint)$/;

function lostSpread(change: SettingChange, input: RuleInput): string | undefined {
  const { path, before, after } = change;
  if (before === undefined || change.resourceIsGone || input.after === undefined) return undefined;
  const name = path.at(-1) ?? '';
  if (name === 'whenUnsatisfiable' && before.value === 'DoNotSchedule' && after?.value === 'ScheduleAnyway')
    return `${quote('whenUnsatisfiable')}${ofResource(change)}: DoNotSchedule -> ScheduleAnyway`;
  if (/^podAntiAffinityPreset$/.test(name) && before.value === 'hard' && after?.value !== 'hard')
    return `${quote(name)}: hard -> ${after === undefined ? 'removed' : quote(String(after.value))}`;
  const at = path.findIndex((element) => SPREAD.test(element.split('#')[0] ?? ''));
  if (at < 0 || after !== undefined) return undefined;
  const place = path.slice(0, at + 1);
  const left = settingsUnder(input.after, before, place);
  const wasHard = path[at + 1] === 'requiredDuringSchedulingIgnoredDuringExecution';
  if (
    wasHard &&
    left.some((setting) => setting.path[at + 1] === 'preferredDuringSchedulingIgnoredDuringExecution') &&
    !left.some((setting) => setting.path[at + 1] === path[at + 1])
  )
    return `anti-affinity${ofResource(change)} is only preferred now`;
  return left.some((setting) => setting.value !== null && setting.value !== '[]' && setting.value !== '{}')
    ? undefined
    : `${quote(path[at] ?? '', 30)}${ofResource(change)} removed`;
}
