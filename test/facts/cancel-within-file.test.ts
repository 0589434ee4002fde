import fc from 'fast-check';
import { expect, it } from 'vitest';
import { NO_FACTS } from '../../server/src/core/facts/kinds.ts';
import { cancelWithinFile } from '../../server/src/core/facts/residue.ts';
import type { Fact, FileFacts, Guard } from '../../server/src/core/model/facts.ts';

/** A fact's key, and whether its line was changed. */
const sides = fc.array(fc.record({ key: fc.constantFrom('a', 'b', 'c', 'd'), isChanged: fc.boolean() }), { maxLength: 24 });

const factsOf = (side: readonly { readonly key: string }[]): FileFacts => ({
  ...NO_FACTS,
  guards: side.map(({ key }, index): Guard => {
    const place = { line: index + 1, character: 0 };
    return { key, scope: '', range: { start: place, end: place }, test: key, exit: 'throw', reads: [], compares: false };
  }),
});

/** Of each key the unchanged facts cancel first, and of these and the changed ones the first: counted out one by one. */
function left(own: readonly { readonly key: string; readonly isChanged: boolean }[], other: readonly { readonly key: string }[]) {
  const gone = new Set<number>();
  for (const key of new Set(own.map((fact) => fact.key))) {
    const indexes = own.flatMap((fact, index) => (fact.key === key ? [index] : []));
    const inTurn = [...indexes.filter((index) => own[index]?.isChanged === false), ...indexes.filter((index) => own[index]?.isChanged)];
    for (const index of inTurn.slice(0, other.filter((fact) => fact.key === key).length)) gone.add(index);
  }
  return own.flatMap((_, index) => (gone.has(index) ? [] : [index + 1]));
}

it('facts cancel one by one, unchanged ones first, whatever stands alike before and behind a change', () => {
  const isChanged = (side: readonly { readonly isChanged: boolean }[]) => (fact: Fact) =>
    side[fact.range.start.line - 1]?.isChanged === true;
  const lines = (facts: readonly Fact[]) => facts.map(({ range }) => range.start.line);
  fc.assert(
    fc.property(sides, sides, fc.nat(12), fc.nat(12), (before, after, same, sameEnd) => {
      // Most of a file stays: the two sides begin and end alike.
      const old = [...after.slice(0, same), ...before, ...after.slice(after.length - Math.min(sameEnd, after.length))];
      const { removed, added } = cancelWithinFile(factsOf(old), factsOf(after), isChanged(old), isChanged(after));
      expect(lines(removed.guards)).toEqual(left(old, after));
      expect(lines(added.guards)).toEqual(left(after, old));
    }),
    { numRuns: 2_000, seed: 20260105 },
  );
});
