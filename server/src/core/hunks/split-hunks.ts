import { hunkId } from '../identity.ts';
import type { FileChange } from '../model/change.ts';
import type { Hunk, LineSpan } from '../model/hunk.ts';
import type { BlindSpot, FileContent } from '../model/tree.ts';
import { splitLines } from '../split-lines.ts';
import { diffLines } from './diff.ts';

export interface SplitHunks {
  /** In the order of the files, and in each from top to bottom. */
  readonly hunks: readonly Hunk[];
  readonly blindSpots: readonly BlindSpot[];
}

/** The hunks of every file of a change. */
export function splitHunks(files: readonly FileChange[]): SplitHunks {
  const splits = files.map(splitFile);
  return { hunks: splits.flatMap((split) => split.hunks), blindSpots: splits.flatMap((split) => split.blindSpots) };
}

/**
 * The hunks of one file, a function of its two sides alone: a caller may keep the answer for as long as they stay the same.
 * A path stands once in a change and is part of the id, so that equal hunks are told apart within their file. A side that
 * could not be read gives a blind spot and no hunks.
 * Invariant: the hunks applied to the before text give the after text (test/properties/diff.test.ts).
 */
export function splitFile(file: FileChange): SplitHunks {
  const unread = unreadSides(file);
  if (0 < unread.length) return { hunks: [], blindSpots: unread };
  const before = linesOf(file.before);
  const after = splitLines(textOf(file.after));
  const { edits, capped } = diffLines(before, after);
  const ordinals = new Map<string, number>();
  const hunks = edits.map((edit): Hunk => {
    const removed = before.slice(edit.beforeStart, edit.beforeEnd);
    const added = after.slice(edit.afterStart, edit.afterEnd);
    const first = hunkId(file.path, removed, added, 0);
    const ordinal = ordinals.get(first) ?? 0;
    ordinals.set(first, ordinal + 1);
    return {
      id: ordinal === 0 ? first : hunkId(file.path, removed, added, ordinal),
      path: file.path,
      ...(file.previousPath === undefined ? {} : { previousPath: file.previousPath }),
      before: span(edit.beforeStart, removed.length),
      after: span(edit.afterStart, added.length),
      removed,
      added,
    };
  });
  const detail = `${before.length} lines against ${after.length}`;
  return { hunks, blindSpots: capped ? [{ path: file.path, reason: 'diff-capped', detail }] : [] };
}

function unreadSides(file: FileChange): BlindSpot[] {
  const spots: BlindSpot[] = [];
  for (const side of [file.after, file.before]) {
    if (side?.kind !== 'unread' || spots.some((spot) => spot.reason === side.reason)) continue;
    spots.push({ path: file.path, reason: side.reason, ...(side.detail === undefined ? {} : { detail: side.detail }) });
  }
  return spots;
}

/** Of a before side, which stays while the other one is typed. */
const LINES = new WeakMap<FileContent, readonly string[]>();

function linesOf(content: FileContent | undefined): readonly string[] {
  if (content === undefined) return [];
  const lines = LINES.get(content) ?? splitLines(textOf(content));
  LINES.set(content, lines);
  return lines;
}

function textOf(content: FileContent | undefined): string {
  return content?.kind === 'text' ? content.text : '';
}

function span(start: number, lines: number): LineSpan {
  return { start: lines === 0 ? start : start + 1, lines };
}
