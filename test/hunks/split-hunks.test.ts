import { describe, expect, test } from 'vitest';
import { splitHunks } from '../../server/src/core/hunks/split-hunks.ts';
import type { FileChange } from '../../server/src/core/model/change.ts';
import type { FileContent } from '../../server/src/core/model/tree.ts';
import { repoPath } from '../support/git.ts';

const text = (content: string | undefined): FileContent | undefined =>
  content === undefined ? undefined : { kind: 'text', text: content };
const file = (path: string, before: string | undefined, after: string | undefined): FileChange => ({
  path: repoPath(path),
  before: text(before),
  after: text(after),
});

describe('splitHunks', () => {
  test('names the lines of both sides, and the line before a gap', () => {
    const { hunks } = splitHunks([file('a', 'one\ntwo\nthree\n', 'one\nthree\nfour\n')]);
    expect(hunks.map(({ before, after, removed, added }) => ({ before, after, removed, added }))).toEqual([
      { before: { start: 2, lines: 1 }, after: { start: 1, lines: 0 }, removed: ['two\n'], added: [] },
      { before: { start: 3, lines: 0 }, after: { start: 3, lines: 1 }, removed: [], added: ['four\n'] },
    ]);
  });

  test('shows a lost final newline as a changed line', () => {
    const { hunks } = splitHunks([file('a', 'one\ntwo\n', 'one\ntwo')]);
    expect(hunks.map((hunk) => [hunk.removed, hunk.added])).toEqual([[['two\n'], ['two']]]);
  });

  test('takes a new and a deleted file as a whole, and an empty one as nothing', () => {
    const { hunks, blindSpots } = splitHunks([file('a', undefined, 'x\ny'), file('b', 'z\n', undefined), file('c', undefined, '')]);
    expect(hunks.map((hunk) => [hunk.path, hunk.before, hunk.after])).toEqual([
      ['a', { start: 0, lines: 0 }, { start: 1, lines: 2 }],
      ['b', { start: 1, lines: 1 }, { start: 0, lines: 0 }],
    ]);
    expect(blindSpots).toEqual([]);
  });

  test('tells twins apart by their ordinal, and only within one path', () => {
    const twins = splitHunks([file('a', 'a\nb\na\nb\n', 'a\nx\nb\na\nx\nb\n'), file('b', 'a\nb\n', 'a\nx\nb\n')]);
    expect(new Set(twins.hunks.map((hunk) => hunk.id)).size).toBe(3);
    const alone = splitHunks([file('a', 'a\nb\n', 'a\nx\nb\n')]);
    expect(twins.hunks[0]?.id).toBe(alone.hunks[0]?.id);
  });

  test('gives an id that moved lines leave as it was', () => {
    const before = splitHunks([file('a', 'a\nb\n', 'a\nx\nb\n')]);
    const moved = splitHunks([file('a', 'new\nlines\na\nb\n', 'new\nlines\na\nx\nb\n')]);
    expect(moved.hunks[0]?.id).toBe(before.hunks[0]?.id);
  });

  test('names a side that was not read, once where both sides say the same, and shows no hunk', () => {
    const large: FileContent = { kind: 'unread', reason: 'too-large', detail: '2.1 MB, limit 1 MB' };
    const binary: FileContent = { kind: 'unread', reason: 'binary' };
    const path = repoPath('a');
    expect(splitHunks([{ path, before: large, after: large }])).toEqual({
      hunks: [],
      blindSpots: [{ path, reason: 'too-large', detail: '2.1 MB, limit 1 MB' }],
    });
    expect(splitHunks([{ path, before: binary, after: text('x\n') }]).blindSpots).toEqual([{ path, reason: 'binary' }]);
    expect(splitHunks([{ path, before: binary, after: large }]).blindSpots.map((spot) => spot.reason)).toEqual(['too-large', 'binary']);
  });

  test('says where a diff was capped', () => {
    const noise = (step: number): string => Array.from({ length: 4_000 }, (_, i) => `${(i * step) % 7}\n`).join('');
    const { hunks, blindSpots } = splitHunks([file('a', noise(3), noise(5))]);
    expect(hunks.length).toBeGreaterThan(0);
    expect(blindSpots).toEqual([{ path: 'a', reason: 'diff-capped', detail: '4000 lines against 4000' }]);
  });
});
