import type * as AstGrep from '@ast-grep/wasm';
import type { ReadAsset } from '../languages/language.ts';
import { type Grammar, loadGrammar, newParser, parseSyntax, type SyntaxNode } from '../languages/tree-sitter.ts';
import type { MatcherConfig, TeamLanguage } from '../model/team-rule.ts';
import { TEAM_GRAMMARS } from './languages.ts';

/** One place that a rule matched. Offsets are UTF-16 units. */
export interface Match {
  readonly start: number;
  readonly end: number;
  /** What the asked metavariables stand for. */
  readonly values: ReadonlyMap<string, string>;
}

/**
 * Steps through a syntax tree that one rule may take in one text. Counted and not timed, so that a rule which is too much is so
 * on every machine; a text of 2,000 lines takes a plain rule some 50,000.
 */
const MOST_STEPS = 1_000_000;
/** A rule with more matches in one file says nothing about any of them. */
const MOST_MATCHES = 2_000;
/** Imports of the WebAssembly by which ast-grep walks a tree. Their names carry a hash, so they are known by their beginning. */
const STEP = /^__wbg_(child|children|next|previous|parent|goto|walk|currentNode|typeId|type_|id_|startIndex|endIndex|namedChild|text)/;

/** Loads ast-grep and the grammars of these languages, once a process. Rejects where an asset is missing. */
export async function loadAstGrep(languages: Iterable<TeamLanguage>, readAsset: ReadAsset): Promise<void> {
  loading ??= instantiate(readAsset).catch((error: unknown) => {
    loading = undefined;
    throw error;
  });
  glue = await loading;
  for (const language of new Set(languages)) {
    if (registered.has(language)) continue;
    const { asset, expandoChar } = TEAM_GRAMMARS[language];
    grammars.set(language, await loadGrammar(asset, readAsset));
    await glue.registerDynamicLanguage({ [language]: { libraryPath: language, ...(expandoChar === undefined ? {} : { expandoChar }) } });
    registered.add(language);
  }
}

/** What ast-grep says against a matcher, or undefined where it understands it. The language must be loaded. */
export function matcherProblem(language: TeamLanguage, matcher: MatcherConfig): string | undefined {
  try {
    withText(language, 'x', (find) => find(matcher, []));
    return undefined;
  } catch (error) {
    const said = (error instanceof Error ? error.message : String(error)).split('\n');
    return said
      .map((line) => line.replace(/^\s*\|->/, '').trim())
      .filter((line) => line !== '')
      .slice(0, 4)
      .join(' ');
  }
}

/** Matches of one matcher in one text; none where ast-grep does not understand it. */
export function matchOffsets(language: TeamLanguage, text: string, matcher: MatcherConfig): readonly Match[] {
  try {
    return withText(language, text, (find) => find(matcher, []));
  } catch {
    // A matcher that was made by trial: what cannot be asked is no match.
    return [];
  }
}

/** The syntax tree of a text; the language must be loaded. None where its grammar gives up. */
export function syntaxOf(language: TeamLanguage, text: string): SyntaxNode | undefined {
  const grammar = grammars.get(language);
  try {
    return grammar === undefined ? undefined : parseSyntax(grammar, text);
  } catch {
    // Nobody was promised a rule: without a tree there is nothing to make one of.
    return undefined;
  }
}

/** Asks about one text. Throws where a rule is too much for it, or ast-grep fails. */
export type Find = (matcher: MatcherConfig, asked: readonly string[]) => readonly Match[];

/** Parses a text once and lets `ask` put any number of matchers to it. All that was allocated is freed before it returns. */
export function withText<T>(language: TeamLanguage, text: string, ask: (find: Find) => T): T {
  const loaded = glue;
  if (loaded === undefined || !registered.has(language)) throw new Error(`expected the grammar of ${language}, found none`);
  let root: AstGrep.SgRoot | undefined;
  let top: AstGrep.SgNode | undefined;
  try {
    // Parsing itself is no walk; it is bounded by the size of the file.
    steps = Number.NEGATIVE_INFINITY;
    root = loaded.parse(language, text);
    top = root.root();
    const node = top;
    return ask((matcher, asked) => {
      steps = 0;
      const found = node.findAll(matcher);
      steps = Number.NEGATIVE_INFINITY;
      const matches = found.length > MOST_MATCHES ? undefined : found.map((one) => matchOf(one, asked));
      for (const one of found) one.free();
      if (matches === undefined) throw new Error(`expected at most ${MOST_MATCHES} matches in a file, found ${found.length}`);
      return matches;
    });
  } finally {
    steps = Number.NEGATIVE_INFINITY;
    free(top);
    free(root);
    for (const one of disposable.splice(0)) one.delete();
  }
}

function matchOf(node: AstGrep.SgNode, asked: readonly string[]): Match {
  const range = node.range();
  const values = new Map<string, string>();
  for (const name of asked) {
    const found = node.getMatch(name);
    if (found !== undefined) values.set(name, found.text());
  }
  return { start: range.start.index, end: range.end.index, values };
}

/** A search that was broken off still holds its tree; then the collector takes it. */
function free(one: { free(): void } | undefined): void {
  try {
    one?.free();
  } catch {
    // Borrowed by the search that failed: nothing is lost but some memory of this process.
  }
}

type Glue = typeof AstGrep & { __wbg_set_wasm(exports: object): void };
type Import = (...values: unknown[]) => unknown;

/** The part of the API that is used: the compiler's libraries hold it among those of browsers. */
interface WebAssemblyApi {
  compile(bytes: Uint8Array): Promise<object>;
  instantiate(module: object, imports: object): Promise<{ readonly exports: Readonly<Record<string, unknown>> }>;
}

let loading: Promise<Glue> | undefined;
let glue: Glue | undefined;
const registered = new Set<TeamLanguage>();
const grammars = new Map<string, Grammar>();
/** Trees and cursors that JavaScript made for the WebAssembly, which does not free them. */
const disposable: { delete(): void }[] = [];
let steps = Number.NEGATIVE_INFINITY;

/**
 * Instantiates ast-grep over the tree-sitter runtime that the languages use. The package's own entry wants another runtime and
 * reads grammars by path; both are given here as imports instead.
 */
async function instantiate(readAsset: ReadAsset): Promise<Glue> {
  // @ts-expect-error: the package declares types for its entry alone, and this is what its entry re-exports.
  const imported: Glue = await import('@ast-grep/wasm/wasm_bg.js');
  const imports: Record<string, unknown> = {};
  let memory: { readonly buffer: ArrayBuffer } | undefined;
  const textAt = (start: unknown, length: unknown): string =>
    memory === undefined ? '' : new TextDecoder().decode(new Uint8Array(memory.buffer, Number(start), Number(length)));
  for (const [name, original] of Object.entries(imported)) {
    // Every name with this beginning is a function that the WebAssembly calls.
    const call = original as Import;
    if (name.startsWith('__wbg_load_')) imports[name] = async (...place: unknown[]) => grammars.get(textAt(place[0], place[1]));
    else if (name.startsWith('__wbg_init_')) imports[name] = async () => undefined;
    else if (name.startsWith('__wbg___new_')) imports[name] = makeParser;
    else if (/^__wbg_(copy|walk)_/.test(name)) imports[name] = kept(counted(call));
    else imports[name] = STEP.test(name) ? counted(call) : call;
  }
  const { WebAssembly } = globalThis as unknown as { readonly WebAssembly: WebAssemblyApi };
  const module = await WebAssembly.compile(await readAsset('ast-grep.wasm'));
  const { exports } = await WebAssembly.instantiate(module, { './wasm_bg.js': imports });
  // What wasm-bindgen exports under these names.
  memory = exports.memory as { readonly buffer: ArrayBuffer };
  imported.__wbg_set_wasm(exports);
  (exports.__wbindgen_start as () => void)();
  await imported.initializeTreeSitter();
  return imported;
}

function counted(original: Import): Import {
  return (...values) => {
    steps += 1;
    if (steps > MOST_STEPS) throw new Error(`expected at most ${MOST_STEPS} steps in a file, found more`);
    return original(...values);
  };
}

function kept(original: Import): Import {
  return (...values) => {
    // Cursors and copies of trees, which have a `delete`.
    const made = original(...values) as { delete(): void };
    disposable.push(made);
    return made;
  };
}

/** ast-grep asks for one parser a language and keeps it; the trees that it makes are freed after each text. */
function makeParser(): object {
  const parser = newParser();
  const parse = parser.parse.bind(parser);
  return Object.assign(parser, {
    parse: (...values: Parameters<typeof parse>) => {
      const tree = parse(...values);
      if (tree !== null) disposable.push(tree);
      return tree;
    },
  });
}
