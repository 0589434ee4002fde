import type { Resource, Setting } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage, quote } from '../quote.ts';
import { CAPACITY_CUT } from '../thresholds.ts';
import { numberIn } from '../vocabulary/code/computed-numbers.ts';
import { countsInCode } from '../vocabulary/load/counts-in-code.ts';
import { CAPACITY_COUNT } from '../vocabulary/settings/capacity-names.ts';
import { MACHINE, sizeOf } from '../vocabulary/settings/machine-sizes.ts';
import { settingsUnder } from '../vocabulary/settings/setting-index.ts';
import { countOf, isFalse, isTrue } from '../vocabulary/settings/setting-values.ts';
import { changedSettings, changeName, ofResource, placeOf, type SettingChange } from '../vocabulary/settings/settings.ts';
import { loweredCounts } from '../vocabulary/shell/lowered-counts.ts';

/**
 * ## What it sees
 * Replicas, nodes, shards and their lower and upper limits that fall by half or to one; a smaller machine; a second zone or a
 * failover that is turned off, zones or readers that leave a list until half or one is left, an autoscaler or a replica that is removed, and a
 * command that sets how many there are; also in programs that declare what runs, and replicas of a topic.
 *
 * ## Why it matters
 * The load that two carried is on one, and there is nothing to fail over to. A smaller database was an outage of a day.
 *
 * ## When it is fine
 * Scaling up, small steps down, and a number of replicas that is taken out because an autoscaler of the same change sets it.
 *
 * ## What it misses
 * Values that come from a variable; only its default and a file of values are read. Machine families whose sizes do not follow the usual ladder.
 */
export default defineRule({
  id: 'deploy/capacity-reduced',
  version: '1.0.0',
  severity: 'high',
  confidence: 'medium',
  title: 'Halves capacity or gives up redundancy',
  reads: ['settings', 'resources', 'commands', 'options', 'loops'],
  evidence: [
    { title: 'Buildkite outage of 23 August 2016', url: 'https://building.buildkite.com/outage-post-mortem-for-august-23rd-82b619a3679b' },
    { title: 'Slack incident of 22 February 2022', url: 'https://slack.engineering/slacks-incident-on-2-22-22/' },
  ],
  *check(input) {
    for (const change of changedSettings(input)) {
      if (change.before === undefined || change.resourceIsGone) continue;
      const what = reduced(change, input);
      if (what === undefined) continue;
      const name = changeName(change);
      const shown = /^(enabled?|min|max|name|capacity)$/i.test(name) ? change.path.slice(-2).join('.') : name;
      yield { ...placeOf(change), message: fitMessage(`${quote(shown)}${ofResource(change)}: ${what}`) };
    }
    for (const resource of input.removed.resources) {
      if (
        !SCALER.test(resource.type) ||
        input.after?.resources.some((other) => other.key === resource.key) === true ||
        isReplaced(resource, input)
      )
        continue;
      yield {
        side: 'before',
        range: resource.range,
        severity: REPLICA.test(resource.type) ? 'high' : 'medium',
        message: fitMessage(`removes ${quote(`${resource.type} ${resource.name}`, 50)}`),
      };
    }
    yield* fewerZones(input);
    yield* loweredCounts(input);
    yield* countsInCode(input);
  },
});

const REDUNDANCY =
  /^(multi_az|MultiAZ|multiAz|automatic_failover_enabled|AutomaticFailoverEnabled|multi_az_enabled|MultiAZEnabled|zone_redundant|zone_redundancy_enabled|zoneRedundant|high_availability|highAvailability|ha_enabled|cross_zone_load_balancing|enable_cross_zone_load_balancing|zone_awareness_enabled|ZoneAwarenessEnabled|geo_redundant|regional_cluster|autoscaling_enabled|enable_auto_scaling|enable_autoscaling|auto_scaling_enabled|failover_enabled|enable_failover|enable_high_availability|multiAzEnabled|automaticFailoverEnabled|crossZoneEnabled|crossZoneLoadBalancing|geo_replication_enabled|standby_enabled|is_multi_az|zone_balance|regional|automatic_failover|enable_multi_az|replication_enabled|redundant|read_replica_enabled)$/;
const SCALER =
  /^(HorizontalPodAutoscaler|ScaledObject|VerticalPodAutoscaler|aws_appautoscaling_(target|policy)|aws_autoscaling_policy|aws_autoscaling_group|aws_eks_node_group|aws_rds_cluster_instance|aws_docdb_cluster_instance|google_container_node_pool|google_compute_(region_)?autoscaler|azurerm_kubernetes_cluster_node_pool|azurerm_monitor_autoscale_setting|AWS::ApplicationAutoScaling::\w+|AWS::AutoScaling::\w+|AWS::EKS::Nodegroup)$/;
/** What carries load itself, and not only decides how much there is. */
const REPLICA = /node_group|node_pool|Nodegroup|cluster_instance|autoscaling_group|AutoScalingGroup/;

/** Another one of its kind came, or its workload went with it. */
function isReplaced(resource: Resource, input: RuleInput): boolean {
  const elsewhere = input.addedElsewhere().resources;
  if (
    [...input.added.resources, ...elsewhere].some(
      (other) =>
        other.type === resource.type ||
        (/HorizontalPodAutoscaler|ScaledObject/.test(resource.type) && /HorizontalPodAutoscaler|ScaledObject/.test(other.type)),
    )
  )
    return true;
  if (
    [...(input.after?.resources ?? []), ...elsewhere].some(
      (other) => /^(moved|removed|import)$/.test(other.type) && other.name.split('[')[0] === `${resource.type}.${resource.name}`,
    )
  )
    return true;
  return [...input.removed.resources, ...input.removedElsewhere().resources].some((other) =>
    /^(Deployment|StatefulSet|Rollout|aws_ecs_service|aws_rds_cluster|aws_docdb_cluster|aws_eks_cluster|google_container_cluster|azurerm_kubernetes_cluster)$/.test(
      other.type,
    ),
  );
}

const ZONES =
  /^(availability_zones?|zones?|node_locations|azs|AvailabilityZones|vpc_zone_identifier|VPCZoneIdentifier|availabilityZones|replica_zones|zone_ids)$/;

/** Copies of a database, whose last one may not leave the list either. */
const READERS = /^(readers|read_?replicas|replica_?regions|replication_?regions|replicas|secondary_?regions|replica_locations)$/i;

/** Zones that leave a list of them until one is left, or half, and copies that do. */
function* fewerZones(input: RuleInput): Generator<FindingDraft> {
  const { removed, before, after } = input;
  const told = new Set<string>();
  for (const setting of removed.settings) {
    const at = setting.path.findIndex((element) => ZONES.test(element) || READERS.test(element));
    if (at < 0 || after === undefined || !/^\d+$/.test(setting.path.at(-1) ?? '') || told.has(setting.resource)) continue;
    const list = setting.path.slice(0, at + 1);
    const count = (facts: RuleInput['before']): number =>
      settingsUnder(facts, setting, list).filter((other) => other.path.length > list.length).length;
    const [from, to] = [count(before), count(after)];
    const isGone = to === 0 && !(READERS.test(setting.path[at] ?? '') && hasFewer(input, setting, list));
    if (isGone || to >= from || (to > 1 && to > from * CAPACITY_CUT)) continue;
    told.add(setting.resource);
    yield {
      side: 'before',
      range: setting.range,
      message: fitMessage(`${quote(list.at(-1) ?? '', 26)}: ${from} ${ZONES.test(setting.path[at] ?? '') ? 'zones ' : ''}-> ${to}`),
    };
  }
}

/** The list is empty, or its resource does without one: what it held was not given in another way. */
function hasFewer({ after }: RuleInput, { resource }: Setting, list: readonly string[]): boolean {
  const own = after?.settings.filter((other) => other.resource === resource) ?? [];
  const named = own.find(({ path }) => path.length === list.length && path.every((part, at) => part === list[at]));
  return named === undefined ? own.length > 0 && resource !== '' : named.value === '[]';
}

function reduced(change: SettingChange, input: RuleInput): string | undefined {
  const { path, before, after, resource } = change;
  const name = changeName(change);
  if (resource?.type === 'PodDisruptionBudget') return undefined;
  const old = before?.value;
  const fresh = after?.value;
  if (
    REDUNDANCY.test(name) ||
    (/^enabled?$/i.test(name) &&
      /^(autoscaling|auto_?scaling|hpa|multi_?az|high_?availability|ha|failover|replication|standby|read_?replicas?|redundancy|availability_zone_rebalancing|auto_scaling_configuration)$/i.test(
        path.at(-2) ?? '',
      ))
  )
    return isTrue(old) && (after === undefined || isFalse(fresh)) ? `true -> ${after === undefined ? 'removed' : 'false'}` : undefined;
  if (/^(az_mode|AZMode)$/.test(name) && old === 'cross-az' && fresh !== 'cross-az') return `cross-az -> ${String(fresh ?? 'removed')}`;
  if (
    /^(redundancy_mode|high_availability_mode)$/.test(name) &&
    /zone|same/i.test(String(old)) &&
    (after === undefined || /disabled|none/i.test(String(fresh)))
  )
    return `${String(old)} -> ${String(fresh ?? 'removed')}`;
  if (path.join('/') === 'high_availability' && before?.value === null && after === undefined) return 'removed';
  if (name === 'availability_type' && old === 'REGIONAL' && fresh === 'ZONAL') return 'REGIONAL -> ZONAL';
  if (after === undefined) return undefined;
  if (CAPACITY_COUNT.test(name) || path.slice(-2).join('.') === 'sku.capacity' || isCountOf(path)) {
    const [from, to] = amounts(old, fresh, input);
    if (from === undefined || to === undefined || from <= to) return undefined;
    const shown = (value: Setting['value'] | undefined): string => String(countOf(value) ?? value);
    return to <= from * CAPACITY_CUT || (to === 1 && from > 1) ? `${shown(old)} -> ${shown(fresh)}` : undefined;
  }
  // `size` and `tier` mean anything where no resource has them.
  if (
    (!MACHINE.test(name) && path.slice(-2).join('.') !== 'sku.name') ||
    (resource === undefined && /^(size|tier)$/i.test(name) && path.length > 1)
  )
    return undefined;
  const [from, to] = [sizeOf(String(old)), sizeOf(String(fresh))];
  return from !== undefined && to !== undefined && to <= from * CAPACITY_CUT ? `${String(old)} -> ${String(fresh)}` : undefined;
}

/** A number that says nothing by itself, in a list of what carries load: `nodeSets: [{ count: 3 }]`, `formation: { web: { quantity: 4 } }`. */
function isCountOf(path: readonly string[]): boolean {
  return (
    /^(count|quantity|size|number)$/i.test(path.at(-1) ?? '') &&
    path.some((part) => /^(node_?sets|node_?pools|node_?groups|formation|worker_?pools|replica_?sets|brokers|shards)$/i.test(part))
  );
}

/** Both as counts, or both as percentages; a count and a percentage say nothing of each other. */
function amounts(
  old: Setting['value'] | undefined,
  fresh: Setting['value'] | undefined,
  { before, after }: RuleInput,
): readonly (number | undefined)[] {
  const percent = [old, fresh].map((value) => /^\s*(\d+(?:\.\d+)?)\s*%\s*$/.exec(String(value))?.[1]);
  if (!percent.includes(undefined)) return percent.map(Number);
  // Programs that declare what runs count in constants: `Math.floor(PEAK / 10)`.
  return [countOf(old) ?? numberIn(String(old), before), countOf(fresh) ?? numberIn(String(fresh), after)];
}
