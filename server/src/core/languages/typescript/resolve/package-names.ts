import { directory, isWithin, joined } from './folders.ts';
import type { Manifests, PackageManifest } from './manifests.ts';
import type { SourceIndex } from './source-index.ts';
import { readWorkspaces, type Workspace } from './workspaces.ts';

/** Which package of a tree a name means. */
export interface PackageNames {
  /** Folder of the package that a file in the folder `from` means by `name`. */
  named(name: string, from: string): string | undefined;
  /**
   * Whether the name may mean different packages in folders of one package. Invariant: for any other name an answer holds for all of
   * them, whoever asks first (test/languages/typescript-resolve-packages.test.ts).
   */
  dependsOnFolder(name: string): boolean;
}

/** Where packages are, and what they say of themselves. */
interface Packages {
  folderOf(folder: string): string | undefined;
  manifestOf(folder: string): PackageManifest | undefined;
}

/** Folders whose packages are material of a test, and stand for nothing outside of it. */
const MATERIAL = /(?:^|\/)(?:__fixtures__|fixtures?|__mocks__|testdata|test-data)(?=\/)/;

/** Names that mean a part of Node, whoever else bears them; a package of the tree only knows itself by such a name. */
const BUILT_IN = new Set(
  'assert async_hooks buffer child_process cluster console constants crypto dgram diagnostics_channel dns domain events fs http http2 https inspector module net os path perf_hooks process punycode querystring readline repl stream string_decoder sys timers tls trace_events tty url util v8 vm wasi worker_threads zlib'.split(
    ' ',
  ),
);

export function createPackageNames(manifests: Manifests, { folderOf, manifestOf }: Packages, index: SourceIndex): PackageNames {
  let byName: ReadonlyMap<string, readonly string[]> | undefined;
  let workspaces: readonly Workspace[] | undefined;

  return {
    named: (name, from) => localOf(name, from) ?? bearerOf(name, from),
    dependsOnFolder(name) {
      const bearers = bearersOf(name) ?? [];
      return bearers.length > 1 || bearers.some((folder) => MATERIAL.test(folder));
    },
  };

  function bearersOf(name: string): readonly string[] | undefined {
    byName ??= namesOf(manifests);
    return byName.get(name);
  }

  /** A dependency that the importer's package says to stand in the tree, perhaps under another name. */
  function localOf(name: string, from: string): string | undefined {
    for (let folder = folderOf(from); folder !== undefined; folder = folder === '' ? undefined : folderOf(directory(folder))) {
      const local = manifestOf(folder)?.local;
      const range = local !== undefined && Object.hasOwn(local, name) ? local[name] : undefined;
      if (range === undefined) continue;
      const place = range.slice(range.indexOf(':') + 1);
      const alias = /^(@?[^@/]+(?:\/[^@/]+)?)@/.exec(place)?.[1];
      if (range.startsWith('workspace:') && alias !== undefined) return bearerOf(alias, from);
      const target = range.startsWith('workspace:') && !place.startsWith('.') ? undefined : joined(folder, place);
      return target !== undefined && folderOf(target) === target ? target : undefined;
    }
    return undefined;
  }

  function bearerOf(name: string, from: string): string | undefined {
    const bearers = BUILT_IN.has(name) ? bearersOf(name)?.filter((folder) => isWithin(from, folder)) : bearersOf(name);
    const [only] = bearers ?? [];
    if (bearers === undefined || only === undefined) return undefined;
    if (bearers.length === 1 && !MATERIAL.test(only)) return only;
    // A package knows itself by its own name.
    const own = bearers.filter((folder) => isWithin(from, folder)).sort((a, b) => b.length - a.length)[0];
    if (own !== undefined) return own;
    workspaces ??= readWorkspaces(manifests, (path) => index.has(path));
    const around = workspaces.filter(({ root }) => isWithin(from, root));
    const visible = bearers.filter((folder) => around.some((workspace) => workspace.holds(folder)) || seesMaterial(from, folder));
    const rank = (folder: string): number => {
      const workspace = around.findIndex(({ holds }) => holds(folder));
      return workspace < 0 ? around.length + (MATERIAL.test(folder) ? 1 : 0) : workspace;
    };
    return [...visible].sort(
      (a, b) => rank(a) - rank(b) || shared(b, from) - shared(a, from) || a.split('/').length - b.split('/').length || (a < b ? -1 : 1),
    )[0];
  }
}

function namesOf(manifests: Manifests): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const path of manifests.packageFiles) {
    const name = manifests.package(path)?.name;
    if (name === undefined || name === '') continue;
    const bearers = found.get(name);
    if (bearers === undefined) found.set(name, [directory(path)]);
    else bearers.push(directory(path));
  }
  return found;
}

/** Whether a file may mean a package that is material of a test: only from within the same material. */
function seesMaterial(from: string, folder: string): boolean {
  const material = MATERIAL.exec(folder);
  return material === null || isWithin(from, folder.slice(0, material.index + material[0].length));
}

/** How many folders two places have in common. */
function shared(a: string, b: string): number {
  const [left, right] = [a.split('/'), b.split('/')];
  let count = 0;
  while (count < left.length && left[count] === right[count]) count += 1;
  return count;
}
