import type { ModuleRecord } from '../../../model/file-scan.ts';
import type { RepoPath, Tree } from '../../../model/tree.ts';
import type { Resolver } from '../resolve/resolve.ts';
import { linkAnew, linkOver } from './graph-link.ts';
import { packGraph, unpackGraph } from './graph-pack.ts';

/**
 * Which file asks which other one, for a whole tree, in packed arrays. Files are numbers: places in `files`. A number whose file is
 * gone (in a tree over another one) stays unused: it has no edges.
 */
export interface Graph {
  readonly files: readonly RepoPath[];
  readonly numberOf: ReadonlyMap<RepoPath, number>;
  /** For each file where its edges start in `targets` and `wanted`; one more at the end. An edge is an import and a file it may mean. */
  readonly starts: Int32Array;
  readonly targets: Int32Array;
  /** Which import of the file's record the edge is of; rising within a file. */
  readonly wanted: Int32Array;
  /** Turned around: for each file where the edges that mean it start in `askers` and `asked`; one more at the end. */
  readonly turned: Int32Array;
  /** The importing file, and which of its imports it is. */
  readonly askers: Int32Array;
  readonly asked: Int32Array;
  readonly resolver: Resolver;
  /** Source files that nobody can read: what they import is not known. Sorted. */
  readonly unread: readonly RepoPath[];
  /** Files whose scan lost its place: they may import more than is known. Sorted. */
  readonly lost: readonly RepoPath[];
  /** Imports that go through a symbolic link: any file whose name fits may be meant. */
  readonly linked: readonly { readonly file: number; readonly index: number }[];
  /** Undefined where the file has no text. */
  recordOf(file: number): ModuleRecord | undefined;
}

/** Fewer files are linked in less time than it takes to keep what came out. */
const LEAST_KEPT = 256;

const BUILT = new WeakMap<Tree, Graph>();

/**
 * The graph of a tree, built once. For a tree over another one only what differs is linked again, and the answer is the same
 * (test/languages/typescript-graph.test.ts). Linear in files and imports.
 */
export function graphOf(tree: Tree): Graph {
  const known = BUILT.get(tree);
  if (known !== undefined) return known;
  const { over } = tree;
  const built = over === undefined ? recall(tree) : linkFrom(graphOf(over.base), tree, over);
  BUILT.set(tree, built);
  return built;
}

/** As an earlier process linked this very tree, where that was kept; else anew (test/host/kept-graph.test.ts). */
function recall(tree: Tree): Graph {
  const bytes = tree.kept?.read();
  const known = bytes === undefined ? undefined : unpackGraph(bytes, tree);
  if (known !== undefined) return known;
  const built = linkAnew(tree);
  if (LEAST_KEPT <= built.files.length && !built.unread.some((path) => isMissing(tree, path))) tree.kept?.write(() => packGraph(built));
  return built;
}

/** What a clone lacks may come later. */
function isMissing(tree: Tree, path: RepoPath): boolean {
  const content = tree.read(path);
  return content?.kind === 'unread' && content.reason === 'missing-object';
}

/** The base comes first: what differs from it may not be known yet. */
function linkFrom(base: Graph, tree: Tree, over: NonNullable<Tree['over']>): Graph {
  return over.differing.size === 0 ? base : linkOver(tree, over.differing, base);
}

/** Files that import `path` themselves, sorted. */
export function importersOf(tree: Tree, path: RepoPath): readonly RepoPath[] {
  const graph = graphOf(tree);
  const number = graph.numberOf.get(path);
  if (number === undefined) return [];
  const found = new Set<number>();
  for (let edge = graph.turned[number] ?? 0; edge < (graph.turned[number + 1] ?? 0); edge += 1) found.add(graph.askers[edge] ?? -1);
  found.delete(number);
  return named(graph, found);
}

/** Files that `path` imports, requires or re-exports from, sorted. */
export function importsOf(tree: Tree, path: RepoPath): readonly RepoPath[] {
  const graph = graphOf(tree);
  const number = graph.numberOf.get(path);
  if (number === undefined) return [];
  const found = new Set(graph.targets.subarray(graph.starts[number], graph.starts[number + 1]));
  found.delete(number);
  return named(graph, found);
}

export interface Dependents {
  readonly files: readonly RepoPath[];
  /** True where a file could not be read, so that it may be one as well. */
  readonly capped: boolean;
}

/** Every file that reaches one of `roots` by imports, however far, the roots left out; sorted. */
export function dependentsOf(tree: Tree, roots: readonly RepoPath[]): Dependents {
  const graph = graphOf(tree);
  const isFound = new Uint8Array(graph.files.length);
  const queue: number[] = [];
  for (const root of roots) {
    const number = graph.numberOf.get(root);
    if (number === undefined || isFound[number] === 1) continue;
    isFound[number] = 1;
    queue.push(number);
  }
  const known = queue.length;
  for (let at = 0; at < queue.length; at += 1) {
    const number = queue[at] ?? 0;
    for (let edge = graph.turned[number] ?? 0; edge < (graph.turned[number + 1] ?? 0); edge += 1) {
      const asker = graph.askers[edge] ?? 0;
      if (isFound[asker] === 1) continue;
      isFound[asker] = 1;
      queue.push(asker);
    }
  }
  return { files: named(graph, queue.slice(known)), capped: graph.unread.length + graph.lost.length > 0 };
}

function named({ files }: Graph, numbers: Iterable<number>): readonly RepoPath[] {
  const paths: RepoPath[] = [];
  for (const number of numbers) {
    const path = files[number];
    if (path !== undefined) paths.push(path);
  }
  return paths.sort();
}
