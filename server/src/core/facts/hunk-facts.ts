import type { Fact, FactKind, FileFacts, SourceFacts } from '../model/facts.ts';
import type { Hunk, LineSpan } from '../model/hunk.ts';
import type { Side } from '../model/range.ts';
import { endOf, type FileAnalysis, firstHunkOf } from './analyse-file.ts';
import { FACT_KINDS, mapKinds } from './kinds.ts';
import type { Residue } from './residue.ts';

/** A hunk with the facts it removed and added. */
export interface HunkFacts {
  readonly hunk: Hunk;
  readonly removed: FileFacts;
  readonly added: FileFacts;
}

/**
 * Deals a file's residue out to its hunks. A fact that crosses two hunks goes to the first, so that it is judged once. One that
 * no hunk touches stood there before and belongs to none, unless its line says nothing of the kind any more, or says it for the
 * first time: a `/*` on a line of its own turns code off without a change to it. That goes to the hunk before it
 * (test/facts/code-turned-off.test.ts).
 */
export function factsOfHunks({ hunks, before, after }: FileAnalysis, residue: Residue): readonly HunkFacts[] {
  const removed = deal(hunks, residue.removed, 'before', { own: before, opposite: after });
  const added = deal(hunks, residue.added, 'after', { own: after, opposite: before });
  return hunks.map((hunk) => ({
    hunk,
    removed: mapKinds(
      (kind) =>
        removed
          .get(hunk)
          ?.filter((dealt) => dealt.kind === kind)
          .map((dealt) => dealt.fact) ?? [],
    ),
    added: mapKinds(
      (kind) =>
        added
          .get(hunk)
          ?.filter((dealt) => dealt.kind === kind)
          .map((dealt) => dealt.fact) ?? [],
    ),
  }));
}

interface Dealt {
  readonly kind: keyof FileFacts;
  readonly fact: Fact;
}

/** The facts of the side that is dealt out, and of the other one. */
interface Sides {
  readonly own: SourceFacts | undefined;
  readonly opposite: SourceFacts | undefined;
}

function deal(hunks: readonly Hunk[], facts: FileFacts, side: Side, sides: Sides): ReadonlyMap<Hunk, readonly Dealt[]> {
  const dealt = new Map<Hunk, Dealt[]>();
  const stays = standing(hunks, side, sides);
  for (const kind of FACT_KINDS) {
    for (const fact of facts[kind]) {
      const hunk = firstHunkOf(fact, hunks, side) ?? (stays(kind, fact) ? undefined : hunkBefore(fact, hunks, side));
      if (hunk === undefined) continue;
      const list = dealt.get(hunk) ?? [];
      list.push({ kind, fact });
      dealt.set(hunk, list);
    }
  }
  return dealt;
}

/**
 * True where the same line of the other side has a fact of the same kind: only its name or its place is another, such as that
 * of a function whose head was edited. A side that could not be read as well as the own one says nothing of what it lacks, and
 * is named; a dialect that no grammar reads whole is read alike on both.
 */
function standing(hunks: readonly Hunk[], side: Side, { own, opposite }: Sides): (kind: FactKind, fact: Fact) => boolean {
  if (opposite?.blindSpots.every(({ reason }) => own?.blindSpots.some((spot) => spot.reason === reason)) !== true) return () => true;
  const lines = new Map<FactKind, ReadonlySet<number>>();
  return (kind, fact) => {
    const known = lines.get(kind) ?? new Set(opposite[kind].map(({ range }) => range.start.line));
    lines.set(kind, known);
    return known.has(lineOnOtherSide(hunks, side, fact.range.start.line));
  };
}

/** The line of the other side that stands for a line which no hunk touches. */
function lineOnOtherSide(hunks: readonly Hunk[], side: Side, line: number): number {
  let shift = 0;
  for (const { before, after } of hunks) {
    const [own, other] = side === 'before' ? [before, after] : [after, before];
    if (endOf(own) > line) break;
    shift += other.lines - own.lines;
  }
  return line + shift;
}

function hunkBefore(fact: Fact, hunks: readonly Hunk[], side: Side): Hunk | undefined {
  const span = (hunk: Hunk): LineSpan => (side === 'before' ? hunk.before : hunk.after);
  return hunks.findLast((hunk) => endOf(span(hunk)) <= fact.range.start.line) ?? hunks[0];
}
