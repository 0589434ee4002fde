import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Ids of the processes that `pid` started and their children started. */
export function children(pid: number): readonly number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    const stat = ifThere(() => readFileSync(`/proc/${name}/stat`, 'utf8'));
    // The command's name stands in parentheses and may hold anything.
    if (stat !== undefined) parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
  }
  const isBelow = (child: number): boolean => {
    const parent = parents.get(child) ?? 0;
    return parent === pid || (parent > 1 && isBelow(parent));
  };
  return [...parents.keys()].filter(isBelow).sort((a, b) => a - b);
}

/** Sockets of the internet families that a process and its children hold open. */
export function sockets(pid: number): readonly string[] {
  const inodes = [pid, ...children(pid)].flatMap((one) =>
    descriptors(one).flatMap((target) => /^socket:\[(\d+)\]$/.exec(target)?.[1] ?? []),
  );
  const tables = ['tcp', 'tcp6', 'udp', 'udp6', 'raw'].map(
    (table) => ifThere(() => readFileSync(`/proc/${pid}/net/${table}`, 'utf8')) ?? '',
  );
  const lines = tables.flatMap((table) => table.split('\n').slice(1));
  return lines.filter((line) => inodes.includes(line.trim().split(/\s+/)[9] ?? ''));
}

function descriptors(pid: number): readonly string[] {
  const folder = `/proc/${pid}/fd`;
  return (ifThere(() => readdirSync(folder)) ?? []).flatMap((name) => ifThere(() => readlinkSync(`${folder}/${name}`)) ?? []);
}

/** A process may end between the listing and the look. */
function ifThere<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
