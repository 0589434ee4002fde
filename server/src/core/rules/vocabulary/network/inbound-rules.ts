import type { Setting, SourceFacts } from '../../../model/facts.ts';
import { placeOfSource } from '../settings/network-sources.ts';
import { nameOf, settingsUnder } from '../settings/setting-index.ts';
import { countOf } from '../settings/setting-values.ts';
import type { SettingChange } from '../settings/settings.ts';

/** Whether a range belongs to a rule for what comes in. */
export function isInbound(change: SettingChange, setting: Setting, facts: SourceFacts | undefined): boolean {
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
export function portsOf(setting: Setting, facts: SourceFacts | undefined): readonly string[] {
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
export function isWeb(ports: string): boolean {
  const [from = '', to = from] = ports.split('-');
  const port = countOf(from);
  return (port === 80 || port === 443) && countOf(to) === port;
}

/** Blocks are known by their place: a rule that only moved inside its resource was open before. */
export function hadEverywhere(setting: Setting, before: SourceFacts | undefined, after: SourceFacts | undefined): boolean {
  const ports = portsOf(setting, after).join();
  const same = (other: Setting): boolean =>
    other.resource === setting.resource &&
    nameOf(other) === nameOf(setting) &&
    other.value === setting.value &&
    other.path[0]?.split('#')[0] === setting.path[0]?.split('#')[0];
  return before?.settings.some((other) => same(other) && portsOf(other, before).join() === ports) ?? false;
}
