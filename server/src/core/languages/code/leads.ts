import type { RepoPath } from '../../model/tree.ts';
import type { ImportGraph } from './import-graph.ts';
import type { Asked } from './meanings.ts';
import type { ModuleLanguage } from './modules.ts';

/** Whether a module offers the symbol under a name, by itself or by passing it on. */
export function createLeads(language: ModuleLanguage, graph: ImportGraph, asked: Asked): (module: string, name: string) => boolean {
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
export function modulesWith({ modules }: ImportGraph, path: RepoPath): ReadonlySet<string> {
  return new Set([modules.moduleOf(path)]);
}

export function descend({ modules }: ImportGraph, start: string, parts: readonly string[]): string | undefined {
  let module: string | undefined = start;
  for (const part of parts) module = module === undefined ? undefined : modules.inner(module, part);
  return module;
}
