import type { Setting, SourceFacts } from '../../../model/facts.ts';
import { groupBy } from '../code/kept.ts';
import { EVERYWHERE } from '../settings/network-sources.ts';
import { settingsOf } from '../settings/setting-index.ts';

/** How many a rule lets in: those it names, the pods of its namespace, of its cluster, or anybody. */
type Reach = 0 | 1 | 2 | 3;

/** One rule of a network policy. */
export interface PolicyRule {
  /** Path of the rule: `spec`, `ingress`, `0`. */
  readonly path: readonly string[];
  /** One entry for each peer: what it must have, as `podSelector/matchLabels/app=api`. None where the rule asks for no peer. */
  readonly peers: readonly (readonly string[])[];
  readonly reach: Reach;
  /** Ports as written, or the operations of Istio; none where it opens all. */
  readonly ports: readonly string[];
}

/** Rules of one direction, in the words of Kubernetes, of its Terraform provider, of Cilium and of Istio. */
export function rulesOf(facts: SourceFacts | undefined, resource: string, direction: Direction): readonly PolicyRule[] {
  const own = settingsOf(facts, resource).map((setting) => ({ setting, keys: setting.path.map(camel) }));
  const at = HEADS[direction];
  const inside = own.filter(({ keys }) => at.every((key, index) => keys[index]?.split('#')[0] === key) && keys.length > at.length);
  // A block of HCL stands without an index, one of YAML with one.
  const depth = (keys: readonly string[]): number => (/^\d+$/.test(keys[at.length] ?? '') ? at.length + 1 : at.length);
  return [...groupBy(inside, ({ keys }) => keys.slice(0, depth(keys)).join('/')).values()].map((group) => {
    const [first] = group;
    const prefix = first === undefined ? 0 : depth(first.keys);
    return readRule(
      first?.setting.path.slice(0, prefix) ?? [],
      group.map(({ setting, keys }) => ({ setting, keys: keys.slice(prefix) })),
    );
  });
}

export type Direction = 'ingress' | 'egress' | 'rules';
const HEADS: Readonly<Record<Direction, readonly string[]>> = {
  ingress: ['spec', 'ingress'],
  egress: ['spec', 'egress'],
  rules: ['spec', 'rules'],
};

function camel(key: string): string {
  return key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

interface Line {
  readonly setting: Setting;
  /** The path below the rule. */
  readonly keys: readonly string[];
}

const PEERS =
  /^(?:from|to|fromEndpoints|toEndpoints|fromEntities|toEntities|fromCIDR|toCIDR|fromCIDRSet|toCIDRSet|toFQDNs|toServices|fromGroups|toGroups|fromNodes|toNodes)$/;
const PORTS = /^(?:ports|toPorts)$/;

function readRule(path: readonly string[], lines: readonly Line[]): PolicyRule {
  // Istio's `to` says which operations, not whom; Cilium's `toPorts` is no peer.
  const isIstio = path[1] === 'rules';
  const isPeer = (key: string): boolean => PEERS.test(key) && !(isIstio && key === 'to');
  const about = lines.filter(({ keys, setting }) => isPeer(keys[0]?.split('#')[0] ?? '') && !(keys.length === 1 && setting.value === null));
  const groups = groupBy(about, ({ keys }) => keys.slice(0, /^\d+$/.test(keys[1] ?? '') ? 2 : 1).join('/'));
  const peers = [...groups.values()].map((group) =>
    group.flatMap(({ keys, setting }) =>
      setting.value === null ? [] : [`${keys.filter((key) => !/^\d+$/.test(key)).join('/')}=${String(setting.value)}`],
    ),
  );
  const isPort = (keys: readonly string[]): boolean =>
    isIstio ? keys[0] === 'to' : PORTS.test(keys[0] ?? '') && /^(?:port|\d+)$/.test(keys.at(-1) ?? '');
  const ports = lines.filter(({ keys, setting }) => isPort(keys) && setting.value !== null);
  const reaches = peers.filter((peer) => peer.length > 0).map(reachOf);
  return {
    path,
    peers: peers.filter((peer) => peer.length > 0),
    reach: reaches.length === 0 ? 3 : (Math.max(...reaches) as Reach),
    ports: ports.map(({ setting }) => String(setting.value)),
  };
}

/** `{}` selects all there is. */
function reachOf(peer: readonly string[]): Reach {
  const values = peer.map((item) => item.slice(item.indexOf('=') + 1));
  if (
    peer.some((item) => /^(?:from|to)Entities=(?:all|world)$/.test(item)) ||
    peer.some((item, at) => /cidr/i.test(item) && EVERYWHERE.test(values[at] ?? ''))
  )
    return 3;
  if (peer.some((item) => /^(?:from|to)Entities=cluster$/.test(item))) return 2;
  if (peer.every((item) => /^(?:from|to)=(?:\{\}|\[\])$/.test(item))) return 3;
  const selectors = peer.filter(
    (item) => !/[sS]elector(?:\/matchLabels|\/matchExpressions)?=\{\}$|Endpoints=\{\}$|matchLabels=\{\}$/.test(item),
  );
  if (selectors.length > 0) return 0;
  return peer.some((item) => /namespaceSelector/.test(item)) ? 2 : 1;
}
