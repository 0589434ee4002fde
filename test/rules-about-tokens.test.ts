import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { CodeToken } from '../server/src/core/model/facts.ts';
import { createJoiner } from '../server/src/core/rules/vocabulary/code/joined-tokens.ts';

const WORDS = ['a', 'if', '(', ')', "'text'", '.', '0'];

/** A file of more tokens than are joined anew, and edits of it: where, how many go, which come. */
const files = fc.record({
  tokens: fc.array(fc.nat(WORDS.length - 1), { minLength: 1_000, maxLength: 1_300 }),
  edits: fc.array(fc.record({ at: fc.nat(1_400), gone: fc.nat(40), come: fc.array(fc.nat(WORDS.length - 1), { maxLength: 12 }) }), {
    minLength: 1,
    maxLength: 6,
  }),
});

it('joins a text that is much like the one before as it joins any other', () => {
  const pieceOf = (text: string, last: string | undefined): string => (/^\w/.test(text) && /\w$/.test(last ?? '') ? ` ${text}` : text);
  const codes = (numbers: readonly number[]): readonly CodeToken[] =>
    numbers.map((number, index) => ({ text: WORDS[number] ?? '', line: index + 1 }));
  fc.assert(
    fc.property(files, ({ tokens, edits }) => {
      const join = createJoiner(pieceOf);
      const numbers = [...tokens];
      for (const { at, gone, come } of [{ at: 0, gone: 0, come: [] }, ...edits]) {
        numbers.splice(Math.min(at, numbers.length), gone, ...come);
        const asked = codes(numbers);
        expect(join(asked)).toEqual(createJoiner(pieceOf)(asked));
        const { text, offsets } = join(asked);
        expect(text).toBe(asked.map((token, index) => pieceOf(token.text, asked[index - 1]?.text)).join(''));
        expect(asked.every((token, index) => text.startsWith(pieceOf(token.text, asked[index - 1]?.text), offsets[index]))).toBe(true);
      }
    }),
    { numRuns: 60, seed: 20260104 },
  );
});
