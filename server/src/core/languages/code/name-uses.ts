import type { RepoPath, Tree } from '../../model/tree.ts';
import { codeOf, type Dialect, type Stretch, stretchesOf } from '../../scan/code-stretches.ts';
import { indexLines } from '../positions.ts';
import { type Binding, type ImportGraph, keep } from './import-graph.ts';
import type { ModuleLanguage } from './modules.ts';
import { createReceivers } from './receivers.ts';

/** A place that may mean the symbol that was asked for. Lines are 1-based, characters 0-based UTF-16 units. */
export interface Use {
  readonly path: RepoPath;
  readonly line: number;
  readonly character: number;
  readonly kind: 'import' | 'call' | 'use';
  /** The word that stands there, which may be a name of this file's own. */
  readonly word: string;
}

/** What stands in a file besides its imports' meaning: how it writes remarks, and what an import statement looks like. */
export interface Writing {
  readonly dialect: Dialect;
  /** Whole import statements, in code without remarks and strings. Global. */
  readonly statements: RegExp;
  /** Whether a mention inside a string counts: `before` is the string's text up to the word, `whole` all of it. */
  readonly countsInString: (whole: string, before: string) => boolean;
  /** True for files whose variables and members say their types, so that a member of another type is known (receivers.ts). */
  readonly saysTypes?: (path: RepoPath) => boolean;
}

/** The symbol that is asked for: `name` at the top of `path`, or a member of it. */
export interface Asked {
  readonly path: RepoPath;
  readonly name: string;
  readonly member: string | undefined;
  /** True where a constructor is asked for: whoever only holds the type did not make one. */
  readonly onlyCalls: boolean;
  /** True where the owner's own name stands for the member: `@Adaptive("x")` gives its `value`. */
  readonly isImplied: boolean;
}

/** A search for one symbol, file by file. */
export interface Search {
  /** Words of which a file that uses the symbol holds at least one. Grows as names are passed on under others. */
  readonly words: ReadonlySet<string>;
  /** Every place of a file that may mean the symbol. */
  usesIn(path: RepoPath): readonly Use[];
  /** Every mention in a file whatever it means, without its place: never fewer than `usesIn`, and soon. */
  mentionsIn(path: RepoPath): readonly Use[];
  /** Names that a file offers the symbol by, where they are others than its own. */
  aliasesIn(path: RepoPath): readonly string[];
  /** True where a file may mean the symbol by its imports alone; its text was not looked at. */
  mayUse(path: RepoPath): boolean;
}

/** Prepares the search of one symbol; whether a module leads to it is worked out once for each. */
export function searchFor(language: ModuleLanguage, writing: Writing, tree: Tree, graph: ImportGraph, asked: Asked): Search {
  const { modules, bindingsOf } = graph;
  const home = modules.moduleOf(asked.path);
  const homes = modulesWith(graph, asked.path);
  const leads = createLeads(language, graph, asked);
  const leadsTo = (binding: Binding, name: string): boolean =>
    binding.from.some(({ module, rest }) => leads(module, rest[0] ?? name) && rest.length === 0);
  const dependents = keep((_: string) => {
    const found = new Set([asked.path, ...graph.dependentsOf([asked.path])]);
    // Where types are not written down, a file may be handed what it does not import.
    if (language.untyped) for (const path of graph.dependenciesOf([asked.path])) found.add(path);
    return found;
  });
  const isNear = (path: RepoPath): boolean => language.sharesModule && modules.moduleOf(path) === home;
  /** Words that mean the symbol itself in a file, without anything before them. */
  const localsOf = (path: RepoPath): ReadonlySet<string> => {
    const bindings = bindingsOf(path);
    const locals = new Set<string>();
    for (const binding of bindings)
      if (binding.kind !== 'dynamic' && binding.local !== '*' && binding.imported !== '*' && leadsTo(binding, binding.imported))
        locals.add(binding.local);
    const isHidden =
      language.importsHide &&
      locals.size === 0 &&
      bindings.some(({ local, imported, kind }) => local === asked.name && imported !== '*' && kind !== 'dynamic');
    if (path === asked.path || (!isHidden && isNear(path))) locals.add(asked.name);
    if (!isHidden)
      for (const binding of bindings)
        if (binding.local === '*' && starLeads(binding)) for (const name of namesBehind(binding)) locals.add(name);
    return locals;
  };
  const words = new Set([asked.name]);
  const starLeads = (binding: Binding): boolean => namesBehind(binding).length > 0;
  const namesBehind = (binding: Binding): readonly string[] =>
    [...words].filter((word) => binding.from.some(({ module, rest }) => (rest.length === 0 ? leads(module, word) : false)));
  /** Whether what stands before a name is a module that leads to the symbol. */
  const qualifies = (path: RepoPath, chain: readonly string[], name: string): boolean => {
    for (const binding of bindingsOf(path)) {
      if (binding.local === '*') continue;
      const parts = binding.local.split(language.separator);
      if (parts.length > chain.length || parts.some((part, at) => part !== chain[at])) continue;
      for (const { module, rest } of binding.from) {
        if (rest.length > 0) continue;
        const start = binding.imported === '*' ? module : modules.inner(module, binding.imported);
        const end = start === undefined ? undefined : descend(graph, start, chain.slice(parts.length));
        if (end !== undefined && leads(end, name)) return true;
        // A module that another one passes on: `from shop import mail` where `shop` has it from elsewhere.
        if (start === undefined && parts.length === chain.length && passesModule(module, binding.imported, name)) return true;
      }
    }
    const whole = [...chain].join(language.separator);
    return modules.resolve(path, whole).some(({ module, rest }) => rest.length === 0 && leads(module, name));
  };
  const passesModule = (module: string, offered: string, name: string): boolean =>
    language.passesOn && graph.declarersOf(module, offered).some((file) => leads(modules.moduleOf(file), name));
  const known = keep((path: RepoPath) => localsOf(path));

  /** A name that a file has from elsewhere than whence the symbol comes: its members are its own. */
  const isForeign = (path: RepoPath, qualifier: string): boolean => {
    const bindings = bindingsOf(path).filter(({ local, kind }) => local === qualifier && kind !== 'dynamic');
    if (bindings.length === 0) return false;
    return bindings.every(({ from, imported }) => {
      if (from.length === 0) return true;
      const files = from.flatMap(({ module, rest }) => graph.declarersOf(module, rest[0] ?? imported));
      // What cannot be told may inherit from the symbol's owner.
      return files.length > 0 && files.every((file) => !dependents('').has(file));
    });
  };

  const receivers = createReceivers(tree, graph, writing.dialect, asked.path);
  /** `import static shop.Clock.*`. */
  const bringsMembers = (path: RepoPath): boolean =>
    bindingsOf(path).some(
      ({ local, from }) => local === '*' && from.some(({ module, rest }) => rest[0] !== undefined && leads(module, rest[0])),
    );

  const mayUse = (path: RepoPath): boolean => {
    if (asked.member !== undefined) return dependents('').has(path);
    return known(path).size > 0 || bindingsOf(path).some((binding) => couldQualify(binding)) || graph.scans.mayHold(path, baseWord(home));
  };
  const couldQualify = (binding: Binding): boolean =>
    binding.from.some(
      ({ module }) => homes.has(module) || [...homes].some((one) => one.startsWith(`${module}/`) || module === '') || language.passesOn,
    );

  const usesIn = (path: RepoPath): readonly Use[] => {
    const content = tree.read(path);
    if (content?.kind !== 'text') return [];
    const { text } = content;
    const targets =
      asked.member === undefined
        ? new Set([asked.name, ...words, ...known(path)])
        : new Set(asked.isImplied ? [asked.member, ...known(path)] : [asked.member]);
    const present = [...targets].filter((word) => text.includes(word));
    if (present.length === 0) return [];
    if (asked.member !== undefined && !dependents('').has(path)) return [];
    const stretches = stretchesOf(text, writing.dialect);
    const code = codeOf(text, stretches);
    const statements = [...code.matchAll(writing.statements)].map(({ 0: all, index }) => ({ start: index, end: index + all.length }));
    const lines = indexLines(text);
    const found: Use[] = [];
    for (const word of present) {
      for (const at of placesOf(text, word)) {
        const stretch = around(stretches, at);
        if (stretch?.kind === 'remark') continue;
        if (stretch !== undefined && !writing.countsInString(text.slice(stretch.start, stretch.end), text.slice(stretch.start, at)))
          continue;
        const isImport = stretch === undefined && statements.some(({ start, end }) => start <= at && at < end);
        if (!isMeant(path, stretch === undefined ? code : text, at, word, isImport)) continue;
        const isCall = CALL.test(text.slice(at + word.length, at + word.length + 200));
        if (asked.onlyCalls && !isImport && !isCall) continue;
        const { line, character } = lines.positionAt(at);
        found.push({ path, line, character, kind: isImport ? 'import' : isCall ? 'call' : 'use', word });
      }
    }
    return found;
  };

  const isMeant = (path: RepoPath, text: string, at: number, word: string, isImport: boolean): boolean => {
    if (isImport) return isImported(path, word);
    const { chain, isDotted } = before(text, at);
    if (asked.member !== undefined) {
      if (word !== asked.member) return /@(?:[\w.]*\.)?$/.test(text.slice(Math.max(0, at - 100), at));
      const qualifier = chain.at(-1) ?? '';
      if (known(path).has(qualifier)) return true;
      if (writing.saysTypes?.(path) !== true) return !isDotted || chain.length === 0 || !isForeign(path, qualifier);
      const head = text.slice(Math.max(0, at - 300), at);
      // What stands alone is inherited, came by a static import, is a constant of a `switch` or the value of an annotation.
      if (!isDotted || (chain.length === 1 && /^(this|super)$/.test(qualifier)))
        return (
          receivers.inherits(path) ||
          isImported(path, word) ||
          bringsMembers(path) ||
          /\bcase\s[\w\s,.]*$/.test(head) ||
          (known(path).size > 0 && /^\s*=[^=]/.test(text.slice(at + word.length)) && /[(,]\s*$/.test(head))
        );
      return chain.length !== 1 || !(receivers.isForeignType(path, qualifier) || receivers.isOfForeignType(path, qualifier));
    }
    if (!isDotted) return known(path).has(word);
    if (chain.length === 0) return false;
    if (qualifies(path, chain, word)) return true;
    // `crate`, `self`, `Self` and what the language resolves were asked above; a variable is no module.
    return false;
  };

  /** An import statement of a file that names the word, and leads to the symbol. */
  const isImported = (path: RepoPath, word: string): boolean =>
    bindingsOf(path).some((binding) => {
      if (asked.member !== undefined)
        return binding.imported === word && binding.from.some(({ module, rest }) => rest.length > 0 && leads(module, rest[0] ?? ''));
      if (binding.imported === word || binding.local === word) return leadsTo(binding, binding.imported);
      return binding.from.some(({ module, rest }) => rest[0] === word && leads(module, word));
    });

  return {
    words,
    usesIn,
    mayUse,
    mentionsIn(path) {
      const content = tree.read(path);
      if (content?.kind !== 'text') return [];
      const { text } = content;
      const targets =
        asked.member === undefined
          ? new Set([...words, ...known(path)])
          : new Set(asked.isImplied ? [asked.member, ...known(path)] : [asked.member]);
      return [...targets].flatMap((word) => placesOf(text, word).map((): Use => ({ path, line: 1, character: 0, kind: 'use', word })));
    },
    aliasesIn(path) {
      if (!language.passesOn || asked.member !== undefined) return [];
      const fresh = [...known(path)].filter((word) => !words.has(word) && word !== '_');
      for (const word of fresh) words.add(word);
      return fresh;
    },
  };
}

/** Whether a module offers the symbol under a name, by itself or by passing it on. */
function createLeads(language: ModuleLanguage, graph: ImportGraph, asked: Asked): (module: string, name: string) => boolean {
  const { modules, bindingsOf } = graph;
  const homes = modulesWith(graph, asked.path);
  const known = new Map<string, boolean>();
  const ask = (start: string, wanted: string): boolean => {
    const seen = new Set<string>();
    const queue: (readonly [string, string])[] = [[start, wanted]];
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      const [module, name] = next;
      if (homes.has(module) && name === asked.name) return true;
      if (!language.passesOn || seen.has(`${name} ${module}`)) continue;
      seen.add(`${name} ${module}`);
      for (const { local, imported, from } of modules.filesOf(module).flatMap(bindingsOf)) {
        if (local !== name && local !== '*') continue;
        if (imported === '*' && local !== '*') continue;
        for (const { module: other, rest } of from) if (rest.length === 0) queue.push([other, local === '*' ? name : imported]);
      }
    }
    return false;
  };
  return (module, name) => {
    const question = `${name} ${module}`;
    const answer = known.get(question) ?? ask(module, name);
    known.set(question, answer);
    return answer;
  };
}

/** A file may be known as more than one module. */
function modulesWith({ modules }: ImportGraph, path: RepoPath): ReadonlySet<string> {
  return new Set([modules.moduleOf(path)]);
}

function descend({ modules }: ImportGraph, start: string, parts: readonly string[]): string | undefined {
  let module: string | undefined = start;
  for (const part of parts) module = module === undefined ? undefined : modules.inner(module, part);
  return module;
}

/** Offsets at which a whole word stands. */
function placesOf(text: string, word: string): readonly number[] {
  const found: number[] = [];
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + word.length))
    if (!/[\w$]/.test(text.charAt(at - 1)) && !/[\w$]/.test(text.charAt(at + word.length))) found.push(at);
  return found;
}

const CALL = /^(?:\s*(?:::)?<[^<>()]*(?:<[^<>()]*>[^<>()]*)*>)?\s*!?\(/;
const CHAIN = /((?:\$?[A-Za-z_][\w$]*\s*(?:\.|::|\?\.|!!\.)\s*)+)$/;

/** The names before a word that a dot or `::` ties to it, and whether anything is tied to it at all. */
function before(text: string, at: number): { readonly chain: readonly string[]; readonly isDotted: boolean } {
  const head = text.slice(Math.max(0, at - 200), at);
  const isDotted = /(?:[^.]\.|^\.|::|\?\.)\s*$/.test(head) && !/\.\.[.=]?\s*$/.test(head);
  const chain = isDotted ? CHAIN.exec(head)?.[1] : undefined;
  const start = chain === undefined ? 0 : head.length - chain.length;
  // `f().a.name`: what the chain begins with is a result.
  const isWhole = chain !== undefined && !/[)\]}"'\w$](?:\s*(?:\.|::|\?\.))\s*$/.test(head.slice(0, start));
  return {
    chain: isWhole
      ? chain
          .split(/\s*(?:\.|::|\?\.|!!\.)\s*/)
          .filter((part) => part !== '')
          .map((part) => part.replace(/^\$(?=crate)/, ''))
      : [],
    isDotted,
  };
}

function around(stretches: readonly Stretch[], at: number): Stretch | undefined {
  let [low, high] = [0, stretches.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((stretches[middle]?.end ?? 0) <= at) low = middle + 1;
    else high = middle;
  }
  const found = stretches[low];
  return found !== undefined && found.start <= at ? found : undefined;
}

function baseWord(module: string): string {
  return module.match(/[\w$]+/g)?.at(-1) ?? '';
}
