import type { RepoPath, Tree } from '../../model/tree.ts';
import type { Compiler } from './compiler.ts';

/** Finds the file of a tree that an import means. Knows no installed package: what is not in the tree is nobody's dependent. */
export interface Resolver {
  resolve(from: RepoPath, specifier: string): RepoPath | undefined;
  /** Directory of the nearest package.json, or empty for the root. */
  packageOf(path: RepoPath): string;
}

export const SOURCE_EXTENSIONS = ['.ts', '.tsx', '.d.ts', '.mts', '.cts', '.js', '.jsx', '.mjs', '.cjs'] as const;

/** A specifier may name the file that the compiler will write. */
const WRITTEN_AS: readonly (readonly [string, readonly string[]])[] = [
  ['.js', ['.ts', '.tsx', '.d.ts']],
  ['.jsx', ['.tsx']],
  ['.mjs', ['.mts']],
  ['.cjs', ['.cts']],
];

const MAX_PACKAGES = 500;
const MAX_EXTENDS = 8;

export function createResolver(ts: Compiler, tree: Tree): Resolver {
  const paths = new Set<string>(tree.paths());
  const packageFiles = [...paths]
    .filter((path) => /(^|\/)package\.json$/.test(path) && !path.includes('node_modules/'))
    .slice(0, MAX_PACKAGES);
  const packageDirs = new Set(packageFiles.map(directory));
  const configs = new Map<string, PathMap | undefined>();
  let names: ReadonlyMap<string, PackageEntry> | undefined;

  const parse = (path: string): unknown => {
    const content = tree.read(path as RepoPath);
    return content?.kind === 'text' ? (ts.parseConfigFileTextToJson(path, content.text).config as unknown) : undefined;
  };
  const files = new Map<string, RepoPath | undefined>();
  const file = (base: string): RepoPath | undefined => {
    if (!files.has(base)) files.set(base, fileOf(paths, base));
    return files.get(base);
  };
  const packages = (): ReadonlyMap<string, PackageEntry> => {
    names ??= new Map(packageFiles.flatMap((path) => packageEntry(path, parse(path))));
    return names;
  };

  const named = new Map<string, RepoPath | undefined>();
  const packageFileOf = (specifier: string): RepoPath | undefined => {
    if (!named.has(specifier)) named.set(specifier, packageFile(packages(), specifier, file) ?? workspaceFile(paths, specifier, file));
    return named.get(specifier);
  };
  const find = (dir: string, specifier: string): RepoPath | undefined => {
    if (specifier.startsWith('.')) return file(normalise(`${dir}/${specifier}`));
    for (const candidate of pathMapOf(dir, paths, parse, configs)?.candidates(specifier) ?? []) {
      const found = file(candidate);
      if (found !== undefined) return found;
    }
    return packageFileOf(specifier);
  };
  // The files of a folder import the same few things, and each of them is asked for once.
  const answers = new Map<string, Map<string, RepoPath | undefined>>();

  return {
    resolve(from, specifier) {
      const dir = directory(from);
      const known = answers.get(dir) ?? new Map<string, RepoPath | undefined>();
      answers.set(dir, known);
      if (!known.has(specifier)) known.set(specifier, find(dir, specifier));
      return known.get(specifier);
    },
    packageOf(path) {
      for (let at = directory(path); at !== ''; at = directory(at)) if (packageDirs.has(at)) return at;
      return '';
    },
  };
}

export function directory(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? '' : path.slice(0, slash);
}

function normalise(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return parts.join('/');
}

function fileOf(paths: ReadonlySet<string>, base: string): RepoPath | undefined {
  const candidates = [base, ...SOURCE_EXTENSIONS.map((extension) => base + extension)];
  for (const [written, sources] of WRITTEN_AS)
    if (base.endsWith(written)) candidates.push(...sources.map((source) => base.slice(0, -written.length) + source));
  candidates.push(...SOURCE_EXTENSIONS.map((extension) => `${base === '' ? '' : `${base}/`}index${extension}`));
  // Every member of the set is a path of the tree.
  return candidates.find((candidate) => paths.has(candidate) && SOURCE_EXTENSIONS.some((extension) => candidate.endsWith(extension))) as
    | RepoPath
    | undefined;
}

interface PackageEntry {
  readonly dir: string;
  /** Files that the package names as its entry, relative to it. */
  readonly entries: readonly string[];
}

function packageEntry(path: string, json: unknown): readonly (readonly [string, PackageEntry])[] {
  if (!isRecord(json) || typeof json.name !== 'string') return [];
  const main = isRecord(json.exports)
    ? isRecord(json.exports['.'])
      ? Object.values(json.exports['.'])
      : [json.exports['.']]
    : [json.exports];
  const entries = [json.source, json.types, json.module, json.main, ...main].filter((entry) => typeof entry === 'string');
  return [[json.name, { dir: directory(path), entries }]];
}

/** Packages point at what their build writes; the sources stand in `src` or at the root of the package. */
function packageFile(
  packages: ReadonlyMap<string, PackageEntry>,
  specifier: string,
  file: (base: string) => RepoPath | undefined,
): RepoPath | undefined {
  const parts = specifier.split('/');
  const length = specifier.startsWith('@') ? 2 : 1;
  const found = packages.get(parts.slice(0, length).join('/'));
  if (found === undefined) return undefined;
  const rest = parts.slice(length).join('/');
  const inside = rest === '' ? [...found.entries, 'src/index', 'index', 'lib/index'] : [rest, `src/${rest}`, `lib/${rest}`];
  const sources = inside.flatMap((entry) => [entry, entry.replace(/^(\.\/)?(dist|build|out|lib)\//, 'src/').replace(/\.d\.[cm]?ts$/, '')]);
  for (const entry of sources) {
    const match = file(normalise(`${found.dir}/${entry}`));
    if (match !== undefined) return match;
  }
  return undefined;
}

/**
 * A package of a monorepo by the folder that bears its name, where no manifest says otherwise: `@shop/ui` in `packages/ui`. Only a
 * scoped name, since any other is as likely one that is installed.
 */
function workspaceFile(paths: ReadonlySet<string>, specifier: string, file: (base: string) => RepoPath | undefined): RepoPath | undefined {
  const [, name, rest = ''] = /^@[\w.-]+\/([\w.-]+)(?:\/(.+))?$/.exec(specifier) ?? [];
  if (name === undefined || paths.has('package.json')) return undefined;
  const inside = rest === '' ? ['src/index', 'index', 'lib/index'] : [rest, `src/${rest}`, `lib/${rest}`];
  for (const folder of ['packages', 'libs', 'lib', 'modules', 'shared', 'apps'])
    for (const entry of inside) {
      const match = file(`${folder}/${name}/${entry}`);
      if (match !== undefined) return match;
    }
  return undefined;
}

interface PathMap {
  candidates(specifier: string): readonly string[];
}

function pathMapOf(
  dir: string,
  paths: ReadonlySet<string>,
  parse: (path: string) => unknown,
  known: Map<string, PathMap | undefined>,
): PathMap | undefined {
  if (known.has(dir)) return known.get(dir);
  const prefix = dir === '' ? '' : `${dir}/`;
  const config = [`${prefix}tsconfig.json`, `${prefix}jsconfig.json`].find((path) => paths.has(path));
  const own = config === undefined ? undefined : readPathMap(config, parse, paths, 0);
  const found = own ?? (dir === '' ? undefined : pathMapOf(directory(dir), paths, parse, known));
  known.set(dir, found);
  return found;
}

function readPathMap(path: string, parse: (path: string) => unknown, paths: ReadonlySet<string>, depth: number): PathMap | undefined {
  const json = parse(path);
  if (!isRecord(json) || depth > MAX_EXTENDS) return undefined;
  const options = isRecord(json.compilerOptions) ? json.compilerOptions : {};
  const baseUrl = typeof options.baseUrl === 'string' ? options.baseUrl : undefined;
  if (isRecord(options.paths) || baseUrl !== undefined) {
    const base = normalise(`${directory(path)}/${baseUrl ?? '.'}`);
    return pathMap(base, isRecord(options.paths) ? options.paths : {}, baseUrl !== undefined);
  }
  const extended = Array.isArray(json.extends) ? json.extends : [json.extends];
  for (const parent of extended) {
    if (typeof parent !== 'string' || !parent.startsWith('.')) continue;
    const target = normalise(`${directory(path)}/${parent}`);
    const file = [target, `${target}.json`].find((candidate) => paths.has(candidate));
    const found = file === undefined ? undefined : readPathMap(file, parse, paths, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

function pathMap(base: string, patterns: Readonly<Record<string, unknown>>, withBase: boolean): PathMap {
  return {
    candidates(specifier) {
      const found: string[] = [];
      for (const [pattern, targets] of Object.entries(patterns)) {
        const star = pattern.indexOf('*');
        const head = star < 0 ? pattern : pattern.slice(0, star);
        const tail = star < 0 ? '' : pattern.slice(star + 1);
        const fits =
          star < 0
            ? specifier === pattern
            : specifier.startsWith(head) && specifier.endsWith(tail) && specifier.length >= head.length + tail.length;
        if (!fits || !Array.isArray(targets)) continue;
        const middle = specifier.slice(head.length, specifier.length - tail.length);
        for (const target of targets) if (typeof target === 'string') found.push(normalise(`${base}/${target.replace('*', () => middle)}`));
      }
      if (withBase) found.push(normalise(`${base}/${specifier}`));
      return found;
    },
  };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
