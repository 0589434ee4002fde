import type { ts } from 'ts-morph';
import type { SymbolFact } from '../../model/facts.ts';
import type { BlastRadius } from '../../model/radius.ts';
import type { RepoPath, Tree } from '../../model/tree.ts';
import type { ReachPrecision } from '../language.ts';
import { type Compiler, compiler } from './compiler.ts';
import { createImportGraph, type Importers, type ImportGraph, wordOf } from './imports.ts';
import { type Located, locate } from './locate.ts';
import { createRegistry, findPlaces, type Place } from './references.ts';
import { createResolver, type Resolver } from './resolve.ts';
import { parseSource, type View, viewOf } from './view.ts';

/** What is kept of one tree. Invariant: an answer does not depend on what was asked before (test/languages/typescript-reach.test.ts). */
interface Knowledge {
  readonly resolver: Resolver;
  readonly graph: ImportGraph;
  readonly registry: ts.DocumentRegistry;
  readonly answers: Map<string, BlastRadius | null>;
  /** Of the file that was asked about last, since a change asks for its symbols one after the other. */
  readonly viewOf: (path: RepoPath, text: string) => View;
  readonly importersOf: (path: RepoPath) => Importers;
}

const KNOWN = new WeakMap<Tree, Knowledge>();

const MAX_CANDIDATES = 400;
const MAX_BARRELS = 100;
const MAX_DEPENDENTS = 100;
const TEST_FILE = /(^|\/)(tests?|specs?|__tests__|__mocks__|fixtures?|e2e)\/|[._-](test|spec|e2e)\.[cm]?[jt]sx?$/;

/**
 * Dependents of a symbol of `path`, asked of the tree that still has it. A reference is every identifier that means the
 * symbol outside its own declaration, import and export specifiers included, as an editor's "find all references" counts.
 */
export function reachOfSymbol(tree: Tree, path: RepoPath, symbol: SymbolFact, precision: ReachPrecision): BlastRadius | null {
  const ts = compiler();
  if (ts === undefined) return null;
  const knowledge = knowledgeOf(ts, tree);
  const question = `${precision} ${path} ${symbol.kind} ${symbol.name}`;
  const known = knowledge.answers.get(question);
  if (known !== undefined) return known;
  const answer = askSafely(() => ask(ts, tree, knowledge, path, symbol, precision));
  knowledge.answers.set(question, answer);
  return answer;
}

/** A file that is too deep to walk, or that the compiler stumbles over, is not computed, which is never read as none. */
function askSafely(answer: () => BlastRadius | null): BlastRadius | null {
  try {
    return answer();
  } catch {
    return null;
  }
}

function knowledgeOf(ts: Compiler, tree: Tree): Knowledge {
  const known = KNOWN.get(tree);
  if (known !== undefined) return known;
  const resolver = createResolver(tree);
  const graph = createImportGraph(ts, tree, resolver);
  const fresh: Knowledge = {
    resolver,
    graph,
    registry: createRegistry(ts),
    answers: new Map(),
    viewOf: keepLatest((path, text: string) => viewOf(ts, parseSource(ts, path, text))),
    importersOf: keepLatest((path) => graph.importersOf([path])),
  };
  KNOWN.set(tree, fresh);
  return fresh;
}

/** Remembers the answer for one path; a tree never changes. */
function keepLatest<Rest extends readonly unknown[], Answer>(
  answer: (path: RepoPath, ...rest: Rest) => Answer,
): (path: RepoPath, ...rest: Rest) => Answer {
  let latest: { readonly path: RepoPath; readonly answer: Answer } | undefined;
  return (path, ...rest) => {
    if (latest?.path !== path) latest = { path, answer: answer(path, ...rest) };
    return latest.answer;
  };
}

function ask(
  ts: Compiler,
  tree: Tree,
  knowledge: Knowledge,
  path: RepoPath,
  symbol: SymbolFact,
  precision: ReachPrecision,
): BlastRadius | null {
  const content = tree.read(path);
  if (content?.kind !== 'text') return null;
  if (symbol.name.startsWith('* from')) return passedOn(knowledge, tree, path, symbol);
  if (precision === 'names') return byNames(tree, knowledge, path, symbol);
  const located =
    symbol.name.includes('.') && symbol.name !== 'module.exports' ? undefined : locate(knowledge.viewOf(path, content.text), symbol.name);
  if (located === undefined) return byNames(tree, knowledge, path, symbol);
  const candidates = candidatesOf(knowledge, path, symbol, located);
  if (candidates.length > MAX_CANDIDATES) return byNames(tree, knowledge, path, symbol);
  const files = withBarrels(knowledge.graph, [path, ...candidates]);
  const places = findPlaces(ts, knowledge.registry, tree, knowledge.resolver, path, located, files);
  // The compiler does not follow a shorthand of `module.exports` to whoever takes the module apart.
  const isFollowed = places.some((place) => place.path !== path) || !/\bmodule\.exports\b|\bexports\.\w/.test(content.text);
  return isFollowed ? radiusOf(knowledge, path, symbol, places, 'types', false) : byNames(tree, knowledge, path, symbol);
}

/** Files that may mean the symbol: those that hold its name, and where the name is the importer's choice, the module's. */
function candidatesOf({ graph, importersOf }: Knowledge, path: RepoPath, symbol: SymbolFact, located: Located): readonly RepoPath[] {
  const found = new Set<RepoPath>();
  if (/^[A-Za-z_$][\w$]*$/.test(symbol.name) && symbol.name !== 'default')
    for (const file of graph.mentioning(symbol.name)) found.add(file);
  if (located.isDefault) for (const file of graph.mentioning(wordOf(path))) found.add(file);
  found.delete(path);
  // Whoever means the symbol reaches its file by imports, and a name passed on comes from a file that this one imports; any
  // other file only has the same word.
  const importers = importersOf(path);
  const sources = graph.importsOf(path);
  return [...found].filter((file) => importers.files.has(file) || sources.includes(file)).sort();
}

/** Adds the files on the import path that pass names on without holding them (`export * from`). */
function withBarrels(graph: ImportGraph, files: readonly RepoPath[]): ReadonlySet<RepoPath> {
  const all = new Set(files);
  const queue = [...files];
  let barrels = 0;
  for (let at = queue.shift(); at !== undefined; at = queue.shift()) {
    for (const target of graph.importsOf(at)) {
      if (all.has(target) || !graph.isBarrel(target) || barrels >= MAX_BARRELS) continue;
      barrels += 1;
      all.add(target);
      queue.push(target);
    }
  }
  return all;
}

/** `export * from` carries names that nobody wrote down: its importers stand for its dependents. */
function passedOn(knowledge: Knowledge, tree: Tree, path: RepoPath, symbol: SymbolFact): BlastRadius {
  const importers = knowledge.graph
    .mentioning(wordOf(path))
    .filter((file) => file !== path && knowledge.graph.importsOf(file).includes(path));
  const places = importers.map((file) => ({
    path: file,
    line: lineOf(tree, file, wordOf(path)),
    message: `imports from ${wordOf(path)}`,
    isImport: true,
  }));
  return radiusOf(knowledge, path, symbol, places, 'imports', true);
}

/** Members, and symbols with too many candidates: every mention of the name in a file that imports this one, near or far. An upper bound. */
function byNames(tree: Tree, knowledge: Knowledge, path: RepoPath, symbol: SymbolFact): BlastRadius {
  const parts = symbol.name.split('.');
  const member = parts.at(-1) ?? symbol.name;
  const owner = parts.length > 1 ? parts.at(-2) : undefined;
  const word = member === 'constructor' && owner !== undefined ? owner : member;
  const importers = knowledge.importersOf(path);
  const mentioned = knowledge.graph.mentioning(word).filter((file) => importers.files.has(file));
  const places = mentioned.flatMap((file) => mentionsIn(tree, file, word));
  return radiusOf(knowledge, path, symbol, places, 'names', true);
}

function mentionsIn(tree: Tree, path: RepoPath, word: string): readonly Place[] {
  const content = tree.read(path);
  if (content?.kind !== 'text') return [];
  const whole = new RegExp(`(?<![\\w$])${word.replace(/[$]/g, '\\$&')}(?![\\w$])`, 'g');
  return content.text
    .split('\n')
    .flatMap((line, index) =>
      [...line.matchAll(whole)].map(() => ({ path, line: index + 1, message: `mentions ${word}`, isImport: false })),
    );
}

function lineOf(tree: Tree, path: RepoPath, word: string): number {
  return mentionsIn(tree, path, word)[0]?.line ?? 1;
}

function radiusOf(
  knowledge: Knowledge,
  path: RepoPath,
  symbol: SymbolFact,
  places: readonly Place[],
  method: BlastRadius['method'],
  atMost: boolean,
): BlastRadius {
  const files = [...new Set(places.map((place) => place.path))].filter((file) => file !== path);
  const transitive = knowledge.graph.importersOf(files);
  const sorted = [...places].sort(
    (a, b) => Number(a.isImport) - Number(b.isImport) || (a.path < b.path ? -1 : a.path > b.path ? 1 : a.line - b.line),
  );
  return {
    references: places.length,
    files: files.length,
    transitiveFiles: [...transitive.files].filter((file) => file !== path).length,
    packages: new Set(files.map((file) => knowledge.resolver.packageOf(file))).size,
    tests: files.filter((file) => TEST_FILE.test(file)).length,
    exported: symbol.exported,
    method,
    atMost: atMost || transitive.capped,
    dependents: sorted.slice(0, MAX_DEPENDENTS).map(({ path: file, line, message }) => ({ path: file, line, message })),
  };
}
