import type { ts } from 'ts-morph';
import type { RepoPath, Tree } from '../../../model/tree.ts';
import { type Compiler, compiler } from '../compiler.ts';
import { parseSource } from '../view.ts';
import { type Position, positionsIn, type TreeOfFile } from './bindings.ts';
import { boundAtTop, namedBeside, Sense, senseAt } from './bindings-by-tree.ts';
import { mentionsOf } from './bindings-by-words.ts';
import { type Code, readCode } from './code.ts';
import { type Declared, declaredAs } from './declarations-by-words.ts';
import { type Meaning, meaningsOf, noMeaning } from './export-walk.ts';
import { type Graph, graphOf } from './graph.ts';
import { scriptsAlone, scriptsIn } from './script-parts.ts';

/** Where a symbol is meant, file by file. */
export interface SymbolPlaces {
  /** Sorted by path; files without a place are left out. */
  readonly files: readonly PlacesInFile[];
  /** False where some places may mean something else; none is missing, but for `unread`. */
  readonly isExact: boolean;
  /** Source files that could not be read: each may hold places. */
  readonly unread: readonly RepoPath[];
}

export interface PlacesInFile {
  readonly path: RepoPath;
  readonly code: Code;
  /** Rising. */
  readonly positions: readonly Position[];
}

/** Texts whose code is kept for the next question, in characters. */
const MOST_KEPT = 24_000_000;

class CodeShelf {
  private readonly kept = new Map<RepoPath, Code>();
  private size = 0;

  get(path: RepoPath, read: () => Code | undefined): Code | undefined {
    const known = this.kept.get(path);
    if (known !== undefined) return known;
    const fresh = read();
    if (fresh === undefined) return undefined;
    this.kept.set(path, fresh);
    this.size += fresh.text.length;
    for (const [oldest, code] of this.kept) {
      if (this.size <= MOST_KEPT) break;
      this.kept.delete(oldest);
      this.size -= code.text.length;
    }
    return fresh;
  }
}

/** The syntax trees read last: the next question is often about the same files. */
const MOST_PARSED = 4;
const PARSED = new WeakMap<Tree, Map<Code, ts.SourceFile>>();

function parsedOf(tree: Tree, code: Code, parse: () => ts.SourceFile): ts.SourceFile {
  const kept = PARSED.get(tree) ?? new Map<Code, ts.SourceFile>();
  PARSED.set(tree, kept);
  const source = kept.get(code) ?? parse();
  kept.delete(code);
  kept.set(code, source);
  const [oldest] = kept.keys();
  if (kept.size > MOST_PARSED && oldest !== undefined) kept.delete(oldest);
  return source;
}

const SHELVES = new WeakMap<Tree, CodeShelf>();

/** The code of a file of a tree; undefined where there is no text. */
export function codeOf(tree: Tree, path: RepoPath): Code | undefined {
  if (tree.over !== undefined && !tree.over.differing.has(path)) return codeOf(tree.over.base, path);
  const shelf = SHELVES.get(tree) ?? new CodeShelf();
  SHELVES.set(tree, shelf);
  return shelf.get(path, () => {
    const content = tree.read(path);
    if (content?.kind !== 'text') return undefined;
    if (/\.(?:vue|svelte|astro)$/.test(path))
      return { ...readCode(scriptsAlone(content.text), false), text: content.text, scripts: scriptsIn(content.text) };
    return readCode(content.text, /\.(?:[cm]?js|[jt]sx)$/.test(path));
  });
}

/**
 * Every place outside its declarations that means the symbol which `path` calls `local` at its top, or offers as one of `exported`.
 * `sense` chooses among a type and a value of the same name. Undefined where the file has no text.
 */
export function placesOf(
  tree: Tree,
  path: RepoPath,
  local: string | undefined,
  exported: readonly string[],
  sense: number = Sense.any,
): SymbolPlaces | undefined {
  const graph = graphOf(tree);
  const number = graph.numberOf.get(path);
  const own = codeOf(tree, path);
  if (number === undefined || own === undefined) return undefined;
  const declared = local === undefined ? [] : declaredAs(own, local);
  const asked = senseOf(declared, sense);
  const meanings = new Map(meaningsOf(graph, number, local, exported));
  // The file may use what it hangs on its exports.
  if (!meanings.has(number)) meanings.set(number, noMeaning());
  const files: PlacesInFile[] = [];
  let isExact = true;
  const sorted = [...meanings].flatMap(([file, meaning]) => {
    const name = graph.files[file];
    return name === undefined ? [] : [{ file, name, meaning }];
  });
  sorted.sort((a, b) => (a.name < b.name ? -1 : 1));
  tree.prefetch?.(sorted.map(({ name }) => name));
  for (const { file, name, meaning } of sorted) {
    const code = codeOf(tree, name);
    if (code === undefined) continue;
    const full = file === number ? withOwnExports(meaning, exported) : meaning;
    const found = positionsIn(code, { meaning: full, sense: asked, ...(file === number && { declared }) }, treeOf(tree, name, code));
    isExact &&= found.isExact;
    const positions =
      file === number ? found.positions.filter((position) => !isInside(code, position, declared, exported)) : found.positions;
    if (positions.length > 0) files.push({ path: name, code, positions });
  }
  const vague = mentionsIn(
    tree,
    graph,
    new Set([
      ...exported.filter((name) => name !== 'default' && name !== '='),
      ...(exported.length > 0 && local !== undefined ? [local] : []),
    ]),
    meanings,
  );
  files.push(...vague);
  return { files, isExact: isExact && vague.length === 0, unread: graph.unread };
}

/** A sense is asked for only where the file declares the name in more than one; otherwise any mention is of the one there is. */
function senseOf(declared: readonly Declared[], sense: number): number {
  return sense !== Sense.any && declared.some((other) => (other.sense & sense) === 0) ? sense : Sense.any;
}

function withOwnExports(meaning: Meaning, exported: readonly string[]): Meaning {
  const own = exported.flatMap((name) => [
    { root: 'exports', path: [name] },
    { root: 'module', path: ['exports', name] },
  ]);
  return { ...meaning, chains: [...meaning.chains, ...own] };
}

/** A place in a declaration itself is no dependent of it; nor is `exports.name = …`. */
function isInside(code: Code, { start, end }: Position, declared: readonly Declared[], exported: readonly string[]): boolean {
  if (declared.some((other) => other.start <= start && start < other.end)) return true;
  return (
    exported.includes(code.text.slice(start, end)) &&
    /^\s*=[^=>]/.test(code.text.slice(end, end + 20)) &&
    /exports\s*\.\s*$/.test(code.text.slice(Math.max(0, start - 30), start))
  );
}

/** Reads the syntax tree when it is first asked for. */
function treeOf(tree: Tree, path: RepoPath, code: Code): TreeOfFile {
  let source: ts.SourceFile | undefined;
  const safely = <Answer>(answer: (compiler: Compiler, source: ts.SourceFile) => Answer): Answer | undefined => {
    const loaded = compiler();
    if (loaded === undefined) return undefined;
    try {
      source ??= parsedOf(tree, code, () => parseSource(loaded, path, code.scripts !== undefined ? scriptsAlone(code.text) : code.text));
      return answer(loaded, source);
    } catch {
      // How deep a file nests is its own choice, and a walk may run out of stack.
      return undefined;
    }
  };
  return {
    bound: (word) => safely((loaded, parsed) => boundAtTop(loaded, parsed, word)),
    beside: (word) => safely((loaded, parsed) => namedBeside(loaded, parsed, word)),
    senseAt: (start) => safely((loaded, parsed) => senseAt(loaded, parsed, start)),
  };
}

/** Places in files whose imports nobody could read to the end: every mention in them may be one. */
function mentionsIn(tree: Tree, graph: Graph, words: ReadonlySet<string>, known: ReadonlyMap<number, Meaning>): readonly PlacesInFile[] {
  return graph.lost.flatMap((path) => {
    const number = graph.numberOf.get(path);
    const code = number === undefined || known.has(number) ? undefined : codeOf(tree, path);
    if (code === undefined) return [];
    const positions = [...words].flatMap((word) =>
      mentionsOf(code.text, word).map((start) => ({ start, end: start + word.length, kind: 'use' as const })),
    );
    return positions.length === 0 ? [] : [{ path, code, positions }];
  });
}
