import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage, quote } from '../../quote.ts';
import { unlistedResources } from '../settings/kustomize-patches.ts';
import { settingsUnder } from '../settings/setting-index.ts';
import { switchedOffTemplates } from '../settings/switched-templates.ts';

const FENCE =
  /^(NetworkPolicy|CiliumNetworkPolicy|CiliumClusterwideNetworkPolicy|GlobalNetworkPolicy|AuthorizationPolicy|PeerAuthentication)$/;

/** A network policy or a range of sources that is gone: what it kept out may come in. */
export function* lostFences(input: RuleInput): Generator<FindingDraft> {
  for (const resource of input.removed.resources) {
    if (!FENCE.test(resource.type)) continue;
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
  for (const { entry, resource } of unlistedResources(input))
    if (FENCE.test(resource.type))
      yield {
        side: 'before',
        range: entry.range,
        severity: 'high',
        message: fitMessage(`no longer takes in ${quote(`${resource.type} ${resource.name}`, 40)}`),
      };
  for (const { range, resource, value } of switchedOffTemplates(input, FENCE))
    yield {
      side: 'after',
      range,
      severity: 'high',
      message: fitMessage(`the ${quote(resource.type, 24)} is there only with ${quote(value, 34)} now`),
    };
  yield* admittedByDefault(input);
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

/** A firewall in front of a service that kept out whom no rule names, and lets them in: `default_action { block {} }`. */
function* admittedByDefault({ removed, added }: RuleInput): Generator<FindingDraft> {
  for (const setting of added.settings) {
    const at = setting.path.findIndex((part) => /^(?:default_action|DefaultAction|defaultAction)$/.test(part));
    if (at < 0 || !/^allow$/i.test(setting.path[at + 1] ?? '')) continue;
    const kept = removed.settings.some(
      (old) => old.resource === setting.resource && old.path[at] === setting.path[at] && /^block$/i.test(old.path[at + 1] ?? ''),
    );
    if (kept)
      yield {
        side: 'after',
        range: setting.range,
        severity: 'high',
        message: fitMessage(`${quote('default_action')} lets in whom no rule names`),
      };
  }
}
