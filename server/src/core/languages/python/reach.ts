import type { RepoPath, Tree } from '../../model/tree.ts';
import { PYTHON } from '../../scan/code-stretches.ts';
import { PYTHON_IMPORT } from '../../scan/scan-python.ts';
import { addTo, folderOf, joinPath, type ModuleLanguage, type Modules } from '../code/modules.ts';
import type { Writing } from '../code/name-uses.ts';
import { mayBeMember, meansNothing } from './bare-words.ts';

/**
 * Python's modules are paths without their ending (`shop/mail` of `shop/mail.py` and of `shop/mail/__init__.py`); a folder without
 * `__init__.py` is one too. Where an absolute name is looked for is said by nobody here: below every folder that is no package
 * itself (`src`, a service of a monorepo), and beside the file that asks, as a script would.
 */
export const modules: ModuleLanguage = {
  extensions: ['.py', '.pyi'],
  create,
  separator: '.',
  sharesModule: false,
  passesOn: true,
  importsHide: false,
  untyped: true,
};

/** A string may name what it means: an annotation (`"Order"`), a list of what a module offers, a dotted path for a patch. */
export const writing: Writing = {
  dialect: PYTHON,
  statements: PYTHON_IMPORT,
  countsInString: (whole, before) => (/^["'\\]*(?:[\w.[\], |:-]+["']*)?$/.test(whole) && !/\w +\w/.test(whole)) || /\{[^{}]*$/.test(before),
  // A class is named in quotes by annotations, a function by nobody but `__all__`.
  isOffered: (head) => {
    const list = head.lastIndexOf('__all__');
    return list >= 0 && !/[)\]]/.test(head.slice(list));
  },
  mayBeMember,
  meansNothing,
};

function create(tree: Tree): Modules {
  const files = tree.paths().filter((path) => /\.pyi?$/.test(path));
  const byModule = new Map<string, RepoPath[]>();
  for (const path of files) addTo(byModule, moduleOf(path), path);
  const known = new Set<string>(byModule.keys());
  for (const module of byModule.keys()) for (let folder = folderOf(module); folder !== ''; folder = folderOf(folder)) known.add(folder);
  const packages = new Set(files.filter((path) => /(^|\/)__init__\.pyi?$/.test(path)).map((path) => folderOf(path)));
  const byName = new Map<string, string[]>();
  for (const module of known) addTo(byName, module.slice(module.lastIndexOf('/') + 1), module);
  const absolute = (from: RepoPath, path: string): readonly string[] => {
    const found = (byName.get(path.slice(path.lastIndexOf('/') + 1)) ?? []).filter(
      (module) => module === path || module.endsWith(`/${path}`),
    );
    const rootOf = (module: string): string => module.slice(0, Math.max(0, module.length - path.length - 1));
    const usual = found.filter((module) => !packages.has(rootOf(module)) || rootOf(module) === folderOf(from));
    return usual.length > 0 ? usual : found;
  };
  return {
    files,
    resolve(from, specifier) {
      const dots = /^\.*/.exec(specifier)?.[0].length ?? 0;
      const rest = specifier.slice(dots).replaceAll('.', '/');
      if (dots === 0) return absolute(from, rest).map((module) => ({ module, rest: [] }));
      let base = folderOf(from);
      for (let up = 1; up < dots; up += 1) base = folderOf(base);
      const module = joinPath(base, rest);
      return known.has(module) || module === '' ? [{ module, rest: [] }] : [];
    },
    inner(module, name) {
      const inside = joinPath(module, name);
      return known.has(inside) ? inside : undefined;
    },
    filesOf: (module) => byModule.get(module) ?? [],
    moduleOf,
    packageOf: folderOf,
  };
}

function moduleOf(path: string): string {
  return path.replace(/\.pyi?$/, '').replace(/(^|\/)__init__$/, '');
}
