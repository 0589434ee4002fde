import { hunkId } from '../identity.ts';
import type { FileChange } from '../model/change.ts';
import type { Hunk, LineSpan } from '../model/hunk.ts';
import type { BlindSpot, FileContent } from '../model/tree.ts';
import { diffLines } from './diff.ts';
import { splitLines } from './lines.ts';

export interface SplitHunks {
  /** In the order of the files, and in each from top to bottom. */
  readonly hunks: readonly Hunk[];
  readonly blindSpots: readonly BlindSpot[];
}

/**
 * Splits every file of a change into its hunks. Takes all files at once, because the ids of equal hunks are told apart by
 * their ordinal in the change. A side that could not be read gives a blind spot and no hunks.
 * Invariant: a file's hunks applied to its before text give its after text (test/properties/diff.test.ts).
 */
export function splitHunks(files: readonly FileChange[]): SplitHunks {
  const hunks: Hunk[] = [];
  const blindSpots: BlindSpot[] = [];
  const ordinals = new Map<string, number>();
  for (const file of files) {
    const unread = unreadSides(file);
    if (0 < unread.length) {
      blindSpots.push(...unread);
      continue;
    }
    const before = splitLines(textOf(file.before));
    const after = splitLines(textOf(file.after));
    const { edits, capped } = diffLines(before, after);
    for (const edit of edits) {
      const removed = before.slice(edit.beforeStart, edit.beforeEnd);
      const added = after.slice(edit.afterStart, edit.afterEnd);
      const first = hunkId(file.path, removed, added, 0);
      const ordinal = ordinals.get(first) ?? 0;
      ordinals.set(first, ordinal + 1);
      hunks.push({
        id: ordinal === 0 ? first : hunkId(file.path, removed, added, ordinal),
        path: file.path,
        ...(file.previousPath === undefined ? {} : { previousPath: file.previousPath }),
        before: span(edit.beforeStart, removed.length),
        after: span(edit.afterStart, added.length),
        removed,
        added,
      });
    }
    if (capped) blindSpots.push({ path: file.path, reason: 'diff-capped', detail: `${before.length} lines against ${after.length}` });
  }
  return { hunks, blindSpots };
}

function unreadSides(file: FileChange): BlindSpot[] {
  const spots: BlindSpot[] = [];
  for (const side of [file.after, file.before]) {
    if (side?.kind !== 'unread' || spots.some((spot) => spot.reason === side.reason)) continue;
    spots.push({ path: file.path, reason: side.reason, ...(side.detail === undefined ? {} : { detail: side.detail }) });
  }
  return spots;
}

function textOf(content: FileContent | undefined): string {
  return content?.kind === 'text' ? content.text : '';
}

function span(start: number, lines: number): LineSpan {
  return { start: lines === 0 ? start : start + 1, lines };
}
