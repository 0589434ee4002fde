import type { RepoPath, Tree } from '../../model/tree.ts';
import { GO } from '../../scan/code-stretches.ts';
import { GO_IMPORT } from '../../scan/scan-go.ts';
import { addTo, folderOf, joinPath, type ModuleLanguage, type Modules } from '../code/modules.ts';
import type { Writing } from '../code/name-uses.ts';

/**
 * A module here is a package, which is a folder. An import path leads into the tree by the `go.mod` whose module it begins with, or
 * by a `replace` with a folder; without any `go.mod`, to the folders that it ends in. What lies in `vendor` is somebody else's.
 */
export const modules: ModuleLanguage = {
  extensions: ['.go'],
  create,
  separator: '.',
  sharesModule: true,
  passesOn: false,
  importsHide: false,
  untyped: false,
};

export const writing: Writing = { dialect: GO, statements: GO_IMPORT, countsInString: () => false, mayBeMember, meansNothing };

/** A field is a key of a literal, a method what a type or an interface declares under its name; all else is `x.Name`. */
function mayBeMember(code: string, at: number, end: number, isFunction: boolean): boolean {
  if (!isFunction) return /^\s*:(?!=)/.test(code.slice(end, end + 20));
  const head = code.slice(Math.max(0, at - 300), at);
  return code.charAt(end) === '(' && (METHOD.test(head) || /(?:^|[\n;{])[ \t]*$/.test(head));
}

/** A field of a struct (`Name Type`), and a method of another type. */
function meansNothing(code: string, at: number, end: number): boolean {
  const head = code.slice(Math.max(0, at - 300), at);
  return METHOD.test(head) || (/\n[ \t]*$/.test(head) && /^[ \t]+(?:[A-Za-z_*]|\[[\]\d])/.test(code.slice(end, end + 100)));
}

const METHOD = /\bfunc[ \t]*\([^()\n]*\)[ \t]*$/;

function create(tree: Tree): Modules {
  const paths = tree.paths();
  const files = paths.filter((path) => path.endsWith('.go') && !/(^|\/)vendor\//.test(path));
  const folders = new Map<string, RepoPath[]>();
  for (const path of files) addTo(folders, folderOf(path), path);
  const roots = paths.filter((path) => /(^|\/)go\.mod$/.test(path)).flatMap((path) => rootsOf(tree, path));
  const byName = new Map<string, string[]>();
  for (const folder of folders.keys()) addTo(byName, folder.slice(folder.lastIndexOf('/') + 1), folder);
  const endingIn = (specifier: string): readonly string[] => {
    const parts = specifier.split('/').filter((part, at) => at === 0 || !/^v\d+$/.test(part));
    const path = parts.join('/');
    const found = (byName.get(parts.at(-1) ?? '') ?? []).filter(
      (folder) => path === folder || path.endsWith(`/${folder}`) || folder.endsWith(`/${path}`),
    );
    // A module whose files lie at the root of the tree has no folder to be known by.
    return found.length > 0 || !folders.has('') ? found : [''];
  };
  return {
    files,
    resolve(_from, specifier) {
      const fitting = roots.filter(({ name }) => specifier === name || specifier.startsWith(`${name}/`));
      const longest = Math.max(0, ...fitting.map(({ name }) => name.length));
      const found =
        roots.length === 0
          ? endingIn(specifier)
          : fitting
              .filter(({ name }) => name.length === longest)
              .map(({ name, folder }) => joinPath(folder, specifier.slice(name.length + 1)));
      return found.filter((folder) => folders.has(folder)).map((module) => ({ module, rest: [] }));
    },
    inner: () => undefined,
    filesOf: (module) => folders.get(module) ?? [],
    moduleOf: folderOf,
    packageOf: folderOf,
  };
}

/** Import paths that begin in this module's folder, or in one that it names in a `replace`. */
function rootsOf(tree: Tree, path: RepoPath): readonly { readonly name: string; readonly folder: string }[] {
  const content = tree.read(path);
  if (content?.kind !== 'text') return [];
  const text = content.text.replace(/\/\/.*/g, '');
  const own = /^[ \t\ufeff]*module\s+"?([^\s"]+)"?/m.exec(text)?.[1];
  const replaced = [...text.matchAll(/^[ \t\ufeff]*(?:replace\s+)?([^\s()]+)(?:\s+v\S+)?\s*=>\s*(\.{1,2}(?:\/\S*)?)\s*$/gm)].flatMap(
    ([, name = '', target = '']) => {
      const folder = resolveFolder(folderOf(path), target);
      return folder === undefined ? [] : [{ name, folder }];
    },
  );
  return own === undefined ? replaced : [{ name: own, folder: folderOf(path) }, ...replaced];
}

/** `../b` seen from `a`; undefined where it leaves the tree. */
function resolveFolder(from: string, target: string): string | undefined {
  const parts = from === '' ? [] : from.split('/');
  for (const part of target.split('/')) {
    if (part === '..' && parts.pop() === undefined) return undefined;
    if (part !== '..' && part !== '.' && part !== '') parts.push(part);
  }
  return parts.join('/');
}
