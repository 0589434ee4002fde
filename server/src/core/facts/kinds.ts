import type { Fact, FactKind, FileFacts } from '../model/facts.ts';

export const FACT_KINDS: readonly FactKind[] = [
  'commands',
  'statements',
  'settings',
  'resources',
  'calls',
  'loops',
  'guards',
  'conditions',
  'handlers',
  'options',
  'symbols',
  'dependencies',
  'suppressions',
];

/**
 * Kinds that may move between files without anything being lost. What a file does (a command, a statement, a resource) is the
 * same thing in another file. What a function does (a guard, a call, a handler) moved only if its function did: the same guard
 * in another function of the same name guards something else. A setting, an option, a symbol or a dependency belongs to its
 * file, and the same words in another file are another thing.
 */
export const MOVES_ALONE: ReadonlySet<FactKind> = new Set<FactKind>(['commands', 'statements', 'resources', 'suppressions']);
export const MOVES_WITH_SCOPE: ReadonlySet<FactKind> = new Set<FactKind>(['calls', 'loops', 'guards', 'conditions', 'handlers']);

export const NO_FACTS: FileFacts = {
  commands: [],
  statements: [],
  settings: [],
  resources: [],
  calls: [],
  loops: [],
  guards: [],
  conditions: [],
  handlers: [],
  options: [],
  symbols: [],
  dependencies: [],
  suppressions: [],
};

/** Builds a record of facts kind by kind. The function gets and must return facts of that kind. */
export function mapKinds(fill: (kind: FactKind) => readonly Fact[]): FileFacts {
  const facts: Record<string, readonly Fact[]> = {};
  for (const kind of FACT_KINDS) facts[kind] = fill(kind);
  // Every kind was filled with facts of its own kind, which the loop cannot express in a type.
  return facts as unknown as FileFacts;
}
