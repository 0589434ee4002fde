import type { RepoPath, Tree } from '../../model/tree.ts';
import { RUST } from '../../scan/code-stretches.ts';
import { RUST_USE } from '../../scan/scan-rust.ts';
import { addTo, type Destination, folderOf, joinPath, type ModuleLanguage, type Modules, type Scans } from '../code/modules.ts';
import type { Writing } from '../code/name-uses.ts';
import { type Crate, cratesOf } from './crates.ts';

/**
 * A module is its path without ending (`src/mail` of `src/mail.rs` and of `src/mail/mod.rs`); the root of a crate is the folder of its
 * `lib.rs` and `main.rs`, or a file of `tests`, `examples`, `benches` and `src/bin` by itself. Modules inside a file belong to it.
 */
export const modules: ModuleLanguage = {
  extensions: ['.rs'],
  create,
  separator: '::',
  sharesModule: false,
  passesOn: true,
  importsHide: true,
  untyped: false,
};

const STANDARD = /^(std|core|alloc|proc_macro|test)$/;
const ROOT_FILE = /(^|\/)(lib|main)\.rs$/;

/** What a format string puts in: `"{LIMIT}"`. */
export const writing: Writing = { dialect: RUST, statements: RUST_USE, countsInString: (_whole, before) => /\{$/.test(before) };

function create(tree: Tree, scans: Scans): Modules {
  const files = tree.paths().filter((path) => path.endsWith('.rs'));
  const crates = cratesOf(tree);
  const roots = new Set(crates.map(({ library }) => library));
  const nameless = files.filter((path) => /(^|\/)lib\.rs$/.test(path));
  const byPath = new Set<string>(files);
  const moduleOf = (path: string): string =>
    roots.has(path) || ROOT_FILE.test(path) ? folderOf(path) : path.replace(/\/mod\.rs$|\.rs$/, '');
  const byModule = new Map<string, RepoPath[]>();
  for (const path of files) {
    addTo(byModule, moduleOf(path), path);
    // `#[path = "unix.rs"] mod imp;` is known by both names.
    for (const { exported, file } of elsewhere(path, scans))
      if (byPath.has(file)) addTo(byModule, joinPath(moduleOf(path), exported), file as RepoPath);
  }
  const crateOf = (path: string): Crate | undefined => crates.find(({ folder }) => folder === '' || path.startsWith(`${folder}/`));
  /** The module that `crate` means in a file. */
  const rootOf = (path: RepoPath): string => {
    const crate = crateOf(path);
    const inside = path.slice(crate === undefined || crate.folder === '' ? 0 : crate.folder.length + 1);
    const single = /^(?:tests|examples|benches|src\/bin)\/([^/]+)/.exec(inside);
    if (crate !== undefined && single !== null) {
      const own = joinPath(crate.folder, single[0].replace(/\.rs$/, ''));
      // A module that several tests share (`tests/common/mod.rs`) has as many roots; its own folder is the nearest.
      return byModule.has(own) ? own : joinPath(crate.folder, folderOf(single[0]));
    }
    if (crate !== undefined && path.startsWith(`${folderOf(crate.library)}/`)) return folderOf(crate.library);
    for (let folder = folderOf(path); ; folder = folderOf(folder)) {
      if (byPath.has(joinPath(folder, 'lib.rs')) || byPath.has(joinPath(folder, 'main.rs')) || /(^|\/)src$/.test(folder)) return folder;
      if (folder === '') return folderOf(path);
    }
  };
  /** Goes down as far as there are modules; what is left are items, or modules inside the file. */
  const descend = (root: string, parts: readonly string[]): Destination => {
    let [module, at] = [root, 0];
    for (; at < parts.length && byModule.has(joinPath(module, parts[at] ?? '')); at += 1) module = joinPath(module, parts[at] ?? '');
    // A module inside a file is no file of its own: what stands in it belongs to the one around.
    while (/^[a-z_]/.test(parts[at] ?? '')) at += 1;
    return { module, rest: parts.slice(at) };
  };
  return {
    files,
    resolve(from, specifier) {
      const [first = '', ...rest] = specifier.split('::');
      if (first === 'crate') return [descend(rootOf(from), rest)];
      if (first === 'self') return [descend(ownRoot(moduleOf(from), from, byModule), rest)];
      if (first === 'super') {
        const ups = rest.findIndex((part) => part !== 'super');
        let module = folderOf(moduleOf(from));
        for (let up = 0; up < (ups < 0 ? rest.length : ups); up += 1) module = folderOf(module);
        return [descend(module, ups < 0 ? [] : rest.slice(ups))];
      }
      // Without a manifest nobody says what the library is called.
      const libraries =
        crates.length > 0
          ? crates.filter(({ names }) => names.includes(first)).map(({ library }) => library)
          : STANDARD.test(first)
            ? []
            : nameless;
      const outside = libraries.map((library) => descend(moduleOf(library), rest));
      // A module beside, or one of this file; before 2018 a path began at the root of the crate.
      const near = [moduleOf(from), rootOf(from)].filter((base) => byModule.has(joinPath(base, first)));
      return [...outside, ...[...new Set(near)].map((base) => descend(base, [first, ...rest]))];
    },
    inner(module, name) {
      const inside = joinPath(module, name);
      return byModule.has(inside) ? inside : undefined;
    },
    filesOf: (module) => byModule.get(module) ?? [],
    moduleOf,
    packageOf: (path) => crateOf(path)?.folder ?? folderOf(path),
  };
}

/** The library of a file in `tests` is a root and no module of the folder above. */
function ownRoot(module: string, from: RepoPath, byModule: ReadonlyMap<string, readonly RepoPath[]>): string {
  return byModule.get(module)?.includes(from) === true ? module : folderOf(from);
}

function elsewhere(path: RepoPath, scans: Scans): readonly { readonly exported: string; readonly file: string }[] {
  return scans.renamedOf(path).map(({ exported, local }) => ({ exported, file: joinPath(folderOf(path), local.replace(/^\.\//, '')) }));
}
