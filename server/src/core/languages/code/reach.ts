import type { SymbolFact } from '../../model/facts.ts';
import type { BlastRadius } from '../../model/radius.ts';
import type { RepoPath, Tree } from '../../model/tree.ts';
import { isTestFile } from '../../test-files.ts';
import type { ReachPrecision } from '../language.ts';
import type { Declarations } from './declarations.ts';
import { graphOf, type ImportGraph } from './import-graph.ts';
import type { Asked } from './meanings.ts';
import type { ModuleLanguage } from './modules.ts';
import { type Search, searchFor, type Use, type Writing } from './name-uses.ts';

/** What reach needs to know of a language: how its imports lead to files, and how it writes. */
export interface ReachLanguage {
  readonly modules: ModuleLanguage;
  readonly writing: Writing;
  /** Where a file declares what; undefined where its grammar cannot say, and then its declarations count as dependents. */
  readonly declarations?: (path: RepoPath, text: string) => Declarations | undefined;
}

/** Where so many symbols go that each gets its bound soon, no more files than this are read with care; in the others every mention counts. */
const MAX_FILES_EACH = 40;
const MAX_DEPENDENTS = 100;

/** What is kept of one tree, and of its files' declarations. Invariant: an answer does not depend on what was asked before (test/languages/reach-by-name.test.ts). */
const KNOWN = new WeakMap<Tree, Map<string, BlastRadius | null>>();
const DECLARATIONS = new WeakMap<Tree, Map<RepoPath, Declarations | undefined>>();

/**
 * Dependents of a symbol: every place that may mean it in a file whose imports lead to it, under whatever name. An upper bound, for
 * a name may be hidden by a local one, and whose member `x.name` is nobody knows without types. What only the run decides (a module
 * loaded by a computed name, `getattr`) is not seen.
 */
export function reachByName(
  language: ReachLanguage,
  tree: Tree,
  path: RepoPath,
  symbol: SymbolFact,
  precision: ReachPrecision,
): BlastRadius | null {
  const answers = KNOWN.get(tree) ?? new Map<string, BlastRadius | null>();
  KNOWN.set(tree, answers);
  const question = `${precision} ${path} ${symbol.kind} ${symbol.name}`;
  const known = answers.get(question);
  if (known !== undefined) return known;
  const answer = ask(language, tree, path, symbol, precision === 'names' ? MAX_FILES_EACH : Number.POSITIVE_INFINITY);
  answers.set(question, answer);
  return answer;
}

/** Every place outside its declaration that may mean a symbol, by path and place; undefined where the file has no text. */
export function usesOfSymbol(
  language: ReachLanguage,
  tree: Tree,
  path: RepoPath,
  symbol: Pick<SymbolFact, 'name'>,
  most: number,
): readonly Use[] | undefined {
  if (tree.read(path)?.kind !== 'text') return undefined;
  const { modules, writing } = language;
  const graph = graphOf(modules, tree);
  const asked = askedOf(path, symbol.name, declarationsOf(language, tree, path));
  const search = searchFor(modules, writing, tree, graph, asked);
  const files = candidatesOf(modules, tree, search, asked);
  return files.flatMap((file, index): readonly Use[] => (index < most || file === path ? search.usesIn(file) : search.mentionsIn(file)));
}

function declarationsOf({ declarations }: ReachLanguage, tree: Tree, path: RepoPath): Declarations | undefined {
  const known = DECLARATIONS.get(tree) ?? new Map<RepoPath, Declarations | undefined>();
  DECLARATIONS.set(tree, known);
  const content = tree.read(path);
  if (!known.has(path)) known.set(path, content?.kind === 'text' ? declarations?.(path, content.text) : undefined);
  return known.get(path);
}

/** A constructor is called by the name of its type. */
function askedOf(path: RepoPath, name: string, declarations: Declarations | undefined): Asked {
  const parts = name.split('.');
  const isConstructor = /(^|\.)(constructor|__init__|__new__)$/.test(name) && parts.length > 1;
  const owner = parts.slice(0, isConstructor ? -1 : undefined);
  const member = owner.length > 1 ? owner.at(-1) : undefined;
  return {
    path,
    name: owner[0] ?? name,
    member,
    onlyCalls: isConstructor,
    isImplied: member === 'value' && /\.(java|kts?|groovy|scala)$/.test(path),
    declared: declarations?.get(name) ?? [],
  };
}

/** Files that hold a name of the symbol and whose imports lead to it; a name that is passed on under another brings more. */
function candidatesOf(language: ModuleLanguage, tree: Tree, search: Search, asked: Asked): readonly RepoPath[] {
  const found = new Set<RepoPath>();
  const queue = asked.isImplied ? [asked.member ?? '', asked.name] : [asked.member ?? asked.name];
  for (let word = queue.pop(); word !== undefined; word = queue.pop()) {
    for (const path of tree.mentioning(word, language.extensions)) {
      if (found.has(path) || !search.mayUse(path)) continue;
      found.add(path);
      queue.push(...search.aliasesIn(path));
    }
  }
  return [...found].sort();
}

function ask(language: ReachLanguage, tree: Tree, path: RepoPath, symbol: SymbolFact, most: number): BlastRadius | null {
  const uses = usesOfSymbol(language, tree, path, symbol, most);
  return uses === undefined ? null : radiusOf(graphOf(language.modules, tree), path, symbol, uses);
}

function radiusOf(graph: ImportGraph, path: RepoPath, symbol: SymbolFact, uses: readonly Use[]): BlastRadius {
  const files = [...new Set(uses.map((use) => use.path))].filter((file) => file !== path);
  // Whoever imports the declaring file may mean what in it depends on the symbol.
  const around = uses.some((use) => use.path === path && !isPassing(use)) ? [...files, path] : files;
  const inTurn = graph.dependentsOf(around);
  const sorted = [...uses].sort(
    (a, b) => Number(isPassing(a)) - Number(isPassing(b)) || (a.path < b.path ? -1 : a.path > b.path ? 1 : a.line - b.line),
  );
  return {
    references: uses.length,
    files: files.length,
    transitiveFiles: [...inTurn].filter((file) => file !== path).length,
    packages: new Set(files.map((file) => graph.modules.packageOf(file))).size,
    tests: files.filter(isTestFile).length,
    exported: symbol.exported,
    method: 'names',
    atMost: true,
    dependents: sorted
      .slice(0, MAX_DEPENDENTS)
      .map((use) => ({ path: use.path, line: use.line, message: `${VERBS[use.kind]} ${use.word}` })),
  };
}

function isPassing({ kind }: Use): boolean {
  return kind === 'import' || kind === 'export';
}

const VERBS: Readonly<Record<Use['kind'], string>> = { import: 'imports', export: 'exports', call: 'calls', use: 'mentions' };
