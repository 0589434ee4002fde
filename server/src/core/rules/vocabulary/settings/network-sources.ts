import type { Setting } from '../../../model/facts.ts';
import { nameOf } from './setting-index.ts';

/** Everybody, or so large a part of the net that it makes no difference: an eighth of it and more. */
export const EVERYWHERE = /^(\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}\/[0-3]|[\da-f]{0,4}::\/[0-3]|\*|Internet|Any|0\.0\.0\.0)$/i;

/** Keys that say by their name alone who may come in, of the clouds and of those who sell databases. */
export const SOURCE =
  /^(cidr_blocks|ipv6_cidr_blocks|cidr_ipv4|cidr_ipv6|CidrIp|cidr_ip|CidrIpv6|source_ranges|sourceRanges|source_address_prefix|source_address_prefixes|sourceAddressPrefix|loadBalancerSourceRanges|public_access_cidrs|publicAccessCidrs|cidr_block|authorized_ip_ranges|authorizedIpRanges|api_server_authorized_ip_ranges|whitelist|allowed_cidrs?|allowed_cidr_blocks|db_allowed_cidrs|ingress_cidr_blocks|ip_allow_?list|inbound_cidrs|remote_ip_prefix|source_addresses|value|ipBlock|cidr|start_ip(_address)?|startIp(Address)?|cidrIp|cidrIpv6|cidrBlocks|sourceRanges|source_cidr_blocks|source_cidrs?|source_ips|sourceIps|allowed_ips?|allowed_ip_(ranges|list|addresses)|allowedIp(s|Ranges|List)|ip_ranges?|ipRanges|source_ip_ranges|authorized_networks|whitelist_source_range|nginx\.ingress\.kubernetes\.io\/whitelist-source-range|ip_rules|src_ip_ranges|allowedCidrs|ipWhitelist|ip_whitelist|ipAllowList|trusted_ips|trustedIps|bind_cidr|ip_filter|ipFilters?|ip_range_filter|ipRangeFilter|whitelisted_ips|whitelistedIps|security_ips|security_ip_list|allow_list|allowList|cidr_range|cidrRange)$/;

/** Keys that say it only inside a rule of what comes in: `acl_rules { ip = … }`, `rule { source = … }`. */
const SOURCE_OF_RULE = /^(source|address|addresses|ip|ip_address|ipAddress|network|remote|acl|cidrBlock|ip_?[rR]ange)$/;

/** Keys of which some mean what goes out, or a range of one's own net, unless the thing they stand in lets in. */
const OF_ANYTHING = /^(value|cidr|cidr_block|ipBlock|whitelist|cidr_range|cidrRange)$/;

const LETS_IN =
  /ingress|inbound|authorized|allow|firewall|network_acl|NetworkPolicy|access_?list|ip_?access|white_?list|_acl$|\bacl(_rules?)?\b|ip_?restriction|ip_?filter|traffic_?filter|security_?group_?rule|security_?rule|secgroup_?rule|postgresflex|trusted/i;

/** True for a key whose value is who may come in, if the thing around it lets in at all. */
export function isSourceKey(name: string, value: Setting['value'], resourceType: string, path: readonly string[]): boolean {
  if (SOURCE.test(name)) return !OF_ANYTHING.test(name) || LETS_IN.test(`${resourceType}/${path.join('/')}`);
  return SOURCE_OF_RULE.test(name) && /\/[0-3]$/.test(String(value)) && LETS_IN.test(`${resourceType}/${path.join('/')}`);
}

/** Where in a setting's path its source stands: the first key that is one, or the key itself. */
export function placeOfSource(setting: Setting): number {
  const first = setting.path.findIndex((element) => SOURCE.test(element));
  return first < 0 ? setting.path.lastIndexOf(nameOf(setting)) : first;
}

/** Keys that put a thing on a public address, or let the public at it. */
export const PUBLIC =
  /^(publicly_accessible|PubliclyAccessible|publiclyAccessible|endpoint_public_access|EndpointPublicAccess|cluster_endpoint_public_access|public_network_access_enabled|assign_public_ip_to_database|ipv4_enabled|ipv4Enabled|publicNetworkAccessEnabled|public_ip_enabled|enable_public_ip|enablePublicIp|assign_public_ip|assignPublicIp|associate_public_ip_address|AssociatePublicIpAddress|map_public_ip_on_launch|MapPublicIpOnLaunch|is_public|publicAccess|public_access_enabled|public_endpoint_enabled|enable_public_endpoint|endpointPublicAccess|public_network_enabled|internet_accessible|public_service_endpoint)$/;

/** `public_access { type = "DISABLED" }` of a broker, `network_acls { default_action = "Deny" }` of a store: who is let in that no rule names. */
export function opensByDefault(path: readonly string[], before: Setting['value'] | undefined, after: Setting['value']): boolean {
  const place = path.slice(0, -1).join('/');
  const name = path.at(-1) ?? '';
  if (/^(default_action|defaultAction)$/.test(name) && /network_?(rules?|acls?|rule_?set)/i.test(place))
    return /^deny$/i.test(String(before)) && /^allow$/i.test(String(after));
  return /^type$/i.test(name) && /public_?access$/i.test(place) && before === 'DISABLED' && /^SERVICE_PROVIDED/.test(String(after));
}
