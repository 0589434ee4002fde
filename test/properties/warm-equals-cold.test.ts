import fc from 'fast-check';
import { expect, it } from 'vitest';
import { assess } from '../../server/src/core/assess.ts';
import { createMemo } from '../../server/src/core/facts/memo.ts';
import { DEFAULT_POLICY } from '../../server/src/core/policy/default-policy.ts';
import { changeOf, check } from '../support/check.ts';
import { applyEdit, lineEdits, worlds } from '../support/worlds.ts';

it('an assessment with a memo equals one without, over any sequence of edits', { timeout: 180_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(worlds, lineEdits, fc.integer({ min: 1, max: 4 }), async (start, edits, limit) => {
      const memo = createMemo(limit);
      // As in an editor, where the base stays the same tree from one edit to the next.
      const { before } = changeOf(start);
      let world = start;
      for (const edit of edits) {
        world = applyEdit(world, edit);
        const cold = await check(changeOf(world));
        expect(assess({ ...changeOf(world), before }, DEFAULT_POLICY, { memo, trusted: before })).toEqual(cold);
      }
    }),
    { numRuns: 40, seed: 20260102 },
  );
});
