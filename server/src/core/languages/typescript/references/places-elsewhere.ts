import type { RepoPath, Tree } from '../../../model/tree.ts';
import { codeOf } from './code-shelf.ts';
import type { Meaning } from './export-walk.ts';
import { dependentsOf, type Graph } from './graph.ts';
import { holds, reachedFrom } from './member-names.ts';
import { mentionsOf } from './mentions.ts';
import { heldMembers, mayGet } from './modules-held.ts';
import type { LetGo } from './modules-let-go.ts';
import type { PlacesInFile } from './symbol-places.ts';

/** A module that a file hands on. */
export interface HandedOn {
  readonly file: number;
  /** The name under which it holds the symbol. */
  readonly name: string;
  readonly way: LetGo;
}

/**
 * Where the files that may hold a module that was handed on name a member of it: nobody knows which of them do, so that the name alone
 * counts. Those are the files that import the one that hands it on, those that it imports itself, and those that import the function
 * that it is handed to or name the member that it becomes.
 */
export function membersOfHandedOn(tree: Tree, graph: Graph, handed: readonly HandedOn[]): readonly PlacesInFile[] {
  const { files, numberOf } = graph;
  return [...new Set(handed.map(({ name }) => name))].flatMap((name) => {
    const ways = handed.filter((one) => one.name === name);
    const near = holdersOf(tree, graph, ways);
    const members = new Set(ways.flatMap(({ way }) => way.members));
    const mayHold = (path: RepoPath): boolean => near.has(path) || [...members].some((member) => holds(tree, path, member));
    const isSought = (path: RepoPath): boolean => mayHold(path) && holds(tree, path, name);
    const holding = (members.size === 0 ? [...near] : files).filter((path) => numberOf.has(path) && isSought(path));
    tree.prefetch?.(holding);
    return holding.flatMap((path): readonly PlacesInFile[] => {
      const code = codeOf(tree, path);
      if (code !== undefined && !near.has(path) && ![...members].some((member) => mayGet(code, member))) return [];
      const positions = code === undefined ? [] : heldMembers(code, name).map((place) => ({ ...place, kind: 'use' as const }));
      return code === undefined || positions.length === 0 ? [] : [{ path, code, positions }];
    });
  });
}

function holdersOf(tree: Tree, graph: Graph, ways: readonly HandedOn[]): ReadonlySet<RepoPath> {
  const roots = new Set<RepoPath>();
  const callers = new Set<RepoPath>();
  for (const { file, way } of ways) {
    const own = graph.files[file];
    if (own === undefined) continue;
    roots.add(own);
    if (way.callees.length === 0) continue;
    const outside = new Set<string>();
    for (const { specifier, names } of graph.recordOf(file)?.imports ?? []) {
      const called = names.filter(({ local }) => way.callees.includes(local));
      if (called.length === 0) continue;
      const targets = graph.resolver.resolveAll(own, specifier);
      for (const target of targets) roots.add(target);
      if (targets.length === 0 && !specifier.startsWith('.')) for (const { local } of called) outside.add(local);
    }
    // What another package is called with nobody here gets who does not have it from this file.
    if (way.callees.some((callee) => !outside.has(callee))) callers.add(own);
  }
  return new Set([...roots, ...reachedFrom(tree, [...callers]), ...dependentsOf(tree, [...roots]).files]);
}

/** Places in files whose imports nobody could read to the end: every mention in them may be one. */
export function mentionsInLost(
  tree: Tree,
  graph: Graph,
  words: ReadonlySet<string>,
  known: ReadonlyMap<number, Meaning>,
): readonly PlacesInFile[] {
  return graph.lost.flatMap((path) => {
    const number = graph.numberOf.get(path);
    const code = number === undefined || known.has(number) ? undefined : codeOf(tree, path);
    if (code === undefined) return [];
    const positions = [...words].flatMap((word) =>
      mentionsOf(code.text, word).map((start) => ({ start, end: start + word.length, kind: 'use' as const })),
    );
    return positions.length === 0 ? [] : [{ path, code, positions }];
  });
}

/** One entry for each file, each place once; sorted by path and by place. */
export function merged(files: readonly PlacesInFile[]): readonly PlacesInFile[] {
  const byPath = new Map<string, PlacesInFile>();
  for (const file of files) {
    const known = byPath.get(file.path);
    if (known === undefined) {
      byPath.set(file.path, file);
      continue;
    }
    const starts = new Set(known.positions.map(({ start }) => start));
    const more = file.positions.filter(({ start }) => !starts.has(start));
    byPath.set(file.path, { ...known, positions: [...known.positions, ...more].sort((a, b) => a.start - b.start) });
  }
  return [...byPath.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}
