import type { SymbolFact } from '../../model/facts.ts';
import type { BlastRadius } from '../../model/radius.ts';
import type { RepoPath, Tree } from '../../model/tree.ts';
import type { ReachPrecision } from '../language.ts';

/** How one language says that a file leans on another; the rest of reach by name is the same for all. */
export interface Leaning {
  readonly extensions: readonly string[];
  /** Words of which a file that leans on `path` holds at least one. For a member of a type the type's own name is one. */
  readonly words: (path: RepoPath, text: string, symbol: SymbolFact) => readonly string[];
  /** True where a file with this text may mean what `path` declares: it is of its package, or asks for it. */
  readonly leans: (other: Source, declaring: Source, symbol: SymbolFact) => boolean;
  /** True where a name behind this one (`Instant` of `Instant.now`) is somebody else's. */
  readonly isOther: (qualifier: string, mark: string, other: Source, declaring: Source, symbol: SymbolFact) => boolean;
  /** A line that only asks for a name. */
  readonly asks: RegExp;
  /** What begins a remark, and a line inside a longer one. */
  readonly remarks: RegExp;
  readonly tests: RegExp;
}

export interface Source {
  readonly path: RepoPath;
  readonly text: string;
}

interface Place {
  readonly path: RepoPath;
  readonly line: number;
  readonly message: string;
  readonly isImport: boolean;
}

/** More files than this are searched for the symbol's own name too; what is still more is counted as one mention each, unopened. */
const MAX_FILES = 1_000;
/** As many where a change removes so many symbols that each gets an upper bound, and gets it soon. */
const MAX_FILES_EACH = 40;
const MAX_DEPENDENTS = 100;

/** What is kept of one tree. Invariant: an answer does not depend on what was asked before (test/languages/reach-by-name.test.ts). */
const KNOWN = new WeakMap<Tree, Map<string, BlastRadius | null>>();

/**
 * Dependents of a symbol by its name: every mention of it in a file that leans on the declaring one, remarks left out. An
 * upper bound: two symbols of one name in one package are told apart by nobody here. Asks the tree's word search, and opens
 * only what that found.
 */
export function reachByName(
  leaning: Leaning,
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
  const answer = ask(leaning, tree, path, symbol, precision === 'names' ? MAX_FILES_EACH : MAX_FILES);
  answers.set(question, answer);
  return answer;
}

function ask(leaning: Leaning, tree: Tree, path: RepoPath, symbol: SymbolFact, most: number): BlastRadius | null {
  const content = tree.read(path);
  if (content?.kind !== 'text') return null;
  const declaring = { path, text: content.text };
  const name = calledAs(symbol);
  const leaners = new Set(leaning.words(path, content.text, symbol).flatMap((word) => tree.mentioning(word, leaning.extensions)));
  // A module called `core` is in every file. Whether this name is too costs a search of its own, worth it for a few symbols.
  const isVague = leaners.size > most && most === MAX_FILES;
  const candidates = (isVague ? tree.mentioning(name, leaning.extensions).filter((other) => leaners.has(other)) : [...leaners])
    .filter((other) => other !== path)
    .sort();
  const places: Place[] = [];
  for (const [index, other] of candidates.entries()) {
    if (index >= most) places.push({ path: other, line: 1, message: `mentions ${name}`, isImport: false });
    else places.push(...mentionsIn(leaning, tree, other, declaring, symbol, name));
  }
  return radiusOf(leaning, symbol, places);
}

/** A constructor is called by the name of its type. */
function calledAs(symbol: SymbolFact): string {
  const parts = symbol.name.split('.');
  const last = parts.at(-1) ?? symbol.name;
  return isConstructor(symbol) ? (parts.at(-2) ?? last) : last;
}

function isConstructor(symbol: SymbolFact): boolean {
  return /(^|\.)(constructor|__init__|__new__)$/.test(symbol.name);
}

function mentionsIn(leaning: Leaning, tree: Tree, path: RepoPath, declaring: Source, symbol: SymbolFact, name: string): readonly Place[] {
  const content = tree.read(path);
  if (content?.kind !== 'text' || !content.text.includes(name)) return [];
  if (!leaning.leans({ path, text: content.text }, declaring, symbol)) return [];
  const whole = new RegExp(`(?<![\\w$])${name.replace(/[$]/g, '\\$&')}(?![\\w$])`, 'g');
  return content.text.split('\n').flatMap((line, index) => {
    if (!line.includes(name) || leaning.remarks.test(line)) return [];
    const isImport = leaning.asks.test(line);
    return [...line.matchAll(whole)].flatMap(({ index: at }): readonly Place[] => {
      const rest = line.slice(at + name.length);
      const [, qualifier = '', mark = ''] = /([A-Za-z_]\w*)(?:<[^<>]*>)?(\.|::)$/.exec(line.slice(Math.max(0, at - 120), at)) ?? [];
      if (!isImport && qualifier !== '' && leaning.isOther(qualifier, mark, { path, text: content.text }, declaring, symbol)) return [];
      const verb = isImport ? 'imports' : /^(?:\s*(?:::)?<[^<>()]*>)?\s*!?\(/.test(rest) ? 'calls' : 'mentions';
      // Whoever holds a thing did not make it.
      if (verb === 'mentions' && isConstructor(symbol)) return [];
      return [{ path, line: index + 1, message: `${verb} ${name}`, isImport }];
    });
  });
}

function radiusOf(leaning: Leaning, symbol: SymbolFact, places: readonly Place[]): BlastRadius {
  const files = [...new Set(places.map((place) => place.path))];
  const sorted = [...places].sort(
    (a, b) => Number(a.isImport) - Number(b.isImport) || (a.path < b.path ? -1 : a.path > b.path ? 1 : a.line - b.line),
  );
  return {
    references: places.length,
    files: files.length,
    transitiveFiles: files.length,
    packages: new Set(files.map((file) => file.slice(0, Math.max(0, file.lastIndexOf('/'))))).size,
    tests: files.filter((file) => leaning.tests.test(file)).length,
    exported: symbol.exported,
    method: 'names',
    atMost: true,
    dependents: sorted.slice(0, MAX_DEPENDENTS).map(({ path, line, message }) => ({ path, line, message })),
  };
}

/** `ledger` of `src/store/ledger.rs`. */
export function baseOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1).replace(/\.\w+$/, '');
}

/** `src/store` of `src/store/ledger.rs`; empty at the root. */
export function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

/** The type that a member belongs to, or the symbol itself. */
export function ownerOf(symbol: SymbolFact): string {
  const dot = symbol.name.lastIndexOf('.');
  return dot < 0 ? symbol.name : (symbol.name.slice(0, dot).split('.').at(-1) ?? symbol.name);
}

/** True where a whole word stands in a text. */
export function holds(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1))
    if (!/[\w$]/.test(text.charAt(at - 1)) && !/[\w$]/.test(text.charAt(at + word.length))) return true;
  return false;
}
