/**
 * Pairs of lines that are unique on both sides, the longest rising run of them: the anchors of patience diff. Empty where
 * the sides share no unique line.
 */
export function uniqueAnchors(a: Int32Array, b: Int32Array): [number, number][] {
  const inA = indexIfUnique(a);
  const inB = indexIfUnique(b);
  const pairs: [number, number][] = [];
  for (const [line, i] of inA) {
    const j = inB.get(line) ?? -1;
    if (i !== -1 && j !== -1) pairs.push([i, j]);
  }
  return longestRisingRun(pairs.sort((one, other) => one[0] - other[0]));
}

/** The line's index, or -1 where it stands more than once. */
function indexIfUnique(lines: Int32Array): Map<number, number> {
  const indexes = new Map<number, number>();
  lines.forEach((line, i) => {
    indexes.set(line, indexes.has(line) ? -1 : i);
  });
  return indexes;
}

/** Patience sorting over the second numbers; the pairs come sorted by the first. */
function longestRisingRun(pairs: readonly [number, number][]): [number, number][] {
  const tops: number[] = [];
  const previous = new Int32Array(pairs.length).fill(-1);
  pairs.forEach(([, j], index) => {
    let low = 0;
    let high = tops.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((pairs[tops[middle] ?? 0]?.[1] ?? 0) < j) low = middle + 1;
      else high = middle;
    }
    previous[index] = low === 0 ? -1 : (tops[low - 1] ?? -1);
    tops[low] = index;
  });
  const run: [number, number][] = [];
  for (let index = tops.at(-1) ?? -1; index !== -1; index = previous[index] ?? -1) {
    const pair = pairs[index];
    if (pair !== undefined) run.push(pair);
  }
  return run.reverse();
}
