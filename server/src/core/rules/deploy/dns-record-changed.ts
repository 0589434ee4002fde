import type { Resource, Setting } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage, quote } from '../quote.ts';
import { TTL_FACTOR } from '../thresholds.ts';
import { literalBehind } from '../vocabulary/code/literals-behind.ts';
import { recordsInCode } from '../vocabulary/network/records-in-code.ts';
import { rowOf } from '../vocabulary/settings/record-rows.ts';
import { findSetting, nameOf, settingsUnder } from '../vocabulary/settings/setting-index.ts';
import { countOf, durationOf, shownValue } from '../vocabulary/settings/setting-values.ts';
import { changedSettings, ofResource, placeOf, type SettingChange } from '../vocabulary/settings/settings.ts';

/**
 * ## What it sees
 * A DNS record or zone that is removed, a record that gets another value, type or name, and a time to live that changes by a factor
 * of ten; also where a table in code makes the records now. In Terraform, CloudFormation, CDK, Pulumi, zone files, octoDNS, dnscontrol and
 * Kubernetes.
 *
 * ## Why it matters
 * A wrong record is wrong everywhere until caches let it go, and the way back takes as long.
 *
 * ## When it is fine
 * A new record, another address in a list of several, a comment, and a record whose `moved` block names it.
 *
 * ## What it misses
 * Records that a controller derives, and names that are put together elsewhere.
 */
export default defineRule({
  id: 'deploy/dns-record-changed',
  version: '1.0.0',
  severity: 'high',
  confidence: 'high',
  title: 'Changes where a name points',
  reads: ['settings', 'resources', 'options', 'calls'],
  evidence: [
    { title: 'PagerDuty 2021-12-15: DNS configuration', url: 'https://status.pagerduty.com/incidents/vbp7ht2647l8' },
    { title: 'crates.io 2023-01-25: a DNS record', url: 'https://blog.rust-lang.org/inside-rust/2023/02/08/dns-outage-portmortem.html' },
    { title: 'AWS DynamoDB, 20 October 2025', url: 'https://aws.amazon.com/message/101925/' },
  ],
  *check(input) {
    yield* removedRecords(input);
    const told = new Set<string>();
    for (const change of changedSettings(input)) {
      const found = changed(change, input);
      if (found === undefined || told.has(found.about)) continue;
      told.add(found.about);
      yield { ...placeOf(change), ...(found.isNote ? { severity: 'low' as const } : {}), message: fitMessage(found.message) };
    }
    yield* droppedValues(input, told);
    yield* recordsInCode(input);
  },
});

const RECORD =
  /^(aws_route53_record|cloudflare_(record|dns_record)|google_dns_record_set|azurerm_(private_)?dns_\w+_record|digitalocean_record|dnsimple_\w*record|ns1_record|gandi_livedns_record|ovh_domain_zone_record|hetznerdns_record|powerdns_record|linode_domain_record|namecheap_domain_records|AWS::Route53::RecordSet(Group)?|cdk:([\w$]+\.)*(ARecord|AaaaRecord|CnameRecord|MxRecord|TxtRecord|NsRecord|RecordSet|CfnRecordSet)|pulumi:(aws\.route53\.Record|cloudflare\.(Dns)?Record|gcp\.dns\.RecordSet|azure\w*\.(network|dns|privatedns)\.\w*Record\w*|digitalocean\.DnsRecord)|dns-record|DNSEndpoint)$/;
const ZONE =
  /^(aws_route53_zone|cloudflare_zone|google_dns_managed_zone|azurerm_(private_)?dns_zone|digitalocean_domain|AWS::Route53::HostedZone|cdk:([\w$]+\.)*(Public|Private)?HostedZone|pulumi:(aws\.route53\.Zone|cloudflare\.Zone|gcp\.dns\.ManagedZone|digitalocean\.Domain))$/;
const VALUE =
  /^(records?|rrdatas|value|values|content|target|targets|alias|name|type|zone_id|zone_name|ResourceRecords|AliasTarget|DNSName|Name|Type|HostedZoneId|HostedZoneName|set_identifier|recordName|recordType|dnsName|proxied|data|domain|hostname|zone|priority|evaluate_target_health|failover_routing_policy|health_check_id|recordTTL|domainName|mailServers|rrdatas?)$/;

function* removedRecords(input: RuleInput): Generator<FindingDraft> {
  for (const resource of input.removed.resources) {
    const isZone = ZONE.test(resource.type);
    if ((!isZone && !RECORD.test(resource.type)) || input.after?.resources.some((other) => other.key === resource.key) === true) continue;
    if (isMoved(resource, input)) continue;
    const row = isZone ? undefined : rowOf(input, resource);
    if (row !== undefined) {
      const { changed } = row;
      if (changed === undefined) continue;
      const isHere = input.added.options.includes(changed.at);
      yield {
        side: isHere ? 'after' : 'before',
        range: isHere ? changed.at.range : resource.range,
        message: fitMessage(`${quote(resource.name, 20)}: ${quote(changed.was, 26)} -> ${quote(changed.is, 24)}`),
      };
      continue;
    }
    yield {
      side: 'before',
      range: resource.range,
      message: fitMessage(`removes the ${isZone ? 'zone' : 'record'} ${quote(resource.name, 40)}`),
    };
  }
}

function isMoved(resource: Resource, { after, addedElsewhere }: RuleInput): boolean {
  return [...(after?.resources ?? []), ...addedElsewhere().resources].some(
    (other) => /^(moved|removed|import)$/.test(other.type) && other.name.split('[')[0] === `${resource.type}.${resource.name}`,
  );
}

interface Found {
  readonly message: string;
  readonly about: string;
  readonly isNote?: boolean;
}

function changed(change: SettingChange, input: RuleInput): Found | undefined {
  const { path, before, after, resource } = change;
  if (change.resourceIsGone || change.resourceIsNew || before === undefined || before.value === after?.value) return undefined;
  const about = `${before.resource} ${path.filter((part) => !/^\d+$/.test(part)).join('/')}`;
  const name = nameOf({ path });
  if (/^(external-dns\.alpha\.kubernetes\.io\/hostname|external-dns\.alpha\.kubernetes\.io\/target)$/.test(path.at(-1) ?? ''))
    return {
      message: `the name ${quote(String(before.value), 30)} -> ${after === undefined ? 'removed' : quote(String(after.value), 24)}`,
      about,
    };
  const isZoneFile = resource === undefined && (isZonePath(input.path) || isRecordEntry(before, input));
  if (!isZoneFile && !RECORD.test(resource?.type ?? '') && resource?.type !== 'dns-zone') return undefined;
  if (/^(ttl|TTL|ttl_seconds|recordTTL)$/.test(name)) return ttlChanged(change, about);
  const top = path.find((element) => !/^(Properties|spec|endpoints|\d+)$/.test(element)) ?? '';
  if (!isZoneFile && !VALUE.test(name) && !VALUE.test(top.split('#')[0] ?? '')) return undefined;
  if (
    before.value === null ||
    /^(comment|description|tags|lifecycle|depends_on|provider|allow_overwrite|note)$/.test(top) ||
    isList(change, input)
  )
    return undefined;
  // A constant of the file that says what stood here.
  if (literalBehind(String(after?.value), input.after)?.replace(/^['"`]|['"`]$/g, '') === before.value) return undefined;
  // `value: x` that became `values: [x]` says what it said.
  if (
    after === undefined &&
    settingsUnder(input.after, before, path.slice(0, Math.max(1, path.length - 1))).some((other) => other.value === before.value)
  )
    return undefined;
  return {
    message: `${quote(name, 18)}${ofResource(change)}: ${shownValue(before.value)} -> ${shownValue(after?.value)}`,
    about,
    isNote: after !== undefined && isSameInOtherWords(String(before.value), String(after.value)),
  };
}

/** What another resource gives is the same thing in other words as often as not; one resource in place of another is not. */
function isSameInOtherWords(before: string, after: string): boolean {
  const isOfResource = (value: string): boolean => /^(aws|google|azurerm|module|data|cloudflare)[_.]/.test(value);
  const isOtherKind = makersOf(before) !== '' && makersOf(after) !== '' && makersOf(before) !== makersOf(after);
  return (isReference(before) || isReference(after)) && !(isOfResource(before) && isOfResource(after)) && !isOtherKind;
}

/** `RecordTarget.fromAlias(new LoadBalancerTarget(…))` and `RecordTarget.fromIpAddresses(…)` are two kinds of target. */
function makersOf(value: string): string {
  return [...value.matchAll(/(?:^|[\s(.])(from[A-Z]\w*|[A-Z]\w*Target)\(/g)].map(([, name = '']) => name).join(' ');
}

/** `aws_lb.edge.dns_name`, `var.address`, `${…}`; not a name of the net, which has dots as well. */
function isReference(value: string): boolean {
  if (/[${(]|^(var|local|data|module)\.|^(aws|google|azurerm|cloudflare|digitalocean|oci|hcloud)_\w+\./.test(value)) return true;
  // A constant of a program.
  if (/^[a-z_$][\w$]*$/.test(value) && /[A-Z_]/.test(value)) return true;
  return /^\w+\./.test(value) && !/^[\d.:]+$|^[\w.-]+\.[a-z]{2,}\.?$/i.test(value);
}

/** A value beside a `type` that is a kind of record, in a file that is called anything: `login: { type: CNAME, value: … }`. */
function isRecordEntry(setting: Setting, { before }: RuleInput): boolean {
  const at = setting.path.findIndex((element) => /^(type|values?|ttl|records?|target|content|data|rrdatas)$/i.test(element));
  if (at < 1) return false;
  const kind = findSetting(before, { resource: setting.resource, path: [...setting.path.slice(0, at), 'type'] });
  return /^(A|AAAA|ALIAS|ANAME|CAA|CNAME|DNAME|DS|MX|NAPTR|NS|PTR|SPF|SRV|SSHFP|SVCB|HTTPS|TLSA|TXT)$/.test(String(kind?.value ?? ''));
}

/** octoDNS and its like: one YAML file for each zone. */
function isZonePath(path: string): boolean {
  return /(^|\/)(zones?|dns|octodns)\/[\w./-]+\.ya?ml$|(^|\/)dns(config|records|zones?)?\.(ya?ml|json)$/i.test(path);
}

function ttlChanged({ before, after, ...change }: SettingChange, about: string): Found | undefined {
  const [old, now] = [before, after].map((setting) => countOf(setting?.value) ?? durationOf(setting?.value) ?? minutesOf(setting?.value));
  if (old === undefined || now === undefined || old === 0 || now === 0 || (now < old * TTL_FACTOR && old < now * TTL_FACTOR))
    return undefined;
  // A shorter time to live is how a careful change begins.
  return {
    message: `the time to live${ofResource(change)}: ${String(before?.value)} -> ${String(after?.value)}`,
    about,
    isNote: now < old,
  };
}

/** `Duration.minutes(5)` of CDK. */
function minutesOf(value: Setting['value'] | undefined): number | undefined {
  const match = /Duration\.(seconds|minutes|hours|days)\((\d+)\)/.exec(String(value));
  return match === null ? undefined : Number(match[2]) * ({ seconds: 1, minutes: 60, hours: 3600, days: 86_400 }[match[1] ?? ''] ?? 1);
}

const LIST = /^(records|rrdatas|ResourceRecords|values|targets|target)$/;

function isList({ path }: SettingChange, _input: RuleInput): boolean {
  return /^\d+$/.test(path.at(-1) ?? '') && path.some((element) => LIST.test(element));
}

/** `ns1.example. hostmaster.example. 2026090301 7200 …` of an SOA record: the serial counts changes, and is none. */
const SERIAL = /^(\(?\s*[\w.-]+\.? [\w.\\-]+\.? \(? ?)\d{1,10}(?= )/;

/** A value that left the list of a record; one that was only added is another address beside the old ones. */
function* droppedValues(input: RuleInput, told: Set<string>): Generator<FindingDraft> {
  const { removed, added, after } = input;
  for (const setting of removed.settings) {
    const at = setting.path.findIndex((element) => LIST.test(element));
    const resource = after?.resources.find((other) => other.key === setting.resource);
    if (at < 0 || setting.path.length !== at + 2 || !/^\d+$/.test(setting.path[at + 1] ?? '')) continue;
    const isCounted = ({ resource: owner, value }: Setting): boolean =>
      owner === setting.resource && String(value).replace(SERIAL, '$1') === String(setting.value).replace(SERIAL, '$1');
    if (SERIAL.test(String(setting.value)) && after?.settings.some(isCounted) === true) continue;
    const isEntry = setting.resource === '' && (isZonePath(input.path) || isRecordEntry(setting, input));
    if (!isEntry && (resource === undefined || !RECORD.test(resource.type))) continue;
    // A value that only moved within its list is still there.
    if (settingsUnder(after, setting, setting.path.slice(0, at + 1)).some((other) => other.value === setting.value)) continue;
    const about = `${setting.resource} ${setting.path.slice(0, at + 1).join('/')}`;
    if (told.has(about)) continue;
    told.add(about);
    const list = setting.path.slice(0, at + 1).join('/');
    const instead = added.settings.find(
      (other) => other.resource === setting.resource && other.path.slice(0, at + 1).join('/') === list && other.path.length > at + 1,
    );
    const left = settingsUnder(after, setting, setting.path.slice(0, at + 1)).filter((other) => other.value !== null);
    const now = instead !== undefined ? quote(String(instead.value), 24) : left.length === 0 ? 'nothing' : 'removed';
    const place =
      instead === undefined ? { side: 'before' as const, range: setting.range } : { side: 'after' as const, range: instead.range };
    yield {
      ...place,
      ...(instead !== undefined && isSameInOtherWords(String(setting.value), String(instead.value)) ? { severity: 'low' as const } : {}),
      message: fitMessage(`${quote(resource?.name ?? setting.path[0] ?? '', 20)}: ${quote(String(setting.value), 26)} -> ${now}`),
    };
  }
}
