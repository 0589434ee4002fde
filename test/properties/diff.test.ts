import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { diffLines } from '../../server/src/core/hunks/diff.ts';
import { splitHunks } from '../../server/src/core/hunks/split-hunks.ts';
import type { Hunk } from '../../server/src/core/model/hunk.ts';
import type { RepoPath } from '../../server/src/core/model/tree.ts';
import { splitLines } from '../../server/src/core/split-lines.ts';

/** Few distinct lines, so that equal lines, twins and slides are common. */
const line = fc.constantFrom('\n', '}\n', '  }\n', 'a\n', '  b\n', 'c\r\n', '  b();\n', 'ü = "\u2028";\n', '\r\n');
const lastLine = fc.constantFrom('', 'end', '}', '\ufeff');
const text = fc.tuple(fc.array(line, { maxLength: 40 }), lastLine).map(([lines, last]) => lines.join('') + last);

/** A text and an edit of it: more alike than two drawn alone. */
const pair = fc.oneof(
  fc.tuple(text, text),
  fc.tuple(text, fc.nat(40), fc.nat(6), text).map(([before, at, count, inserted]): [string, string] => {
    const lines = splitLines(before);
    return [before, [...lines.slice(0, at), inserted, ...lines.slice(at + count)].join('')];
  }),
);

describe('a file’s hunks applied to its before text give its after text', () => {
  test('byte for byte', () => {
    fc.assert(
      fc.property(pair, ([before, after]) => {
        const hunks = hunksOf(before, after);
        expect(apply(before, hunks)).toBe(after);
        expect(revert(after, hunks)).toBe(before);
      }),
      { numRuns: 1_000 },
    );
  });

  test('with no hunk where nothing changed, and never an equal first or last line inside one', () => {
    fc.assert(
      fc.property(pair, ([before, after]) => {
        const hunks = hunksOf(before, after);
        expect(hunks.length === 0).toBe(before === after);
        for (const hunk of hunks) {
          expect(hunk.removed.length + hunk.added.length).toBeGreaterThan(0);
          if (0 < hunk.removed.length && 0 < hunk.added.length) expect(hunk.removed.join('')).not.toBe(hunk.added.join(''));
        }
      }),
      { numRuns: 500 },
    );
  });

  test('with no more lines than the shortest script has', () => {
    fc.assert(
      fc.property(pair, ([before, after]) => {
        const a = splitLines(before);
        const b = splitLines(after);
        const common = longestCommonSubsequence(a, b);
        const { edits, capped } = diffLines(a, b);
        expect(capped).toBe(false);
        const changed = edits.reduce((sum, edit) => sum + edit.beforeEnd - edit.beforeStart + edit.afterEnd - edit.afterStart, 0);
        expect(changed).toBe(a.length + b.length - 2 * common);
      }),
      { numRuns: 500 },
    );
  });

  test('and ids that are unique within the change', () => {
    fc.assert(
      fc.property(pair, ([before, after]) => {
        const ids = hunksOf(before, after).map((hunk) => hunk.id);
        expect(new Set(ids).size).toBe(ids.length);
      }),
    );
  });
});

function hunksOf(before: string, after: string): readonly Hunk[] {
  const path = 'src/a.ts' as RepoPath;
  return splitHunks([{ path, before: { kind: 'text', text: before }, after: { kind: 'text', text: after } }]).hunks;
}

function apply(before: string, hunks: readonly Hunk[]): string {
  const lines = splitLines(before);
  for (const hunk of [...hunks].reverse()) {
    const at = hunk.before.lines === 0 ? hunk.before.start : hunk.before.start - 1;
    expect(lines.splice(at, hunk.before.lines, ...hunk.added)).toEqual(hunk.removed);
  }
  return lines.join('');
}

function revert(after: string, hunks: readonly Hunk[]): string {
  const lines = splitLines(after);
  for (const hunk of [...hunks].reverse()) {
    const at = hunk.after.lines === 0 ? hunk.after.start : hunk.after.start - 1;
    expect(lines.splice(at, hunk.after.lines, ...hunk.removed)).toEqual(hunk.added);
  }
  return lines.join('');
}

/** The textbook table, as the oracle. */
function longestCommonSubsequence(a: readonly string[], b: readonly string[]): number {
  let row = new Array<number>(b.length + 1).fill(0);
  for (const left of a) {
    const next = [0];
    b.forEach((right, j) => {
      next.push(left === right ? (row[j] ?? 0) + 1 : Math.max(row[j + 1] ?? 0, next[j] ?? 0));
    });
    row = next;
  }
  return row[b.length] ?? 0;
}
