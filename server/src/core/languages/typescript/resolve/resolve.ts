import type { RepoPath, Tree } from '../../../model/tree.ts';
import { directory } from './folders.ts';
import { isManifest, type Manifests, readingOf } from './manifests.ts';
import { createModuleFinder, type ModuleFinder } from './module-finder.ts';
import { endingOf, firstFrom } from './source-index.ts';

/**
 * Finds the file of a tree that an import means, in a tree that need not be installed or built: names of packages and of built files
 * lead to their sources. What is not in the tree (installed packages, `node:`) is undefined. Two trees with equal paths and equal
 * manifests have equal answers, and then one resolver.
 */
export interface Resolver {
  /** The likeliest of `resolveAll`. */
  resolve(from: RepoPath, specifier: string): RepoPath | undefined;
  /**
   * Every file that the specifier may mean, the likeliest first: what runs before what only declares it (`.d.ts`), then what other
   * conditions and platforms take (`browser`, `.native`). Whoever asks what a change reaches asks for all.
   */
  resolveAll(from: RepoPath, specifier: string): readonly RepoPath[];
  /** Directory of the nearest package.json, or empty for the root. */
  packageOf(path: string): string;
  /** Name in the nearest package.json, where it has one. */
  packageNameOf(path: string): string | undefined;
}

interface Kept {
  readonly resolver: Resolver;
  readonly finder: ModuleFinder;
  /** Resolvers of trees over this one, by what of them changes an answer; the latest last. */
  readonly variants: Map<string, Kept>;
}

const KEPT = new WeakMap<Tree, Kept>();
const MOST_VARIANTS = 6;

/** The resolver of a tree, made once. For a tree over another one, the other's, unless what differs changes an answer. */
export function createResolver(tree: Tree): Resolver {
  return keptFor(tree).resolver;
}

function keptFor(tree: Tree): Kept {
  const known = KEPT.get(tree);
  if (known !== undefined) return known;
  const kept = tree.over === undefined ? make(createModuleFinder(tree)) : keptOver(tree);
  KEPT.set(tree, kept);
  return kept;
}

/** A chain of trees over trees is gone down at once, to the first whose resolver is known or that is over none. */
function keptOver(tree: Tree): Kept {
  const differing = new Set<RepoPath>();
  let base = tree;
  while (base.over !== undefined && !KEPT.has(base)) {
    for (const path of base.over.differing) differing.add(path);
    base = base.over.base;
  }
  const below = keptFor(base);
  const key = differenceOf(tree, differing, below.finder);
  if (key === '') return below;
  const known = below.variants.get(key);
  if (known !== undefined) return known;
  const kept = make(createModuleFinder(tree, { from: below.finder.manifests, differing }));
  const [oldest] = below.variants.keys();
  if (oldest !== undefined && below.variants.size >= MOST_VARIANTS) below.variants.delete(oldest);
  below.variants.set(key, kept);
  return kept;
}

/**
 * What of the differing paths may change an answer: sources that came or went, and manifests that say something else of where
 * modules are. Invariant: equal texts, equal answers (test/languages/typescript-resolve-over.test.ts).
 */
function differenceOf(tree: Tree, differing: ReadonlySet<RepoPath>, below: ModuleFinder): string {
  const paths = tree.paths();
  const found: string[] = [];
  for (const path of [...differing].sort()) {
    if (endingOf(path) === undefined && !isManifest(path)) continue;
    const isThere = paths[firstFrom(paths, path)] === path;
    if (isThere !== below.has(path)) found.push(`${isThere ? '+' : '-'}${path}`);
    if (!isThere || !isManifest(path)) continue;
    const reading = readingIn(path, tree);
    if (!below.has(path) || reading !== readingBelow(path, below.manifests)) found.push(`~${path} ${reading}`);
  }
  return found.join('\n');
}

function readingIn(path: RepoPath, tree: Tree): string {
  const content = tree.read(path);
  return content?.kind === 'text' ? readingOf(path, content.text) : '';
}

function readingBelow(path: string, manifests: Manifests): string {
  const text = manifests.text(path);
  return text === undefined ? '' : readingOf(path, text);
}

function make(finder: ModuleFinder): Kept {
  const answers = new Map<string, Map<string, readonly RepoPath[]>>();
  let latest: { readonly from: RepoPath; readonly folder: string; readonly answers: Map<string, readonly RepoPath[]> } | undefined;
  // The files of a folder import the same few things, and each of them is asked for once.
  const resolveAll = (from: RepoPath, specifier: string): readonly RepoPath[] => {
    if (latest?.from !== from) {
      const folder = directory(from);
      const known = answers.get(folder) ?? new Map<string, readonly RepoPath[]>();
      answers.set(folder, known);
      latest = { from, folder, answers: known };
    }
    // What a bare name means is kept with all folders for which it means the same.
    if (!specifier.startsWith('.')) return finder.find(latest.folder, specifier);
    const answer = latest.answers.get(specifier) ?? finder.find(latest.folder, specifier);
    latest.answers.set(specifier, answer);
    return answer;
  };
  return {
    finder,
    variants: new Map(),
    resolver: {
      resolve: (from, specifier) => resolveAll(from, specifier)[0],
      resolveAll,
      packageOf: (path) => finder.packages.folderOf(directory(path)) ?? '',
      packageNameOf: (path) => finder.packages.nameOf(finder.packages.folderOf(directory(path)) ?? ''),
    },
  };
}
