import type { Setting } from '../../model/facts.ts';
import { defineRule } from '../define.ts';
import { fitMessage, quote } from '../quote.ts';
import { changedSettings, countOf, isFalse, isTrue, nameOf, placeOf, type SettingChange } from '../settings.ts';

/**
 * What it sees
 * Replicas, nodes, shards and their lower and upper limits that fall by half or to one; a smaller machine; a second zone or a
 * failover that is turned off.
 *
 * Why it matters
 * The load that two carried is on one, and there is nothing to fail over to. A smaller database was an outage of a day.
 *
 * When it is fine
 * Scaling up, and small steps down.
 *
 * What it misses
 * Values that come from variables, and machine families whose sizes do not follow the usual ladder.
 */
export default defineRule({
  id: 'deploy/capacity-reduced',
  version: '1.0.0',
  severity: 'high',
  confidence: 'medium',
  title: 'Halves capacity or gives up redundancy',
  reads: ['settings'],
  evidence: [
    { title: 'Buildkite outage of 23 August 2016', url: 'https://building.buildkite.com/outage-post-mortem-for-august-23rd-82b619a3679b' },
    { title: 'Slack incident of 22 February 2022', url: 'https://slack.engineering/slacks-incident-on-2-22-22/' },
  ],
  *check(input) {
    for (const change of changedSettings(input)) {
      if (change.before === undefined || change.resourceIsGone) continue;
      const what = reduced(change);
      if (what === undefined) continue;
      const of = change.resource === undefined ? '' : ` of ${quote(change.resource.name, 20)}`;
      yield { ...placeOf(change), message: fitMessage(`${quote(nameOf(change))}${of}: ${what}`) };
    }
  },
});

const COUNT =
  /^(replicas|replica_?count|min_?replicas|max_?replicas|min_?size|max_?size|desired_?(capacity|count|size)|(min_|max_)?node_?count|num_?nodes|instance_?count|number_of_(cache_clusters|nodes|broker_nodes|instances)|num_cache_(nodes|clusters)|num_node_groups|replicas_per_node_group|shard_?count|(min|max)_?(capacity|instances|machines|count|nodes|scale)|numReplicas|minInstances|maxInstances|(minimum|maximum)_?instances?|min_?available|minAvailable|DesiredCount|DesiredCapacity|MinSize|MaxSize|MinCapacity|MaxCapacity|NumCacheNodes|NumberOfBrokerNodes|ReplicasPerNodeGroup|ShardCount|(read|write)_capacity|(Read|Write)CapacityUnits|provisioned_concurrent_executions|ProvisionedConcurrentExecutions|reserved_concurrent_executions|number_of_workers|worker_?count|workers|num_?workers|ram_gb|memory_size_gb|provisioned_throughput|throughput|partitions)$/i;
const REDUNDANCY =
  /^(multi_az|MultiAZ|multiAz|automatic_failover_enabled|AutomaticFailoverEnabled|multi_az_enabled|MultiAZEnabled|zone_redundant|zone_redundancy_enabled|zoneRedundant|high_availability|highAvailability|ha_enabled|cross_zone_load_balancing|enable_cross_zone_load_balancing|zone_awareness_enabled|ZoneAwarenessEnabled|geo_redundant|regional_cluster|autoscaling_enabled)$/;
const MACHINE =
  /^(instance_?(class|type)|node_?type|machine_?type|vm_?size|cache_?node_?type|DBInstanceClass|InstanceType|CacheNodeType|NodeType|instance_size|size_slug|sku_name|tier|size)$/i;

function reduced({ path, before, after }: SettingChange): string | undefined {
  const name = nameOf({ path });
  const old = before?.value;
  const fresh = after?.value;
  if (REDUNDANCY.test(name))
    return isTrue(old) && (after === undefined || isFalse(fresh)) ? `true -> ${after === undefined ? 'removed' : 'false'}` : undefined;
  if (name === 'availability_type' && old === 'REGIONAL' && fresh === 'ZONAL') return 'REGIONAL -> ZONAL';
  if (after === undefined) return undefined;
  if (COUNT.test(name)) {
    const [from, to] = amounts(old, fresh);
    if (from === undefined || to === undefined || from <= to) return undefined;
    return to <= from / 2 || to === 1 ? `${String(old)} -> ${String(fresh)}` : undefined;
  }
  if (!MACHINE.test(name)) return undefined;
  const [from, to] = [sizeOf(String(old)), sizeOf(String(fresh))];
  return from !== undefined && to !== undefined && to <= from / 2 ? `${String(old)} -> ${String(fresh)}` : undefined;
}

/** Both as counts, or both as percentages; a count and a percentage say nothing of each other. */
function amounts(old: Setting['value'] | undefined, fresh: Setting['value'] | undefined): readonly (number | undefined)[] {
  const percent = [old, fresh].map((value) => /^\s*(\d+(?:\.\d+)?)\s*%\s*$/.exec(String(value))?.[1]);
  return percent.includes(undefined) ? [countOf(old), countOf(fresh)] : percent.map(Number);
}

const LADDER: Readonly<Record<string, number>> = { nano: 0.125, micro: 0.25, small: 0.5, medium: 1, large: 2, xlarge: 4, metal: 384 };

/** Relative size of `db.r6g.2xlarge`, `n2-standard-8`, `Standard_D4s_v5`: each step of a ladder is a factor of two. */
function sizeOf(machine: string): number | undefined {
  const parts = machine.toLowerCase().split(/[._-]/);
  for (const part of parts) {
    if (Object.hasOwn(LADDER, part)) return LADDER[part];
    const many = /^(\d+)xlarge$/.exec(part)?.[1];
    if (many !== undefined) return Number(many) * 4;
  }
  const google = /^[a-z]\w*-(?:standard|highmem|highcpu|custom|megamem|ultramem)-(\d+)/.exec(machine)?.[1];
  const azure = /^(?:standard|gp|mo|b|gen\d+)_[a-z]+(\d+)/i.exec(machine)?.[1];
  const count = google ?? azure;
  return count === undefined ? undefined : Number(count) * 2;
}
