import type { CompilerConfig } from './compiler-configs.ts';
import { directory, isWithin } from './folders.ts';
import type { Manifests } from './manifests.ts';

/** The configs that hold for the files of a folder. Equal for many folders, and then one object. */
export interface PathScope {
  /** Those of the nearest folder that has any, as far as they map names; the one for the files in question first. */
  readonly nearest: readonly CompilerConfig[];
  /** Those of the folders above. The compiler does not look there; tools that take one config for all packages do. */
  readonly above: readonly CompilerConfig[];
}

const NOWHERE: PathScope = { nearest: [], above: [] };

/** Finds the configs of a folder. A folder may have several: `tsconfig.json` that only refers to `tsconfig.app.json`, say. */
export function createPathScopes(
  manifests: Manifests,
  configOf: (path: string) => CompilerConfig | undefined,
): (folder: string) => PathScope {
  const known = new Map<string, PathScope>();
  const orders = new Map<string, PathScope>();
  const scopeOf = (folder: string): PathScope => {
    let scope = known.get(folder);
    if (scope === undefined) {
      scope = make(folder);
      known.set(folder, scope);
    }
    return scope;
  };
  return scopeOf;

  function make(folder: string): PathScope {
    const files = manifests.configFiles.get(folder);
    const outer = folder === '' ? NOWHERE : scopeOf(directory(folder));
    if (files === undefined) return outer.nearest.length < 2 ? outer : sortedFor(folder, outer);
    const configs = files.map(configOf).filter((config) => config !== undefined);
    if (configs.length === 0) return outer;
    const nearest = withReferences(configs).filter(
      ({ patterns, baseUrl, rootDirs }) => patterns.size + rootDirs.length > 0 || baseUrl !== undefined,
    );
    const above = outer.nearest.length === 0 ? outer.above : [...outer.nearest, ...outer.above].filter(({ patterns }) => patterns.size > 0);
    return sortedFor(folder, { nearest, above });
  }

  /** What the first config refers to stands before configs that nobody names. */
  function withReferences(configs: readonly CompilerConfig[]): readonly CompilerConfig[] {
    const named = (config: CompilerConfig): boolean => configs.some(({ references }) => references.includes(config.path));
    return [...configs.slice(0, 1), ...configs.slice(1).filter(named), ...configs.slice(1).filter((config) => !named(config))];
  }

  /** A config whose patterns name the folder stands before one that is for other folders. */
  function sortedFor(folder: string, scope: PathScope): PathScope {
    if (scope.nearest.length < 2) return scope;
    const nearest = [...scope.nearest].sort((a, b) => Number(isFor(b, folder)) - Number(isFor(a, folder)));
    const key = [...nearest, ...scope.above].map(({ path }) => path).join('\n');
    const same = orders.get(key) ?? { nearest, above: scope.above };
    orders.set(key, same);
    return same;
  }
}

function isFor({ include }: CompilerConfig, folder: string): boolean {
  return include === undefined || include.some((part) => isWithin(folder, part));
}
