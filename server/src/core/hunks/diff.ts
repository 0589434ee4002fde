import { alignLines } from './align.ts';
import { slideEdits } from './slide.ts';

/** Lines `before[beforeStart, beforeEnd)` became `after[afterStart, afterEnd)`. Indexes are 0-based, ends exclusive. */
export interface Edit {
  readonly beforeStart: number;
  readonly beforeEnd: number;
  readonly afterStart: number;
  readonly afterEnd: number;
}

export interface Diff {
  /** In order, never touching: at least one equal line lies between two edits. */
  readonly edits: readonly Edit[];
  /** True where a stretch was too far apart to align and became one edit as a whole. */
  readonly capped: boolean;
}

/**
 * The one line diff of the product. Trimmed Myers; its work is capped by a count and never by a clock, so that every door
 * gives the same answer. Edits that could stand in several places stand in the one that `slideEdits` names.
 * Invariant: applying the edits to `before` gives `after` (test/properties/diff.test.ts).
 */
export function diffLines(before: readonly string[], after: readonly string[]): Diff {
  const prefix = commonPrefix(before, after);
  const suffix = commonSuffix(before, after, prefix);
  const beforeEnd = before.length - suffix;
  const afterEnd = after.length - suffix;
  if (prefix === beforeEnd && prefix === afterEnd) return { edits: [], capped: false };

  const ids = new Map<string, number>();
  const alignment = alignLines(intern(before, prefix, beforeEnd, ids), intern(after, prefix, afterEnd, ids));
  return { edits: slideEdits(before, after, editsBetween(alignment.partner, afterEnd - prefix, prefix)), capped: alignment.capped };
}

function commonPrefix(before: readonly string[], after: readonly string[]): number {
  const limit = Math.min(before.length, after.length);
  let count = 0;
  while (count < limit && before[count] === after[count]) count += 1;
  return count;
}

function commonSuffix(before: readonly string[], after: readonly string[], prefix: number): number {
  const limit = Math.min(before.length, after.length) - prefix;
  let count = 0;
  while (count < limit && before[before.length - 1 - count] === after[after.length - 1 - count]) count += 1;
  return count;
}

/** Equal lines get equal numbers, so that the inner loops compare integers. */
function intern(lines: readonly string[], start: number, end: number, ids: Map<string, number>): Int32Array {
  const interned = new Int32Array(end - start);
  for (let i = start; i < end; i += 1) {
    const line = lines[i] ?? '';
    let id = ids.get(line);
    if (id === undefined) {
      id = ids.size;
      ids.set(line, id);
    }
    interned[i - start] = id;
  }
  return interned;
}

/** Everything between two aligned pairs is one edit. `partner[i]` is the after line of before line i, or -1. */
function editsBetween(partner: Int32Array, afterCount: number, offset: number): Edit[] {
  const edits: Edit[] = [];
  let beforeStart = 0;
  let afterStart = 0;
  for (let i = 0; i <= partner.length; i += 1) {
    const j = i < partner.length ? (partner[i] ?? -1) : afterCount;
    if (j === -1) continue;
    if (beforeStart < i || afterStart < j) {
      edits.push({ beforeStart: beforeStart + offset, beforeEnd: i + offset, afterStart: afterStart + offset, afterEnd: j + offset });
    }
    beforeStart = i + 1;
    afterStart = j + 1;
  }
  return edits;
}
