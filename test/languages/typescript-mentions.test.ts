import { expect, it } from 'vitest';
import { mentionsOf } from '../../server/src/core/languages/typescript/references/mentions.ts';

it('a word is found where it stands whole, in order', () => {
  expect(mentionsOf('pay(); payAll(); /* pay */ "pay" $pay', 'pay')).toEqual([0, 20, 28]);
});

it('what has no name is mentioned nowhere', () => {
  expect(mentionsOf('class A { constru', '')).toEqual([]);
});
