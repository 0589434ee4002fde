/**
 * Pairs of a longest common subsequence, rising, by the greedy algorithm of Myers 1986 ("An O(ND) Difference Algorithm and
 * Its Variations"); undefined where more than `cap` insertions and deletions would be needed. The furthest points of every
 * round are kept to walk back: at most cap² integers, and for a usual edit a few hundred.
 */
export function myers(a: Int32Array, b: Int32Array, cap: number): [number, number][] | undefined {
  const limit = Math.min(a.length + b.length, cap);
  const furthest = new Int32Array(2 * limit + 3);
  const center = limit + 1;
  const rounds: Int32Array[] = [];
  for (let d = 0; d <= limit; d += 1) {
    for (let k = -d; k <= d; k += 2) {
      let x = stepsDown(furthest, center, k, d) ? at(furthest, center + k + 1) : at(furthest, center + k - 1) + 1;
      let y = x - k;
      while (x < a.length && y < b.length && a[x] === b[y]) {
        x += 1;
        y += 1;
      }
      furthest[center + k] = x;
      if (a.length <= x && b.length <= y) return walkBack(rounds, d, a.length, b.length);
    }
    rounds.push(furthest.slice(center - d, center + d + 1));
  }
  return undefined;
}

/** `rounds[d]` holds the furthest x of diagonals -d to d after round d. */
function walkBack(rounds: readonly Int32Array[], lastRound: number, endX: number, endY: number): [number, number][] {
  const pairs: [number, number][] = [];
  let x = endX;
  let y = endY;
  for (let d = lastRound; 0 < d; d -= 1) {
    const round = rounds[d - 1] ?? new Int32Array(0);
    const k = x - y;
    const down = stepsDown(round, d - 1, k, d);
    const fromX = at(round, d - 1 + (down ? k + 1 : k - 1));
    const fromY = fromX - (down ? k + 1 : k - 1);
    const stepX = down ? fromX : fromX + 1;
    while (stepX < x) pairs.push([--x, --y]);
    x = fromX;
    y = fromY;
  }
  while (0 < x) pairs.push([--x, --y]);
  return pairs.reverse();
}

/** Round d comes to diagonal k by an insertion (down) or by a deletion, whichever reaches further. */
function stepsDown(furthest: Int32Array, center: number, k: number, d: number): boolean {
  return k === -d || (k !== d && at(furthest, center + k - 1) < at(furthest, center + k + 1));
}

function at(values: Int32Array, index: number): number {
  return values[index] ?? 0;
}
