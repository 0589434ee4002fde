import type { RepoPath } from '../../../model/tree.ts';
import { type BuiltFiles, runningFirst } from './built-files.ts';
import { type Offer, offerOf } from './export-maps.ts';
import { directory, isWithin, joined } from './folders.ts';
import type { Manifests, PackageManifest } from './manifests.ts';
import { createPackageNames, type PackageNames } from './package-names.ts';
import { recordOf, textsOf } from './read-json.ts';
import { endingOf, type SourceIndex } from './source-index.ts';

/** The packages of a tree, none of which needs to be installed or built. */
export interface PackageMap {
  /** Folder of the nearest package.json; undefined where there is none. */
  folderOf(folder: string): string | undefined;
  isPackage(folder: string): boolean;
  nameOf(folder: string): string | undefined;
  readonly names: PackageNames;
  /** Files that a package gives for a subpath (`.`, `./server`); empty where it has none, or has it closed. */
  filesOf(folder: string, subpath: string): readonly RepoPath[];
  /** Targets of `exports` for a subpath, as they are written. */
  offered(folder: string, subpath: string): readonly string[];
  /** The files, and behind them those that some environments take in their place, as packages say in `browser`. */
  withReplacements(files: readonly RepoPath[]): readonly RepoPath[];
  /** Files that some environments take for a module of another package, as the package in `folder` says. */
  insteadOfNamed(folder: string, name: string): readonly RepoPath[];
  /** What `imports` of the package in `folder` says of an internal name; see `Offer`. */
  internal(folder: string, name: string): Offer;
}

export function createPackageMap(manifests: Manifests, index: SourceIndex, built: BuiltFiles): PackageMap {
  const folders = new Set(manifests.packageFiles.map(directory));
  const fileOf = (folder: string): string => (folder === '' ? 'package.json' : `${folder}/package.json`);
  const manifestOf = (folder: string): PackageManifest | undefined => (folders.has(folder) ? manifests.package(fileOf(folder)) : undefined);
  const nearest = new Map<string, string | undefined>();
  const answers = new Map<string, readonly RepoPath[]>();
  let replacements: ReadonlyMap<RepoPath, readonly RepoPath[]> | undefined;

  return {
    folderOf,
    isPackage: (folder) => folders.has(folder),
    nameOf,
    names: createPackageNames(manifests, { folderOf, manifestOf }, index),
    filesOf,
    offered,
    withReplacements,
    insteadOfNamed,
    internal,
  };

  function folderOf(folder: string): string | undefined {
    if (nearest.has(folder)) return nearest.get(folder);
    const found = folders.has(folder) ? folder : folder === '' ? undefined : folderOf(directory(folder));
    nearest.set(folder, found);
    return found;
  }

  function nameOf(folder: string): string | undefined {
    return manifestOf(folder)?.name;
  }

  function filesOf(folder: string, subpath: string): readonly RepoPath[] {
    const key = `${folder}\n${subpath}`;
    let answer = answers.get(key);
    if (answer === undefined) {
      answer = runningFirst(look(folder, subpath));
      answers.set(key, answer);
    }
    return answer;
  }

  function look(folder: string, subpath: string): readonly RepoPath[] {
    const manifest = manifestOf(folder);
    const offer = offerOf(manifest?.exports, subpath);
    if (offer.kind === 'closed') return [];
    if (offer.kind === 'targets') {
      const found = sourcesOfAll(folder, offer.targets);
      if (found.length > 0) return found;
    }
    // A target that is no module (`./package.json`, `./style.css`) means just that file.
    if (offer.kind === 'targets' && offer.targets.every((target) => /\.(?!min\b)\w+$/.test(target) && endingOf(target) === undefined))
      return [];
    return subpath === '.' ? mainOf(folder, manifest) : deepOf(folder, subpath, manifest);
  }

  function mainOf(folder: string, manifest: PackageManifest | undefined): readonly RepoPath[] {
    const found = sourcesOfAll(folder, manifest?.entries ?? []);
    if (found.length > 0) return found;
    const published = manifest?.published;
    const offer = offerOf(published?.exports, '.');
    const targets = [...(offer.kind === 'targets' ? offer.targets : []), ...(published?.entries ?? [])];
    const later = sourcesOfAll(folder, targets);
    if (later.length > 0) return later;
    // Node takes `index.js` where nothing is named; where something is named and not there, a build makes it.
    const root = targets.length > 0 || (manifest?.entries.length ?? 0) > 0 || manifest?.exports !== undefined ? [] : atRoot(folder);
    return root.length > 0 ? root : built.usualEntry(folder);
  }

  function atRoot(folder: string): readonly RepoPath[] {
    return index.withStem(folder === '' ? 'index' : `${folder}/index`);
  }

  /** A path inside the package, which older resolving allows everywhere, and tests and bundlers still. */
  function deepOf(folder: string, subpath: string, manifest: PackageManifest | undefined): readonly RepoPath[] {
    const inside = joined(folder, subpath);
    if (inside === undefined || !isWithin(inside, folder)) return [];
    const other = inside === folder ? undefined : manifestOf(inside);
    if (other !== undefined) return filesOf(inside, '.');
    const typed = Object.values(recordOf(manifest?.subpaths) ?? {}).flatMap((map) => {
      const dotted = Object.fromEntries(Object.entries(recordOf(map) ?? {}).map(([key, targets]) => [`./${key}`, textsOf(targets)]));
      const offer = offerOf(dotted, subpath);
      return offer.kind === 'targets' ? offer.targets : [];
    });
    const published = offerOf(manifest?.published?.exports, subpath);
    const found = sourcesOfAll(folder, [...typed, ...(published.kind === 'targets' ? published.targets : [])]);
    return found.length > 0 ? found : built.sourcesOf(folder, subpath);
  }

  function sourcesOfAll(folder: string, targets: readonly string[]): readonly RepoPath[] {
    const found = new Set<RepoPath>();
    for (const target of targets) for (const file of built.sourcesOf(folder, target)) found.add(file);
    return [...found];
  }

  function offered(folder: string, subpath: string): readonly string[] {
    const offer = offerOf(manifestOf(folder)?.exports, subpath);
    return offer.kind === 'targets' ? offer.targets : [];
  }

  function withReplacements(files: readonly RepoPath[]): readonly RepoPath[] {
    replacements ??= new Map(
      [...folders].flatMap((folder) =>
        Object.entries(manifestOf(folder)?.replaced ?? {})
          .filter(([key]) => key.startsWith('.'))
          .flatMap(([key, value]) => built.sourcesOf(folder, key).map((source) => [source, built.sourcesOf(folder, value)] as const)),
      ),
    );
    if (replacements.size === 0) return files;
    const others = files.flatMap((file) => replacements?.get(file) ?? []);
    return others.length === 0 ? files : [...new Set([...files, ...others])];
  }

  function insteadOfNamed(folder: string, name: string): readonly RepoPath[] {
    const replaced = manifestOf(folder)?.replaced;
    const target = replaced !== undefined && Object.hasOwn(replaced, name) ? replaced[name] : undefined;
    return target === undefined ? [] : built.sourcesOf(folder, target);
  }

  function internal(folder: string, name: string): Offer {
    return offerOf(manifestOf(folder)?.imports, name);
  }
}
