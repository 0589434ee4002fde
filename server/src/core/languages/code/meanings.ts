import type { RepoPath } from '../../model/tree.ts';
import type { Declared } from './declarations.ts';
import { type Binding, type ImportGraph, keep } from './import-graph.ts';
import { createLeads, descend, modulesWith } from './leads.ts';
import type { ModuleLanguage } from './modules.ts';

/** The symbol that is asked for: `name` at the top of `path`, or a member of it. */
export interface Asked {
  readonly path: RepoPath;
  readonly name: string;
  readonly member: string | undefined;
  /** True where a constructor is asked for: whoever only holds the type did not make one. */
  readonly onlyCalls: boolean;
  /** True where the owner's own name stands for the member: `@Adaptive("x")` gives its `value`. */
  readonly isImplied: boolean;
  /** Where its file declares it; empty where nobody could say. */
  readonly declared: readonly Declared[];
}

/** What names mean in the files of one search, by what those files import. */
export interface Meanings {
  /** Words of which a file that uses the symbol holds at least one. Grows as names are passed on under others. */
  readonly words: Set<string>;
  /** Words that mean the symbol itself in a file, without anything before them. */
  localsOf(path: RepoPath): ReadonlySet<string>;
  /** Whether what stands before a name is a module that leads to the symbol. */
  qualifies(path: RepoPath, chain: readonly string[], name: string): boolean;
  /** A name that a file has from elsewhere than whence the symbol comes: its members are its own. */
  isForeign(path: RepoPath, qualifier: string): boolean;
  /** An import statement of a file that names the word, and leads to the symbol. */
  isImported(path: RepoPath, word: string): boolean;
  /** `import static shop.Clock.*`. */
  bringsMembers(path: RepoPath): boolean;
  /** True for the declaring file, and where a file may be handed what it declares. */
  isDependent(path: RepoPath): boolean;
  /** True where a file may mean the symbol by its imports alone; its text was not looked at. */
  mayUse(path: RepoPath): boolean;
}

export function createMeanings(language: ModuleLanguage, graph: ImportGraph, asked: Asked): Meanings {
  const { modules, bindingsOf } = graph;
  const home = modules.moduleOf(asked.path);
  const homes = modulesWith(graph, asked.path);
  const leads = createLeads(language, graph, asked);
  const words = new Set([asked.name]);
  const leadsTo = (binding: Binding, name: string): boolean =>
    binding.from.some(({ module, rest }) => leads(module, rest[0] ?? name) && rest.length === 0);
  const dependents = keep((_: string) => {
    const found = new Set([asked.path, ...graph.dependentsOf([asked.path])]);
    // Where types are not written down, a file may be handed what it does not import.
    if (language.untyped) for (const path of graph.dependenciesOf([asked.path])) found.add(path);
    return found;
  });
  const namesBehind = (binding: Binding): readonly string[] =>
    [...words].filter((word) => binding.from.some(({ module, rest }) => (rest.length === 0 ? leads(module, word) : false)));
  const localsOf = keep((path: RepoPath): ReadonlySet<string> => {
    const bindings = bindingsOf(path);
    const locals = new Set<string>();
    for (const binding of bindings)
      if (binding.kind !== 'dynamic' && binding.local !== '*' && binding.imported !== '*' && leadsTo(binding, binding.imported))
        locals.add(binding.local);
    const isHidden =
      language.importsHide &&
      locals.size === 0 &&
      bindings.some(({ local, imported, kind }) => local === asked.name && imported !== '*' && kind !== 'dynamic');
    const isNear = language.sharesModule && modules.moduleOf(path) === home;
    if (path === asked.path || (!isHidden && isNear)) locals.add(asked.name);
    if (!isHidden) for (const binding of bindings) if (binding.local === '*') for (const name of namesBehind(binding)) locals.add(name);
    return locals;
  });
  const passesModule = (module: string, offered: string, name: string): boolean =>
    language.passesOn && graph.declarersOf(module, offered).some((file) => leads(modules.moduleOf(file), name));
  const couldQualify = (binding: Binding): boolean =>
    binding.from.some(
      ({ module }) => homes.has(module) || [...homes].some((one) => one.startsWith(`${module}/`) || module === '') || language.passesOn,
    );
  return {
    words,
    localsOf,
    qualifies(path, chain, name) {
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
      const whole = chain.join(language.separator);
      return modules.resolve(path, whole).some(({ module, rest }) => rest.length === 0 && leads(module, name));
    },
    isForeign(path, qualifier) {
      const bindings = bindingsOf(path).filter(({ local, kind }) => local === qualifier && kind !== 'dynamic');
      if (bindings.length === 0) return false;
      return bindings.every(({ from, imported }) => {
        if (from.length === 0) return true;
        const files = from.flatMap(({ module, rest }) => graph.declarersOf(module, rest[0] ?? imported));
        // What cannot be told may inherit from the symbol's owner.
        return files.length > 0 && files.every((file) => !dependents('').has(file));
      });
    },
    isImported: (path, word) =>
      bindingsOf(path).some((binding) => {
        if (asked.member !== undefined)
          return binding.imported === word && binding.from.some(({ module, rest }) => rest.length > 0 && leads(module, rest[0] ?? ''));
        if (binding.imported === word || binding.local === word) return leadsTo(binding, binding.imported);
        return binding.from.some(({ module, rest }) => rest[0] === word && leads(module, word));
      }),
    bringsMembers: (path) =>
      bindingsOf(path).some(
        ({ local, from }) => local === '*' && from.some(({ module, rest }) => rest[0] !== undefined && leads(module, rest[0])),
      ),
    isDependent: (path) => dependents('').has(path),
    mayUse(path) {
      if (asked.member !== undefined) return dependents('').has(path);
      return localsOf(path).size > 0 || bindingsOf(path).some(couldQualify) || graph.scans.mayHold(path, baseWord(home));
    },
  };
}

function baseWord(module: string): string {
  return module.match(/[\w$]+/g)?.at(-1) ?? '';
}
