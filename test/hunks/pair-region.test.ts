import { describe, expect, test } from 'vitest';
import { pairRegion, type Region } from '../../server/src/core/hunks/pair-region.ts';
import { splitHunks } from '../../server/src/core/hunks/split-hunks.ts';
import type { Hunk } from '../../server/src/core/model/hunk.ts';
import type { Side } from '../../server/src/core/model/range.ts';
import { repoPath } from '../support/git.ts';

function onlyHunk(before: string, after: string): Hunk {
  const { hunks } = splitHunks([{ path: repoPath('a.ts'), before: { kind: 'text', text: before }, after: { kind: 'text', text: after } }]);
  const [hunk, ...rest] = hunks;
  if (hunk === undefined || rest.length > 0) throw new Error(`expected one hunk, found ${hunks.length}`);
  return hunk;
}

/** The region of the one line of `side` that holds `word`. */
function regionOf(before: string, after: string, side: Side, word: string): Region {
  const lines = (side === 'before' ? before : after).split('\n');
  const line = lines.findIndex((text) => text.includes(word)) + 1;
  return pairRegion(onlyHunk(before, after), side, { start: line, end: line });
}

describe('pairRegion', () => {
  test('takes the flagged line and the line it replaces', () => {
    expect(regionOf('a\n  limit: 100,\n', 'a\n  limit: 1000,\n', 'after', '1000')).toEqual({
      removed: '  limit: 100,\n',
      added: '  limit: 1000,\n',
    });
  });

  test('takes nothing of the other side where nothing is alike', () => {
    expect(regionOf('if (!user) throw new Denied();\n', 'charge(order);\n', 'before', 'throw')).toEqual({
      removed: 'if (!user) throw new Denied();\n',
      added: '',
    });
  });

  test('is clipped to the lines of the hunk', () => {
    const hunk = onlyHunk('a\nb\nc\nd\n', 'a\nx\ny\nd\n');
    expect(pairRegion(hunk, 'after', { start: 1, end: 2 })).toEqual({ removed: '', added: 'x\n' });
    expect(pairRegion(hunk, 'before', { start: 3, end: 900 })).toEqual({ removed: 'c\n', added: '' });
  });

  test('is the whole hunk where no flagged line lies in it', () => {
    const hunk = onlyHunk('a\nb\nc\n', 'a\nx\nc\n');
    expect(pairRegion(hunk, 'after', { start: 3, end: 3 })).toEqual({ removed: 'b\n', added: 'x\n' });
  });

  test('survives an edited neighbour that becomes part of the hunk', () => {
    const before = 'retries: 3,\ntimeout: 100,\ncolour: red,\n';
    const alone = regionOf(before, 'retries: 3,\ntimeout: 900,\ncolour: red,\n', 'after', 'timeout');
    expect(regionOf(before, 'retries: 8,\ntimeout: 900,\ncolour: red,\n', 'after', 'timeout')).toEqual(alone);
    expect(regionOf(before, 'retries: 8,\ntimeout: 900,\ncolour: blue,\nextra: 1,\n', 'after', 'timeout')).toEqual(alone);
    expect(alone.removed).toBe('timeout: 100,\n');
  });

  test('does not take the line that a neighbour replaces, though it is alike', () => {
    const before = 'a: limit(100),\nend\n';
    const flagged = regionOf('end\n', 'b: limit(200),\nend\n', 'after', 'b:');
    expect(flagged.removed).toBe('');
    expect(regionOf(before, 'a: limit(101),\nb: limit(200),\nend\n', 'after', 'b:')).toEqual(flagged);
  });

  test('joins the lines it replaces in their order', () => {
    const before = 'alpha = one(1)\nbeta = two(2)\n';
    const hunk = onlyHunk(before, 'beta = two(20)\nalpha = one(10)\n');
    expect(pairRegion(hunk, 'after', { start: 1, end: 2 }).removed).toBe(before);
  });

  test('depends on the hunk’s text and not on its place', () => {
    const above = regionOf('x\nlimit: 1\n', 'x\nlimit: 2\n', 'after', 'limit');
    expect(regionOf('new\nlines\nx\nlimit: 1\n', 'new\nlines\nx\nlimit: 2\n', 'after', 'limit')).toEqual(above);
  });

  test('takes the whole other side of a hunk too large to pair', () => {
    const text = (name: string): string => Array.from({ length: 600 }, (_, i) => `${name} ${i}\n`).join('');
    const region = pairRegion(onlyHunk(text('old'), text('new')), 'after', { start: 1, end: 600 });
    expect(region).toEqual({ removed: text('old'), added: text('new') });
  });
});
