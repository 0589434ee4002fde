import type { RepoPath } from '../../model/tree.ts';

/** Extensions that a source may have where a configuration names it with none, or with that of what a build writes. */
const SOURCES = ['.ts', '.tsx', '.mts', '.cts', '.js', '.jsx', '.mjs', '.cjs', '.py', '.go', '.rb', '.sh', '.vue', '.svelte'];
const WRITTEN = /(\.d)?\.([cm]?js|jsx)$/;
/** Folders that a build writes; the source of `dist/a.js` is `src/a.ts`, or `a.ts`. */
const BUILT = /(^|\/)(dist|build|out|lib|output|\.output|esm|cjs|es)\//;

/** `a/c` of `a/./b/../c`; undefined where it climbs out of the repository. */
export function joinPath(...parts: readonly string[]): string | undefined {
  const kept: string[] = [];
  for (const part of parts.join('/').split('/')) {
    if (part === '..') {
      if (kept.pop() === undefined) return undefined;
    } else if (part !== '' && part !== '.') kept.push(part);
  }
  return kept.join('/');
}

export function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

/** The file of the tree that `written` means where a configuration in `folder` names it: itself, or the source it is built from. */
export function sourceFile(paths: ReadonlySet<string>, folder: string, written: string): RepoPath | undefined {
  const whole = joinPath(folder, written);
  if (whole === undefined) return undefined;
  for (const place of placesOf(whole, folder)) {
    const bare = place.replace(WRITTEN, '');
    const candidates = [place, ...SOURCES.map((extension) => bare + extension), ...SOURCES.map((extension) => `${bare}/index${extension}`)];
    // Members of the set are paths of the tree.
    const found = candidates.find((candidate) => paths.has(candidate)) as RepoPath | undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The place itself, and the two that it may be built from. Only folders below the one that speaks are folders of its build. */
function placesOf(whole: string, folder: string): readonly string[] {
  const inside = folder === '' ? whole : whole.startsWith(`${folder}/`) ? whole.slice(folder.length + 1) : '';
  const built = BUILT.exec(inside);
  if (built === null) return [whole];
  const head = whole.slice(0, whole.length - inside.length);
  const [before, after] = [inside.slice(0, built.index + (built[1] ?? '').length), inside.slice(built.index + built[0].length)];
  // `dist/src/a.js` and `dist/esm/a.js` are both written.
  const rest = after.replace(/^(esm|cjs|es|src|types)\//, '');
  return [whole, ...[...new Set([after, rest])].flatMap((tail) => [`${head}${before}src/${tail}`, `${head}${before}${tail}`])];
}

/**
 * As `sourceFile`, for a path as a container or a server sees it: `/usr/src/app/dist/a.js` loses its first folders until the rest is
 * a file of the tree, near the configuration or at the root.
 */
export function sourceFileAnywhere(paths: ReadonlySet<string>, folder: string, written: string): RepoPath | undefined {
  const folders = folder === '' ? [''] : [folder, ''];
  if (!written.startsWith('/')) return firstOf(folders, (base) => sourceFile(paths, base, written));
  const parts = written.split('/').filter((part) => part !== '');
  for (let drop = 0; drop < parts.length; drop += 1) {
    const found = firstOf(folders, (base) => sourceFile(paths, base, parts.slice(drop).join('/')));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The file of a Python module: `shop.cli` is `shop/cli.py`, in the folder itself or in its `src`. */
export function pythonModule(paths: ReadonlySet<string>, folder: string, name: string): RepoPath | undefined {
  const path = name.replaceAll('.', '/');
  for (const base of folder === '' ? ['', 'src'] : [folder, `${folder}/src`, '', 'src'])
    for (const tail of [`${path}.py`, `${path}/__main__.py`, `${path}/__init__.py`]) {
      const whole = joinPath(base, tail);
      // As above.
      if (whole !== undefined && paths.has(whole)) return whole as RepoPath;
    }
  return undefined;
}

function firstOf<T, R>(list: readonly T[], ask: (one: T) => R | undefined): R | undefined {
  for (const one of list) {
    const found = ask(one);
    if (found !== undefined) return found;
  }
  return undefined;
}
