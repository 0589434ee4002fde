import type { ImportRecord } from '../../model/file-scan.ts';
import type { RepoPath, Tree } from '../../model/tree.ts';
import { scanOf } from '../../scan/scan-of.ts';
import { hashOfWord, runsOf } from '../../scan/words.ts';
import { addTo, type Destination, type ModuleLanguage, type Modules, type Scans } from './modules.ts';

/** A name that a file binds by an import, and where it may come from. */
export interface Binding {
  /** `*` for everything that the module offers. */
  readonly local: string;
  readonly imported: string;
  readonly from: readonly Destination[];
  readonly kind: ImportRecord['kind'];
}

/** The imports of one tree's files of one language. Invariant: a function of the tree (test/languages/reach-graph.test.ts). */
export interface ImportGraph {
  readonly modules: Modules;
  readonly scans: Scans;
  bindingsOf(path: RepoPath): readonly Binding[];
  /** Files that declare what `name` of a module is, behind whatever passes it on; empty where nobody says so. */
  declarersOf(module: string, name: string): readonly RepoPath[];
  importsOf(path: RepoPath): readonly RepoPath[];
  /** Files that import `path` themselves. */
  importersOf(path: RepoPath): readonly RepoPath[];
  /** Files that import one of these, or import one that does, without end; these themselves left out. */
  dependentsOf(paths: readonly RepoPath[]): ReadonlySet<RepoPath>;
  /** Files that these import, without end. */
  dependenciesOf(paths: readonly RepoPath[]): ReadonlySet<RepoPath>;
}

const KNOWN = new WeakMap<Tree, Map<ModuleLanguage, ImportGraph>>();

/** The graph of a tree, made once. Edges are worked out when first asked for. */
export function graphOf(language: ModuleLanguage, tree: Tree): ImportGraph {
  const graphs = KNOWN.get(tree) ?? new Map<ModuleLanguage, ImportGraph>();
  KNOWN.set(tree, graphs);
  const known = graphs.get(language) ?? createGraph(language, tree);
  graphs.set(language, known);
  return known;
}

function createGraph(language: ModuleLanguage, tree: Tree): ImportGraph {
  const scans = scansOf(tree);
  const modules = language.create(tree, scans);
  const bindingsOf = keep((path: RepoPath) => scans.importsOf(path).flatMap((record) => bind(language, modules, scans, path, record)));
  const declaredIn = keep((module: string) => {
    const names = new Map<string, RepoPath[]>();
    for (const file of modules.filesOf(module)) for (const name of scans.namesOf(file)) addTo(names, name, file);
    return names;
  });
  const declarersOf = (module: string, name: string): readonly RepoPath[] => {
    const found = new Set<RepoPath>();
    const seen = new Set<string>();
    const queue: (readonly [string, string])[] = [[module, name]];
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      const [at, asked] = next;
      if (seen.has(`${asked} ${at}`)) continue;
      seen.add(`${asked} ${at}`);
      const own = declaredIn(at).get(asked);
      for (const file of own ?? []) found.add(file);
      if (own !== undefined || !language.passesOn) continue;
      for (const { local, imported, from } of modules.filesOf(at).flatMap(bindingsOf)) {
        if (local !== asked && local !== '*') continue;
        for (const { module: other, rest } of from) {
          const inner = rest.length === 0 && local !== '*' ? modules.inner(other, imported) : undefined;
          for (const file of inner === undefined ? [] : modules.filesOf(inner)) found.add(file);
          if (imported !== '*' || local === '*') queue.push([other, rest[0] ?? (local === '*' ? asked : imported)]);
        }
      }
    }
    return [...found];
  };
  const importsOf = keep((path: RepoPath) => {
    const found = new Set<RepoPath>();
    const take = (files: readonly RepoPath[]): void => {
      for (const file of files) if (file !== path) found.add(file);
    };
    /** Files of a module whose names this one holds; all, where it holds none. */
    const named = (files: readonly RepoPath[]): readonly RepoPath[] => {
      const used = files.filter((file) => scans.namesOf(file).some((name) => scans.mayHold(path, name)));
      return used.length > 0 ? used : files;
    };
    for (const record of scans.importsOf(path)) {
      for (const { module, rest } of modules.resolve(path, record.specifier)) {
        if (record.names.length === 0) take(language.sharesModule ? named(modules.filesOf(module)) : modules.filesOf(module));
        for (const { imported } of record.names) {
          const name = rest[0] ?? imported;
          const inner = rest.length === 0 ? modules.inner(module, name) : undefined;
          const declarers = name === '*' ? [] : declarersOf(module, name);
          if (inner !== undefined) take(modules.filesOf(inner));
          if (declarers.length > 0) take(declarers);
          else if (inner === undefined && rest.length === 0)
            take(language.sharesModule ? named(modules.filesOf(module)) : modules.filesOf(module));
        }
      }
    }
    if (language.sharesModule)
      for (const file of modules.filesOf(modules.moduleOf(path)))
        if (scans.namesOf(file).some((name) => scans.mayHold(path, name))) take([file]);
    return [...found];
  });
  let reverse: ReadonlyMap<RepoPath, readonly RepoPath[]> | undefined;
  const importersOf = (path: RepoPath): readonly RepoPath[] => {
    reverse ??= reversed(modules.files, importsOf);
    return reverse.get(path) ?? [];
  };
  return {
    modules,
    scans,
    bindingsOf,
    declarersOf,
    importsOf,
    importersOf,
    dependentsOf: (paths) => closure(paths, importersOf),
    dependenciesOf: (paths) => closure(paths, importsOf),
  };
}

function bind(language: ModuleLanguage, modules: Modules, scans: Scans, path: RepoPath, record: ImportRecord): readonly Binding[] {
  const from = modules.resolve(path, record.specifier);
  return record.names.flatMap(({ imported, local }): readonly Binding[] => {
    const binding = { local, imported, from, kind: record.kind };
    if (imported !== '*' || local === '*' || !language.sharesModule) return [binding];
    // A package of Go may be called otherwise than its path ends.
    const clauses = from.flatMap(({ module }) => modules.filesOf(module).flatMap((file) => scans.headOf(file)?.local ?? []));
    return [local, ...new Set(clauses.filter((name) => name !== local && !name.endsWith('_test')))].map((name) => ({
      ...binding,
      local: name,
    }));
  });
}

function scansOf(tree: Tree): Scans {
  const hashes = keep((word: string) => runsOf(word).map(hashOfWord));
  const words = keep((path: RepoPath) => new Set(scanOf(tree, path)?.words));
  return {
    importsOf: (path) => scanOf(tree, path)?.module?.imports ?? [],
    namesOf: keep((path: RepoPath) =>
      (scanOf(tree, path)?.module?.exports ?? []).flatMap(({ exported, local }) =>
        exported === '*' || exported.endsWith('.*') ? [] : [local === undefined || local.endsWith('.rs') ? exported : local],
      ),
    ),
    renamedOf: (path) =>
      (scanOf(tree, path)?.module?.exports ?? []).flatMap(({ exported, local }) =>
        local?.endsWith('.rs') === true ? [{ exported, local }] : [],
      ),
    headOf: (path) => scanOf(tree, path)?.module?.exports[0],
    mayHold: (path, word) => hashes(word).every((hash) => words(path).has(hash)),
  };
}

function reversed(
  files: readonly RepoPath[],
  importsOf: (path: RepoPath) => readonly RepoPath[],
): ReadonlyMap<RepoPath, readonly RepoPath[]> {
  const importers = new Map<RepoPath, RepoPath[]>();
  for (const file of files) for (const target of importsOf(file)) addTo(importers, target, file);
  return importers;
}

function closure(from: readonly RepoPath[], next: (path: RepoPath) => readonly RepoPath[]): ReadonlySet<RepoPath> {
  const found = new Set<RepoPath>(from);
  const queue = [...from];
  for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
    for (const other of next(at)) {
      if (found.has(other)) continue;
      found.add(other);
      queue.push(other);
    }
  }
  for (const path of from) found.delete(path);
  return found;
}

/** Remembers each answer; what it is asked about never changes. */
export function keep<Key, Answer>(answer: (key: Key) => Answer): (key: Key) => Answer {
  const known = new Map<Key, Answer>();
  return (key) => {
    const found = known.get(key);
    if (found !== undefined || known.has(key)) return found as Answer;
    const fresh = answer(key);
    known.set(key, fresh);
    return fresh;
  };
}
