import type { RepoPath } from './tree.ts';

/**
 * A thing that files of any language know by its name, and not by an import:
 * - `table`, `column`: of a database; `within` is the column's table.
 * - `terraform`: an address (`aws_db_instance.main`, `var.region`, `module.vpc`, `output.id`); `within` is the folder it stands in.
 * - `kubernetes`: an object; `within` is its kind, `ConfigMap`. `label`: a selector's label; `within` is its value.
 * - `setting`: an environment variable, a key of a configuration or of a feature flag.
 * - `event`: an event, a queue, a topic or a subject.
 * - `proto`: a message or an rpc of protobuf or Thrift, or a field `within` a message.
 * - `route`: a path of an HTTP interface, parameters as `{id}` or `:id`. `operation`: an `operationId`.
 */
export interface NamedThing {
  readonly kind: 'table' | 'column' | 'terraform' | 'kubernetes' | 'label' | 'setting' | 'event' | 'proto' | 'route' | 'operation';
  /** As declared: `orders`, `legacy_ref`, `DATABASE_URL`, `order.created`. */
  readonly name: string;
  readonly within?: string;
}

/** Where a named thing is made or used. `line` is 1-based, `character` 0-based in UTF-16 units; both of the name's start. */
export interface ThingPlace {
  readonly path: RepoPath;
  readonly line: number;
  readonly character: number;
  readonly kind: 'definition' | 'use';
}

/** Who speaks of a named thing. An upper bound: another thing may have the name. */
export interface ThingUses {
  /** By path, then by place. */
  readonly places: readonly ThingPlace[];
  readonly atMost: true;
  readonly method: 'names';
}
