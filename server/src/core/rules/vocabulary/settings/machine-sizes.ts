/** Names of what says how large a machine is. */
export const MACHINE =
  /^((host|broker|node|master|dedicated_master|core|worker|replica|writer|reader|db)_?)?instance_?(class|type)$|^(node_?type|machine_?type|vm_?size|cache_?node_?type|DBInstanceClass|InstanceType|CacheNodeType|NodeType|instance_size|size_slug|sku_name|tier|size)$/i;

const LADDER: Readonly<Record<string, number>> = { nano: 0.125, micro: 0.25, small: 0.5, medium: 1, large: 2, xlarge: 4, metal: 384 };

/** Relative size of `db.r6g.2xlarge`, `n2-standard-8`, `Standard_D4s_v5`: each step of a ladder is a factor of two; undefined for any other text. */
export function sizeOf(machine: string): number | undefined {
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
