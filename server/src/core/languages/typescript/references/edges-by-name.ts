import type { Graph } from './graph.ts';

/** Of one file: which edges that mean it ask for a name, and which may be given any. Places in `Graph.askers`, rising. */
interface Askers {
  readonly byName: ReadonlyMap<string, readonly number[]>;
  /** Stars, namespaces, whole modules and what is asked for on the spot. */
  readonly open: readonly number[];
}

/** Fewer edges are gone through in less time than it takes to sort them by name. */
const LEAST_SORTED = 64;

/** By file; undefined for one that was asked for once, which is no reason to sort. */
const SORTED = new WeakMap<Graph, Map<number, Askers | undefined>>();

/**
 * Edges that mean `file` and may take what it offers as `name`, rising: none that does is missing. Whoever follows a thousand names
 * through an index that a thousand files import asks for each name, and not for each of a million pairs.
 */
export function edgesAsking(graph: Graph, file: number, name: string): Iterable<number> {
  const [from, to] = [graph.turned[file] ?? 0, graph.turned[file + 1] ?? 0];
  if (to - from < LEAST_SORTED) return between(from, to);
  const known = SORTED.get(graph) ?? new Map<number, Askers | undefined>();
  SORTED.set(graph, known);
  if (!known.has(file)) {
    known.set(file, undefined);
    return between(from, to);
  }
  const askers = known.get(file) ?? sortByName(graph, from, to);
  known.set(file, askers);
  // A default may be the whole of a module that knows none.
  const asking = new Set([...askers.open, ...(askers.byName.get(name) ?? []), ...(askers.byName.get('default') ?? [])]);
  return [...asking].sort((a, b) => a - b);
}

function* between(from: number, to: number): Iterable<number> {
  for (let edge = from; edge < to; edge += 1) yield edge;
}

function sortByName(graph: Graph, from: number, to: number): Askers {
  const byName = new Map<string, number[]>();
  const open: number[] = [];
  for (let edge = from; edge < to; edge += 1) {
    const record = graph.recordOf(graph.askers[edge] ?? 0)?.imports[graph.asked[edge] ?? 0];
    if (record === undefined) continue;
    if (record.kind === 'dynamic' || record.names.some(({ imported }) => imported === '*' || imported === '=')) {
      open.push(edge);
      continue;
    }
    for (const imported of new Set(record.names.map((name) => name.imported))) {
      const edges = byName.get(imported);
      if (edges === undefined) byName.set(imported, [edge]);
      else edges.push(edge);
    }
  }
  return { byName, open };
}
