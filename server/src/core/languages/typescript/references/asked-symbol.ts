import type { SymbolFact } from '../../../model/facts.ts';
import type { ModuleRecord } from '../../../model/file-scan.ts';
import { Sense } from './senses.ts';

/** A symbol at the top of a file, by what the file calls it and what it offers it as. */
export interface TopSymbol {
  /** Undefined where only what is offered is meant: a name that is passed on, an expression. */
  readonly local: string | undefined;
  readonly exported: readonly string[];
  readonly sense: number;
}

const SENSES: Partial<Record<SymbolFact['kind'], number>> = {
  function: Sense.value,
  variable: Sense.value,
  interface: Sense.type,
  type: Sense.type,
};

/** What a symbol's fact stands for in its file; undefined for a member, whose dependents names and imports cannot tell. */
export function topSymbolOf(
  { name, kind, exported }: Pick<SymbolFact, 'name' | 'kind' | 'exported'>,
  record: ModuleRecord,
): TopSymbol | undefined {
  const sense = SENSES[kind] ?? Sense.any;
  if (name === 'module.exports') return { local: undefined, exported: ['=', ...record.exports.map((offered) => offered.exported)], sense };
  if (kind === 'export') return { local: undefined, exported: [name], sense };
  if (name.includes('.')) return undefined;
  const offered = record.exports.filter((other) => other.local === name || (other.local === undefined && other.exported === name));
  const isDefault = name === 'default';
  // A name that the scan did not see offered, though the syntax tree did, is offered all the same.
  const names = offered.length === 0 && exported ? [name] : offered.map((other) => other.exported);
  return { local: isDefault ? undefined : name, exported: names, sense };
}
