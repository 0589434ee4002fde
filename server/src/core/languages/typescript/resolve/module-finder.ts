import type { RepoPath, Tree } from '../../../model/tree.ts';
import { createBuiltFiles, runningFirst } from './built-files.ts';
import { type CompilerConfig, createCompilerConfigs } from './compiler-configs.ts';
import { conventionalPlaces, foldersNamed } from './conventions.ts';
import { directory, isWithin, joined } from './folders.ts';
import { createManifests, type Manifests } from './manifests.ts';
import { createPackageMap, type PackageMap } from './package-map.ts';
import { createPathScopes, type PathScope } from './path-maps.ts';
import { endingOf, firstFrom, indexSources, isDeclaration } from './source-index.ts';

/** What is known of one tree's modules. */
export interface ModuleFinder {
  /** Files that `specifier` may mean in a file of `folder`, the likeliest first; empty for what is not in the tree. */
  find(folder: string, specifier: string): readonly RepoPath[];
  readonly packages: PackageMap;
  readonly manifests: Manifests;
  has(path: string): boolean;
}

const NONE: readonly RepoPath[] = [];

/** Of a package without an entry more modules than these are not looked through. */
const MOST_MODULES = 40;

/** The name of a package and the path inside it: `@shop/core/tax`. */
const PACKAGE_NAME = /^((?:@[^/]+\/)?[^/@][^/]*)(\/.*)?$/;

/** Finds modules in memory, over the paths of a tree and its manifests. `known` is of a tree that this one is over. */
export function createModuleFinder(
  tree: Tree,
  known?: { readonly from: Manifests; readonly differing: ReadonlySet<RepoPath> },
): ModuleFinder {
  const index = indexSources(tree.paths());
  const manifests = createManifests(tree, known);
  const configOf = createCompilerConfigs(manifests, index.has, sharedConfig);
  const scopeOf = createPathScopes(manifests, configOf);
  const layoutOf = (folder: string): readonly CompilerConfig[] =>
    (manifests.configFiles.get(folder) ?? []).map(configOf).filter((config) => config !== undefined);
  const built = createBuiltFiles(index, layoutOf);
  const packages = createPackageMap(manifests, index, built);
  const places = new Map<string, Place>();
  const byFolder = new Map<string, readonly RepoPath[]>();
  const byScope = new Map<PathScope, Map<string, Place>>();

  return {
    packages,
    manifests,
    has: index.has,
    find(folder, specifier) {
      if (specifier.startsWith('.')) return found(folder, specifier);
      const { answers } = placeOf(folder);
      const known = answers.get(specifier);
      if (known !== undefined && known !== 'by folder') return known;
      if (known === undefined && !dependsOnFolder(specifier)) {
        const answer = found(folder, specifier);
        answers.set(specifier, answer);
        return answer;
      }
      answers.set(specifier, 'by folder');
      const key = `${folder}\n${specifier}`;
      const own = byFolder.get(key) ?? found(folder, specifier);
      byFolder.set(key, own);
      return own;
    },
  };

  /** Whether any package that the specifier may be read as means something else in another folder of the same package. */
  function dependsOnFolder(specifier: string): boolean {
    const [, name] = PACKAGE_NAME.exec(specifier.slice(specifier.lastIndexOf('!') + 1)) ?? [];
    return name !== undefined && (packages.names.dependsOnFolder(name) || packages.names.dependsOnFolder(name.replace(/[?#].*/s, '')));
  }

  function found(folder: string, specifier: string): readonly RepoPath[] {
    const files = as(folder, specifier);
    if (files.length > 0 || !/[?#!]/.test(specifier)) return packages.withReplacements(runningFirst(files));
    // Bundlers hang a query on a path (`./icon.ts?raw`) and put the names of their loaders before it (`!!raw!./icon.ts`).
    const plain = specifier.slice(specifier.lastIndexOf('!') + 1).replace(/(?!^)[?#].*/s, '');
    return plain === specifier || plain === '' ? files : found(folder, plain);
  }

  function as(folder: string, specifier: string): readonly RepoPath[] {
    return specifier.startsWith('.') ? relative(folder, specifier) : byName(placeOf(folder), folder, specifier);
  }

  function relative(folder: string, specifier: string): readonly RepoPath[] {
    const base = joined(folder, specifier);
    if (base === undefined) return NONE;
    const found = at(base, specifier.endsWith('.') || specifier.endsWith('/'));
    return found.length > 0 ? found : (besides(folder, base) ?? fromOutput(base));
  }

  /** A path as a file, unless only a folder can be meant, then as a folder with its own package.json, then by its index. */
  function at(base: string, onlyFolder: boolean): readonly RepoPath[] {
    const files = onlyFolder ? NONE : index.filesAt(base);
    if (files.length > 0) return files;
    const own = packages.isPackage(base) ? packages.filesOf(base, '.') : NONE;
    return own.length > 0 ? own : index.withStem(base === '' ? 'index' : `${base}/index`);
  }

  /** The same path seen from another one of `rootDirs`. */
  function besides(folder: string, base: string): readonly RepoPath[] | undefined {
    for (const { rootDirs } of scopeOf(folder).nearest)
      for (const root of rootDirs.filter((dir) => isWithin(base, dir)))
        for (const other of rootDirs) {
          const found = other === root ? NONE : at(`${other}${base.slice(root.length)}`, false);
          if (found.length > 0) return found;
        }
    return undefined;
  }

  function fromOutput(base: string): readonly RepoPath[] {
    const folder = packages.folderOf(directory(base));
    return folder === undefined ? NONE : built.sourcesOfOutput(folder, base);
  }

  function byName(place: Place, folder: string, specifier: string): readonly RepoPath[] {
    for (const config of place.scope.nearest) {
      const found = mapped(config, specifier, true);
      if (found.length > 0) return found;
    }
    if (specifier.startsWith('#')) return internal(folder, specifier);
    if (specifier.startsWith('/')) return fromRoot(folder, specifier);
    const named = ofPackage(folder, specifier);
    if (named !== undefined) return named;
    const home = packages.folderOf(folder);
    const replaced = home === undefined ? NONE : packages.insteadOfNamed(home, specifier);
    if (replaced.length > 0) return replaced;
    for (const config of place.scope.above) {
      const found = mapped(config, specifier, false);
      if (found.length > 0) return found;
    }
    return byConvention(folder, specifier);
  }

  function mapped(config: CompilerConfig, specifier: string, withBase: boolean): readonly RepoPath[] {
    for (const candidate of config.patterns.targetsOf(specifier)) {
      const found = at(candidate, false);
      const files = found.length > 0 ? found : fromOutput(candidate);
      if (files.length > 0) return files;
    }
    const base = withBase && config.baseUrl !== undefined ? joined(config.baseUrl, specifier) : undefined;
    return base === undefined ? NONE : at(base, specifier.endsWith('/'));
  }

  /** `#name`: what the nearest package.json with `imports` says. */
  function internal(from: string, name: string): readonly RepoPath[] {
    for (
      let folder = packages.folderOf(from);
      folder !== undefined;
      folder = folder === '' ? undefined : packages.folderOf(directory(folder))
    ) {
      const offer = packages.internal(folder, name);
      if (offer.kind === 'unnamed') continue;
      if (offer.kind === 'closed') return NONE;
      const home = folder;
      return [
        ...new Set(
          offer.targets.flatMap((target) => (target.startsWith('.') ? built.sourcesOf(home, target) : (ofPackage(home, target) ?? NONE))),
        ),
      ];
    }
    return NONE;
  }

  /** `/src/main.ts` is seen from the folder that a development server serves. */
  function fromRoot(folder: string, specifier: string): readonly RepoPath[] {
    for (const root of new Set([packages.folderOf(folder) ?? '', '']))
      for (const served of ['', 'public']) {
        const base = joined(root, `./${served}${specifier}`);
        const found = base === undefined ? NONE : at(base, false);
        if (found.length > 0) return found;
      }
    return NONE;
  }

  /** Undefined where no package of the tree bears the name. */
  function ofPackage(folder: string, specifier: string): readonly RepoPath[] | undefined {
    const [, name, rest = ''] = PACKAGE_NAME.exec(specifier) ?? [];
    const home = name === undefined ? undefined : packages.names.named(name, folder);
    return home === undefined ? undefined : packages.filesOf(home, rest === '' || rest === '/' ? '.' : `.${rest}`);
  }

  function byConvention(folder: string, specifier: string): readonly RepoPath[] {
    const home = packages.folderOf(folder) ?? '';
    for (const place of conventionalPlaces(specifier)) {
      const base = joined(home, place);
      const found = base === undefined ? NONE : at(base, false);
      if (found.length > 0) return found;
    }
    if (index.has('package.json')) return NONE;
    for (const { folder: named, rest } of foldersNamed(specifier)) {
      const found = rest === '' ? built.usualEntry(named) : built.sourcesOf(named, `./${rest}`);
      if (found.length > 0) return found;
      // Without an entry at hand, what it hands on may stand in any of its modules.
      const own = rest === '' ? modulesBelow(`${named}/src/`) : NONE;
      if (own.length > 0) return own;
    }
    return NONE;
  }

  function modulesBelow(prefix: string): readonly RepoPath[] {
    const paths = tree.paths();
    const first = firstFrom(paths, prefix);
    return paths
      .slice(first, first + MOST_MODULES)
      .filter((path) => path.startsWith(prefix) && endingOf(path) !== undefined && !isDeclaration(path));
  }

  function placeOf(folder: string): Place {
    let place = places.get(folder);
    if (place === undefined) {
      place = newPlace(folder);
      places.set(folder, place);
    }
    return place;
  }

  function newPlace(folder: string): Place {
    if (folder !== '' && !packages.isPackage(folder) && !manifests.configFiles.has(folder)) {
      const outer = placeOf(directory(folder));
      // Of several configs another one may be for this folder.
      if (outer.scope.nearest.length < 2) return outer;
    }
    const scope = scopeOf(folder);
    const home = packages.folderOf(folder) ?? '';
    const among = byScope.get(scope) ?? new Map<string, Place>();
    byScope.set(scope, among);
    const place = among.get(home) ?? { scope, answers: new Map() };
    among.set(home, place);
    return place;
  }

  /** A config that another package of the tree shares. */
  function sharedConfig(specifier: string): string | undefined {
    const [, name, rest = ''] = PACKAGE_NAME.exec(specifier) ?? [];
    const home = name === undefined ? undefined : packages.names.named(name, '');
    if (home === undefined) return undefined;
    const offered = packages.offered(home, rest === '' ? '.' : `.${rest}`).map((target) => joined(home, target));
    return offered.find((path) => path?.endsWith('.json') && index.has(path)) ?? joined(home, `.${rest}`);
  }
}

/** Folders in which every name means the same: those of one package and with the same configs. */
interface Place {
  readonly scope: PathScope;
  /** By specifier; `by folder` for a name that means different packages in different folders. */
  readonly answers: Map<string, readonly RepoPath[] | 'by folder'>;
}
