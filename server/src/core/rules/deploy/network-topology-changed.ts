import type { Resource, Setting } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage, quote } from '../quote.ts';
import { words } from '../vocabulary/code/call-names.ts';
import { fewerPlaces } from '../vocabulary/network/fewer-places.ts';
import { lostRouteFilters } from '../vocabulary/network/lost-route-filters.ts';
import { movedPlaces } from '../vocabulary/network/moved-places.ts';
import { routerRules } from '../vocabulary/network/router-rules.ts';
import { withdrawnPrefixes } from '../vocabulary/network/withdrawn-prefixes.ts';
import { settingsOf, settingsUnder } from '../vocabulary/settings/setting-index.ts';
import { changedSettings, ofResource, placeOf, type SettingChange } from '../vocabulary/settings/settings.ts';

/**
 * ## What it sees
 * Routes, prefixes, peers, listeners and locations that change: an entry taken out of a list or put into a second one, a list that
 * is emptied, a next hop, gateway, port or neighbour that becomes another, a route, peering, listener or gateway that
 * is removed, and servers of an upstream or paths of an ingress that are fewer. A filter of routes (a policy, a route map, a prefix
 * list) or a limit of prefixes that is gone, or lets all through. An address or a path that went to another file of settings and is
 * another one there.
 *
 * ## Why it matters
 * A prefix in the wrong list slept for weeks and then withdrew a resolver from the whole world.
 *
 * ## When it is fine
 * A new entry that no other place names, a new order, and a description.
 *
 * ## What it misses
 * Topology that is computed, and lists whose names say nothing of a network.
 */
export default defineRule({
  id: 'deploy/network-topology-changed',
  version: '1.0.0',
  severity: 'medium',
  confidence: 'medium',
  title: 'Changes how traffic is routed',
  reads: ['settings', 'resources'],
  evidence: [
    { title: 'Cloudflare 1.1.1.1, 14 July 2025', url: 'https://blog.cloudflare.com/cloudflare-1-1-1-1-incident-on-july-14-2025/' },
    { title: 'Facebook, 4 October 2021', url: 'https://engineering.fb.com/2021/10/05/networking-traffic/outage-details/' },
  ],
  *check(input) {
    yield* removedPaths(input);
    yield* changedLists(input);
    yield* withdrawn(input);
    const told = new Set<string>();
    yield* fewerPlaces(input);
    yield* lostRouteFilters(input);
    yield* movedPlaces(input);
    yield* routerRules(input);
    for (const change of changedSettings(input)) {
      const what = rerouted(change, input);
      if (what === undefined || told.has(what)) continue;
      told.add(what);
      yield { ...placeOf(change), message: fitMessage(what) };
    }
  },
});

const PATH =
  /^(aws_(route|route_table|route_table_association|vpc_peering_connection|vpc_peering_connection_accepter|ec2_transit_gateway(_\w+)?|internet_gateway|nat_gateway|vpn_connection|vpn_gateway|dx_\w+|customer_gateway|lb_listener|alb_listener|lb_listener_rule|lb_target_group|alb|lb|subnet|vpc|globalaccelerator_\w+|network_acl|vpc_endpoint|cloudfront_distribution|api_gateway_domain_name|networkmanager_\w+)|google_compute_(route|router|router_peer|router_nat|router_interface|network_peering|network|subnetwork|forwarding_rule|global_forwarding_rule|vpn_tunnel|interconnect_attachment|url_map|backend_service)|azurerm_(route|route_table|subnet|subnet_route_table_association|virtual_network|virtual_network_peering|virtual_network_gateway\w*|express_route_\w+|nat_gateway|lb_rule|firewall\w*|frontdoor\w*|traffic_manager_\w+)|cloudflare_(magic_\w+|spectrum_application|tunnel\w*|load_balancer\w*|ipsec_tunnel|static_route)|AWS::EC2::(Route|RouteTable|VPCPeeringConnection|TransitGateway\w*|InternetGateway|NatGateway|VPNConnection|VPNGateway\w*|SubnetRouteTableAssociation|VPCGatewayAttachment)|AWS::ElasticLoadBalancingV2::(Listener|ListenerRule|TargetGroup|LoadBalancer)|BGPPeer|BGPConfiguration|IPPool|BGPAdvertisement|L2Advertisement|IPAddressPool|CiliumBGPPeeringPolicy|CiliumLoadBalancerIPPool|VirtualService|Gateway|HTTPRoute|GRPCRoute|TCPRoute|TLSRoute|IngressRoute|Ingress|NetworkPolicy|CiliumNetworkPolicy|ServiceEntry|EnvoyFilter)$/;

function* removedPaths(input: RuleInput): Generator<FindingDraft> {
  for (const resource of input.removed.resources) {
    if (
      !PATH.test(resource.type) ||
      input.after?.resources.some((other) => other.key === resource.key) === true ||
      isMoved(resource, input)
    )
      continue;
    if (goesWithAll(resource, input)) continue;
    yield { side: 'before', range: resource.range, message: fitMessage(`removes ${quote(`${resource.type} ${resource.name}`, 50)}`) };
  }
}

function isMoved(resource: Resource, { after, addedElsewhere, added }: RuleInput): boolean {
  const address = `${resource.type}.${resource.name}`;
  if (
    [...(after?.resources ?? []), ...addedElsewhere().resources].some(
      (other) => /^(moved|removed|import)$/.test(other.type) && other.name.split('[')[0] === address,
    )
  )
    return true;
  // A new one of its kind came in its place.
  return added.resources.some((other) => other.type === resource.type && other.name.split('/').at(-1) === resource.name.split('/').at(-1));
}

/** The route of an application goes with the application. */
function goesWithAll(resource: Resource, input: RuleInput): boolean {
  if (
    !/^(Ingress|VirtualService|HTTPRoute|GRPCRoute|IngressRoute|ServiceEntry|NetworkPolicy|CiliumNetworkPolicy|AWS::ElasticLoadBalancingV2::\w+|aws_lb\w*|aws_alb\w*)$/.test(
      resource.type,
    )
  )
    return false;
  const back = new Set([...(input.after?.resources ?? []), ...input.addedElsewhere().resources].map((other) => other.key));
  return [...input.removed.resources, ...input.removedElsewhere().resources].some(
    (other) =>
      /^(Deployment|StatefulSet|Rollout|Service|DaemonSet|aws_ecs_service|AWS::ECS::Service|aws_instance|aws_autoscaling_group)$/.test(
        other.type,
      ) && !back.has(other.key),
  );
}

const LIST =
  /\b(prefix|prefixes|routes?|announce\w*|advertise\w*|bgp|neighbou?rs?|peers?|peerings?|listeners?|locations?|pops|anycast|subnets?|cidrs?|next ?hops?|communities|as ?path|blocks|ranges|uplinks|transit|vips?|nameservers|name servers|resolvers|endpoints|addresses|address pools?|export filters?|import filters?|announced|advertised|datacenters|data centers|colos|sites|origins|backends|upstreams|links|topolog\w*|hosts)\b/;
const NETWORK =
  /\b(edge|topolog\w*|bgp|network|networks|networking|anycast|routing|router|routers|dns|pop|pops|backbone|vpc|peering|transit|gateway|ingress|mesh|cdn|lb|load ?balancer|haproxy|envoy|nginx|firewall|metallb|ip ?address ?pool|bgp ?peer|calico|cilium|bird|frr|quagga|gobgp|exabgp|vyos|keepalived|vrrp|route|routes|prefix|prefixes|traffic)\b/;

/** Lists of plain values: an entry that left one, or that now stands in two. */
function* changedLists(input: RuleInput): Generator<FindingDraft> {
  const told = new Set<string>();
  for (const setting of input.removed.settings) {
    const list = listOf(setting, input);
    if (list === undefined || told.has(list.about) || input.after === undefined) continue;
    const stays = setting.resource === '' || input.after.resources.some((resource) => resource.key === setting.resource);
    const holder = list.path.slice(0, -1);
    // What held the list is gone as a whole, which is told where it stood in a list of its own.
    if (
      !stays ||
      (holder.length > 1 && settingsUnder(input.after, setting, holder).length === 0 && !LIST.test(words(holder.slice(0, -1).join(' '))))
    )
      continue;
    told.add(list.about);
    const left = settingsUnder(input.after, setting, list.path).filter((other) => other.value !== null && other.value !== '[]');
    const message =
      left.length === 0
        ? `${quote(list.name, 30)} is empty now: ${quote(String(setting.value), 20)} is gone`
        : `${quote(String(setting.value), 30)} left ${quote(list.name, 30)}`;
    // What came in its place in the same list is where a reader looks.
    const instead = input.added.settings.find(
      (other) => other.resource === setting.resource && other.path.slice(0, -1).join('/') === list.path.join('/') && other.value !== null,
    );
    const place =
      instead === undefined ? { side: 'before' as const, range: setting.range } : { side: 'after' as const, range: instead.range };
    const isAlias = (instead ?? setting).origin?.start.line === place.range.start.line;
    yield { ...place, ...(isAlias ? { byName: true as const } : {}), message: fitMessage(message) };
  }
  for (const setting of input.added.settings) {
    const list = listOf(setting, input);
    if (list === undefined || told.has(list.about) || input.before === undefined) continue;
    const elsewhere = input.before.settings.find(
      (other) =>
        other.value === setting.value &&
        /^\d+$/.test(other.path.at(-1) ?? '') &&
        other.path.slice(0, -1).join('/') !== list.path.join('/') &&
        isAddress(setting.value),
    );
    if (elsewhere === undefined || !input.after?.settings.some((other) => other.key === elsewhere.key)) continue;
    if (
      !settingsUnder(input.before, setting, list.path).length &&
      list.path.length > 1 &&
      !settingsUnder(input.before, setting, list.path.slice(0, -1)).length
    )
      continue;
    told.add(list.about);
    yield {
      side: 'after',
      range: setting.range,
      message: fitMessage(`${quote(String(setting.value), 24)} now stands in ${quote(list.name, 26)} too`),
    };
  }
}

/** Tables of prefixes by their names, one finding for each table that lost some here. */
function* withdrawn(input: RuleInput): Generator<FindingDraft> {
  const told = new Set<string>();
  const isTable = (setting: Setting): boolean => {
    const path = setting.path.slice(0, -1);
    const name = words(path.at(-1) ?? '');
    return (
      LIST.test(name) &&
      !ADMITS.test(words(path.join(' '))) &&
      NETWORK.test(aroundOf(setting, path, input)) &&
      !isOther(setting, path, input)
    );
  };
  for (const { setting, instead, table } of withdrawnPrefixes(input, isTable)) {
    if (told.has(table)) continue;
    told.add(table);
    yield {
      side: instead === undefined ? 'before' : 'after',
      range: (instead ?? setting).range,
      message: fitMessage(`${quote(String(setting.value), 30)} left ${quote(table, 30)}`),
    };
  }
}

/** Who may come in is access/open-network. */
const ADMITS =
  /\b(allow\w*|den(?:y|ied)|trusted|permitted|whitelist|blocked|blacklist|sources?|authori[sz]ed|masters?|admin|office|vpn clients)\b/;

function isAddress(value: Setting['value']): boolean {
  return typeof value === 'string' && /^[\da-f.:]+(\/\d+)?$|^[\w-]+(\.[\w-]+)+$/i.test(value);
}

interface List {
  readonly path: readonly string[];
  readonly name: string;
  readonly about: string;
}

/** The list that a plain value stands in, where its name or its file speaks of a network: `routes`, or `leeds` of `site_prefixes`. */
function listOf(setting: Setting, input: RuleInput): List | undefined {
  if (!/^\d+$/.test(setting.path.at(-1) ?? '') || setting.value === null) return undefined;
  const path = setting.path.slice(0, -1);
  // `pops: { active: […] }`: which of them, and not what they are.
  const own = words(path.at(-1) ?? '');
  const name = /^(active|enabled|live|serving|members|items|list|all|current|primary)$/.test(own) ? words(path.at(-2) ?? '') : own;
  // A list of addresses that is named for a place belongs to a table, which is named for what they are.
  const table = isAddress(setting.value) && !LIST.test(name) ? words(path.at(-2) ?? '') : '';
  const isEach = name === 'for each' && isAddress(setting.value) && PATH.test(typeOf(setting, input));
  const around = aroundOf(setting, path, input);
  if (/\baddresses\b/.test(name) && !isAddress(setting.value)) return undefined;
  if (
    !(LIST.test(name) || LIST.test(table) || isEach) ||
    !(NETWORK.test(around) || /\b(prefix|prefixes|announce\w*|bgp|peers|peerings|anycast|listeners|neighbou?rs|next hops?)\b/.test(name))
  )
    return undefined;
  if (isOther(setting, path, input)) return undefined;
  return { path, name: path.slice(-2).join('.'), about: `${setting.resource} ${path.join('/')}` };
}

/** What stands around a list: the path to it, its file and its resource. */
function aroundOf(setting: Setting, path: readonly string[], input: RuleInput): string {
  return `${words(path.slice(0, -1).join(' '))} ${words(input.path)} ${words(typeOf(setting, input))}`;
}

/** A list of who may, of names, or of what is no network at all. */
function isOther(setting: Setting, path: readonly string[], input: RuleInput): boolean {
  return (
    /security_group|firewall|SecurityGroup|NetworkPolicy|AuthorizationPolicy|network_acl|iam|cors|route53|dns_record|RecordSet|package|tsconfig|workspace|eslint|Rule\b/i.test(
      `${typeOf(setting, input)} ${input.path} ${path.join('/')}`,
    ) || /\b(rollout|release|flag|feature|canary|cors|allowed origins|test|lint|paths|include|exclude|files)\b/.test(words(path.join(' ')))
  );
}

function typeOf(setting: Setting, { before, after }: RuleInput): string {
  return [...(after?.resources ?? []), ...(before?.resources ?? [])].find((resource) => resource.key === setting.resource)?.type ?? '';
}

const HOP =
  /^(gateway_id|nat_gateway_id|transit_gateway_id|vpc_peering_connection_id|network_interface_id|destination_cidr_block|destination_ipv6_cidr_block|dest_range|next_hop\w*|next_hop_in_ip_address|next_hop_type|address_prefix|peer_asn|peer_ip_address|peer_asn_range|bgp_asn|asn|local_as|remote_as|as_number|asNumber|peerIP|myASN|peerASN|localASN|route_table_id|default_route_table_id|cidr_block|ip_cidr_range|address_space|address_prefixes|advertise_mode|advertised_route_priority|priority_med|vpc_id|subnet_ids?|CidrBlock|DestinationCidrBlock|GatewayId|NatGatewayId|TransitGatewayId|next-hop|nexthop|via|neighbou?r|export_policy|import_policy|advertise|announce|withdraw|anycast)$/i;
const LISTEN = /^(port|protocol|default_action|listen|bind|Port|Protocol|target_group_arn|targetPort|host|hosts|pathType|backend)$/;

/** A hop, neighbour or listener that becomes another one, in place. */
function rerouted(change: SettingChange, input: RuleInput): string | undefined {
  const { path, before, after, resource } = change;
  if (
    before === undefined ||
    before.value === after?.value ||
    before.value === null ||
    change.resourceIsGone ||
    change.resourceIsNew ||
    input.after === undefined
  )
    return undefined;
  const name = path.at(-1) ?? '';
  const isPath = resource !== undefined && PATH.test(resource.type);
  const isFree = resource === undefined && NETWORK.test(`${words(path.slice(0, -1).join(' '))} ${words(input.path)}`);
  const isHop = HOP.test(name) && (isPath || isFree);
  const isListener =
    LISTEN.test(name.split('#')[0] ?? '') && isPath && /listener|Listener|forwarding_rule|^Gateway$|^Ingress$/.test(resource?.type ?? '');
  if (!isHop && !isListener) return undefined;
  // Places in a list shift when an entry comes in before them.
  if (
    path.some((element) => /^\d+$|#\d+$/.test(element)) &&
    settingsOf(input.after, before.resource).some((setting) => setting.path.at(-1) === name && setting.value === before.value)
  )
    return undefined;
  if ([before, after].some((setting) => setting !== undefined && /[${(]|^(var|local)\./.test(String(setting.value)))) return undefined;
  if (after === undefined && settingsUnder(input.after, before, path.slice(0, -1)).length === 0 && path.length > 2)
    return `${quote(path.slice(-2).join('.'), 26)} ${quote(String(before.value), 24)} removed`;
  return `${quote(name, 24)}${ofResource(change)}: ${String(before.value)} -> ${after === undefined ? 'removed' : String(after.value)}`;
}
