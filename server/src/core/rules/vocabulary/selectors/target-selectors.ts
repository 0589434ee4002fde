import type { Setting, SourceFacts } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage, quote } from '../../quote.ts';
import { groupBy, keepOf } from '../code/kept.ts';
import { findResource } from '../settings/setting-index.ts';

/**
 * A selector of clusters or machines that asks for fewer labels than before, so that what it rolls out reaches all that have the
 * rest: the `clusters` of an ApplicationSet, a `clusterSelector`, the nodes of a DaemonSet, the namespaces of a webhook. One that asks for
 * another label selects something else, and is left alone.
 */
export function* widenedSelectors(input: RuleInput): Generator<FindingDraft> {
  const { before, after, removed } = input;
  if (before === undefined || after === undefined) return;
  const told = new Set<string>();
  for (const setting of removed.settings) {
    const holder = holderOf(setting, before);
    if (holder === undefined || told.has(holder.name)) continue;
    const old = (selectors(before).get(holder.name) ?? []).find(({ place }) => place === holder.place);
    if (old === undefined || old.demands.size === 0) continue;
    if (setting.resource !== '' && findResource(after, setting.resource) === undefined) continue;
    const now = selectors(after).get(holder.name) ?? [];
    if (now.some((other) => asksAsMuch(other, old))) continue;
    const wider = now.find((other) => isPartOf(other, old)) ?? (now.length === 0 ? leftOut(after, setting, holder) : undefined);
    if (wider === undefined) continue;
    told.add(holder.name);
    const lost = [...old.demands].find(([label, value]) => wider.demands.get(label) !== value);
    yield {
      side: 'before',
      range: setting.range,
      message: fitMessage(`${quote(holder.element, 22)} no longer asks for ${quote(`${lost?.[0] ?? ''}=${lost?.[1] ?? ''}`, 34)}`),
    };
  }
}

/** Where a selector stands, by the path that leads to it with the places in lists and without them. */
interface Holder {
  readonly element: string;
  readonly place: string;
  readonly name: string;
  readonly depth: number;
}

interface Selector {
  readonly place: string;
  /** Labels and what they must be; `*` where any value will do. */
  readonly demands: ReadonlyMap<string, string>;
}

const FLEET =
  /^(clusterSelectors?|requiredClusterSelector|clusterAffinity|machineConfigSelector|machineConfigPoolSelector|targetSelector)$/;

function holderOf({ path, resource }: Setting, facts: SourceFacts): Holder | undefined {
  const kind = findResource(facts, resource)?.type ?? '';
  const at = path.findIndex(
    (element, index) =>
      FLEET.test(element) ||
      (element === 'clusters' && path.slice(0, index).includes('generators')) ||
      (element === 'nodeSelector' && !RUNS_SOMEWHERE.test(kind)) ||
      (/^(namespaceSelector|objectSelector)$/.test(element) && /WebhookConfiguration$/.test(kind)),
  );
  if (at < 0) return undefined;
  const upTo = path.slice(0, at + 1);
  return {
    element: path[at] ?? '',
    place: `${resource} ${upTo.join('/')}`,
    name: `${resource} ${upTo.filter((element) => !/^\d+$/.test(element)).join('/')}`,
    depth: at + 1,
  };
}

/** Its nodes say where it runs and not how much of it there is. */
const RUNS_SOMEWHERE = /^(Deployment|StatefulSet|ReplicaSet|Rollout|Job|CronJob|Pod|ReplicationController|CronWorkflow|Workflow)?$/;

const selectors = keepOf((facts: SourceFacts): ReadonlyMap<string, readonly Selector[]> => {
  const parts = facts.settings.flatMap((setting) => {
    const holder = holderOf(setting, facts);
    return holder === undefined ? [] : [{ setting, holder }];
  });
  const own = [...groupBy(parts, ({ holder }) => holder.place).values()].map((group) => ({
    name: group[0]?.holder.name ?? '',
    place: group[0]?.holder.place ?? '',
    demands: demandsOf(group.map(({ setting, holder }) => [setting.path.slice(holder.depth), setting.value] as const)),
  }));
  return groupBy(own, ({ name }) => name);
});

function demandsOf(settings: readonly (readonly [path: readonly string[], value: Setting['value']])[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [path, value] of settings) {
    const at = path.indexOf('matchExpressions');
    const label = path[at + 1] ?? '';
    if (at >= 0 && path[at + 2] === 'values' && value !== null)
      found.set(
        label,
        [...(found.get(label)?.split(',') ?? []), String(value)]
          .filter((part) => part !== '*')
          .sort()
          .join(','),
      );
    else if (at >= 0 && path[at + 2] === 'operator' && !found.has(label)) found.set(label, '*');
    else if (at < 0 && isLabel(path) && value !== null && !/^[{[]/.test(String(value))) found.set(path.at(-1) ?? '', String(value));
  }
  return found;
}

function isLabel(path: readonly string[]): boolean {
  return path.length === 1 || path.at(-2) === 'matchLabels' || path.at(-2) === 'labels' || path.includes('clusterNames');
}

function asksAsMuch({ demands }: Selector, old: Selector): boolean {
  return [...old.demands].every(([label, value]) => demands.get(label) === value || (value === '*' && demands.has(label)));
}

/** Nothing but some of the old demands, or their labels with any value. */
function isPartOf({ demands }: Selector, old: Selector): boolean {
  return [...demands].every(([label, value]) => old.demands.get(label) === value || (value === '*' && old.demands.has(label)));
}

/** The selector is gone and what it stood in is still there, and names nobody in its place. */
function leftOut(after: SourceFacts, { path, resource }: Setting, { depth, element }: Holder): Selector | undefined {
  const outer = path.slice(0, depth - 1);
  const own = after.settings.filter(
    (other) => other.resource === resource && outer.every((part, at) => other.path[at] === part) && other.path.length >= depth,
  );
  const isNamed = own.some(({ path: other }) =>
    /^(cluster(Group|Name|Names|Set)\w*|names|nodeName|affinity|list|git|matrix|namespaces)$/i.test(other[depth - 1] ?? ''),
  );
  return own.length === 0 || isNamed || element === 'clusters' ? undefined : { place: '', demands: new Map() };
}
