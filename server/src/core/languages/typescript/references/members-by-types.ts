import type { SymbolFact } from '../../../model/facts.ts';
import type { RepoPath, Tree } from '../../../model/tree.ts';
import { type Compiler, compiler } from '../compiler.ts';
import { locateMember } from '../locate.ts';
import { parseSource, viewOf } from '../view.ts';
import { graphOf } from './graph.ts';
import { askCompiler, createRegistry } from './references.ts';
import { codeOf, type PlacesInFile } from './symbol-places.ts';

/** Above these a member's number stays what its name allows. Counts and no times, so that every machine says the same. */
const MOST_FILES = 60;
const MOST_CHARACTERS = 500_000;

export interface TypedPlaces {
  readonly files: readonly PlacesInFile[];
  /** False where some are members of what has no known type. */
  readonly isExact: boolean;
}

/**
 * The mentions that mean the member, as the compiler resolves them in the files between those that mention it and the one that
 * declares it, and those whose owner it does not know. Undefined where these are too many, or the compiler is not loaded or does not find the member.
 */
export function memberPlaces(
  tree: Tree,
  path: RepoPath,
  symbol: SymbolFact,
  near: readonly RepoPath[],
  mentioned: readonly PlacesInFile[],
): TypedPlaces | undefined {
  const loaded = compiler();
  const own = codeOf(tree, path);
  if (loaded === undefined || own === undefined) return undefined;
  const files = between(tree, path, near, mentioned);
  if (files === undefined) return undefined;
  try {
    const located = locateMember(viewOf(loaded, parseSource(loaded, path, own.text)), symbol.name);
    if (located === undefined) return undefined;
    const isOwn = (file: RepoPath, at: number): boolean => file === path && located.own.some(({ start, end }) => start <= at && at < end);
    return askCompiler(loaded, registryOf(tree, loaded), tree, graphOf(tree).resolver, { path, at: located.name, files }, (told) => {
      let isExact = true;
      const found = mentioned.flatMap((file): readonly PlacesInFile[] => {
        const positions = file.positions.filter(({ start }) => {
          if (isOwn(file.path, start)) return false;
          if (told.meant.get(file.path)?.has(start) === true) return true;
          const mayBe = told.isUnknown(file.path, start);
          if (mayBe) isExact = false;
          return mayBe;
        });
        return positions.length === 0 ? [] : [{ ...file, positions }];
      });
      return { files: found, isExact };
    });
  } catch {
    // How deep a file nests is its own choice, and the compiler may stumble over any: the name's number stands.
    return undefined;
  }
}

/** The mentioning files and all through which their imports lead to the declaring one; undefined where they are too many. */
function between(
  tree: Tree,
  path: RepoPath,
  near: readonly RepoPath[],
  mentioned: readonly PlacesInFile[],
): ReadonlySet<RepoPath> | undefined {
  const graph = graphOf(tree);
  const isNear = new Set(near);
  const found = new Set<RepoPath>([path, ...mentioned.map((file) => file.path)]);
  let characters = 0;
  for (const file of found) {
    characters += codeOf(tree, file)?.text.length ?? 0;
    if (found.size > MOST_FILES || characters > MOST_CHARACTERS) return undefined;
    const number = graph.numberOf.get(file) ?? -1;
    for (let edge = graph.starts[number] ?? 0; edge < (graph.starts[number + 1] ?? 0); edge += 1) {
      const target = graph.files[graph.targets[edge] ?? -1];
      if (target !== undefined && isNear.has(target)) found.add(target);
    }
  }
  return found;
}

/** Parsed files are shared by the questions about a tree: their version is the tree's. */
const REGISTRIES = new WeakMap<Tree, ReturnType<typeof createRegistry>>();

function registryOf(tree: Tree, loaded: Compiler): ReturnType<typeof createRegistry> {
  const known = REGISTRIES.get(tree) ?? createRegistry(loaded);
  REGISTRIES.set(tree, known);
  return known;
}
