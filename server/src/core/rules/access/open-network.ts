import type { Setting, SourceFacts } from '../../model/facts.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage, quote } from '../quote.ts';
import { changedSettings, countOf, isTrue, nameOf, placeOf, type SettingChange, settingsUnder } from '../settings.ts';

/**
 * What it sees
 * Inbound traffic from everywhere (`0.0.0.0/0`, `::/0`, `*`), a database that becomes publicly accessible, a cluster's control
 * plane that does, and a Kubernetes service that becomes a load balancer or a node port.
 *
 * Why it matters
 * A port that only the own network could reach is scanned within minutes of being open.
 *
 * When it is fine
 * Outbound rules, ports 80 and 443 (not the range between them), and rules that the same resource had before in another place.
 *
 * What it misses
 * Ranges that come from variables, and several narrow ranges that together are the whole internet.
 */
export default defineRule({
  id: 'access/open-network',
  version: '1.0.0',
  severity: 'critical',
  confidence: 'high',
  title: 'Opens a port to the internet',
  reads: ['settings'],
  evidence: [
    { title: 'tfsec: no public ingress', url: 'https://aquasecurity.github.io/tfsec/latest/checks/aws/ec2/no-public-ingress-sgr/' },
    { title: 'checkov CKV_AWS_17', url: 'https://www.checkov.io/5.Policy%20Index/terraform.html' },
  ],
  *check(input) {
    for (const change of changedSettings(input)) {
      const what = opened(change, input);
      if (what === undefined) continue;
      const exposed = nameOf(change) === 'type';
      yield { ...placeOf(change), ...(exposed ? { severity: 'high' as const } : {}), message: fitMessage(what) };
    }
  },
});

const EVERYWHERE = /^(0\.0\.0\.0\/0|::\/0|0::\/0|\*|Internet|Any|0\.0\.0\.0)$/i;
const SOURCE =
  /^(cidr_blocks|ipv6_cidr_blocks|cidr_ipv4|cidr_ipv6|CidrIp|CidrIpv6|source_ranges|sourceRanges|source_address_prefix|source_address_prefixes|sourceAddressPrefix|loadBalancerSourceRanges|public_access_cidrs|cidr_block|authorized_ip_ranges|api_server_authorized_ip_ranges|whitelist|allowed_cidrs?|allowed_cidr_blocks|ingress_cidr_blocks|ip_allowlist|inbound_cidrs|remote_ip_prefix|source_addresses|value|ipBlock|cidr|start_ip_address)$/;
const PUBLIC =
  /^(publicly_accessible|PubliclyAccessible|publiclyAccessible|endpoint_public_access|EndpointPublicAccess|cluster_endpoint_public_access|public_network_access_enabled|assign_public_ip_to_database|ipv4_enabled)$/;

function opened(change: SettingChange, input: RuleInput): string | undefined {
  const { before, after, resource } = change;
  if (after === undefined) return undefined;
  const name = nameOf(change);
  const of = resource === undefined ? '' : ` of ${quote(resource.name, 20)}`;
  if (PUBLIC.test(name))
    return isTrue(after.value) && !isTrue(before?.value) && (before !== undefined || !name.startsWith('endpoint'))
      ? `${quote(name)}${of}: ${before === undefined ? 'unset' : String(before.value)} -> true`
      : undefined;
  if (name === 'type' && resource?.type === 'Service') return exposedService(change);
  if (!SOURCE.test(name) || !EVERYWHERE.test(String(after.value)) || !isInbound(change, after, input.after)) return undefined;
  if (hadEverywhere(after, input.before, input.after)) return undefined;
  const ports = portsOf(after, input.after);
  if (ports.length > 0 && ports.every(isWeb)) return undefined;
  const port = ports.length === 0 ? '' : ` to port ${[...new Set(ports)].join(', ')}`;
  const was = before === undefined ? '' : ` (was ${String(before.value)})`;
  return `lets in ${String(after.value)}${port}${of}${was}`;
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
  if (direction !== undefined && /^(egress|outbound)$/i.test(String(direction))) return false;
  if (siblings.some((other) => /^(access|action|Access|rule_action)$/.test(nameOf(other)) && /^deny$/i.test(String(other.value))))
    return false;
  if (/^(value|cidr|cidr_block|ipBlock|whitelist)$/.test(nameOf(setting)))
    return /ingress|inbound|authorized|allow|firewall|network_acl|NetworkPolicy/i.test(`${type}/${path}`);
  return true;
}

function siblingsOf(setting: Setting, facts: SourceFacts | undefined): readonly Setting[] {
  const at = setting.path.findIndex((element) => SOURCE.test(element));
  return settingsUnder(facts, setting, setting.path.slice(0, Math.max(0, at)));
}

/** Ports as written, one entry for a port or a range: `443`, `80-443`. */
function portsOf(setting: Setting, facts: SourceFacts | undefined): readonly string[] {
  const siblings = siblingsOf(setting, facts);
  const valuesOf = (names: RegExp): readonly string[] =>
    siblings.filter((other) => names.test(nameOf(other)) && other.value !== null).map((other) => String(other.value).trim());
  const to = valuesOf(/^(to_port|ToPort|port_range_max)$/);
  const pairs = valuesOf(/^(from_port|FromPort|port_range_min)$/).map((from, at) =>
    to[at] === undefined || to[at] === from ? from : `${from}-${to[at]}`,
  );
  return [...pairs, ...valuesOf(/^(ports?|destination_?port_?ranges?)$/i)];
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
