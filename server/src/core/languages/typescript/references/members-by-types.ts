import type { SymbolFact } from '../../../model/facts.ts';
import type { RepoPath, Tree } from '../../../model/tree.ts';
import { codeOf } from './code-shelf.ts';
import { graphOf } from './graph.ts';
import { askTypes, type MemberQuestion } from './member-questions.ts';
import type { PlacesInFile } from './symbol-places.ts';

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
 * declares it, and those whose owner it does not know. Undefined where these are too many, or the compiler is not loaded or does not
 * find the member; `pending` where whoever answers such questions has not yet.
 */
export function memberPlaces(
  tree: Tree,
  path: RepoPath,
  symbol: SymbolFact,
  near: readonly RepoPath[],
  mentioned: readonly PlacesInFile[],
): TypedPlaces | 'pending' | undefined {
  const files = between(tree, path, near, mentioned);
  const question = files === undefined ? undefined : questionOf(tree, path, symbol, files, mentioned);
  const answer = question === undefined ? undefined : askTypes(question);
  if (answer === undefined || answer === 'pending') return answer;
  const found = mentioned.flatMap((file, index): readonly PlacesInFile[] => {
    const kept = new Set(answer.kept[index]);
    const positions = file.positions.filter(({ start }) => kept.has(start));
    return positions.length === 0 ? [] : [{ ...file, positions }];
  });
  return { files: found, isExact: answer.isExact };
}

function questionOf(
  tree: Tree,
  path: RepoPath,
  symbol: SymbolFact,
  files: ReadonlySet<RepoPath>,
  mentioned: readonly PlacesInFile[],
): MemberQuestion | undefined {
  const graph = graphOf(tree);
  const own = codeOf(tree, path);
  if (own === undefined) return undefined;
  const texts = [...files].sort().flatMap((file): MemberQuestion['files'] => {
    const content = tree.read(file);
    if (content?.kind !== 'text') return [];
    const imports = graph.recordOf(graph.numberOf.get(file) ?? -1)?.imports ?? [];
    const targets = [...new Set(imports.map(({ specifier }) => specifier))].flatMap((specifier): [string, RepoPath][] => {
      const target = graph.resolver.resolve(file, specifier);
      return target === undefined || !files.has(target) ? [] : [[specifier, target]];
    });
    return [{ path: file, text: content.text, targets }];
  });
  const places = mentioned.map((file) => ({ path: file.path, starts: file.positions.map(({ start }) => start) }));
  return { path, name: symbol.name, own: own.text, files: texts, mentioned: places };
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
