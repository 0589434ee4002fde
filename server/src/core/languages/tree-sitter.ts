import type * as TreeSitter from '@vscode/tree-sitter-wasm';
import { LONGEST_LINE, overlongLine } from './bundles.ts';
import { collapse, type FactsDraft } from './facts-draft.ts';
import type { ReadAsset } from './language.ts';
import { unreadBecause } from './unread.ts';

/** A node of a syntax tree as plain data: it outlives the tree it was read from. Offsets are UTF-16 units. */
export interface SyntaxNode {
  readonly type: string;
  /** False for punctuation and keywords. */
  readonly named: boolean;
  /** The name under which its parent holds it, or empty. */
  readonly field: string;
  readonly start: number;
  readonly end: number;
  /** True where the grammar had to invent this node. */
  readonly missing: boolean;
  readonly children: readonly SyntaxNode[];
}

export type Grammar = TreeSitter.Language;

/** Loads one grammar by the name of its asset; the runtime is loaded with the first. */
export async function loadGrammar(asset: string, readAsset: ReadAsset): Promise<Grammar> {
  runtime ??= loadRuntime(readAsset);
  const known = grammars.get(asset) ?? Promise.all([runtime, readAsset(asset)]).then(([module, bytes]) => module.Language.load(bytes));
  grammars.set(asset, known);
  try {
    return await known;
  } catch (error) {
    grammars.delete(asset);
    runtime = undefined;
    throw error;
  }
}

/**
 * Steps that a parse may take, and more for each character. Files that people write take up to 10 for 1,000 characters; a text
 * that a grammar cannot make sense of takes the square of its length. Counted in steps, not in time, so that every machine
 * gives up at the same place (test/languages/shell.test.ts).
 */
const MOST_STEPS = 1_000;
const MORE_STEPS_FOR = 5;

/**
 * Parses a text. The WebAssembly tree is freed before this returns, so that a long session does not grow. Throws where the
 * grammar gives up: the languages and whoever asks them make a blind spot of it.
 */
export function parseSyntax(grammar: Grammar, text: string): SyntaxNode | undefined {
  if (parserClass === undefined) return undefined;
  const overlong = overlongLine(text, LONGEST_LINE);
  if (overlong !== undefined) throw new Error(`line ${overlong} is longer than ${LONGEST_LINE} characters`);
  const brackets = tooManyBrackets(text);
  if (brackets !== undefined) throw new RangeError(brackets);
  const parser = new parserClass();
  let tree: TreeSitter.Tree | null = null;
  try {
    parser.setLanguage(grammar);
    let steps = MOST_STEPS + Math.floor(text.length / MORE_STEPS_FOR);
    tree = parser.parse(text, null, { progressCallback: () => steps-- <= 0 });
    if (tree === null && steps < 0) throw new RangeError('the grammar makes no sense of it');
    if (tree !== null && tree.rootNode.descendantCount > MOST_PARTS) throw new RangeError(`more than ${MOST_PARTS} parts`);
    return tree === null ? undefined : copyTree(tree);
  } finally {
    tree?.delete();
    parser.delete();
  }
}

/**
 * A table of numbers as large as a file may be has a million of them. Code that has more is calls in calls without end, and its tree
 * alone would take a quarter of a gigabyte.
 */
const MOST_PARTS = 1_100_000;

/**
 * Nobody leaves so many brackets open at the end of a line, and no file of a megabyte has a fifth as many altogether, unless it is
 * calls in calls. A grammar keeps and tries what each may be, in memory that it never gives back.
 */
const MOST_OPEN = 400;
const MOST_BRACKETS = 300_000;

/** What is said of a text with more brackets than are read: the first line, 1-based, that leaves so many open, or their number. */
function tooManyBrackets(text: string): string | undefined {
  let line = 1;
  let open = 0;
  let count = 0;
  for (let at = 0; at <= text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit === NEW_LINE || at === text.length) {
      if (open > MOST_OPEN) return `line ${line} opens more than ${MOST_OPEN} brackets and closes none of them`;
      line += 1;
      open = 0;
    } else if (OPENERS.has(unit)) {
      open += 1;
      count += 1;
    } else if (CLOSERS.has(unit)) {
      open -= 1;
      count += 1;
    }
  }
  return count > MOST_BRACKETS ? `more than ${MOST_BRACKETS} brackets` : undefined;
}

const NEW_LINE = 10;
const OPENERS: ReadonlySet<number> = new Set(['(', '[', '{'].map((bracket) => bracket.charCodeAt(0)));
const CLOSERS: ReadonlySet<number> = new Set([')', ']', '}'].map((bracket) => bracket.charCodeAt(0)));

/** A parser of the runtime that the grammars were loaded into; whoever asks for it frees it. */
export function newParser(): TreeSitter.Parser {
  if (parserClass === undefined) throw new Error('expected a grammar to have been loaded, found none');
  return new parserClass();
}

/**
 * As `parseSyntax`, for a language: `read` is given the tree, and where there is none the draft says why. What `read` throws is a
 * blind spot too, because the depth of a tree is the file's to choose.
 */
export function readSyntax(grammar: Grammar, text: string, draft: FactsDraft, read: (root: SyntaxNode) => void): void {
  try {
    const root = parseSyntax(grammar, text);
    if (root === undefined) draft.blindSpots.push({ reason: 'parse-error', detail: 'the grammar gave no tree' });
    else read(root);
  } catch (error) {
    draft.blindSpots.push(unreadBecause(error, collapse(error instanceof Error ? error.message : String(error))));
  }
}

/** Every node, parents before children, in source order. */
export function* walkSyntax(root: SyntaxNode): Generator<SyntaxNode> {
  const stack = [root];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    yield node;
    for (let at = node.children.length - 1; at >= 0; at--) {
      const child = node.children[at];
      if (child !== undefined) stack.push(child);
    }
  }
}

/**
 * Where the grammar gave up; undefined where it did not. A file that fails as a whole has its error inside it, or at the
 * last thing that was read.
 */
export function findSyntaxError(root: SyntaxNode): number | undefined {
  for (const node of walkSyntax(root)) if (node !== root && (node.type === 'ERROR' || node.missing)) return node.start;
  return root.type === 'ERROR' ? (root.children.at(-1)?.start ?? root.start) : undefined;
}

const grammars = new Map<string, Promise<Grammar>>();
let runtime: Promise<typeof TreeSitter> | undefined;
let parserClass: typeof TreeSitter.Parser | undefined;

async function loadRuntime(readAsset: ReadAsset): Promise<typeof TreeSitter> {
  const imported: { readonly default?: typeof TreeSitter } & typeof TreeSitter = await import('@vscode/tree-sitter-wasm');
  // The package is CommonJS: an ES importer sees it as the default export, a bundle sees its names as well.
  const module = imported.default ?? imported;
  // The typings leave out `wasmBinary`, which Emscripten reads before it looks for a file.
  const options = { wasmBinary: await readAsset('tree-sitter.wasm') } as unknown as {
    locateFile: (file: string, folder: string) => string;
  };
  await module.Parser.init(options);
  parserClass = module.Parser;
  return module;
}

type Draft = Omit<SyntaxNode, 'children'> & { readonly children: Draft[] };

/**
 * Links of a chain in HCL (`a.b[0].*`), which are no fields. A cursor that is asked climbs a hidden node for each link before it, and
 * takes the square of the chain (test/mass-deletion.test.ts).
 */
const LINKS: ReadonlySet<string> = new Set(['get_attr', 'index', 'splat']);

/** Iterative, because the depth of a tree is the input's to choose. */
function copyTree(tree: TreeSitter.Tree): SyntaxNode {
  const cursor = tree.walk();
  const read = (): Draft => ({
    type: cursor.nodeType,
    named: cursor.nodeIsNamed,
    field: LINKS.has(cursor.nodeType) ? '' : (cursor.currentFieldName ?? ''),
    start: cursor.startIndex,
    end: cursor.endIndex,
    missing: cursor.nodeIsMissing,
    children: [],
  });
  try {
    const root = read();
    const path = [root];
    for (;;) {
      if (cursor.gotoFirstChild()) {
        enter(path, read());
        continue;
      }
      while (!cursor.gotoNextSibling()) {
        path.pop();
        if (path.length === 0 || !cursor.gotoParent()) return root;
      }
      path.pop();
      enter(path, read());
    }
  } finally {
    cursor.delete();
  }
}

function enter(path: Draft[], node: Draft): void {
  path.at(-1)?.children.push(node);
  path.push(node);
}
