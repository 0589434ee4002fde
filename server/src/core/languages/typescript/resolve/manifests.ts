import type { RepoPath, Tree } from '../../../model/tree.ts';
import { type JsonRecord, readJson, recordOf, textOf, textsOf } from './read-json.ts';

/** What a package.json says of names and files; all else in it has no part in resolving. */
export interface PackageManifest {
  readonly name: string | undefined;
  /** Entries that are named outside `exports`, the likeliest source first. */
  readonly entries: readonly string[];
  readonly exports: unknown;
  readonly imports: unknown;
  /** Folders that subpaths are looked for in, from `typesVersions`. */
  readonly subpaths: unknown;
  /** Modules, its own and others, that some environments take its own files for: the older form of conditions. */
  readonly replaced: Readonly<Record<string, string>>;
  /** What the package says of itself once it is published, where that differs. */
  readonly published: PackageManifest | undefined;
  /** Patterns of the folders whose packages belong together. */
  readonly workspaces: readonly string[];
  /** Dependencies that stand in the tree, by the name under which they are imported: `file:../core`, `workspace:@shop/core@*`. */
  readonly local: Readonly<Record<string, string>>;
}

/** What a tsconfig.json says of where modules are; paths as they are written. */
export interface ConfigManifest {
  readonly extends: readonly string[];
  readonly baseUrl: string | undefined;
  readonly paths: Readonly<Record<string, readonly string[]>> | undefined;
  readonly rootDirs: readonly string[];
  readonly outDirs: readonly string[];
  readonly rootDir: string | undefined;
  readonly include: readonly string[] | undefined;
  readonly references: readonly string[];
}

export interface Manifests {
  /** Every package.json outside of installed packages, in the order of the tree. */
  readonly packageFiles: readonly RepoPath[];
  /** Files that may be a tsconfig, by their folder: the ones whose names the compiler takes by itself first. */
  readonly configFiles: ReadonlyMap<string, readonly RepoPath[]>;
  package(path: string): PackageManifest | undefined;
  config(path: string): ConfigManifest | undefined;
  text(path: string): string | undefined;
}

const CONFIG_NAME = /(?:^|\/)(?:ts|js)config(?:[.-][^/]+)?\.json$/;

/** Whether answers may change with what is written in the file. */
export function isManifest(path: string): boolean {
  return path.endsWith('.json') || path.endsWith('pnpm-workspace.yaml');
}

/** What was made of a manifest, as a text that differs where an answer may differ. */
export function readingOf(path: string, text: string): string {
  if (!path.endsWith('.json') || /(?:^|\/)(?:lerna|rush)\.json$/.test(path)) return text;
  const json = readJson(text);
  try {
    return JSON.stringify((path.endsWith('package.json') ? packageManifest(json) : configManifest(json)) ?? null);
  } catch {
    // Nested too deep to be written down again.
    return text;
  }
}

/** Reads each manifest once, when it is first asked for; `known` has those of another tree that this one shares. */
export function createManifests(tree: Tree, known?: { readonly from: Manifests; readonly differing: ReadonlySet<RepoPath> }): Manifests {
  const packageFiles: RepoPath[] = [];
  const configFiles = new Map<string, RepoPath[]>();
  for (const path of tree.paths()) {
    if (!path.endsWith('.json') || path.includes('node_modules/')) continue;
    if (path === 'package.json' || path.endsWith('/package.json')) packageFiles.push(path);
    else if (CONFIG_NAME.test(path)) {
      const folder = path.slice(0, Math.max(0, path.lastIndexOf('/')));
      const others = configFiles.get(folder) ?? [];
      configFiles.set(folder, [...others, path].sort(byWeight));
    }
  }

  const text = (path: string): string | undefined => {
    const content = tree.read(path as RepoPath);
    return content?.kind === 'text' ? content.text : undefined;
  };
  let gathered = false;
  const readOnce = <Manifest>(
    make: (value: unknown) => Manifest | undefined,
    before: ((path: string) => Manifest | undefined) | undefined,
  ): ((path: string) => Manifest | undefined) => {
    const made = new Map<string, Manifest | undefined>();
    return (path) => {
      if (made.has(path)) return made.get(path);
      if (before !== undefined && known?.differing.has(path as RepoPath) === false) {
        const kept = before(path);
        made.set(path, kept);
        return kept;
      }
      if (!gathered) tree.prefetch?.([...packageFiles, ...[...configFiles.values()].flat()]);
      gathered = true;
      const written = text(path);
      const manifest = written === undefined ? undefined : make(readJson(written));
      made.set(path, manifest);
      return manifest;
    };
  };

  return {
    packageFiles,
    configFiles,
    package: readOnce(packageManifest, known?.from.package),
    config: readOnce(configManifest, known?.from.config),
    text,
  };
}

/** `tsconfig.json` before `jsconfig.json` before `tsconfig.app.json`. */
function byWeight(a: string, b: string): number {
  const weight = (path: string): number => (path.endsWith('tsconfig.json') ? 0 : path.endsWith('jsconfig.json') ? 1 : 2);
  return weight(a) - weight(b) || (a < b ? -1 : a > b ? 1 : 0);
}

const DEPENDENCIES = ['dependencies', 'devDependencies', 'peerDependencies', 'optionalDependencies'] as const;
const LOCAL = /^(?:file|link|portal|workspace):/;

function packageManifest(value: unknown): PackageManifest | undefined {
  const json = recordOf(value);
  if (json === undefined) return undefined;
  const published = recordOf(json.publishConfig);
  const workspaces = recordOf(json.workspaces)?.packages ?? json.workspaces;
  const local: Record<string, string> = {};
  for (const group of DEPENDENCIES) {
    const ranges = recordOf(json[group]) ?? {};
    for (const name of Object.keys(ranges)) {
      const range = ranges[name];
      if (typeof range === 'string' && range.includes(':') && LOCAL.test(range)) local[name] = range;
    }
  }
  return {
    ...entriesOf(json),
    name: textOf(json.name),
    published: published === undefined ? undefined : { ...NOTHING, ...entriesOf(published) },
    workspaces: textsOf(workspaces),
    local,
  };
}

const NOTHING = { name: undefined, published: undefined, workspaces: [], local: {} } as const;

/** In the order in which tools look: what is said to be the source, the types, what bundlers take, what Node takes. */
const ENTRIES = ['source', 'types', 'typings', 'module', 'jsnext:main', 'esnext', 'main', 'react-native', 'browser', 'svelte'] as const;

function entriesOf(json: JsonRecord): Pick<PackageManifest, 'entries' | 'exports' | 'imports' | 'subpaths' | 'replaced'> {
  return {
    entries: [...new Set(ENTRIES.flatMap((field) => textsOf(json[field])))],
    exports: json.exports ?? undefined,
    imports: json.imports ?? undefined,
    subpaths: json.typesVersions,
    replaced: { ...textsIn(json.browser), ...textsIn(json['react-native']) },
  };
}

function textsIn(value: unknown): Readonly<Record<string, string>> {
  const record = recordOf(value);
  if (record === undefined) return NO_TEXTS;
  return Object.fromEntries(Object.entries(record).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

const NO_TEXTS: Readonly<Record<string, string>> = {};

function configManifest(value: unknown): ConfigManifest | undefined {
  const json = recordOf(value);
  if (json === undefined) return undefined;
  const options = recordOf(json.compilerOptions) ?? {};
  const paths = recordOf(options.paths);
  const references = Array.isArray(json.references) ? json.references : [];
  return {
    extends: textsOf(json.extends),
    baseUrl: textOf(options.baseUrl),
    paths: paths === undefined ? undefined : Object.fromEntries(Object.entries(paths).map(([key, targets]) => [key, textsOf(targets)])),
    rootDirs: textsOf(options.rootDirs),
    outDirs: [options.outDir, options.declarationDir].flatMap(textsOf),
    rootDir: textOf(options.rootDir),
    include: Array.isArray(json.include) || Array.isArray(json.files) ? [...textsOf(json.include), ...textsOf(json.files)] : undefined,
    references: references.flatMap((reference) => textsOf(recordOf(reference)?.path)),
  };
}
