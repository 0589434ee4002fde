import type { ExportRecord, ImportRecord } from '../../../model/file-scan.ts';
import type { RepoPath } from '../../../model/tree.ts';
import type { Graph } from './graph.ts';

/** Files that load those: they ask for more than their types, however far. */
export function followLoads(
  graph: Graph,
  loading: ReadonlyMap<RepoPath, number>,
  reach: (path: RepoPath, steps: number, from: RepoPath) => void,
): void {
  const levels: RepoPath[][] = [];
  const best = new Map<RepoPath, number>();
  const put = (path: RepoPath, steps: number): void => {
    if ((best.get(path) ?? Number.POSITIVE_INFINITY) <= steps) return;
    best.set(path, steps);
    const level = levels[steps] ?? [];
    level.push(path);
    levels[steps] = level;
  };
  for (const [path, steps] of loading) put(path, steps);
  for (let steps = 0; steps < levels.length; steps += 1)
    for (const path of levels[steps] ?? []) {
      if (best.get(path) !== steps) continue;
      for (const { asker, record } of askersOf(graph, path)) {
        if (record.typeOnly) continue;
        reach(asker, steps + 1, path);
        put(asker, steps + 1);
      }
    }
}

/** Files that offer some names of files to others: themselves, and whoever passes them on. */
export function offeringFiles(
  graph: Graph,
  offered: readonly { readonly path: RepoPath; readonly names: readonly string[] }[],
): ReadonlySet<RepoPath> {
  const files = new Set<RepoPath>();
  const seen = new Set<string>();
  const queue = offered.flatMap(({ path, names }) => names.map((name) => ({ path, name })));
  for (let at = 0; at < queue.length; at += 1) {
    const { path, name } = queue[at] as (typeof queue)[number];
    if (seen.has(`${path} ${name}`)) continue;
    seen.add(`${path} ${name}`);
    files.add(path);
    for (const { asker, record, exports } of askersOf(graph, path))
      for (const { imported, local } of record.names) {
        if (imported !== name && !(imported === '*' && name !== 'default')) continue;
        if (record.kind === 'reexport') queue.push({ path: asker, name: local === '*' ? name : local });
        else for (const other of exports) if (other.local === local) queue.push({ path: asker, name: other.exported });
      }
  }
  return files;
}

interface Asker {
  readonly asker: RepoPath;
  readonly record: ImportRecord;
  readonly exports: readonly ExportRecord[];
}

function askersOf(graph: Graph, path: RepoPath): readonly Asker[] {
  const number = graph.numberOf.get(path);
  if (number === undefined) return [];
  const found: Asker[] = [];
  for (let edge = graph.turned[number] ?? 0; edge < (graph.turned[number + 1] ?? 0); edge += 1) {
    const asker = graph.askers[edge] ?? 0;
    const module = graph.recordOf(asker);
    const record = module?.imports[graph.asked[edge] ?? 0];
    const name = graph.files[asker];
    if (record !== undefined && name !== undefined && name !== path) found.push({ asker: name, record, exports: module?.exports ?? [] });
  }
  return found;
}
