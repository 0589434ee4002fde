import type { Setting, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { quote } from '../../quote.ts';
import { EVERYWHERE, isSourceKey, opensByDefault, PUBLIC, SOURCE } from '../settings/network-sources.ts';
import { nameOf, settingsUnder } from '../settings/setting-index.ts';
import { isTrue } from '../settings/setting-values.ts';
import { changeName, ofResource, type SettingChange } from '../settings/settings.ts';
import { exposedService, exposure, leftInside } from './exposed-settings.ts';
import { hadEverywhere, isInbound, isWeb, portsOf } from './inbound-rules.ts';
import { turnedInward } from './turned-inward.ts';

/** A rule that lets more addresses in than before; old to new. */
export function openedRange(change: SettingChange, input: RuleInput): string | undefined {
  const { before, after, resource } = change;
  if (after === undefined) {
    const stays = input.after?.settings.some(
      (other) =>
        other.resource === before?.resource &&
        /load-balancer-(?:scheme|internal|type)$/.test(nameOf(other)) &&
        /^(?:internal|true)$/i.test(String(other.value)),
    );
    return stays === true ? undefined : leftInside(change);
  }
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
  const held = turnedInward(change, input) ?? heldRange(change, input);
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
function heldRange(change: SettingChange, input: RuleInput): string | undefined {
  const { path, before, after, resource } = change;
  const isHeld = /^(locals|variable|module)$/.test(resource?.type ?? '') || (resource === undefined && /\.tfvars$/.test(input.path));
  const value = String(after?.value);
  if (!isHeld || after === undefined || !EVERYWHERE.test(value) || !isInbound(change, after, input.after)) return undefined;
  const full = [resource?.name ?? '', ...path].join('/');
  if (/egress|outbound|\bto\b|dest|route|target|public_?cidr$/i.test(full)) return undefined;
  const stem = path.filter((part) => !/^\d+$/.test(part));
  // `*` and `Any` say who may come in only where the key does.
  const key = stem.at(-1) ?? '';
  if (
    !/\/\d$/.test(value) &&
    (!/(^|_)(sources?|src|from|cidrs?|prefix(es)?|ranges?|remote|clients?|peers?|allow\w*)(_|$)/i.test(key) || /port/i.test(key))
  )
    return undefined;
  const parent = path.slice(
    0,
    path.findLastIndex((part) => !/^\d+$/.test(part)),
  );
  const ports = settingsUnder(input.after, after, parent).flatMap((other) =>
    stem.length > 1 && /^(?!.*(?:source|src)_).*ports?(_ranges?)?$/i.test(nameOf(other)) && other.value !== null
      ? [String(other.value)]
      : [],
  );
  const type = resource?.type ?? '';
  const name = (type === 'variable' ? undefined : stem[0]) ?? resource?.name ?? '';
  const isAsked = [input.after, ...besideIn(input, name)].some((facts) => isSourceOfRule(name, type, facts));
  if (ports.length === 0 && isAsked)
    return hasRange(input.before, value)
      ? undefined
      : `${quote(type === 'variable' ? name : stem.slice(-2).join('.'), 30)} lets in ${value}`;
  const isInward =
    /ingress|inbound|allow|source|\bfrom\b|whitelist|trusted|client|firewall|admin|bastion|ssh|vpn|office|cidr|access|door|rule/i;
  if (ports.length > 0 ? ports.every(isWeb) : !isInward.test(full.replaceAll('_', ' ')) || before === undefined) return undefined;
  const had = input.before?.settings.some(
    (other) => other.value === value && nameOf(other) === nameOf({ path }) && !/egress/i.test(other.path.join('/')),
  );
  if (had === true) return undefined;
  return `${quote(stem.slice(-2).join('.'), 30)} lets in ${value}${ports.length === 0 ? '' : ` to port ${ports.join(', ')}`}`;
}

/** Files of the same module of Terraform that speak of a variable. */
function besideIn({ trees, path, factsAt }: RuleInput, name: string): readonly (SourceFacts | undefined)[] {
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  return trees.after
    .mentioning(name, ['.tf'])
    .filter((other) => other !== path && other.slice(0, other.lastIndexOf('/') + 1) === folder)
    .slice(0, MOST_FILES)
    .map((other) => factsAt('after', other));
}

/** A module of more files than this is more than one. */
const MOST_FILES = 12;

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
