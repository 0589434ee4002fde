import type { Fact, FactKind, FileFacts } from '../model/facts.ts';
import { MOVABLE_KINDS, mapKinds } from './kinds.ts';

/** What one file's facts leave over when equal facts of both sides have cancelled. */
export interface Residue {
  readonly removed: FileFacts;
  readonly added: FileFacts;
}

/** True where a fact's lines are among the lines that the change removed or added on its side. */
export type IsChanged = (fact: Fact) => boolean;

/**
 * Cancels equal facts of the two sides of one file: a fact with an equal key on the other side moved, and did not change.
 * Facts on unchanged lines cancel first, so that a second copy of an old danger is seen where it was added.
 */
export function cancelWithinFile(before: FileFacts, after: FileFacts, isRemoved: IsChanged, isAdded: IsChanged): Residue {
  return {
    removed: mapKinds((kind) => subtract<Fact>(before[kind], counts(after[kind]), isRemoved)),
    added: mapKinds((kind) => subtract<Fact>(after[kind], counts(before[kind]), isAdded)),
  };
}

/**
 * Cancels across the files of a change what may move between files. Invariant: the order of the files does not matter,
 * because facts with equal keys are interchangeable and each side loses the smaller count of the two
 * (test/properties/assess-is-deterministic.test.ts).
 */
export function cancelAcrossFiles(residues: readonly Residue[]): readonly Residue[] {
  if (residues.length < 2) return residues;
  const removed = countAll(residues, 'removed');
  const added = countAll(residues, 'added');
  return residues.map((residue) => ({
    removed: mapKinds((kind) => (MOVABLE_KINDS.has(kind) ? subtractAll<Fact>(kind, residue.removed[kind], added) : residue.removed[kind])),
    added: mapKinds((kind) => (MOVABLE_KINDS.has(kind) ? subtractAll<Fact>(kind, residue.added[kind], removed) : residue.added[kind])),
  }));
}

/** Of n facts with one key, leaves n - m where the other side has m of them, changed ones before unchanged ones. */
function subtract<T extends Fact>(facts: readonly T[], others: ReadonlyMap<string, number>, isChanged: IsChanged): readonly T[] {
  if (others.size === 0) return facts;
  const left = new Map(others);
  const survives = (fact: T): boolean => {
    const count = left.get(fact.key) ?? 0;
    if (count > 0) left.set(fact.key, count - 1);
    return count === 0;
  };
  const unchanged = new Set(facts.filter((fact) => !isChanged(fact) && survives(fact)));
  return facts.filter((fact) => (isChanged(fact) ? survives(fact) : unchanged.has(fact)));
}

function counts(facts: readonly Fact[]): ReadonlyMap<string, number> {
  const map = new Map<string, number>();
  for (const fact of facts) map.set(fact.key, (map.get(fact.key) ?? 0) + 1);
  return map;
}

type CountsByKind = ReadonlyMap<FactKind, Map<string, number>>;

function countAll(residues: readonly Residue[], side: keyof Residue): CountsByKind {
  const byKind = new Map<FactKind, Map<string, number>>();
  for (const kind of MOVABLE_KINDS) {
    const map = new Map<string, number>();
    for (const residue of residues) for (const fact of residue[side][kind]) map.set(fact.key, (map.get(fact.key) ?? 0) + 1);
    byKind.set(kind, map);
  }
  return byKind;
}

/** Consumes the other side's counts while it goes through the files, so that each fact cancels one. */
function subtractAll<T extends Fact>(kind: FactKind, facts: readonly T[], others: CountsByKind): readonly T[] {
  const left = others.get(kind);
  if (left === undefined || left.size === 0) return facts;
  return facts.filter((fact) => {
    const count = left.get(fact.key) ?? 0;
    if (count > 0) left.set(fact.key, count - 1);
    return count === 0;
  });
}
