import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Fact } from '../server/src/core/model/facts.ts';
import { keysOf, onlyIn, surplusAmong, surplusOf } from '../server/src/core/rules/vocabulary/code/fact-keys.ts';
import { createLookup } from '../server/src/core/rules/vocabulary/code/kept.ts';

/** Facts with few keys, so that many are equal; each stands on a line of its own, so that equal ones are told apart. */
const lists = fc.record({
  old: fc.array(fc.nat(5), { maxLength: 40 }),
  edits: fc.array(fc.record({ at: fc.nat(45), gone: fc.nat(4), come: fc.array(fc.nat(8), { maxLength: 12 }) }), { maxLength: 3 }),
});

function factsOf(numbers: readonly number[]): readonly Fact[] {
  return numbers.map((number, at) => ({
    key: `key ${number}`,
    scope: '',
    range: { start: { line: at + 1, character: 0 }, end: { line: at + 1, character: 1 } },
  }));
}

/** Of n equal facts the first m go, where the old side has m. */
function plainSurplus(facts: readonly Fact[], old: readonly Fact[]): readonly Fact[] {
  const left = old.map(({ key }) => key);
  return facts.filter(({ key }) => {
    const at = left.indexOf(key);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

it('what one side alone has is the same, whether its ends are looked at first or not', () => {
  fc.assert(
    fc.property(lists, ({ old, edits }) => {
      const fresh = [...old];
      for (const { at, gone, come } of edits) fresh.splice(Math.min(at, fresh.length), gone, ...come);
      const [before, after] = [factsOf(old), factsOf(fresh)];
      for (const [one, other] of [
        [before, after],
        [after, before],
      ] as const) {
        expect(onlyIn(one, other)).toEqual(one.filter(({ key }) => !other.some((fact) => fact.key === key)));
        expect(surplusOf(one, other)).toEqual(plainSurplus(one, other));
        const some = one.filter((_, at) => at % 3 === 0);
        expect(surplusAmong(some, other)).toEqual(plainSurplus(some, other));
        expect([...keysOf(one)].sort()).toEqual([...new Set(one.map(({ key }) => key))].sort());
      }
    }),
    { numRuns: 400, seed: 20260119 },
  );
});

it('a lookup says the same to the first question and to the hundredth', () => {
  const things = factsOf(Array.from({ length: 200 }, (_, at) => at % 7));
  const find = createLookup(things, ({ key }) => key);
  for (let asked = 0; asked < 100; asked += 1) {
    const key = `key ${asked % 9}`;
    expect(find(key)).toEqual(things.filter((thing) => thing.key === key));
  }
});
