/** Several runs of one thing: the least shows what the machine can do, the median what it did. */
export interface Spread {
  readonly runs: number;
  readonly min: number;
  readonly p50: number;
  readonly p95: number;
  readonly max: number;
}

/** Nearest rank: each figure is one that was measured. Errors: none; of no runs every figure is NaN. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((left, right) => left - right);
  const rank = (share: number): number => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
  return { runs: sorted.length, min: rank(0), p50: rank(0.5), p95: rank(0.95), max: rank(1) };
}

/** Takes turns, so that what else the machine does falls on all of them alike: one list of results for each contender. */
export async function inTurns<Result>(runs: number, contenders: readonly (() => Promise<Result>)[]): Promise<readonly Result[][]> {
  const results: Result[][] = contenders.map(() => []);
  for (let run = 0; run < runs; run += 1) {
    for (const [index, contender] of contenders.entries()) results[index]?.push(await contender());
  }
  return results;
}
