import type { Setting, SourceFacts } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage, quote } from '../../quote.ts';
import { words } from '../code/call-names.ts';
import { nameOf, settingsUnder } from '../settings/setting-index.ts';
import { changedSettings, placeOf, type SettingChange } from '../settings/settings.ts';

/**
 * Filters and limits of what routers tell each other that are gone, or let all through: an import or export policy, a route map, a
 * prefix list, the greatest number of prefixes. A peer that goes as a whole, and a filter that went to the group of its peer, is none.
 */
export function* lostRouteFilters(input: RuleInput): Iterable<FindingDraft> {
  const told = new Set<string>();
  for (const change of changedSettings(input)) {
    const what = change.resourceIsGone || change.resourceIsNew ? undefined : lostBy(change, input);
    const place = placeOf(change);
    const holder = change.path.slice(0, -1).join('/');
    // A peer that lost its policy and its limit is told once.
    if (what === undefined || told.has(holder)) continue;
    told.add(holder);
    yield { ...place, severity: 'high', message: fitMessage(what) };
  }
}

const FILTER =
  /^((bgp )?(route )?(export|import|inbound|outbound|ingress|egress|in|out) (polic(y|ies)|filters?|route ?maps?|prefix ?lists?|filter ?lists?)|(route ?maps?|prefix ?lists?|filter ?lists?|distribute ?lists?|route ?filters?|polic(y|ies)|filters?|as path (filters?|acls?|lists?)) (in|out|inbound|outbound|import|export)|prefix ?lists?|route ?maps?|route ?filters?|distribute ?lists?)$/;
const LIMIT = /^((max|maximum) ?(accepted )?(prefix(es)?|routes|paths)( limit)?|prefix limit|(prefix|route) limit)$/;
const ROUTING = /\b(bgp|ebgp|ibgp|peerings?|neighbou?rs?|routing|ospf|isis|route ?reflectors?|autonomous system|backbone)\b/;
/** Words that an application has, too: its requests go through routers. */
const OF_NETWORK = /\b(networks?|networking)\b/;
const DEVICE = /\b(peers?|routers?|uplinks?|transit)\b/;
/** By its name it lets everything through. */
const ALL =
  /^(any|all|none|null|off|true|unlimited|full table|(accept|permit|allow|pass|export|import|announce|advertise)( (all|any|everything|full table))+|no (filter|policy)|pass through)$/;

function lostBy(change: SettingChange, input: RuleInput): string | undefined {
  const { before, after, path } = change;
  if (before === undefined || before.value === null || before.value === '' || input.after === undefined) return undefined;
  const around = words(`${input.path} ${path.slice(0, -1).join(' ')} ${change.resource?.type ?? ''}`);
  if (!ROUTING.test(around) && !(OF_NETWORK.test(around) && DEVICE.test(around))) return undefined;
  const own = nameOf(before);
  // A list of filters has its names one below the other.
  const name = words(/^\d+$/.test(own) ? (path.at(-2) ?? '') : own);
  if (turnsToAccept(change) && /\b(polic(y|ies)|route ?maps?|prefix ?lists?|filters?)\b/.test(around))
    return `${quote(path.at(-3) ?? own, 26)} lets through what it refused: ${String(before.value)} -> ${String(after?.value)}`;
  const isFilter = FILTER.test(name);
  if (!isFilter && !LIMIT.test(name)) return undefined;
  if (ALL.test(words(String(before.value)))) return undefined;
  if (after !== undefined && after.value !== null && after.value !== '') {
    // A limit that became another is limit-changed.
    return isFilter && ALL.test(words(String(after.value)))
      ? `${quote(own, 24)} lets all routes through: ${String(before.value)} -> ${String(after.value)}`
      : undefined;
  }
  const holder = path.slice(0, -1);
  const isKept =
    settingsUnder(input.after, before, holder).length === 0 ||
    alike(input.after, before) >= alike(input.before, before) ||
    input.addedElsewhere().settings.some((other) => nameOf(other) === own && other.value === before.value) ||
    replaces(input, before, isFilter ? FILTER : LIMIT);
  return isKept
    ? undefined
    : `nothing ${isFilter ? 'filters' : 'bounds'} the routes any more: lost ${quote(`${own}: ${String(before.value)}`, 34)}`;
}

/** A rule of a policy: `action: reject` that became `accept`. */
function turnsToAccept({ path, before, after }: SettingChange): boolean {
  return (
    /^(action|then|default|default_action|defaultAction)$/.test(path.at(-1) ?? '') &&
    /^(reject|deny|drop|discard)$/i.test(String(before?.value)) &&
    /^(accept|permit|allow|pass)$/i.test(String(after?.value))
  );
}

/** How often a file says the same of anything: what moved to the group of its peers is said once less by the peer, and once more there. */
function alike(facts: SourceFacts | undefined, { path, value }: Setting): number {
  return facts?.settings.filter((other) => other.path.at(-1) === path.at(-1) && other.value === value).length ?? 0;
}

/** The same holder has another filter or limit that is new: the filter got another name. */
function replaces({ added }: RuleInput, before: Setting, kind: RegExp): boolean {
  const holder = before.path.slice(0, -1).join('/');
  return added.settings.some(
    (other) =>
      other.resource === before.resource &&
      `${other.path.join('/')}/`.startsWith(`${holder}/`) &&
      kind.test(words(nameOf(other))) &&
      other.value !== null &&
      !ALL.test(words(String(other.value))),
  );
}
