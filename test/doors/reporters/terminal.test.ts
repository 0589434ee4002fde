import { describe, expect, it, test } from 'vitest';
import { codeSpan, escapeMarkdown } from '../../../server/src/doors/reporters/markdown.ts';
import { cutTo, displayWidth, fold, foldAround, paint, printable } from '../../../server/src/doors/reporters/terminal.ts';

test('what could rewrite or reorder the screen is shown as its code point', () => {
  expect(printable('a\x1b[2Jb')).toBe('a<U+001B>[2Jb');
  expect(printable('if (x) \u202e} // admin')).toBe('if (x) <U+202E>} // admin');
  expect(printable('one\r\ntwo')).toBe('one<U+000D><U+000A>two');
  expect(printable('\tindented')).toBe('  indented');
  expect(printable('größer 表 ✓')).toBe('größer 表 ✓');
});

test('width counts columns, not characters', () => {
  expect(displayWidth('abc')).toBe(3);
  expect(displayWidth('表示')).toBe(4);
  expect(displayWidth('e\u0301')).toBe(1);
  expect(cutTo('表示表示', 5)).toBe('表示…');
  expect(cutTo('short', 5)).toBe('short');
});

test('folding breaks at spaces and leaves a long word whole', () => {
  expect(fold('one two three', 7)).toEqual(['one two', 'three']);
  expect(fold('unbreakable-word end', 5)).toEqual(['unbreakable-word', 'end']);
});

test('paint leaves text alone where colour is off', () => {
  expect(paint({ colour: false, columns: 80, isTerminal: true }, 'critical', 'x')).toBe('x');
  expect(paint({ colour: true, columns: 80, isTerminal: true }, 'critical', 'x')).toBe('\x1b[1;31mx\x1b[0m');
});

test('text of a repository cannot become Markdown or mention anybody', () => {
  expect(escapeMarkdown('<img src=x> **b** [a](b) | @everyone')).toBe('\\<img src=x\\> \\*\\*b\\*\\* \\[a\\](b) \\| @\u200beveryone');
  expect(codeSpan('a `b` c')).toBe('`` a `b` c ``');
  expect(codeSpan('a|b')).toBe('`a\\|b`');
});

describe('foldAround', () => {
  const ASK = 'brakeline signoff request --base 0123456789ab --head HEAD --output change.signoff.json';

  it.each([
    `let somebody other than bob (${ASK} asks by a file) run: brakeline ack 0123456789ab`,
    'let whoever answers set git config brakeline.target release/1.2, and run: it',
    'on the base branch run brakeline init and commit what it writes; then here: it',
  ])('ends no line inside a command: %s', (text) => {
    const lines = foldAround(text, 30);
    expect(lines.join(' ')).toBe(text);
    for (const command of [ASK, 'git config brakeline.target release/1.2', 'brakeline init'])
      if (text.includes(command)) expect(lines.some((line) => line.includes(command))).toBe(true);
    for (const line of lines) if (!/(?:brakeline|git) /.test(line)) expect(line.length).toBeLessThanOrEqual(30);
  });

  it('folds what speaks of no command as any other text', () => {
    const text = 'expected somebody other than the author, found ada, who is ada@example.invalid';
    expect(foldAround(text, 30)).toEqual(fold(text, 30));
  });
});
