import type { RepoPath, Tree } from '../../model/tree.ts';
import type { Compiler } from './compiler.ts';
import { type Resolver, SOURCE_EXTENSIONS } from './resolve.ts';

/** What each file of a tree imports, read when it is first asked and kept: a tree never changes. */
export interface ImportGraph {
  /** Files of the tree that `path` imports, requires or re-exports from. */
  importsOf(path: RepoPath): readonly RepoPath[];
  /** True where the file passes on what others export. */
  isBarrel(path: RepoPath): boolean;
  /** Every file that reaches one of `roots` by imports, the roots left out; `capped` where not all were looked at. */
  importersOf(roots: readonly RepoPath[]): Importers;
  /** Source files that hold an identifier, sorted. */
  mentioning(word: string): readonly RepoPath[];
}

export interface Importers {
  readonly files: ReadonlySet<RepoPath>;
  readonly capped: boolean;
}

/** Up to this many source files the whole graph is read; above it, files are found by mentions of their names. */
const WHOLE_GRAPH = 6_000;
const MAX_QUERIES = 8;

export function createImportGraph(ts: Compiler, tree: Tree, resolver: Resolver): ImportGraph {
  const known = new Map<RepoPath, readonly RepoPath[]>();
  const sources = tree
    .paths()
    .filter((path) => SOURCE_EXTENSIONS.some((extension) => path.endsWith(extension)) && !path.includes('node_modules/'));

  const barrels = new Map<RepoPath, boolean>();
  let whole: ReadonlyMap<RepoPath, readonly RepoPath[]> | undefined;
  let holders: ReadonlyMap<string, readonly RepoPath[]> | undefined;

  const textOf = (path: RepoPath): string => {
    const content = tree.read(path);
    return content?.kind === 'text' ? content.text : '';
  };
  const importsOf = (path: RepoPath): readonly RepoPath[] => {
    const before = known.get(path);
    if (before !== undefined) return before;
    const info = ts.preProcessFile(untilLastImport(textOf(path)), true, true);
    const found = new Set<RepoPath>();
    for (const { fileName } of info.importedFiles) {
      const target = resolver.resolve(path, fileName);
      if (target !== undefined && target !== path) found.add(target);
    }
    const list = [...found];
    known.set(path, list);
    return list;
  };
  const mentioning = (word: string): readonly RepoPath[] => {
    // Where all files are read for the graph anyway, they are searched once and not by a process for each question.
    if (sources.length > WHOLE_GRAPH) return tree.mentioning(word, SOURCE_EXTENSIONS);
    if (holders === undefined) tree.prefetch?.(sources);
    holders ??= holdersOf(sources, textOf);
    return holders.get(word) ?? [];
  };
  const directImporters = (target: RepoPath): readonly RepoPath[] => {
    const word = wordOf(target);
    return mentioning(word).filter((path) => path !== target && importsOf(path).includes(target));
  };

  return {
    importsOf,
    mentioning,
    isBarrel(path) {
      const known = barrels.get(path) ?? /\bexport\b[^;]*\bfrom\b|\bmodule\.exports\s*=\s*require\(/.test(textOf(path));
      barrels.set(path, known);
      return known;
    },
    importersOf,
  };

  function importersOf(roots: readonly RepoPath[]): Importers {
    const found = new Set<RepoPath>(roots);
    const queue = [...roots];
    if (sources.length <= WHOLE_GRAPH && whole === undefined) {
      tree.prefetch?.(sources);
      whole = reverse(sources, importsOf);
    }
    let queries = 0;
    for (let at = queue.shift(); at !== undefined; at = queue.shift()) {
      // An upper bound where the graph is too wide to walk: every source file may be one.
      if (whole === undefined && ++queries > MAX_QUERIES) return { files: without(sources, roots), capped: true };
      for (const importer of whole === undefined ? directImporters(at) : (whole.get(at) ?? [])) {
        if (found.has(importer)) continue;
        found.add(importer);
        queue.push(importer);
      }
    }
    return { files: without([...found], roots), capped: false };
  }
}

/** How far behind its keyword the address of an import may stand, comments between them included. */
const LONGEST_IMPORT = 2_000;

/**
 * The text as far as it may import something: behind that, reading it token by token finds nothing. The whole text where a word
 * may be written with escapes, or a call lists what it needs.
 */
function untilLastImport(text: string): string {
  if (/\\u|\b(?:declare|define)\b/.test(text)) return text;
  const last = Math.max(lastMatch(text, 'from', /\s*["'`/]/y), lastMatch(text, 'import', /[^\w$]/y), lastMatch(text, 'require', /[\s/(]/y));
  return last < 0 ? '' : text.slice(0, last + LONGEST_IMPORT);
}

/** Where `word` stands for the last time with `next` right behind it; -1 where it does not. `next` is sticky. */
function lastMatch(text: string, word: string, next: RegExp): number {
  for (let at = text.lastIndexOf(word); at >= 0; at = at === 0 ? -1 : text.lastIndexOf(word, at - 1)) {
    next.lastIndex = at + word.length;
    if (next.test(text)) return at;
  }
  return -1;
}

function without(files: readonly RepoPath[], roots: readonly RepoPath[]): ReadonlySet<RepoPath> {
  const left = new Set(files);
  for (const root of roots) left.delete(root);
  return left;
}

function holdersOf(sources: readonly RepoPath[], textOf: (path: RepoPath) => string): ReadonlyMap<string, readonly RepoPath[]> {
  const holders = new Map<string, RepoPath[]>();
  for (const path of sources) {
    for (const word of new Set(textOf(path).match(/[A-Za-z0-9_$]+/g))) {
      const list = holders.get(word);
      if (list === undefined) holders.set(word, [path]);
      else list.push(path);
    }
  }
  return holders;
}

function reverse(
  sources: readonly RepoPath[],
  importsOf: (path: RepoPath) => readonly RepoPath[],
): ReadonlyMap<RepoPath, readonly RepoPath[]> {
  const importers = new Map<RepoPath, RepoPath[]>();
  for (const source of sources) {
    for (const target of importsOf(source)) {
      const list = importers.get(target) ?? [];
      list.push(source);
      importers.set(target, list);
    }
  }
  return importers;
}

/** A word that a file which imports `path` must hold: its base name, or its folder's where it is an index. */
export function wordOf(path: RepoPath): string {
  const parts = path.split('/');
  const base = (parts.at(-1) ?? '').replace(/(\.d)?\.[cm]?[jt]sx?$/, '');
  const name = base === 'index' ? (parts.at(-2) ?? base) : base;
  // A search is by words: of `pay-out.service` the last identifier stands for the whole.
  return name.match(/[A-Za-z0-9_$]+/g)?.at(-1) ?? name;
}
