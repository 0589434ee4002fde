import type { SymbolFact } from '../../../model/facts.ts';
import type { BlastRadius } from '../../../model/radius.ts';
import type { SymbolUse, SymbolUses, UseKind } from '../../../model/symbol-uses.ts';
import type { RepoPath, Tree } from '../../../model/tree.ts';
import { isTestFile } from '../../../test-files.ts';
import type { ReachPrecision } from '../../language.ts';
import { topSymbolOf } from './asked-symbol.ts';
import type { PositionKind } from './bindings.ts';
import { linesOf } from './code.ts';
import { codeOf } from './code-shelf.ts';
import { dependentsOf, graphOf, importersOf } from './graph.ts';
import { memberMentions } from './member-names.ts';
import { memberPlaces } from './members-by-types.ts';
import { type PlacesInFile, placesOf } from './symbol-places.ts';

interface Known {
  readonly answers: Map<string, BlastRadius | null>;
  /** The places found last: whoever asks for a number may ask for them next. */
  latest?: { readonly question: string; readonly found: Found | undefined };
}

/** Invariant: an answer does not depend on what was asked before (test/languages/typescript-reach.test.ts). */
const KNOWN = new WeakMap<Tree, Known>();

const MAX_DEPENDENTS = 100;

/**
 * Dependents of a symbol of `path`, asked of the tree that still has it. A reference is every identifier that means the
 * symbol outside its own declaration, import and export clauses included, as an editor's "find all references" counts; one in a
 * comment is none. What stands at the top of its file is followed by imports, names and scopes, and a member by its name, which
 * `types` makes exact where few files are concerned. Null where the tree has no such text.
 */
export function reachOfSymbol(tree: Tree, path: RepoPath, symbol: SymbolFact, precision: ReachPrecision): BlastRadius | null {
  const { answers } = knownOf(tree);
  const question = questionOf(path, symbol, precision);
  const known = answers.get(question);
  if (known !== undefined) return known;
  const found = find(tree, path, symbol, precision);
  const answer = found === undefined ? null : radiusOf(tree, path, symbol, found);
  if (found?.isPending !== true) answers.set(question, answer);
  return answer;
}

/** Every place that `reachOfSymbol` counts with its character, by path and place. */
export function usesOfSymbol(tree: Tree, path: RepoPath, symbol: SymbolFact): SymbolUses | null {
  const found = find(tree, path, symbol, 'types');
  if (found === undefined) return null;
  const uses = found.files.flatMap(({ path: file, code, positions }) => {
    const lines = linesOf(code);
    return positions.map(({ start, kind }): SymbolUse => {
      const { line, character } = lines.rangeOf(start, start).start;
      return { path: file, line, character, kind: found.method === 'names' ? 'mention' : KINDS[kind] };
    });
  });
  return { uses, method: found.method, atMost: found.atMost || found.unread.length > 0 };
}

const KINDS: Readonly<Record<PositionKind, UseKind>> = { call: 'call', use: 'use', heir: 'extends', import: 'import', reexport: 'export' };

interface Found {
  readonly files: readonly PlacesInFile[];
  readonly method: BlastRadius['method'];
  readonly atMost: boolean;
  readonly unread: readonly RepoPath[];
  /** Types were asked and have not answered yet: what was found is not kept. */
  readonly isPending?: boolean;
}

function knownOf(tree: Tree): Known {
  const known: Known = KNOWN.get(tree) ?? { answers: new Map() };
  KNOWN.set(tree, known);
  return known;
}

/** Symbols of one name and kind may stand in one file at two places: a member is told from another by where it is declared. */
function questionOf(path: RepoPath, { kind, name, range }: SymbolFact, precision: ReachPrecision): string {
  return `${precision} ${path} ${kind} ${name} ${range.start.line}:${range.start.character}`;
}

function find(tree: Tree, path: RepoPath, symbol: SymbolFact, precision: ReachPrecision): Found | undefined {
  const known = knownOf(tree);
  const question = questionOf(path, symbol, precision);
  if (known.latest?.question === question) return known.latest.found;
  const found = ask(tree, path, symbol, precision);
  if (found?.isPending !== true) known.latest = { question, found };
  return found;
}

function ask(tree: Tree, path: RepoPath, symbol: SymbolFact, precision: ReachPrecision): Found | undefined {
  const graph = graphOf(tree);
  const number = graph.numberOf.get(path);
  const record = number === undefined ? undefined : graph.recordOf(number);
  if (record === undefined) return undefined;
  if (symbol.name.startsWith('* ')) return { ...passedOn(tree, path), unread: graph.unread };
  const top = topSymbolOf(symbol, record);
  if (top === undefined) return askMember(tree, path, symbol, precision);
  const found = placesOf(tree, path, top.local, top.exported, top.sense);
  if (found === undefined) return undefined;
  return { files: found.files, method: 'imports', atMost: !found.isExact, unread: found.unread };
}

function askMember(tree: Tree, path: RepoPath, symbol: SymbolFact, precision: ReachPrecision): Found {
  const { near, files, unread } = memberMentions(tree, path, symbol);
  const typed = precision === 'types' && unread.length === 0 ? memberPlaces(tree, path, symbol, near, files) : undefined;
  return typed === undefined || typed === 'pending'
    ? { files, method: 'names', atMost: true, unread, isPending: typed === 'pending' }
    : { files: typed.files, method: 'types', atMost: !typed.isExact, unread };
}

/** `export * from` carries names that nobody wrote down: where its importers ask for the file stands for its dependents. */
function passedOn(tree: Tree, path: RepoPath): Omit<Found, 'unread'> {
  const graph = graphOf(tree);
  const files = importersOf(tree, path).flatMap((importer): readonly PlacesInFile[] => {
    const code = codeOf(tree, importer);
    const imports = graph.recordOf(graph.numberOf.get(importer) ?? -1)?.imports ?? [];
    const asked = imports.find(({ specifier }) => graph.resolver.resolveAll(importer, specifier).includes(path));
    if (code === undefined || asked === undefined) return [];
    const start = Math.max(0, code.text.indexOf(asked.specifier));
    return [{ path: importer, code, positions: [{ start, end: start + asked.specifier.length, kind: 'import' }] }];
  });
  return { files, method: 'imports', atMost: true };
}

const VERBS: Readonly<Record<PositionKind, string>> = {
  call: 'calls',
  use: 'uses',
  heir: 'extends',
  import: 'imports',
  reexport: 'exports',
};

function radiusOf(tree: Tree, path: RepoPath, symbol: SymbolFact, { files, method, atMost, unread }: Found): BlastRadius {
  const { resolver } = graphOf(tree);
  const hidden = symbol.exported ? unread : [];
  const others = [...files.map((file) => file.path), ...hidden].filter((file) => file !== path);
  // Whoever imports the declaring file may mean what in it depends on the symbol.
  const around = files.some((file) => file.path === path) ? [...others, path] : others;
  const inTurn = dependentsOf(tree, around);
  const isImport = (kind: PositionKind): number => (kind === 'import' || kind === 'reexport' ? 1 : 0);
  const uses = files.flatMap(({ path: file, code, positions }) => positions.map((position) => ({ file, code, ...position })));
  const shown = uses
    .sort((a, b) => isImport(a.kind) - isImport(b.kind) || (a.file < b.file ? -1 : a.file > b.file ? 1 : a.start - b.start))
    .slice(0, MAX_DEPENDENTS);
  const lines = new Map(shown.map(({ file, code }) => [file, code] as const));
  const indexes = new Map([...lines].map(([file, code]) => [file, linesOf(code)]));
  const verb = (kind: PositionKind): string => (method === 'names' ? 'mentions' : VERBS[kind]);
  return {
    references: uses.length + hidden.length,
    files: others.length,
    transitiveFiles: inTurn.files.filter((file) => file !== path).length,
    packages: new Set(others.map((file) => resolver.packageOf(file))).size,
    tests: others.filter(isTestFile).length,
    exported: symbol.exported,
    method,
    atMost: atMost || hidden.length > 0,
    dependents: [
      ...shown.map(({ file, code, start, end, kind }) => ({
        path: file,
        line: indexes.get(file)?.lineAt(start) ?? 1,
        message: `${verb(kind)} ${code.text.slice(start, end)}`,
      })),
      ...hidden.map((file) => ({ path: file, line: 1, message: 'could not be read' })),
    ].slice(0, MAX_DEPENDENTS),
  };
}
