import type { Range, Side } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { isFalse, isTrue } from './setting-values.ts';
import { changedSettings, changeName, placeOf } from './settings.ts';

/** A member of a cluster that keeps data starts without what made it safe. */
export interface UnsafeJoin {
  readonly side: Side;
  readonly range: Range;
  /** As written: `auto_bootstrap: false`. */
  readonly what: string;
}

/**
 * Settings and options by which a node with data joins without its share of it, or takes a cluster for new or whole that is not:
 * Cassandra, etcd, Galera, Kafka, RabbitMQ, Elasticsearch, MongoDB. A file that is new, the nodes that others start from, and
 * the steps of a recovery are left alone.
 */
export function unsafeJoins(input: RuleInput): readonly UnsafeJoin[] {
  if (/seed|recover|restore|disaster|break-?glass|runbook/i.test(input.path) || rebuilds(input)) return [];
  const settings = changedSettings(input).flatMap((change) => {
    const { before, after } = change;
    if (after === undefined || change.resourceIsNew || input.before === undefined || before?.value === after.value) return [];
    // Dotted names of properties are paths.
    const names = [changeName(change), change.path.join('_')].map((name) =>
      name
        .toLowerCase()
        .replace(/[-.]/g, '_')
        .replace(/^(cassandra|etcd|scylla|galera|mariadb|kafka_cfg|kafka|rabbitmq)_/, ''),
    );
    const [name = ''] = names;
    const isOff = names.some((one) => OFF.test(one)) && isFalse(after.value) && !isFalse(before?.value);
    const isOn = names.some((one) => ON.test(one)) && (isTrue(after.value) || after.value === 1) && !isTrue(before?.value);
    const isNew = name === 'initial_cluster_state' && after.value === 'new' && before?.value === 'existing';
    const isSplit = name === 'cluster_partition_handling' && after.value === 'ignore' && before !== undefined;
    return isOff || isOn || isNew || isSplit
      ? [{ ...placeOf(change), what: `${isShort(name) ? change.path.join('.') : changeName(change)}: ${String(after.value)}` }]
      : [];
  });
  const commands = input.added.commands.flatMap((command) => {
    const what = OPTION.exec(command.written)?.[0].trim();
    if (what === undefined || input.before === undefined || input.before.commands.some(({ written }) => written.includes(what))) return [];
    return settings.some(({ range }) => range.start.line === command.range.start.line)
      ? []
      : [{ side: 'after' as const, range: command.range, what }];
  });
  return [...settings, ...commands];
}

/** Safe while true. */
const OFF = /^(auto_bootstrap|consistent_rangemovement)$/;
/** Safe while false. */
const ON =
  /^(force_new_cluster|wsrep_new_cluster|safe_to_bootstrap|galera_force_bootstrap|force_bootstrap|unclean_leader_election_enable|allow_unsafe_join|allow_unsafe_replace|pc_ignore_sb|force_boot|unsafe_bootstrap)$/;
const OPTION =
  /(?:^|\s)(?:--force-new-cluster(?:=true)?|--initial-cluster-state[= ]new|--wsrep-new-cluster|-Dcassandra\.(?:auto_bootstrap|consistent\.rangemovement)=false|-Dcassandra\.allow_unsafe_(?:join|replace)=true|elasticsearch-node unsafe-bootstrap|rabbitmqctl force_boot|unclean\.leader\.election\.enable=true)(?=\s|$)/;

/** `enable` says nothing without the path to it. */
function isShort(name: string): boolean {
  return !name.includes('_');
}

/** A new data centre joins empty, and is filled by `nodetool rebuild`. */
function rebuilds({ after, addedElsewhere }: RuleInput): boolean {
  return [...(after?.commands ?? []), ...addedElsewhere().commands].some(({ written }) => /\bnodetool\b.*\brebuild\b/.test(written));
}
