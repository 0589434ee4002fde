import { pathContext } from './facts/path-context.ts';
import { readFacts } from './facts/read-facts.ts';
import { languageOf } from './languages/prepare.ts';
import type { SourceFacts, SymbolFact } from './model/facts.ts';
import type { BlastRadius } from './model/radius.ts';
import type { FileLinks, SymbolUse, UseKind } from './model/symbol-uses.ts';
import type { RepoPath, Tree } from './model/tree.ts';
import { mayBeEntered } from './reach/entry-points/code.ts';
import type { EntryWorld } from './reach/entry-points/entry-point.ts';
import { configurationPaths, declaredEntries, entriesOf, type ReadConfigurations } from './reach/entry-points/find-entry-points.ts';
import { type Impact, impactOf, type Uses } from './reach/impact.ts';
import { findInTurn } from './reach/in-turn.ts';
import { nearestPackage } from './reach/nearest-package.ts';
import { ownersOf } from './reach/owners.ts';
import { reachedEntries } from './reach/reached-entries.ts';
import { type FileGraph, holdsInlineTests } from './reach/tests-reached.ts';

export interface ImpactQuestion {
  /** The tree that still has the symbol. */
  readonly tree: Tree;
  /** Where CODEOWNERS is read: the base of a change, so that the head cannot say who looks at it. */
  readonly base: Tree;
  readonly path: RepoPath;
  readonly symbol: SymbolFact;
  /** Steps to list files for; 1 lists those that use the symbol alone. */
  readonly depth: number;
}

/** Files whose languages must be ready (`prepareLanguages`) before the impact of a symbol of `path` is asked for. */
export function impactPaths(tree: Tree, path: RepoPath): readonly RepoPath[] {
  return [path, ...configurationPaths(tree.paths())];
}

/**
 * Who depends on a symbol: packages, files, places, tests, entry points, owners. Null where its language cannot answer, which is
 * never read as nobody. A function of the two trees alone.
 */
export function askImpact({ tree, base, path, symbol, depth }: ImpactQuestion): Impact | null {
  const uses = usesOf(tree, path, symbol);
  if (uses === null) return null;
  const subject = { path, name: symbol.name, kind: symbol.kind, line: symbol.range.start.line };
  // Whoever gets the owner of a member gets the member.
  const [offered = symbol.name] = symbol.name.split('.');
  return putTogether({ tree, base, depth }, subject, uses, symbol.exported ? [offered, 'default'] : []);
}

/** As `askImpact`, of what a rule counted itself: who reads a column, or names a key. `tree` is the one that it asked. */
export function impactOfRadius(
  trees: Pick<ImpactQuestion, 'tree' | 'base' | 'depth'>,
  subject: Impact['subject'],
  radius: BlastRadius,
): Impact {
  return putTogether(trees, subject, usesOfRadius(trees.tree, subject.name, radius), []);
}

/** `offered` are the names by which the file offers the symbol to others. */
function putTogether(
  { tree, base, depth }: Pick<ImpactQuestion, 'tree' | 'base' | 'depth'>,
  subject: Impact['subject'],
  uses: FoundUses,
  offered: readonly string[],
): Impact {
  const world = worldOf(tree);
  const graph = graphOf(tree);
  // Scopes are worth reading where the code itself may be entered by one; asked once for a file, which may hold thousands of uses.
  const scopes = new Map<RepoPath, SourceFacts['scopes'] | undefined>();
  const scopesAt = ({ path: file, line }: SymbolUse): readonly string[] | undefined => {
    if (!scopes.has(file)) scopes.set(file, mayBeEntered(tree, file) ? world.facts(file)?.scopes : undefined);
    return scopes
      .get(file)
      ?.filter(({ startLine, endLine }) => startLine <= line && line <= endLine)
      .map(({ name }) => name);
  };
  const inTurn = findInTurn({ tree, asked: { path: subject.path, names: offered }, uses: uses.sites, graph, languageOf });
  const follows = (file: RepoPath): boolean => languageOf(file)?.inTurn !== undefined;
  return impactOf({
    subject,
    tree: tree.id,
    uses,
    inTurn,
    graph,
    owners: ownersOf(base),
    packageOf: (file) => nearestPackage(world, file),
    entries: (files) =>
      reachedEntries(entriesOf(declaredEntries(world, files, world.read), world, files), {
        subject,
        inTurn,
        uses: uses.sites,
        scopesAt,
        follows,
      }),
    depth,
  });
}

/** Folders whose programs only those who work on the repository run: `e2e-tests/`, `test-applications/`, `benchmarks/`. */
const NO_CUSTOMERS = /(^|\/)[\w.-]*\b(tests?|e2e|examples?|fixtures?|samples?|playgrounds?|benchmarks?)\b[\w.-]*\//i;

interface World extends EntryWorld {
  readonly read: ReadConfigurations;
}

const WORLDS = new WeakMap<Tree, World>();

/** What is read of a tree for entry points, kept while the tree is. */
function worldOf(tree: Tree): World {
  const known = WORLDS.get(tree);
  if (known !== undefined) return known;
  const seen = new Map<RepoPath, SourceFacts | undefined>();
  const world: World = {
    tree,
    paths: new Set(tree.paths()),
    facts(path) {
      if (!seen.has(path)) {
        const content = tree.read(path);
        seen.set(path, content?.kind === 'text' ? readFacts(path, content.text) : undefined);
      }
      return seen.get(path);
    },
    isServed: (path) => !NO_CUSTOMERS.test(path) && !/^(test|documentation|rollback)$/.test(pathContext(path)),
    read: new Map(),
  };
  WORLDS.set(tree, world);
  return world;
}

/** Links of every language that follows imports; each is asked for its own files. */
function graphOf(tree: Tree): FileGraph {
  const links = new Map<string, FileLinks | undefined>();
  const linksFor = (path: RepoPath): FileLinks | undefined => {
    const language = languageOf(path);
    if (language === undefined) return undefined;
    if (!links.has(language.id)) links.set(language.id, language.links?.(tree));
    return links.get(language.id);
  };
  return {
    importersOf: (path) => linksFor(path)?.importersOf(path) ?? [],
    follows: (path) => languageOf(path)?.links !== undefined,
    holdsTests: (path) => {
      const content = path.endsWith('.rs') ? tree.read(path) : undefined;
      return content?.kind === 'text' && holdsInlineTests(path, content.text);
    },
  };
}

type FoundUses = Omit<Uses, 'sites'> & { readonly sites: readonly SymbolUse[] };

/** By the language's own search; else by the first dependents of its radius, whose characters are looked up in the text. */
function usesOf(tree: Tree, path: RepoPath, symbol: SymbolFact): FoundUses | null {
  const language = languageOf(path);
  const found = language?.uses?.(tree, path, symbol) ?? null;
  if (found !== null) {
    const files = new Set(found.uses.map((use) => use.path));
    files.delete(path);
    return {
      sites: found.uses,
      references: found.uses.length,
      files: files.size,
      transitiveFiles: 0,
      method: found.method,
      atMost: found.atMost,
    };
  }
  const radius = language?.reach?.(tree, path, symbol, 'types') ?? null;
  return radius === null ? null : usesOfRadius(tree, symbol.name, radius);
}

function usesOfRadius(tree: Tree, name: string, radius: BlastRadius): FoundUses {
  const taken = new Map<string, number>();
  const sites = radius.dependents.map(({ path: file, line, message }): SymbolUse => {
    const [, verb = '', word = name.split('.').at(-1) ?? name] = /^(\w+)(?: (?:from )?(.+))?$/.exec(message) ?? [];
    const place = `${file}:${line}`;
    const nth = taken.get(place) ?? 0;
    taken.set(place, nth + 1);
    return { path: file, line, character: characterOf(tree, file, line, word.replaceAll('`', ''), nth), kind: KINDS[verb] ?? 'use' };
  });
  return {
    sites,
    references: radius.references,
    files: radius.files,
    transitiveFiles: radius.transitiveFiles,
    method: radius.method,
    atMost: radius.atMost,
  };
}

const KINDS: Readonly<Record<string, UseKind>> = {
  calls: 'call',
  uses: 'use',
  extends: 'extends',
  imports: 'import',
  exports: 'export',
  mentions: 'mention',
  names: 'mention',
};

/** Where a word stands for the nth time in a line, from 0; the line's first sign where it does not. */
function characterOf(tree: Tree, path: RepoPath, line: number, word: string, nth: number): number {
  const content = tree.read(path);
  const text = content?.kind === 'text' ? (content.text.split('\n')[line - 1] ?? '') : '';
  let at = text.indexOf(word);
  for (let seen = 0; seen < nth && at >= 0; seen += 1) at = text.indexOf(word, at + 1);
  return at >= 0 ? at : Math.max(0, text.search(/\S/));
}
