import { expect, test } from 'vitest';
import { authorWords } from '../../../server/src/doors/reporters/policy-words.ts';
import { renderHunk } from '../../../server/src/doors/reporters/text.ts';
import { REFUND_HUNK } from './sample.ts';

const LONG = `  return capture(${'payment, '.repeat(40)}gateway);\n`;

test('a line of code is folded to the terminal, and one line in a pipe: all of it is shown in both', () => {
  const hunk = { ...REFUND_HUNK, added: [LONG, ...REFUND_HUNK.added] };
  const folded = renderHunk(hunk, 'open', { colour: false, columns: 80, isTerminal: true });
  expect(folded.replace(/\s/g, '')).toContain(LONG.replace(/\s/g, ''));
  expect(folded.split('\n').every((line) => line.length <= 80)).toBe(true);
  const piped = renderHunk(hunk, 'open', { colour: false, columns: 80, isTerminal: false });
  expect(piped).toContain(LONG.trim());
  expect(piped).not.toContain('…');
});

test('somebody whose name is their address is named once', () => {
  expect(authorWords({ name: 'Ada', email: 'ada@example.invalid' })).toBe('Ada <ada@example.invalid>');
  expect(authorWords({ name: 'Ada@example.invalid', email: 'ada@example.invalid' })).toBe('ada@example.invalid');
});
