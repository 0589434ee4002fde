import type { Resource, Setting } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage, quote } from '../../quote.ts';
import { type KubernetesObject, objectsMentioning } from '../settings/kubernetes-labels.ts';
import { findSetting, settingsOf } from '../settings/setting-index.ts';
import { changedSettings, placeOf, type SettingChange } from '../settings/settings.ts';

/** The labels that a chart's workloads and services are found by: a selector cannot be changed in place, and old pods have the old ones. */
export function* chartSelectors(input: RuleInput): Generator<FindingDraft> {
  const told = new Set<string>();
  for (const change of changedSettings(input)) {
    const [template = '', label = ''] = change.path;
    const isTold = told.has(template) || change.path.length !== 2 || !/\.tpl$/.test(input.path);
    if (isTold || !/(selector|match)[-_.]?labels|[-_.]selector$/i.test(template)) continue;
    const isNew = !settingsOf(input.before, '').some((setting) => setting.path[0] === template);
    const isGone = !settingsOf(input.after, '').some((setting) => setting.path[0] === template);
    // The same label with its value in other words is the same thing as often as not.
    if (isNew || isGone || (change.before !== undefined && change.after !== undefined)) continue;
    told.add(template);
    yield {
      ...placeOf(change),
      message: fitMessage(`${quote(template, 30)} ${change.after === undefined ? 'no longer asks' : 'now asks'} for ${quote(label, 34)}`),
    };
  }
}

/** `commonLabels` of a kustomization stand in every selector too, and those of what runs cannot be changed in place. */
export function* commonLabels(input: RuleInput): Generator<FindingDraft> {
  if (!/(^|\/)kustomization\.ya?ml$|(^|\/)Kustomization$/.test(input.path)) return;
  for (const change of changedSettings(input)) {
    const { before, after, path } = change;
    if (path.length !== 2 || path[0] !== 'commonLabels' || before === undefined || before.value === after?.value) continue;
    if (after === undefined && isInLabels(input, path[1] ?? '', before.value)) continue;
    yield {
      ...placeOf(change),
      message: fitMessage(`every selector asked for ${quote(`${path[1] ?? ''}=${String(before.value)}`, 40)}, and that of what runs stays`),
    };
  }
}

/** The newer way to say the same: an entry of `labels` with the pair and `includeSelectors: true`. */
function isInLabels({ after }: RuleInput, label: string, value: Setting['value']): boolean {
  const pair = after?.settings.find(
    ({ path, value: own }) => path[0] === 'labels' && path[2] === 'pairs' && path[3] === label && own === value,
  );
  return (
    pair !== undefined &&
    findSetting(after, { resource: pair.resource, path: ['labels', pair.path[1] ?? '', 'includeSelectors'] })?.value === true
  );
}

/** A label of a namespace that a policy still admits, or a webhook still acts, by. */
export function* namespaceLabels(input: RuleInput): Generator<FindingDraft> {
  for (const change of changedSettings(input)) {
    const { path, before, after } = change;
    const resource = lasting(change);
    if (
      resource?.type !== 'Namespace' ||
      path.slice(0, -1).join('/') !== 'metadata/labels' ||
      before === undefined ||
      before.value === after?.value
    )
      continue;
    const label = path.at(-1) ?? '';
    const asks = (facts: KubernetesObject['facts'], key: string): boolean =>
      settingsOf(facts, key).some(
        (setting) =>
          setting.path.some((element) => /namespaceSelector|namespace_selector/i.test(element)) &&
          ((setting.path.at(-1) === label && String(setting.value) === String(before.value)) || setting.value === label),
      );
    const still = input.after?.resources.some(
      (other) => other.type === 'Namespace' && findSetting(input.after, { resource: other.key, path })?.value === before.value,
    );
    const peer = objectsMentioning(input, 'after', String(before.value)).find((other) => asks(other.facts, other.resource.key));
    if (peer === undefined) continue;
    yield {
      ...placeOf(change),
      ...(still === true ? { severity: 'medium' as const } : {}),
      message: fitMessage(
        `${quote(`${peer.resource.type} ${peer.resource.name}`, 28)} still selects namespaces by ${quote(`${label}=${String(before.value)}`, 30)}`,
      ),
    };
  }
}

/** An object without a namespace may be applied to any. */
export function namespaceOf(resource: Resource): string {
  return resource.name.includes('/') ? (resource.name.split('/')[0] ?? '') : '';
}

/** The object as it was, where it is still there. */
export function lasting(change: SettingChange): Resource | undefined {
  return change.resourceIsGone || change.resourceIsNew ? undefined : change.resource;
}
