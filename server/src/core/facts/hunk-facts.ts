import type { Fact, FileFacts } from '../model/facts.ts';
import type { Hunk } from '../model/hunk.ts';
import type { Side } from '../model/range.ts';
import { firstHunkOf } from './analyse-file.ts';
import { FACT_KINDS, mapKinds } from './kinds.ts';
import type { Residue } from './residue.ts';

/** A hunk with the facts it removed and added. */
export interface HunkFacts {
  readonly hunk: Hunk;
  readonly removed: FileFacts;
  readonly added: FileFacts;
}

/**
 * Deals a file's residue out to its hunks. A fact that crosses two hunks goes to the first, so that it is judged once; a
 * fact that no hunk touches belongs to none, for it stood there before.
 */
export function factsOfHunks(hunks: readonly Hunk[], residue: Residue): readonly HunkFacts[] {
  const removed = deal(hunks, residue.removed, 'before');
  const added = deal(hunks, residue.added, 'after');
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

function deal(hunks: readonly Hunk[], facts: FileFacts, side: Side): ReadonlyMap<Hunk, readonly Dealt[]> {
  const dealt = new Map<Hunk, Dealt[]>();
  for (const kind of FACT_KINDS) {
    for (const fact of facts[kind]) {
      const hunk = firstHunkOf(fact, hunks, side);
      if (hunk === undefined) continue;
      const list = dealt.get(hunk) ?? [];
      list.push({ kind, fact });
      dealt.set(hunk, list);
    }
  }
  return dealt;
}
