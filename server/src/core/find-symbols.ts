import { pathContext } from './facts/path-context.ts';
import { readFacts } from './facts/read-facts.ts';
import type { AssessedHunk } from './model/assessment.ts';
import type { Change } from './model/change.ts';
import type { SourceFacts, SymbolFact } from './model/facts.ts';
import type { Finding } from './model/finding.ts';
import type { Position, Range } from './model/range.ts';
import type { RepoPath, Tree } from './model/tree.ts';
import { isTestFile } from './test-files.ts';

/** A symbol with the tree that is asked about it. */
export interface FoundSymbol {
  readonly tree: Tree;
  readonly path: RepoPath;
  readonly symbol: SymbolFact;
}

const EXTENSIONS = ['.ts', '.tsx', '.mts', '.cts', '.js', '.jsx', '.mjs', '.cjs', '.py', '.go', '.java', '.rs', '.rb'];

/** Files that may declare `name`, by the word before it or the sign behind it; to be prepared before they are read. */
export function likelyDeclarers(tree: Tree, name: string): readonly RepoPath[] {
  const word = name.split('.').at(-1) ?? name;
  const escaped = word.replace(/[$]/g, '\\$&');
  const declares = new RegExp(
    `\\b(?:function\\*?|class|const|let|var|interface|type|enum|namespace|def|func|fn|struct|trait|mod|static|record|object)\\s{1,40}(?:\\([^()]{0,400}\\)\\s{0,40})?${escaped}(?![\\w$])|(?<![\\w$.])${escaped}\\s{0,40}(?:<[^<>]{0,400}>\\s{0,40})?[(:=?]`,
  );
  return tree.mentioning(word, EXTENSIONS).filter((path) => {
    const content = tree.read(path);
    return content?.kind === 'text' && declares.test(content.text);
  });
}

/**
 * Symbols of some files that are called `name`, or that end in it behind a dot. Whole names win over members, what others can ask
 * for over what a file keeps to itself, and the product over its tests: a later choice is made only where an earlier one is left.
 */
export function symbolsNamed(tree: Tree, paths: readonly RepoPath[], name: string): readonly FoundSymbol[] {
  const found = paths.flatMap((path) =>
    distinct(factsAt(tree, path)?.symbols ?? []).flatMap((symbol): readonly FoundSymbol[] =>
      symbol.name === name || symbol.name.endsWith(`.${name}`) ? [{ tree, path, symbol }] : [],
    ),
  );
  return [
    ({ symbol }: FoundSymbol) => symbol.exported,
    ({ symbol }: FoundSymbol) => symbol.name === name,
    ({ path }: FoundSymbol) => !isTestFile(path) && pathContext(path) !== 'test',
  ].reduce<readonly FoundSymbol[]>((left, isBetter) => {
    const better = left.filter(isBetter);
    return better.length > 0 ? better : left;
  }, found);
}

/** An overload, or a type and a value of one name, are asked about together. */
function distinct(symbols: readonly SymbolFact[]): readonly SymbolFact[] {
  const seen = new Set<string>();
  return symbols.filter(({ name }) => !seen.has(name) && seen.add(name));
}

/**
 * The exported symbol that a finding is about: the one declared where it stands, else the one around it. Asked of the before tree
 * where it stood there, as a review does. Undefined where it is about none: a setting, a command, a statement.
 */
export function symbolOfFinding(change: Change, hunk: AssessedHunk, finding: Finding): FoundSymbol | undefined {
  const old = { tree: change.before, path: hunk.previousPath ?? hunk.path };
  const now = { tree: change.after, path: hunk.path };
  const before = factsAt(old.tree, old.path);
  const after = factsAt(now.tree, now.path);
  const own =
    (finding.side === 'before' ? before : after)?.symbols.filter((symbol) => symbol.exported && meets(symbol.range, finding.range)) ?? [];
  const exact = own.filter((symbol) => symbol.range.start.line === finding.range.start.line);
  const names = [...exact, ...own].map(({ name }) => name);
  for (let scope = finding.scope; scope !== ''; scope = scope.slice(0, Math.max(0, scope.lastIndexOf('.')))) names.push(scope);
  const named = (facts: SourceFacts | undefined, name: string): SymbolFact | undefined =>
    facts?.symbols.find((symbol) => symbol.exported && symbol.name === name);
  for (const name of names) {
    const stood = named(before, name);
    if (stood !== undefined) return { ...old, symbol: stood };
    const stands = named(after, name);
    if (stands !== undefined) return { ...now, symbol: stands };
  }
  return undefined;
}

/** The exported symbol around a line (1-based) of a file, the innermost; undefined where there is none. */
export function symbolAround(tree: Tree, path: RepoPath, line: number): FoundSymbol | undefined {
  const facts = factsAt(tree, path);
  const covers = (symbol: SymbolFact): boolean => {
    const scope = facts?.scopes.find(
      ({ name, startLine }) => name === symbol.name && startLine <= line && symbol.range.start.line <= startLine + 1,
    );
    return symbol.range.start.line <= line && line <= Math.max(symbol.range.end.line, scope?.endLine ?? 0);
  };
  const around = facts?.symbols.filter((symbol) => symbol.exported && covers(symbol)) ?? [];
  const symbol = around.toSorted((a, b) => b.range.start.line - a.range.start.line || b.name.length - a.name.length)[0];
  return symbol === undefined ? undefined : { tree, path, symbol };
}

/** Where the name of a symbol stands in its declaration; undefined where the file declares it no more. */
export function nameAt(tree: Tree, path: RepoPath, name: string): Position | undefined {
  const content = tree.read(path);
  const symbol = factsAt(tree, path)?.symbols.find((one) => one.name === name);
  if (content?.kind !== 'text' || symbol === undefined) return undefined;
  const word = new RegExp(`(?<![\\w$])${(name.split('.').at(-1) ?? name).replace(/[^\w]/g, '\\$&')}(?![\\w$])`);
  const lines = content.text.split('\n');
  for (let line = symbol.range.start.line; line <= symbol.range.end.line; line += 1) {
    const character = (lines[line - 1] ?? '').search(word);
    if (character >= 0) return { line, character };
  }
  return undefined;
}

function meets(a: Range, b: Range): boolean {
  return a.start.line <= b.end.line && b.start.line <= a.end.line;
}

function factsAt(tree: Tree, path: RepoPath): SourceFacts | undefined {
  const content = tree.read(path);
  return content?.kind === 'text' ? readFacts(path, content.text) : undefined;
}
