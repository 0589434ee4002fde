import type { Resource, Setting, SourceFacts } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage, quote } from '../../quote.ts';
import { isWorkload, type KubernetesObject, objectsMentioning, podLabels, selectorOf, selects } from '../settings/kubernetes-labels.ts';
import { findResource, settingsOf } from '../settings/setting-index.ts';
import { changedSettings, placeOf, type SettingChange } from '../settings/settings.ts';
import { lasting, namespaceOf } from './common-labels.ts';

/** A port of a Service, an Ingress or a workload changed, and who sends traffic there asks for one that nobody offers any more. */
export function* portsApart(input: RuleInput): Generator<FindingDraft> {
  const seen = new Set<string>();
  for (const change of changedSettings(input)) {
    const resource = lasting(change);
    if (resource === undefined || seen.has(resource.key) || !isPort(change.path) || change.before?.value === change.after?.value) continue;
    seen.add(resource.key);
    for (const { asker, ask, offered } of asksAround(input, resource)) {
      if (offered.before.has(ask) && offered.after.size > 0 && !offered.after.has(ask) && !/[{}$]/.test([...offered.after].join('')))
        yield {
          ...placeOf(nearest(input, resource, ask) ?? change),
          message: fitMessage(`${quote(`${asker.type} ${asker.name}`, 30)} sends to port ${quote(ask, 16)}, which nobody offers`),
        };
    }
  }
}

/** The changed line that speaks of the port itself, where there is one. */
function nearest(input: RuleInput, { key }: Resource, ask: string): SettingChange | undefined {
  return changedSettings(input).find(
    ({ path, before, after, resource }) =>
      resource?.key === key && isPort(path) && (String(after?.value) === ask || String(before?.value) === ask),
  );
}

function isPort(path: readonly string[]): boolean {
  return (
    /^(targetPort|containerPort|servicePort|port|number|name)$/.test(path.at(-1) ?? '') &&
    path.some((element) => /^(ports|port|backend|defaultBackend)$/.test(element))
  );
}

interface Ask {
  readonly asker: Resource;
  readonly ask: string;
  readonly offered: { readonly before: ReadonlySet<string>; readonly after: ReadonlySet<string> };
}

/** What is asked of a resource, and what it asks: each with what was and is offered. */
function* asksAround(input: RuleInput, resource: Resource): Generator<Ask> {
  if (isWorkload(resource)) {
    const labels = [...podLabels(input.after, resource).values()];
    const [word = ''] = labels;
    for (const peer of word === '' ? [] : objectsMentioning(input, 'after', word))
      if (peer.resource.type === 'Service' && meets(peer, { path: input.path, facts: input.after, resource }))
        yield* serviceAsks(input, peer);
  } else if (resource.type === 'Service') {
    if (input.after !== undefined) yield* fresh(input, serviceAsks(input, { path: input.path, facts: input.after, resource }));
    for (const peer of objectsMentioning(input, 'after', plainName(resource)))
      if (peer.resource.type === 'Ingress') yield* ingressAsks(input, peer, plainName(resource));
  } else if (resource.type === 'Ingress' && input.after !== undefined) {
    yield* fresh(input, ingressAsks(input, { path: input.path, facts: input.after, resource }));
  }
}

/** What an asker asked before is told where the other side changed. */
function* fresh({ before }: RuleInput, asks: Iterable<Ask>): Generator<Ask> {
  for (const one of asks) if (!askedIn(before, one.asker).has(one.ask)) yield one;
}

/** Without its namespace. */
function plainName({ name }: Resource): string {
  return name.slice(name.lastIndexOf('/') + 1);
}

function meets(
  service: KubernetesObject,
  { facts, resource }: { path: string; facts: SourceFacts | undefined; resource: Resource },
): boolean {
  return (
    namespaceOf(service.resource) === namespaceOf(resource) &&
    selects(selectorOf(service.facts, service.resource), podLabels(facts, resource))
  );
}

function* serviceAsks(input: RuleInput, service: KubernetesObject): Generator<Ask> {
  const [word = ''] = selectorOf(service.facts, service.resource).values();
  if (word === '') return;
  const offered = (side: 'before' | 'after'): ReadonlySet<string> =>
    new Set(
      objectsMentioning(input, side, word)
        .filter((other) => isWorkload(other.resource) && meets(service, other))
        .flatMap(({ facts, resource }) => [...containerPorts(settingsOf(facts, resource.key))]),
    );
  const [before, after] = [offered('before'), offered('after')];
  const settings = settingsOf(service.facts, service.resource.key);
  for (const { path, value } of settings) {
    if (path[1] !== 'ports' || path.length !== 4) continue;
    const isTarget = path[3] === 'targetPort';
    const hasTarget = settings.some((other) => other.path[2] === path[2] && other.path[3] === 'targetPort');
    if (isTarget || (path[3] === 'port' && !hasTarget)) yield* asked(input, service, String(value), { before, after });
  }
}

/** A changed asker was met by what it asked before: its own old ports count as offered where the other side did not change. */
function* asked({ before: base }: RuleInput, { resource, facts }: KubernetesObject, ask: string, offered: Ask['offered']): Generator<Ask> {
  const old = findResource(base, resource.key);
  const asksNew = old !== undefined && !askedIn(base, resource).has(ask) && askedIn(facts, resource).has(ask);
  const wasMet = asksNew && [...askedIn(base, resource)].some((one) => offered.before.has(one));
  yield { asker: resource, ask, offered: wasMet ? { before: new Set([...offered.before, ask]), after: offered.after } : offered };
}

function askedIn(facts: SourceFacts | undefined, { key }: Resource): ReadonlySet<string> {
  return new Set(settingsOf(facts, key).flatMap(({ path, value }) => (isPort(path) && path.at(-1) !== 'name' ? [String(value)] : [])));
}

function* ingressAsks(input: RuleInput, ingress: KubernetesObject, only?: string): Generator<Ask> {
  const settings = settingsOf(ingress.facts, ingress.resource.key);
  for (const { path, value } of settings) {
    const at = path.lastIndexOf('service');
    if (at < 0 || path.length !== at + 2 || path[at + 1] !== 'name' || (only !== undefined && value !== only)) continue;
    const port = settings.find(
      (other) =>
        other.path.length === at + 3 &&
        other.path[at + 1] === 'port' &&
        path.slice(0, at + 1).every((part, index) => part === other.path[index]),
    );
    if (port === undefined) continue;
    const offered = (side: 'before' | 'after'): ReadonlySet<string> =>
      new Set(
        objectsMentioning(input, side, String(value))
          .filter(
            ({ resource }) =>
              resource.type === 'Service' && plainName(resource) === value && namespaceOf(resource) === namespaceOf(ingress.resource),
          )
          .flatMap(({ facts, resource }) => [...servicePorts(settingsOf(facts, resource.key))]),
      );
    yield* asked(input, ingress, String(port.value), { before: offered('before'), after: offered('after') });
  }
}

function servicePorts(settings: readonly Setting[]): ReadonlySet<string> {
  return new Set(
    settings.flatMap(({ path, value }) =>
      path[1] === 'ports' && /^(port|name)$/.test(path[3] ?? '') && path.length === 4 ? [String(value)] : [],
    ),
  );
}

/** Numbers and names of the ports that containers say they listen on; only those of one of them where `container` is given. */
export function containerPorts(settings: readonly Setting[], container: readonly string[] = []): ReadonlySet<string> {
  return new Set(
    settings.flatMap(({ path, value }) => {
      const at = path.findIndex((element) => /^(containers|initContainers)$/.test(element));
      const isHere = container.every((element, index) => path[index] === element);
      return at >= 0 && isHere && path[at + 2] === 'ports' && /^(containerPort|name)$/.test(path[at + 4] ?? '') ? [String(value)] : [];
    }),
  );
}
