import fc from 'fast-check';
import { expect, it } from 'vitest';
import { changeOf, check } from '../support/check.ts';
import { worlds } from '../support/worlds.ts';

it('assess answers the same twice, whatever the order of the touched files, in plain data', { timeout: 240_000 }, async () => {
  let findings = 0;
  await fc.assert(
    fc.asyncProperty(worlds, async (world) => {
      const change = changeOf(world);
      const first = await check(change);
      const reversed = await check({ ...change, touched: [...change.touched].reverse() });
      expect(reversed).toEqual(first);
      expect(structuredClone(first)).toEqual(first);
      findings += first.hunks.length;
    }),
    { numRuns: 60, seed: 20260101 },
  );
  expect(findings, 'the worlds hold findings, else the law says nothing').toBeGreaterThan(20);
});
