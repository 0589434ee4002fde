import type { Setting, SourceFacts } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage, quote } from '../quote.ts';
import { changedOptions } from '../vocabulary/code/option-changes.ts';
import { cameAlong } from '../vocabulary/code/scope-changes.ts';
import { EVERYWHERE, isSourceKey, opensByDefault, PUBLIC, placeOfSource, SOURCE } from '../vocabulary/settings/network-sources.ts';
import {
  changedSettings,
  changeName,
  countOf,
  isTrue,
  nameOf,
  ofResource,
  placeOf,
  type SettingChange,
  settingsUnder,
} from '../vocabulary/settings/settings.ts';

/**
 * ## What it sees
 * Inbound traffic from everywhere (`0.0.0.0/0`, `::/0`, `*`, a range of `/3` or wider), a range of sources or a network policy
 * that is gone, a list of a hosted database that admits all, a store that admits whom no rule names, a database that becomes
 * publicly accessible, a cluster's control plane that does, and a Kubernetes service that becomes a load balancer or a node
 * port; in templates, in programs that declare them, and in the tables and variables that rules take their ranges from.
 *
 * ## Why it matters
 * A port that only the own network could reach is scanned within minutes of being open.
 *
 * ## When it is fine
 * Outbound rules, ports 80 and 443 (not the range between them), and rules that the same resource had before in another place.
 *
 * ## What it misses
 * A block whose header alone changed (`egress` to `ingress`), ranges that the caller of a module gives, and many narrow ranges
 * that together are the whole internet.
 */
export default defineRule({
  id: 'access/open-network',
  version: '1.0.0',
  severity: 'critical',
  confidence: 'high',
  title: 'Opens a port to the internet',
  reads: ['settings', 'resources', 'calls', 'options'],
  evidence: [
    { title: 'tfsec: no public ingress', url: 'https://aquasecurity.github.io/tfsec/latest/checks/aws/ec2/no-public-ingress-sgr/' },
    { title: 'checkov CKV_AWS_17', url: 'https://www.checkov.io/5.Policy%20Index/terraform.html' },
  ],
  *check(input) {
    for (const change of changedSettings(input)) {
      const what = opened(change, input);
      if (what === undefined) continue;
      const exposed =
        /^(type|serviceType|ports|nodePort|load-balancer\b.*|internal|scheme|hostPort)$/.test(nameOf(change)) ||
        change.resource?.type === 'service';
      yield { ...placeOf(change), ...(exposed ? { severity: 'high' as const } : {}), message: fitMessage(what) };
    }
    yield* lostFences(input);
    yield* openedInCode(input);
    for (const call of input.added.calls) {
      const isIngress =
        /\.(addIngressRule|allowFrom|allowDefaultPortFrom|allowFromAnyIpv4|allowDefaultPortFromAnyIpv4|add_ingress_rule|allow_from|allow_from_any_ipv4|allow_default_port_from_any_ipv4|AddIngressRule|AllowFrom|AllowFromAnyIpv4|AllowDefaultPortFromAnyIpv4)$/.test(
          call.callee,
        );
      const [source = '', port = ''] = /(AnyIpv4|any_ipv4)$/.test(call.callee) ? ['anyIpv4()', call.args[0] ?? ''] : call.args;
      const ports = [...port.matchAll(/\b(\d+)\b/g)].map((match) => match[1] ?? '');
      if (
        !isIngress ||
        !/any_?ipv[46]\(\)|['"](0\.0\.0\.0\/0|::\/0)['"]/i.test(source) ||
        (ports.length === 1 && ports.every(isWeb)) ||
        cameAlong(input, call)
      )
        continue;
      yield {
        side: 'after',
        range: call.range,
        message: fitMessage(`lets in everybody${port === '' ? '' : ` to ${quote(port, 24)}`}: ${quote(call.callee, 30)}`),
      };
    }
  },
});

/** A range of sources that a program gives to a construct: `cidr_blocks=["0.0.0.0/0"]`. */
function* openedInCode(input: RuleInput): Generator<FindingDraft> {
  for (const { before, after } of changedOptions(input)) {
    const isRange = SOURCE.test(after.name)
      ? !/^(value|whitelist|cidr|cidr_block|cidr_range|cidrRange)$/.test(after.name) || LETS_IN_CODE.test(after.callee)
      : /^(cidr_?blocks?|cidr_?ip(v[46])?|source_?ranges?|ipv6_?cidr_?blocks|SourceAddressPrefix|StartIpAddress)$/i.test(after.name);
    const isOpen = (value: string): boolean =>
      /['"](0\.0\.0\.0\/0|::\/0)['"]/.test(value) || (/^start_?ip/i.test(after.name) && /['"]0\.0\.0\.0['"]/.test(value));
    const told = input.after?.settings.some((setting) => setting.range.start.line === after.range.start.line) === true;
    if (!isRange || told || /egress/i.test(after.key) || !isOpen(after.value) || isOpen(before.value)) continue;
    const ports = (input.after?.options ?? []).flatMap((other) => {
      const isNear = other.scope === after.scope && Math.abs(other.range.start.line - after.range.start.line) <= 4;
      return isNear && /^(from|to)_?port$/i.test(other.name) ? [other.value] : [];
    });
    if (ports.length > 0 && ports.every(isWeb)) continue;
    yield { side: 'after', range: after.range, message: fitMessage(`${quote(after.name)} lets in everybody`) };
  }
}

/** Constructs that are an entry of a list of who may come in. */
const LETS_IN_CODE = /Authorized(External)?Network|AllowList|AccessList|IpFilter|Firewall|IpRestriction|AclRule|Ingress|SecurityGroupRule/;

/** A network policy or a range of sources that is gone: what it kept out may come in. */
function* lostFences(input: RuleInput): Generator<FindingDraft> {
  for (const resource of input.removed.resources) {
    if (
      !/^(NetworkPolicy|CiliumNetworkPolicy|CiliumClusterwideNetworkPolicy|GlobalNetworkPolicy|AuthorizationPolicy|PeerAuthentication)$/.test(
        resource.type,
      )
    )
      continue;
    if (input.after?.resources.some((other) => other.key === resource.key) === true) continue;
    const elsewhere = input.addedElsewhere().resources;
    const goesWithAll = [...input.removed.resources, ...input.removedElsewhere().resources].some((other) =>
      /^(Deployment|StatefulSet|Rollout|DaemonSet|Namespace)$/.test(other.type),
    );
    if (goesWithAll || [...input.added.resources, ...elsewhere].some((other) => other.type === resource.type)) continue;
    yield {
      side: 'before',
      range: resource.range,
      severity: 'high',
      message: fitMessage(`removes ${quote(`${resource.type} ${resource.name}`, 40)}: nothing keeps others out`),
    };
  }
  const told = new Set<string>();
  for (const setting of input.removed.settings) {
    const at = setting.path.findIndex(
      (element) =>
        /^(loadBalancerSourceRanges|authorized_ip_ranges|api_server_authorized_ip_ranges|master_authorized_networks_config|public_access_cidrs|whitelist-source-range|allowlist-source-range|ip_range_filter|ipRangeFilter|ip_filter|ip_filter_object|whitelisted_ips|allowed_ip_list)$/.test(
          element,
        ) || /\/(whitelist|allowlist)-source-range$/.test(element),
    );
    if (at < 0 || setting.value === null || told.has(setting.resource) || input.after === undefined) continue;
    if (setting.resource !== '' && !input.after.resources.some((resource) => resource.key === setting.resource)) continue;
    if (
      settingsUnder(input.after, setting, setting.path.slice(0, at + 1)).some(
        (other) => other.value !== null && other.value !== '[]' && other.value !== '',
      )
    )
      continue;
    told.add(setting.resource);
    yield {
      side: 'before',
      range: setting.range,
      message: fitMessage(`${quote(setting.path[at]?.split('/').at(-1) ?? '', 36)} removed: everybody may connect`),
    };
  }
}

function opened(change: SettingChange, input: RuleInput): string | undefined {
  const { before, after, resource } = change;
  if (after === undefined) return undefined;
  const name = changeName(change);
  const of = ofResource(change);
  const exposed = exposure(change);
  if (exposed !== undefined) return exposed;
  if (/^(public_network_access|publicNetworkAccess|PublicNetworkAccess)$/.test(name))
    return /^disabled$/i.test(String(before?.value)) && /^enabled$/i.test(String(after.value))
      ? `${quote(name)}${of}: Disabled -> Enabled`
      : undefined;
  if (PUBLIC.test(name))
    return isTrue(after.value) && !isTrue(before?.value) && (before !== undefined || !name.startsWith('endpoint'))
      ? `${quote(name)}${of}: ${before === undefined ? 'unset' : String(before.value)} -> true`
      : undefined;
  if (opensByDefault(after.path, before?.value, after.value))
    return `${quote(name)}${of}: ${String(before?.value)} -> ${String(after.value)}`;
  if (name === 'type' && resource?.type === 'Service') return exposedService(change);
  const held = heldRange(change, input);
  if (held !== undefined) return held;
  // A list in one text: `"10.0.0.0/8,0.0.0.0/0"`.
  const isOpen = (value: unknown): boolean =>
    String(value)
      .split(/[\s,;]+/)
      .some((range) => EVERYWHERE.test(range));
  // A block that is called something (`authorized_networks { name = "office" value = … }`) is a source by its key all the same.
  const isSource = [name, nameOf(change)].some((key) => isSourceKey(key, after.value, resource?.type ?? '', after.path));
  if (!isSource || !isOpen(after.value) || !isInbound(change, after, input.after)) return undefined;
  if (hadEverywhere(after, input.before, input.after)) return undefined;
  const ports = portsOf(after, input.after);
  if (ports.length > 0 && ports.every(isWeb)) return undefined;
  const port = ports.length === 0 ? '' : ` to port ${[...new Set(ports)].join(', ')}`;
  const was = before === undefined ? '' : ` (was ${String(before.value)})`;
  return `lets in ${String(after.value)}${port}${of}${was}`;
}

/** A range in a table of rules that blocks or modules are made from: `db = { port = 5432, from = ["0.0.0.0/0"] }`. */
function heldRange({ path, before, after, resource }: SettingChange, input: RuleInput): string | undefined {
  const isHeld = /^(locals|variable|module)$/.test(resource?.type ?? '') || (resource === undefined && /\.tfvars$/.test(input.path));
  const value = String(after?.value);
  if (!isHeld || after === undefined || !/^(0\.0\.0\.0|::)\/0$/.test(value)) return undefined;
  const full = [resource?.name ?? '', ...path].join('/');
  if (/egress|outbound|\bto\b|dest|route|target|public_?cidr$/i.test(full)) return undefined;
  const stem = path.filter((part) => !/^\d+$/.test(part));
  const ports = settingsUnder(input.after, after, stem.slice(0, -1)).flatMap((other) =>
    stem.length > 1 && /(^|_)ports?$/i.test(nameOf(other)) && other.value !== null ? [String(other.value)] : [],
  );
  const name = stem[0] ?? resource?.name ?? '';
  if (ports.length === 0 && isSourceOfRule(name, resource?.type ?? '', input.after))
    return hasRange(input.before, value) ? undefined : `${quote(stem.slice(-2).join('.'), 30)} lets in ${value}`;
  const isInward =
    /ingress|inbound|allow|source|\bfrom\b|whitelist|trusted|client|firewall|admin|bastion|ssh|vpn|office|cidr|access|door|rule/i;
  if (ports.length > 0 ? ports.every(isWeb) : !isInward.test(full.replaceAll('_', ' ')) || before === undefined) return undefined;
  const had = input.before?.settings.some(
    (other) => other.value === value && nameOf(other) === nameOf({ path }) && !/egress/i.test(other.path.join('/')),
  );
  if (had === true) return undefined;
  return `${quote(stem.slice(-2).join('.'), 30)} lets in ${value}${ports.length === 0 ? '' : ` to port ${ports.join(', ')}`}`;
}

/** A rule of this file that lets in takes its ranges from there: `for_each = local.NAME` with `cidr_ipv4 = each.value`. */
function isSourceOfRule(name: string, type: string, facts: SourceFacts | undefined): boolean {
  const asked = `${type === 'variable' ? 'var' : 'local'}.${name}`;
  const asks = (value: Setting['value']): boolean =>
    String(value)
      .split(/[^\w.-]+/)
      .some((word) => word === asked || word.startsWith(`${asked}.`));
  return (
    facts?.settings.some((setting) => {
      if (!SOURCE.test(nameOf(setting)) || typeof setting.value !== 'string') return false;
      const of = facts.resources.find(({ key }) => key === setting.resource)?.type ?? '';
      if (!/ingress|firewall|security_group_rule|network_security_rule|allow/i.test(`${of}/${setting.path.join('/')}`)) return false;
      const siblings = facts.settings.filter((other) => other.resource === setting.resource);
      if (siblings.some((other) => nameOf(other) === 'type' && other.value === 'egress')) return false;
      const ports = portsOf(setting, facts);
      if (ports.length > 0 && ports.every(isWeb)) return false;
      return (
        asks(setting.value) ||
        (/^each\.value\b/.test(setting.value) && siblings.some((other) => nameOf(other) === 'for_each' && asks(other.value)))
      );
    }) === true
  );
}

/** The same range let somebody in before. */
function hasRange(facts: SourceFacts | undefined, value: string): boolean {
  return (
    facts?.settings.some((other) => other.value === value && !/egress|outbound/i.test(`${other.resource}/${other.path.join('/')}`)) === true
  );
}

/** Ports that a compose service or a chart opens, and a load balancer that leaves the private network. */
function exposure({ path, before, after, resource, resourceIsNew }: SettingChange): string | undefined {
  const name = path.at(-1) ?? '';
  const [old, now] = [withDefaults(before?.value), withDefaults(after?.value)];
  if (
    resource?.type === 'service' &&
    path[0] === 'ports' &&
    /^\d+$/.test(name) &&
    before !== undefined &&
    /^(127\.|localhost|\[?::1)/.test(old) &&
    /^(0\.0\.0\.0:)?\d/.test(now) &&
    !/^127\./.test(now)
  )
    return `port ${quote(now, 20)} is open to all interfaces, was ${quote(old, 24)}`;
  if (
    /^(type|serviceType)$/.test(name) &&
    resource === undefined &&
    /service/i.test(path.join('/')) &&
    before !== undefined &&
    /^ClusterIP$/i.test(old) &&
    /^(LoadBalancer|NodePort)$/.test(now)
  )
    return `${quote(path.slice(-2).join('.'), 24)}: ${old} -> ${now}, reachable from outside the cluster`;
  if (name === 'internal' && /aws_(lb|alb|elb)$|LoadBalancer/.test(resource?.type ?? '') && isTrue(before?.value) && after?.value === false)
    return 'the load balancer is not internal any more';
  if (/^(Scheme|scheme)$/.test(name) && old === 'internal' && /internet-facing|external/i.test(now))
    return `${quote(name)}: internal -> ${now}`;
  if (
    /(load-balancer-(scheme|internal)|aws-load-balancer-internal)$/.test(name) &&
    before !== undefined &&
    /^(internal|true)$/i.test(old) &&
    /^(internet-facing|external|false)$/i.test(now)
  )
    return `${quote(name.split('/').at(-1) ?? '', 34)}: ${old} -> ${now}`;
  if (
    /(^|[-_.])(bind|listen|publish|expose)([-_.]?(ip|addr|address|addresses|host|on|to|interface))?$|^(bindAddress|listenAddress|listenAddresses|bindHost|bindIp|hostIp|host_ip|publishAddress|network\.host)$/i.test(
      name,
    ) &&
    before !== undefined &&
    !resourceIsNew &&
    /^(127\.|localhost|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.)/.test(old) &&
    /^(0\.0\.0\.0|\*|::)/.test(now)
  )
    return `${quote(name)}: ${old} -> ${now}`;
  return undefined;
}

/** `${BIND:-127.0.0.1}:9200` as it is where nobody sets the variable. */
function withDefaults(value: Setting['value'] | undefined): string {
  return String(value ?? '').replace(/\$\{\w+:?-([^{}]*)\}/g, '$1');
}

function exposedService({ before, after }: SettingChange): string | undefined {
  const value = String(after?.value);
  if (before === undefined || !/^(LoadBalancer|NodePort)$/.test(value) || before.value === value || before.value === 'LoadBalancer')
    return undefined;
  return `service ${String(before.value)} -> ${value}: reachable from outside the cluster`;
}

function isInbound(change: SettingChange, setting: Setting, facts: SourceFacts | undefined): boolean {
  const type = change.resource?.type ?? '';
  const path = setting.path.join('/');
  if (/egress|outbound|route_table|aws_route|aws_subnet|aws_vpc$/i.test(`${type}/${path}`)) return false;
  const siblings = siblingsOf(setting, facts);
  const direction = siblings.find((other) => /^(type|direction|Direction)$/.test(nameOf(other)))?.value;
  if (direction !== undefined && /^(egress|outbound|out)$/i.test(String(direction))) return false;
  if (siblings.some((other) => /^(access|action|Access|rule_action)$/.test(nameOf(other)) && /^deny$/i.test(String(other.value))))
    return false;
  // A list of who is kept out may be everybody.
  return !/block(ed)?_?(ip|list|cidr)|deny_?list|black_?list/i.test(path);
}

function siblingsOf(setting: Setting, facts: SourceFacts | undefined): readonly Setting[] {
  return settingsUnder(facts, setting, setting.path.slice(0, Math.max(0, placeOfSource(setting))));
}

/** Ports as written, one entry for a port or a range: `443`, `80-443`. */
function portsOf(setting: Setting, facts: SourceFacts | undefined): readonly string[] {
  const siblings = siblingsOf(setting, facts);
  const valuesOf = (names: RegExp): readonly string[] =>
    siblings.filter((other) => names.test(portName(other)) && other.value !== null).map((other) => String(other.value).trim());
  const to = valuesOf(/^(to_port|ToPort|port_range_max)$/);
  const pairs = valuesOf(/^(from_port|FromPort|port_range_min)$/).map((from, at) =>
    to[at] === undefined || to[at] === from ? from : `${from}-${to[at]}`,
  );
  return [...pairs, ...valuesOf(/^(ports?|destination_?port_?ranges?)$/i)];
}

/** `tcp_options { min = 22 max = 22 }` says it in two words. */
function portName(setting: Setting): string {
  const name = nameOf(setting);
  return /^(min|max)$/.test(name) && /port_range|_options$/.test(setting.path.at(-2) ?? '') ? `port_range_${name}` : name;
}

/** A range is fine only where every port in it is, and none of more than one port is. */
function isWeb(ports: string): boolean {
  const [from = '', to = from] = ports.split('-');
  const port = countOf(from);
  return (port === 80 || port === 443) && countOf(to) === port;
}

/** Blocks are known by their place: a rule that only moved inside its resource was open before. */
function hadEverywhere(setting: Setting, before: SourceFacts | undefined, after: SourceFacts | undefined): boolean {
  const ports = portsOf(setting, after).join();
  const same = (other: Setting): boolean =>
    other.resource === setting.resource &&
    nameOf(other) === nameOf(setting) &&
    other.value === setting.value &&
    other.path[0]?.split('#')[0] === setting.path[0]?.split('#')[0];
  return before?.settings.some((other) => same(other) && portsOf(other, before).join() === ports) ?? false;
}
