import { myers } from './myers.ts';
import { uniqueAnchors } from './unique-anchors.ts';

/** Edits a single Myers run may need before it is given up. About 500,000 steps, 5 ms. */
export const EDIT_CAP = 1_000;

export interface Alignment {
  /** For every line of the before side its equal line of the after side, rising, or -1. */
  readonly partner: Int32Array;
  /** True where a stretch with equal lines in it was left unaligned. */
  readonly capped: boolean;
}

/**
 * Aligns two runs of interned lines. Lines that the other side does not have at all are set aside first: that changes no
 * longest common subsequence, and makes a full rewrite cheap. What is left goes through Myers; where Myers meets its cap,
 * lines that are unique on both sides anchor the alignment and the gaps between them are aligned in turn.
 */
export function alignLines(before: Int32Array, after: Int32Array): Alignment {
  const beforeShared = indexesOfShared(before, after);
  const afterShared = indexesOfShared(after, before);
  const left = Int32Array.from(beforeShared, (i) => before[i] ?? -1);
  const right = Int32Array.from(afterShared, (i) => after[i] ?? -1);

  const partner = new Int32Array(before.length).fill(-1);
  const match = (i: number, j: number): void => {
    partner[beforeShared[i] ?? 0] = afterShared[j] ?? -1;
  };
  return { partner, capped: alignStretches(left, right, match) };
}

interface Stretch {
  readonly leftStart: number;
  readonly leftEnd: number;
  readonly rightStart: number;
  readonly rightEnd: number;
}

/** Returns whether any stretch had to be left unaligned. The list of work stands in for recursion: depth is not bounded. */
function alignStretches(left: Int32Array, right: Int32Array, match: (i: number, j: number) => void): boolean {
  const work: Stretch[] = [{ leftStart: 0, leftEnd: left.length, rightStart: 0, rightEnd: right.length }];
  let capped = false;
  for (let stretch = work.pop(); stretch !== undefined; stretch = work.pop()) {
    const { leftStart, leftEnd, rightStart, rightEnd } = trimStretch(left, right, stretch, match);
    if (leftStart === leftEnd || rightStart === rightEnd) continue;
    const a = left.subarray(leftStart, leftEnd);
    const b = right.subarray(rightStart, rightEnd);
    const pairs = myers(a, b, EDIT_CAP);
    if (pairs !== undefined) {
      for (const [i, j] of pairs) match(leftStart + i, rightStart + j);
      continue;
    }
    const anchors = uniqueAnchors(a, b);
    if (anchors.length === 0) {
      capped = true;
      continue;
    }
    let i = leftStart;
    let j = rightStart;
    for (const [anchorLeft, anchorRight] of anchors) {
      match(leftStart + anchorLeft, rightStart + anchorRight);
      work.push({ leftStart: i, leftEnd: leftStart + anchorLeft, rightStart: j, rightEnd: rightStart + anchorRight });
      i = leftStart + anchorLeft + 1;
      j = rightStart + anchorRight + 1;
    }
    work.push({ leftStart: i, leftEnd, rightStart: j, rightEnd });
  }
  return capped;
}

function trimStretch(left: Int32Array, right: Int32Array, stretch: Stretch, match: (i: number, j: number) => void): Stretch {
  let { leftStart, leftEnd, rightStart, rightEnd } = stretch;
  while (leftStart < leftEnd && rightStart < rightEnd && left[leftStart] === right[rightStart]) match(leftStart++, rightStart++);
  while (leftStart < leftEnd && rightStart < rightEnd && left[leftEnd - 1] === right[rightEnd - 1]) match(--leftEnd, --rightEnd);
  return { leftStart, leftEnd, rightStart, rightEnd };
}

function indexesOfShared(lines: Int32Array, other: Int32Array): number[] {
  const present = new Set(other);
  const indexes: number[] = [];
  for (let i = 0; i < lines.length; i += 1) if (present.has(lines[i] ?? -1)) indexes.push(i);
  return indexes;
}
