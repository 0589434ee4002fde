import type { ImportRecord } from '../../model/file-scan.ts';
import type { RepoPath, Tree } from '../../model/tree.ts';

/**
 * What a specifier leads to: a module, and names behind it that are no modules (`Clock` of `shop.Clock.now`). How a language calls
 * its modules is its own affair: a folder in Go, a dotted package in Java, a path without its ending in Python and Rust.
 */
export interface Destination {
  readonly module: string;
  readonly rest: readonly string[];
}

/** The modules of one tree, in memory. Everything that is asked of the disk is in `tree.paths()` and the scans. */
export interface Modules {
  /** Files of the language, sorted. */
  readonly files: readonly RepoPath[];
  /** Where a specifier of a file may lead inside the tree; empty where it leads out of it. Several where nobody can tell. */
  resolve(from: RepoPath, specifier: string): readonly Destination[];
  /** The module `name` inside another one. */
  inner(module: string, name: string): string | undefined;
  filesOf(module: string): readonly RepoPath[];
  moduleOf(path: RepoPath): string;
  /** What is counted as a package of the repository. */
  packageOf(path: RepoPath): string;
}

/** One language's imports; the graph and the references (import-graph.ts, name-uses.ts) are the same for all. */
export interface ModuleLanguage {
  readonly extensions: readonly string[];
  /** Makes the modules of a tree. `importsOf` and `exportsOf` are its files' scans. */
  create(tree: Tree, scans: Scans): Modules;
  /** What stands between the parts of a path: `.`, `::`. */
  readonly separator: '.' | '::';
  /** A file of the same module sees its names without asking (Go, Java). */
  readonly sharesModule: boolean;
  /** A module may offer what it imported (Python, Rust). */
  readonly passesOn: boolean;
  /** A name that is imported hides what the module or a wildcard brings. */
  readonly importsHide: boolean;
  /** Whoever holds a thing need not be able to name its type, so that a file may use a member without importing anything. */
  readonly untyped: boolean;
}

export interface Scans {
  importsOf(path: RepoPath): readonly ImportRecord[];
  /** Names that a file declares, as it calls them itself. */
  namesOf(path: RepoPath): readonly string[];
  /** What the first export says of the whole file: Go's package name, Java's package. */
  headOf(path: RepoPath): { readonly exported: string; readonly local: string | undefined } | undefined;
  /** Modules that a file of Rust has in a file of another name. */
  renamedOf(path: RepoPath): readonly { readonly exported: string; readonly local: string }[];
  /** Whether a file may hold a word; see `FileScan.words`. */
  mayHold(path: RepoPath, word: string): boolean;
}

/** `ledger` of `src/store/ledger.rs`. */
export function baseOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1).replace(/\.\w+$/, '');
}

/** `src/store` of `src/store/ledger.rs`; empty at the root. */
export function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

/** `a/b` of `a` and `b`, where either may be empty. */
export function joinPath(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join('/');
}

/** Puts a value into the list that a map holds under a key. */
export function addTo<Key, Value>(map: Map<Key, Value[]>, key: Key, value: Value): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
