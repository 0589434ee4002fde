import type { RepoPath } from '../../../model/tree.ts';
import type { CompilerConfig } from './compiler-configs.ts';
import { isWithin, joined } from './folders.ts';
import { endingOf, isDeclaration, type SourceIndex } from './source-index.ts';

/** Folders that hold what was built, wherever builds are. */
const OUTPUT = new Set(
  'dist build out output lib libs es esm cjs mjs umd iife amd system module modules commonjs bundle bundles types typings dts d.ts declarations prod production dev development node browser esnext es5 es6 es2015 es2020 esm5 esm2020 esm2022 fesm2015 fesm2020 fesm2022 modern legacy compiled release target publish pkg npm min .tshy-build'.split(
    ' ',
  ),
);

/** Those of them that hardly ever hold sources. */
const SURELY_OUTPUT = new Set(['dist', 'build', 'out', 'lib', 'es', 'esm', 'cjs', 'umd', 'bundle', '.tshy-build']);

/** Folders of the sources that a build mirrors; the package itself last. */
const SOURCES = ['src', 'source', 'lib', 'js', ''] as const;

/** Second endings that bundlers put before the last one. */
const BUNDLED =
  /[.-](?:min|umd|iife|esm|es|cjs|mjs|common|global|prod|production|dev|development|browser|node|module|bundle|legacy|modern)$/;

/** What stands in for an entry that names no file of the tree. */
const USUAL_ENTRIES = [
  'src/index',
  'src/main',
  'src/mod',
  'src/public-api',
  'src/public_api',
  'src/lib',
  'index',
  'lib/index',
  'source/index',
  'main',
  'mod',
];

/** Where a package keeps what it builds, as far as its configs say so. */
export type Layout = readonly Pick<CompilerConfig, 'outDirs' | 'rootDir' | 'include'>[];

/** Finds the sources of a file that a build writes, in a tree in which nothing was built. */
export interface BuiltFiles {
  /** Sources of `target`, a path seen from the package in `folder`; the target itself where it stands in the tree. */
  sourcesOf(folder: string, target: string): readonly RepoPath[];
  /** As `sourcesOf`, but only for a path into a folder that a build surely writes: `../dist/server.js`. */
  sourcesOfOutput(folder: string, path: string): readonly RepoPath[];
  /** The usual entry of a package that names none, or none that can be found. */
  usualEntry(folder: string): readonly RepoPath[];
}

export function createBuiltFiles(index: SourceIndex, layoutOf: (folder: string) => Layout): BuiltFiles {
  const fileOrIndex = (base: string): readonly RepoPath[] => {
    const files = index.filesAt(base);
    return files.length > 0 ? files : index.withStem(base === '' ? 'index' : `${base}/index`);
  };
  const ofStem = (stem: string): readonly RepoPath[] => {
    const files = index.withStem(stem);
    return files.length > 0 ? files : index.withStem(stem === '' ? 'index' : `${stem}/index`);
  };

  const sourcesOf = (folder: string, target: string): readonly RepoPath[] => {
    const path = joined(folder, target);
    if (path === undefined) return [];
    const itself = fileOrIndex(path);
    const inside = isWithin(path, folder) && path !== folder ? path.slice(folder === '' ? 0 : folder.length + 1) : undefined;
    if (inside === undefined || (itself.length > 0 && !isOutput(inside))) return itself;
    const stem = withoutEnding(inside);
    for (const place of placesOf(folder, stem, layoutOf(folder))) {
      const found = ofStem(place).filter((file) => !itself.includes(file));
      if (found.length > 0) return [...found, ...itself];
    }
    return itself;
  };

  return {
    sourcesOfOutput(folder, path) {
      const inside = path.slice(folder === '' ? 0 : folder.length + 1);
      const [first = ''] = inside.split('/');
      const isWritten =
        SURELY_OUTPUT.has(first) || layoutOf(folder).some(({ outDirs }) => outDirs.some((dir) => dir !== folder && isWithin(path, dir)));
      return isWritten ? sourcesOf(folder, inside) : [];
    },
    sourcesOf,
    usualEntry(folder) {
      for (const entry of USUAL_ENTRIES) {
        const found = index.withStem(folder === '' ? entry : `${folder}/${entry}`);
        if (found.length > 0) return found;
      }
      return [];
    },
  };
}

function isOutput(inside: string): boolean {
  const first = inside.slice(0, Math.max(0, inside.indexOf('/')));
  return first !== '' && OUTPUT.has(first);
}

/** Places without ending where the source of a built file may stand, the likeliest first: what configs say, then what is usual. */
function placesOf(folder: string, stem: string, layout: Layout): readonly string[] {
  const at = (inside: string): string => (folder === '' ? inside : inside === '' ? folder : `${folder}/${inside}`);
  const found: string[] = [];
  const whole = at(stem);
  for (const { outDirs, rootDir, include } of layout)
    for (const outDir of outDirs) {
      if (!isWithin(whole, outDir) || outDir === '' || outDir === folder) continue;
      const rest = whole.slice(outDir.length + 1);
      for (const root of rootDir === undefined ? (include ?? []) : [rootDir])
        found.push(rest === '' ? root : root === '' ? rest : `${root}/${rest}`);
    }
  const parts = stem.split('/');
  let from = 0;
  // Each folder of output may hold another: `build/esm/server` is `src/esm/server`, else `src/server`.
  while (from < parts.length && OUTPUT.has(parts[from] ?? '')) {
    from += 1;
    add(parts.slice(from));
  }
  // A build of several folders keeps their names below its own: `dist/packages/core/src/index`.
  const source = parts.lastIndexOf('src');
  if (from > 0 && source > from) found.push(at(parts.slice(source).join('/')));
  if (from === 0) add(parts);
  const last = parts.at(-1) ?? '';
  if (BUNDLED.test(last)) found.push(...placesOf(folder, [...parts.slice(0, -1), last.replace(BUNDLED, '')].join('/'), layout));
  return found;

  function add(rest: readonly string[]): void {
    const inside = rest.join('/');
    for (const root of SOURCES) found.push(at(root === '' ? inside : inside === '' ? root : `${root}/${inside}`));
  }
}

function withoutEnding(path: string): string {
  const ending = endingOf(path);
  return ending === undefined ? path : path.slice(0, -ending.length);
}

/** What runs before what only declares it; the order is kept otherwise. */
export function runningFirst(files: readonly RepoPath[]): readonly RepoPath[] {
  if (files.length < 2) return files;
  return [...files.filter((file) => !isDeclaration(file)), ...files.filter(isDeclaration)];
}
