import type { Resource } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage, quote } from '../quote.ts';
import { chartSelectors, commonLabels, lasting, namespaceLabels, namespaceOf } from '../vocabulary/selectors/common-labels.ts';
import { namedLabels } from '../vocabulary/selectors/named-labels.ts';
import { nodeLabels } from '../vocabulary/selectors/node-labels.ts';
import { portsApart } from '../vocabulary/selectors/ports.ts';
import {
  hasFixedSelector,
  isSelecting,
  isWorkload,
  type KubernetesObject,
  type Labels,
  objectsMentioning,
  podLabels,
  selectorOf,
  selects,
} from '../vocabulary/settings/kubernetes-labels.ts';
import { changedSettings, placeOf } from '../vocabulary/settings/settings.ts';

/**
 * ## What it sees
 * Labels of pods or nodes that change while a Service, a policy, a budget or another workload still asks for the old ones, and a
 * selector that now asks for labels which nothing carries; the selector of a workload, and the common labels of a kustomization,
 * which cannot be changed where it runs. Also a port of a Service, an Ingress or a container that changed on one side alone. Other
 * manifests of the repository are read to know.
 *
 * ## Why it matters
 * Nothing fails: the Service has no endpoints, the daemon runs on no node. A label of nodes took a whole site down.
 *
 * ## When it is fine
 * A label whose every selector changes with it, and labels that nobody asks for.
 *
 * ## What it misses
 * Labels that a chart or an overlay adds, a port that a container listens on and does not name, and objects of another repository.
 */
export default defineRule({
  id: 'deploy/selector-changed',
  version: '1.0.0',
  severity: 'high',
  confidence: 'high',
  title: 'Labels and selectors no longer meet',
  reads: ['settings'],
  evidence: [
    {
      title: 'Reddit 2023-03-14: a node label',
      url: 'https://www.reddit.com/r/RedditEng/comments/11xx5o0/you_broke_reddit_the_piday_outage/',
    },
  ],
  *check(input) {
    const told = new Set<string>();
    for (const draft of [
      ...lostByPeers(input),
      ...selectsNothing(input),
      ...ownSelector(input),
      ...nodeLabels(input),
      ...namespaceLabels(input),
      ...chartSelectors(input),
      ...commonLabels(input),
      ...portsApart(input),
      ...namedLabels(input),
    ]) {
      if (told.has(draft.message)) continue;
      told.add(draft.message);
      yield draft;
    }
  },
});

const POD_LABEL = /(^|\/)template\/metadata\/labels$/;
const SELECTOR = /^spec\/(selector|podSelector|pod_selector|endpointSelector)(\/match(L|_l)abels)?$/;

/** A label of pods changed; whoever selected these pods and does no more is told. */
function* lostByPeers(input: RuleInput): Generator<FindingDraft> {
  for (const change of changedSettings(input)) {
    const resource = lasting(change);
    const place = change.path.slice(0, -1).join('/');
    const isLabel = POD_LABEL.test(place) || (resource?.type === 'Pod' && place === 'metadata/labels');
    if (
      resource === undefined ||
      change.before === undefined ||
      !isWorkload(resource) ||
      !isLabel ||
      change.before.value === change.after?.value
    )
      continue;
    const [old, now] = [podLabels(input.before, resource), podLabels(input.after, resource)];
    const label = `${change.path.at(-1) ?? ''}=${String(change.before.value)}`;
    const peer = objectsMentioning(input, 'after', String(change.before.value)).find(
      (other) => isSelecting(other.resource) && isLost(other, old, now, resource),
    );
    if (peer !== undefined) {
      const related =
        peer.path === input.path
          ? {}
          : { related: [{ path: peer.path, line: peer.resource.range.start.line, message: `selects ${label}` }] };
      yield {
        ...placeOf(change),
        ...related,
        things: [{ kind: 'label', name: change.path.at(-1) ?? '', within: String(change.before.value) }],
        message: fitMessage(`${quote(`${peer.resource.type} ${peer.resource.name}`, 28)} still selects ${quote(label, 36)}`),
      };
    }
  }
}

function isLost({ facts, resource }: KubernetesObject, old: Labels, now: Labels, workload: Resource): boolean {
  const selector = selectorOf(facts, resource);
  return namespaceOf(resource) === namespaceOf(workload) && selects(selector, old) && !selects(selector, now);
}

/** A selector changed, it met pods before, and meets none now. */
function* selectsNothing(input: RuleInput): Generator<FindingDraft> {
  for (const change of changedSettings(input)) {
    const resource = lasting(change);
    if (
      resource === undefined ||
      !isSelecting(resource) ||
      !SELECTOR.test(change.path.slice(0, -1).join('/')) ||
      change.before?.value === change.after?.value
    )
      continue;
    const [old, now] = [selectorOf(input.before, resource), selectorOf(input.after, resource)];
    if (old.size === 0 || now.size === 0) continue;
    const words = [...new Set([...old.values(), ...now.values()])];
    const workloads = (side: 'before' | 'after'): readonly Labels[] =>
      words.flatMap((word) =>
        objectsMentioning(input, side, word)
          .filter((other) => isWorkload(other.resource))
          .map((other) => podLabels(other.facts, other.resource)),
      );
    // Who met nothing before is met by what this repository does not hold.
    if (!workloads('before').some((labels) => selects(old, labels)) || workloads('after').some((labels) => selects(now, labels))) continue;
    const label = `${change.path.at(-1) ?? ''}=${String((change.after ?? change.before)?.value)}`;
    yield {
      ...placeOf(change),
      message: fitMessage(`no pod of ${quote(`${resource.type} ${resource.name}`, 28)} has ${quote(label, 36)} any more`),
    };
  }
}

/**
 * The selector of a workload that runs: it cannot be changed in place, so the rollout is refused, or the pods that run are left
 * behind. Where a manifest of the repository finds these pods and goes along, the labels were moved on purpose; one that stays
 * behind is told at the selector as well as at the pods' labels.
 */
function* ownSelector(input: RuleInput): Generator<FindingDraft> {
  for (const change of changedSettings(input)) {
    const resource = lasting(change);
    if (
      resource === undefined ||
      !hasFixedSelector(resource) ||
      !/^spec\/selector\/match(L|_l)abels$/.test(change.path.slice(0, -1).join('/')) ||
      change.before?.value === change.after?.value
    )
      continue;
    const [old, now] = [selectorOf(input.before, resource), selectorOf(input.after, resource)];
    if (old.size === 0 || now.size === 0) continue;
    const pods = podLabels(input.before, resource);
    const isKnown = [...old.values()].some((value) =>
      objectsMentioning(input, 'before', value).some(
        (other) =>
          isSelecting(other.resource) &&
          namespaceOf(other.resource) === namespaceOf(resource) &&
          selects(selectorOf(other.facts, other.resource), pods),
      ),
    );
    const isLeft = [...pods.values()].some((value) =>
      objectsMentioning(input, 'after', value).some(
        (other) => isSelecting(other.resource) && isLost(other, pods, podLabels(input.after, resource), resource),
      ),
    );
    if (isKnown && !isLeft) continue;
    yield {
      ...placeOf(change),
      message: fitMessage(`${quote(`${resource.type} ${resource.name}`, 32)} no longer selects the pods that run`),
    };
  }
}
