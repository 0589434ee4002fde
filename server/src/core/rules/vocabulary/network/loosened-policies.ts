import type { Resource } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage, quote } from '../../quote.ts';
import { findResource, settingsOf } from '../settings/setting-index.ts';
import { type Direction, type PolicyRule, rulesOf } from './policy-peers.ts';

const POLICY =
  /^(?:NetworkPolicy|CiliumNetworkPolicy|CiliumClusterwideNetworkPolicy|AuthorizationPolicy|kubernetes_network_policy(?:_v1)?)$/;

/** A network policy that stays and lets more through: a rule without its peers, an empty selector, a direction it no longer judges. */
export function* loosenedPolicies(input: RuleInput): Generator<FindingDraft> {
  const { before, after, removed, added } = input;
  if (before === undefined || after === undefined) return;
  for (const key of new Set([...removed.settings, ...added.settings].map(({ resource }) => resource))) {
    const policy = findResource(after, key);
    if (policy === undefined || !POLICY.test(policy.type) || findResource(before, key) === undefined || isOther(input, policy)) continue;
    // What one policy no longer says another one may.
    if (![...added.resources, ...input.addedElsewhere().resources].some(({ type }) => POLICY.test(type))) {
      yield* lostDirections(input, policy);
      yield* lostPods(input, policy);
    }
    for (const direction of DIRECTIONS) {
      const old = rulesOf(before, key, direction);
      if (direction === 'rules' && old.length === 0) continue;
      const told = rulesOf(after, key, direction)
        .map((rule) => ({ rule, what: widened(rule, old, direction) }))
        .find(({ what }) => what !== undefined);
      const place = told === undefined ? undefined : placeIn(input, key, told.rule.path, direction);
      if (told?.what === undefined || place === undefined) continue;
      const severity = told.what.isPort ? ('medium' as const) : ('high' as const);
      yield { ...place, severity, message: fitMessage(`${quote(policy.name.split('/').at(-1) ?? '', 26)} ${told.what.text}`) };
    }
  }
}

const DIRECTIONS: readonly Direction[] = ['ingress', 'egress', 'rules'];

/** Calico says it in its own words, and a policy that denies is loosened by saying more. */
function isOther({ before, after }: RuleInput, { key }: Resource): boolean {
  return [...settingsOf(before, key), ...settingsOf(after, key)].some(
    ({ path, value }) =>
      (path[0] === 'apiVersion' && /calico/.test(String(value))) ||
      (path.at(-1) === 'action' && !/^allow$/i.test(String(value))) ||
      path.some((element) => /^(?:ingressDeny|egressDeny)$/.test(element)),
  );
}

interface Widened {
  readonly text: string;
  readonly isPort: boolean;
}

const REACHED = ['', 'every pod of its namespace', 'every pod of the cluster', 'everybody'];

/** How a rule lets more through than any rule of before that was about its ports. */
function widened(rule: PolicyRule, old: readonly PolicyRule[], direction: Direction): Widened | undefined {
  const alike = old.filter(
    ({ ports }) => ports.length === 0 || (rule.ports.length > 0 && rule.ports.every((port) => ports.includes(port))),
  );
  const verb = direction === 'egress' ? 'lets out to' : 'lets in';
  const known = Math.max(0, ...alike.map(({ reach }) => reach));
  const isRange = rule.peers.some((peer) => peer.some((item) => /cidr/i.test(item)));
  if (rule.reach > known) {
    // A range of addresses is judged where it stands.
    if (isRange && rule.reach === 3) return undefined;
    const isNew = !old.some((other) => other.path.join() === rule.path.join());
    return isNew && isPlain(rule, direction) ? undefined : { text: `${verb} ${REACHED[rule.reach] ?? ''}`, isPort: false };
  }
  if (rule.reach > 0) return undefined;
  const same = (a: readonly string[], b: readonly string[]): boolean => a.length === b.length && a.every((item) => b.includes(item));
  for (const peer of rule.peers) {
    if (alike.some(({ peers }) => peers.some((other) => same(peer, other)))) continue;
    const wider = alike
      .flatMap(({ peers }) => peers)
      .find((other) => other.length > peer.length && peer.every((item) => other.includes(item)));
    const gone = wider?.find((item) => !peer.includes(item));
    if (gone !== undefined && !/except/.test(gone))
      return { text: `no longer asks for ${quote(gone.slice(gone.indexOf('/') + 1), 34)}`, isPort: false };
  }
  const twin = old.find(
    ({ peers, ports }) =>
      ports.length > 0 && peers.length === rule.peers.length && peers.every((peer) => rule.peers.some((other) => same(peer, other))),
  );
  return rule.ports.length === 0 &&
    twin !== undefined &&
    !alike.some(({ peers }) => peers.length > 0 && peers.every((peer) => rule.peers.some((other) => same(peer, other))))
    ? { text: `${verb} to every port, not only ${twin.ports.join(', ')}`, isPort: true }
    : undefined;
}

/** A further rule that everybody has: names are looked up, pages are fetched, a health check is answered. */
function isPlain({ ports }: PolicyRule, direction: Direction): boolean {
  return ports.length > 0 && (direction === 'rules' || (direction === 'egress' && ports.every((port) => /^(?:53|80|443)$/.test(port))));
}

/** Where the hunk touched the rule: what came, else what left it. */
function placeIn(
  input: RuleInput,
  resource: string,
  path: readonly string[],
  direction: Direction,
): Pick<FindingDraft, 'side' | 'range'> | undefined {
  const isInside = (at: readonly string[], prefix: readonly string[]): boolean => prefix.every((key, index) => at[index] === key);
  const came = input.added.settings.find((setting) => setting.resource === resource && isInside(setting.path, path));
  if (came !== undefined) return { side: 'after', range: came.range };
  const left = input.removed.settings.find((setting) => setting.resource === resource && setting.path[1] === direction);
  return left === undefined ? undefined : { side: 'before', range: left.range };
}

/** Directions that a policy judges: those it names, else what comes in, and what goes out where it has rules for that. */
function* lostDirections(input: RuleInput, policy: Resource): Generator<FindingDraft> {
  if (!/^(?:NetworkPolicy|kubernetes_network_policy)/.test(policy.type)) return;
  const typesOf = (facts: RuleInput['after']): readonly string[] => {
    const own = settingsOf(facts, policy.key);
    const named = own.filter(({ path, value }) => /^(?:policyTypes|policy_types)$/.test(path[1] ?? '') && value !== null && value !== '[]');
    if (named.length > 0) return named.map(({ value }) => String(value));
    return own.some(({ path }) => path[1] === 'egress') ? ['Ingress', 'Egress'] : ['Ingress'];
  };
  const now = typesOf(input.after);
  const gone = typesOf(input.before).find((type) => !now.includes(type));
  const left = input.removed.settings.find(
    ({ resource, path, value }) => resource === policy.key && (value === gone || path[1] === gone?.toLowerCase()),
  );
  if (gone === undefined || left === undefined) return;
  yield {
    side: 'before',
    range: left.range,
    severity: 'high',
    message: fitMessage(
      `${quote(policy.name.split('/').at(-1) ?? '', 26)} no longer judges ${gone === 'Egress' ? 'what goes out' : 'what comes in'}`,
    ),
  };
}

/** A policy for all pods that is one for some: nothing keeps others from the rest. */
function* lostPods(input: RuleInput, policy: Resource): Generator<FindingDraft> {
  const isSelector = ({ path }: { readonly path: readonly string[] }): boolean =>
    path.length > 1 && path[0] === 'spec' && /^(?:podSelector|pod_selector|endpointSelector)$/.test(path[1] ?? '');
  const all = settingsOf(input.before, policy.key).filter(isSelector);
  const some = input.added.settings.find(
    (setting) => setting.resource === policy.key && isSelector(setting) && setting.path.length > 2 && setting.value !== null,
  );
  const only = all.length === 1 ? all[0] : undefined;
  if (some === undefined || only === undefined || (only.value !== '{}' && only.value !== null)) return;
  yield {
    side: 'after',
    range: some.range,
    severity: 'high',
    message: fitMessage(
      `${quote(policy.name.split('/').at(-1) ?? '', 26)} was for all pods and is for ${quote(String(some.value), 24)} alone`,
    ),
  };
}
