import type { FileInTurn, InTurn, SymbolUse } from '../model/symbol-uses.ts';
import type { RepoPath, Tree } from '../model/tree.ts';
import { type FileGraph, reachedFrom } from './tests-reached.ts';

/** What is wanted of a language here. */
interface Follower {
  inTurn?(tree: Tree, asked: InTurnQuestion['asked'], uses: readonly SymbolUse[]): InTurn;
}

export interface InTurnQuestion {
  readonly tree: Tree;
  /** The file of the symbol, and the names it is offered by; none where it is kept, or no symbol at all. */
  readonly asked: { readonly path: RepoPath; readonly names: readonly string[] };
  readonly uses: readonly SymbolUse[];
  readonly graph: FileGraph;
  /** The same record for all files of a language. */
  languageOf(path: RepoPath): Follower | undefined;
}

/** Who depends on some places, however far: by names where the language of a place can follow them, by imports where it cannot. */
export function findInTurn({ tree, asked, uses, graph, languageOf }: InTurnQuestion): InTurn {
  const files = new Map<RepoPath, FileInTurn>();
  const offering = new Set<RepoPath>();
  const languages = new Set([asked.path, ...uses.map(({ path }) => path)].map(languageOf));
  for (const language of languages) {
    const own = uses.filter(({ path }) => languageOf(path) === language);
    const found = language?.inTurn?.(tree, asked, own) ?? byImports(graph, asked.path, own);
    for (const file of found.files) {
      const known = files.get(file.path);
      files.set(file.path, known === undefined ? file : nearer(known, file));
    }
    for (const path of found.offering) offering.add(path);
  }
  return { files: [...files.values()], offering };
}

/** Every file that imports a file of the places, and so on. */
function byImports(graph: FileGraph, asked: RepoPath, uses: readonly SymbolUse[]): InTurn {
  // To say what a file offers depends on nothing that whoever imports it could mean.
  const near = new Set(uses.filter(({ path, kind }) => path !== asked || !/^(?:im|ex)port$/.test(kind)).map(({ path }) => path));
  const steps = reachedFrom(graph, near);
  const files = [...steps].map(
    ([path, at]): FileInTurn => ({ path, steps: path === asked ? 0 : at + 1, through: [], places: [], onlyLoads: at > 0 }),
  );
  const through = new Map<RepoPath, RepoPath[]>();
  for (const [path, at] of steps)
    for (const importer of graph.importersOf(path))
      if (steps.get(importer) === at + 1) through.set(importer, [...(through.get(importer) ?? []), path]);
  return { files: files.map((file) => ({ ...file, through: through.get(file.path) ?? [] })), offering: new Set([asked, ...near]) };
}

function nearer(a: FileInTurn, b: FileInTurn): FileInTurn {
  const [first, second] = a.steps <= b.steps ? [a, b] : [b, a];
  return { ...first, places: [...first.places, ...second.places], onlyLoads: first.onlyLoads && second.onlyLoads };
}
