import type { ts } from 'ts-morph';
import type { RepoPath, Tree } from '../../../model/tree.ts';
import { type Compiler, compiler } from '../compiler.ts';
import { parseSource } from '../view.ts';
import { type Position, positionsIn, type TreeOfFile } from './bindings.ts';
import { boundAtTop, namedBeside, senseAt } from './bindings-by-tree.ts';
import type { Code } from './code.ts';
import { codeOf } from './code-shelf.ts';
import { type Declared, declaredAs } from './declarations-by-words.ts';
import { type Meaning, meaningsOf, noMeaning } from './export-walk.ts';
import { graphOf } from './graph.ts';
import { holds } from './member-names.ts';
import { findWord } from './mentions.ts';
import { type HandedOn, membersOfHandedOn, mentionsInLost, merged } from './places-elsewhere.ts';
import { scriptsAlone } from './script-parts.ts';
import { Sense } from './senses.ts';
import { namesOfMeanings, unreadWith } from './unread-files.ts';

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
  let isExact = ![...meanings.values()].some(({ isVague }) => isVague);
  const handed: HandedOn[] = [];
  const passedOn: HandedOn[] = [];
  const look = (file: number, name: RepoPath, meaning: Meaning): boolean => {
    const code = codeOf(tree, name);
    if (code === undefined) return true;
    const exports = graph.recordOf(file)?.exports ?? [];
    const sought = { meaning, sense: asked, exports, ...(file === number && { declared }) };
    const found = positionsIn(code, sought, treeOf(tree, name, code));
    for (const [word, way] of found.away) {
      handed.push({ file, name: word, way });
      // Properties of what CommonJS exports are names that other files may import.
      if (findWord(code, 'exports').length > 0) passedOn.push({ file, name: word, way });
    }
    const own = file === number ? declared : [];
    const positions = found.positions.filter((position) => !isInside(code, position, own, exported));
    if (positions.length > 0) files.push({ path: name, code, positions });
    return found.isExact;
  };
  const named = (some: ReadonlyMap<number, Meaning>): readonly { file: number; name: RepoPath; meaning: Meaning }[] =>
    [...some].flatMap(([file, meaning]) => {
      const name = graph.files[file];
      return name === undefined ? [] : [{ file, name, meaning }];
    });
  const near = named(meanings).filter(({ name, meaning }) => !isPassingOn(meaning) || holds(tree, name, 'exports'));
  tree.prefetch?.(near.map(({ name }) => name));
  for (const { file, name, meaning } of near) if (!look(file, name, meaning)) isExact = false;
  const known = countOf(files);
  for (const one of passedOn.slice(0, MOST_PASSED_ON))
    for (const { file, name, meaning } of named(meaningsOf(graph, one.file, undefined, [one.name]))) look(file, name, meaning);
  // Whoever is called with a module may give it to anybody.
  if (handed.some(({ way }) => way.callees.length + way.members.length > 0)) isExact = false;
  files.push(
    ...membersOfHandedOn(tree, graph, handed).map((file) =>
      file.path === path ? { ...file, positions: file.positions.filter((place) => !isInside(file.code, place, declared, exported)) } : file,
    ),
  );
  const vague = mentionsInLost(
    tree,
    graph,
    new Set([
      ...exported.filter((name) => name !== 'default' && name !== '='),
      ...(exported.length > 0 && local !== undefined ? [local] : []),
    ]),
    meanings,
  );
  const all = merged([...files, ...vague]).filter(({ positions }) => positions.length > 0);
  return {
    files: all,
    isExact: isExact && countOf(all) === known,
    unread: unreadWith(tree, graph, namesOfMeanings(meanings.values(), exported)),
  };
}

/** Whether a file knows the symbol by its own exports alone: where it never says `exports` it does not name it. */
function isPassingOn({ names, chains, clauses, spots }: Meaning): boolean {
  return names.size + clauses.size + spots.length === 0 && chains.every(({ root }) => root === 'exports' || root === 'module');
}

/** Files that hand a module on in their CommonJS exports, and are followed. */
const MOST_PASSED_ON = 50;

function countOf(files: readonly PlacesInFile[]): number {
  return merged(files).reduce((sum, { positions }) => sum + positions.length, 0);
}

/** A sense is asked for only where the file declares the name in more than one; otherwise any mention is of the one there is. */
function senseOf(declared: readonly Declared[], sense: number): number {
  return sense !== Sense.any && declared.some((other) => (other.sense & sense) === 0) ? sense : Sense.any;
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
