import { directory, joined } from './folders.ts';
import type { ConfigManifest, Manifests } from './manifests.ts';
import { createPathPatterns, type PathPatterns } from './path-patterns.ts';

/** A tsconfig with what it extends, every path seen from the root of the tree. */
export interface CompilerConfig {
  readonly path: string;
  /** Where names that are no package are looked for. */
  readonly baseUrl: string | undefined;
  readonly patterns: PathPatterns;
  /** Folders that are one folder once they are built. */
  readonly rootDirs: readonly string[];
  /** Where what is built goes, and the folder that it mirrors; undefined where the config leaves that to the compiler. */
  readonly outDirs: readonly string[];
  readonly rootDir: string | undefined;
  /** Folders that the config is for, as far as its patterns name them; undefined for all below its own. */
  readonly include: readonly string[] | undefined;
  readonly references: readonly string[];
}

/** Finds the file that `extends` names by a package: a config of another package of the tree. */
export type FindShared = (specifier: string) => string | undefined;

const DEEPEST = 12;

/** Stands for the folder of the config that is asked, not of the one that writes it. */
const LEAF = '${configDir}';

/** Reads configs with what they extend, each once. A config that extends itself in a circle says what it says up to there. */
export function createCompilerConfigs(
  manifests: Manifests,
  has: (path: string) => boolean,
  findShared: FindShared,
): (path: string) => CompilerConfig | undefined {
  const made = new Map<string, CompilerConfig | undefined>();
  return (path) => {
    if (!made.has(path)) {
      const merged = merge(path, directory(path), new Set(), new Map());
      made.set(path, merged === undefined ? undefined : finish(path, merged));
    }
    return made.get(path);
  };

  /** Each config once for each `leaf`, however many ways lead to it (test/languages/typescript-resolve-broken.test.ts). */
  function merge(path: string, leaf: string, seen: Set<string>, known: Map<string, Merged>): Merged | undefined {
    const json = manifests.config(path);
    if (json === undefined || seen.has(path) || seen.size > DEEPEST) return undefined;
    const before = known.get(path);
    if (before !== undefined) return before;
    seen.add(path);
    let merged: Merged = {};
    for (const parent of json.extends) {
      const found = parentOf(path, parent);
      const inherited = found === undefined ? undefined : merge(found, leaf, seen, known);
      if (inherited !== undefined) merged = { ...merged, ...inherited, references: [] };
    }
    seen.delete(path);
    const whole = { ...merged, ...ownOf(json, directory(path), leaf) };
    known.set(path, whole);
    return whole;
  }

  function parentOf(path: string, parent: string): string | undefined {
    const isPlace = parent.startsWith('.') || parent.startsWith('/');
    const target = isPlace ? joined(directory(path), parent) : findShared(parent);
    if (target === undefined) return undefined;
    return [target, `${target}.json`, `${target}/tsconfig.json`].find((candidate) => candidate.endsWith('.json') && has(candidate));
  }
}

interface Merged {
  readonly baseUrl?: string;
  /** As they are written, with the folder of the config that writes them. */
  readonly paths?: { readonly folder: string; readonly map: Readonly<Record<string, readonly string[]>> };
  readonly rootDirs?: readonly string[];
  readonly outDirs?: readonly string[];
  readonly rootDir?: string;
  readonly include?: readonly string[];
  readonly references?: readonly string[];
}

/** What a config says itself. Places are seen from the config that names them, `${configDir}` from the one that is asked. */
function ownOf(json: ConfigManifest, folder: string, leaf: string): Merged {
  const place = (path: string): string | undefined => placeOf(path, folder, leaf);
  const places = (paths: readonly string[]): readonly string[] => paths.map(place).filter((path) => path !== undefined);
  const baseUrl = json.baseUrl === undefined ? undefined : place(json.baseUrl);
  const rootDir = json.rootDir === undefined ? undefined : place(json.rootDir);
  return {
    ...(baseUrl === undefined ? {} : { baseUrl }),
    ...(json.paths === undefined ? {} : { paths: { folder, map: json.paths } }),
    ...(json.rootDirs.length === 0 ? {} : { rootDirs: places(json.rootDirs) }),
    ...(json.outDirs.length === 0 ? {} : { outDirs: places(json.outDirs) }),
    ...(rootDir === undefined ? {} : { rootDir }),
    ...(json.include === undefined ? {} : { include: places(json.include.map(fixedPart)) }),
    references: places(json.references),
  };
}

function placeOf(path: string, folder: string, leaf: string): string | undefined {
  return path.startsWith(LEAF) ? joined(leaf, `.${path.slice(LEAF.length)}`) : joined(folder, path);
}

function finish(path: string, merged: Merged): CompilerConfig {
  // A base named anywhere along the way holds for paths that are named elsewhere.
  const base = merged.baseUrl ?? merged.paths?.folder ?? '';
  return {
    path,
    baseUrl: merged.baseUrl,
    patterns: createPathPatterns(merged.paths?.map ?? {}, (target) => placeOf(target, base, directory(path))),
    rootDirs: merged.rootDirs ?? [],
    outDirs: merged.outDirs ?? [],
    rootDir: merged.rootDir,
    include: merged.include,
    references: merged.references ?? [],
  };
}

/** The folders of a glob before its first wildcard. */
function fixedPart(glob: string): string {
  const from = glob.startsWith(LEAF) ? LEAF.length : 0;
  const wild = glob.slice(from).search(/[*?{[]/);
  return wild < 0 ? glob : glob.slice(0, from + glob.slice(from, from + wild).lastIndexOf('/') + 1) || '.';
}
