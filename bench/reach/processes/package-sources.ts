import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Finds the source file behind what was never built; absolute paths. */
export interface PackageSources {
  /** That a package of the repository offers under a specifier. */
  offered(specifier: string): string | undefined;
  /** Of which a build would make `file`, a path inside a package. */
  behind(file: string): string | undefined;
}

interface Manifest {
  readonly name?: string;
  readonly [field: string]: unknown;
}

const EXTENSIONS = ['.ts', '.tsx', '.mts', '.cts', '.js', '.jsx', '.mjs', '.cjs'];
/** Folders into which a package builds. What it names there was made of a file of the same name in its sources. */
const BUILT = /^(dist|build|lib|out|esm|cjs|types|npm)$/;

/**
 * Written for the oracle alone and unlike the engine's own resolution, so that the two err apart. A package that was never built
 * names files that are not there: each is looked for among its sources.
 */
export function packageSources(root: string, manifests: readonly string[], files: ReadonlySet<string>): PackageSources {
  const packages = new Map<string, { readonly dir: string; readonly manifest: Manifest }>();
  // Of equal names the outermost: deeper ones are fixtures.
  for (const file of [...manifests].sort((left, right) => left.split('/').length - right.split('/').length)) {
    const manifest = readManifest(path.join(root, file));
    const dir = path.join(root, path.dirname(file));
    if (manifest?.name !== undefined && !packages.has(manifest.name)) packages.set(manifest.name, { dir, manifest });
  }
  const folders = new Set(manifests.map((file) => path.join(root, path.dirname(file))));
  const isThere = (file: string): string | undefined => (files.has(file) ? file : undefined);
  const firstOf = (dir: string, targets: readonly string[]): string | undefined => {
    for (const candidate of targets.flatMap(sourcesFor)) {
      const source = isThere(path.join(dir, candidate));
      if (source !== undefined) return source;
    }
    return undefined;
  };
  return {
    offered(specifier) {
      const [first = '', second = ''] = specifier.split('/');
      const name = specifier.startsWith('@') ? `${first}/${second}` : first;
      const found = packages.get(name);
      return found === undefined ? undefined : firstOf(found.dir, targetsOf(found.manifest, specifier.slice(name.length + 1)));
    },
    behind(file) {
      let dir = path.dirname(file);
      while (dir.startsWith(root) && !folders.has(dir)) dir = path.dirname(dir);
      return dir.startsWith(root) ? firstOf(dir, [path.relative(dir, file).replaceAll('\\', '/')]) : undefined;
    },
  };
}

function readManifest(file: string): Manifest | undefined {
  try {
    return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
  } catch {
    return undefined;
  }
}

/** What the manifest names for a subpath (empty for the package itself), and what lies there by custom. */
function targetsOf(manifest: Manifest, subpath: string): readonly string[] {
  const named: string[] = [];
  const entries = manifest.exports;
  if (typeof entries === 'object' && entries !== null) {
    for (const [key, value] of Object.entries(entries)) {
      const isSubpath = key.startsWith('.');
      if (!isSubpath && subpath === '') named.push(...stringsIn(value));
      else if (isSubpath && !key.includes('*') && key.replace(/^\.\/?/, '') === subpath) named.push(...stringsIn(value));
      else if (key.includes('*')) {
        const [head = '', tail = ''] = key.replace(/^\.\//, '').split('*');
        if (!subpath.startsWith(head) || !subpath.endsWith(tail) || subpath.length < head.length + tail.length) continue;
        const part = subpath.slice(head.length, subpath.length - tail.length);
        named.push(...stringsIn(value).map((target) => target.replaceAll('*', part)));
      }
    }
  } else if (subpath === '') named.push(...stringsIn(entries));
  if (subpath === '') {
    for (const field of ['source', 'types', 'typings', 'module', 'main']) named.push(...stringsIn(manifest[field]));
    return [...named, 'src/index', 'index', 'lib/index', 'src/main'];
  }
  return [...named, subpath, `src/${subpath}`, `${subpath}/index`, `src/${subpath}/index`];
}

function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsIn) : [];
}

function sourcesFor(target: string): readonly string[] {
  const plain = path.posix.normalize(target).replace(/(\.d)?\.[cm]?[jt]sx?$/, '');
  const parts = plain.split('/');
  const inSources = [parts];
  let rest = parts;
  while (rest[0] !== undefined && BUILT.test(rest[0])) {
    rest = rest.slice(1);
    inSources.push(['src', ...rest], rest);
  }
  return inSources.flatMap((place) => EXTENSIONS.flatMap((ending) => [`${place.join('/')}${ending}`, `${place.join('/')}/index${ending}`]));
}
