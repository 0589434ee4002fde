import type { Fact, FactKind, FileFacts } from '../model/facts.ts';
import { FACT_KINDS, MOVES_ALONE, MOVES_WITH_SCOPE, mapKinds } from './kinds.ts';

/** What one file's facts leave over when equal facts of both sides have cancelled. */
export interface Residue {
  readonly removed: FileFacts;
  readonly added: FileFacts;
}

/** True where a fact's lines are among the lines that the change removed or added on its side. */
export type IsChanged = (fact: Fact) => boolean;

/** What the two sides of one file have of one kind. */
interface Cancelled {
  readonly removed: readonly Fact[];
  readonly added: readonly Fact[];
}

/**
 * Cancels equal facts of the two sides of one file: a fact with an equal key on the other side moved, and did not change.
 * Facts on unchanged lines cancel first, so that a second copy of an old danger is seen where it was added.
 */
export function cancelWithinFile(before: FileFacts, after: FileFacts, isRemoved: IsChanged, isAdded: IsChanged): Residue {
  const removed: Record<string, readonly Fact[]> = {};
  const added: Record<string, readonly Fact[]> = {};
  for (const kind of FACT_KINDS) {
    const left = cancelKind(before[kind], after[kind], isRemoved, isAdded);
    removed[kind] = left.removed;
    added[kind] = left.added;
  }
  return { removed: mapKinds((kind) => removed[kind] ?? []), added: mapKinds((kind) => added[kind] ?? []) };
}

/**
 * Facts that stand on unchanged lines in one order on both sides, from the top on and from the end on, cancel one by one: most of
 * a file costs no more than a look. From the end on that is so only where no other unchanged fact is left of the key, for of
 * those the first cancel (test/facts/cancelling.test.ts).
 */
function cancelKind(before: readonly Fact[], after: readonly Fact[], isRemoved: IsChanged, isAdded: IsChanged): Cancelled {
  const isPair = (old: Fact | undefined, fresh: Fact | undefined): boolean =>
    old !== undefined && fresh !== undefined && old.key === fresh.key && !isRemoved(old) && !isAdded(fresh);
  const most = Math.min(before.length, after.length);
  let start = 0;
  while (start < most && isPair(before[start], after[start])) start += 1;
  let end = 0;
  while (end < most - start && isPair(before[before.length - 1 - end], after[after.length - 1 - end])) end += 1;
  const middle = cancelStretch(before.slice(start, before.length - end), after.slice(start, after.length - end), isRemoved, isAdded);
  if (end === 0 || (middle.removed.every(isRemoved) && middle.added.every(isAdded))) return middle;
  return cancelStretch(before, after, isRemoved, isAdded);
}

function cancelStretch(before: readonly Fact[], after: readonly Fact[], isRemoved: IsChanged, isAdded: IsChanged): Cancelled {
  return { removed: subtract(before, counts(after), isRemoved), added: subtract(after, counts(before), isAdded) };
}

/** A file's residue with what decides whether its facts may have moved to or from another file. */
export interface MovableResidue {
  readonly residue: Residue;
  /** The context of its path, and where it runs (run-place.ts). */
  readonly place: string;
  /** Names of the scopes that its after side still has; undefined where the file is gone. */
  readonly scopesLeft: ReadonlySet<string> | undefined;
}

/**
 * Cancels across the files of a change what moved between files of one place: a command that goes from a test to a deploy
 * script is new there. Invariant: the order of the files does not matter, because facts with equal keys are interchangeable
 * and each side loses the smaller count of the two (test/properties/assess-is-deterministic.test.ts).
 */
export function cancelAcrossFiles(files: readonly MovableResidue[]): readonly Residue[] {
  if (files.length < 2) return files.map(({ residue }) => residue);
  const left = { removed: countMovable(files, 'removed'), added: countMovable(files, 'added') };
  const moved = (kind: FactKind, fact: Fact, file: MovableResidue, others: Map<string, number>): boolean => {
    const id = movableId(kind, fact, file.place);
    const count = others.get(id) ?? 0;
    if (count > 0) others.set(id, count - 1);
    return count > 0;
  };
  return files.map((file) => ({
    removed: mapKinds((kind) =>
      file.residue.removed[kind].filter((fact) => !mayLeave(kind, fact, file) || !moved(kind, fact, file, left.added)),
    ),
    added: mapKinds((kind) => file.residue.added[kind].filter((fact) => !mayArrive(kind) || !moved(kind, fact, file, left.removed))),
  }));
}

function mayArrive(kind: FactKind): boolean {
  return MOVES_ALONE.has(kind) || MOVES_WITH_SCOPE.has(kind);
}

/** A guard whose function stays did not move away with it: it was taken out. */
function mayLeave(kind: FactKind, fact: Fact, { scopesLeft }: MovableResidue): boolean {
  if (!MOVES_WITH_SCOPE.has(kind)) return MOVES_ALONE.has(kind);
  return scopesLeft === undefined || (fact.scope !== '' && !scopesLeft.has(fact.scope));
}

function countMovable(files: readonly MovableResidue[], side: keyof Residue): Map<string, number> {
  const counts = new Map<string, number>();
  for (const file of files) {
    for (const kind of FACT_KINDS) {
      for (const fact of file.residue[side][kind]) {
        if (side === 'removed' ? !mayLeave(kind, fact, file) : !mayArrive(kind)) continue;
        const id = movableId(kind, fact, file.place);
        counts.set(id, (counts.get(id) ?? 0) + 1);
      }
    }
  }
  return counts;
}

function movableId(kind: FactKind, fact: Fact, place: string): string {
  return `${kind}\u0000${place}\u0000${fact.key}`;
}

/** Of n facts with one key, leaves n - m where the other side has m of them, changed ones before unchanged ones. Uses up `left`. */
function subtract<T extends Fact>(facts: readonly T[], left: Map<string, number>, isChanged: IsChanged): readonly T[] {
  if (left.size === 0) return facts;
  const survives = (fact: T): boolean => {
    const count = left.get(fact.key) ?? 0;
    if (count > 0) left.set(fact.key, count - 1);
    return count === 0;
  };
  const changed = new Set(facts.filter(isChanged));
  const unchanged = new Set(facts.filter((fact) => !changed.has(fact) && survives(fact)));
  return facts.filter((fact) => (changed.has(fact) ? survives(fact) : unchanged.has(fact)));
}

function counts(facts: readonly Fact[]): Map<string, number> {
  const map = new Map<string, number>();
  for (const fact of facts) map.set(fact.key, (map.get(fact.key) ?? 0) + 1);
  return map;
}
