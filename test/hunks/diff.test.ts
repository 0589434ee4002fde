import { describe, expect, test } from 'vitest';
import { diffLines, type Edit } from '../../server/src/core/hunks/diff.ts';
import { slideEdits } from '../../server/src/core/hunks/slide.ts';
import { splitLines } from '../../server/src/core/split-lines.ts';

/** Draws a diff as whole lines with `-`, `+` and blank, as a person would read it. */
function draw(before: string, after: string): string {
  const a = splitLines(before);
  const b = splitLines(after);
  const drawn: string[] = [];
  let at = 0;
  for (const edit of diffLines(a, b).edits) {
    drawn.push(...a.slice(at, edit.beforeStart).map((line) => ` ${line}`));
    drawn.push(...a.slice(edit.beforeStart, edit.beforeEnd).map((line) => `-${line}`));
    drawn.push(...b.slice(edit.afterStart, edit.afterEnd).map((line) => `+${line}`));
    at = edit.beforeEnd;
  }
  return [...drawn, ...a.slice(at).map((line) => ` ${line}`)].join('');
}

describe('an insertion that could stand in several places', () => {
  const file = 'class A {\n  one() {\n    a();\n  }\n\n  three() {\n    c();\n  }\n}\n';

  test('takes a whole method with the blank line above the next one', () => {
    const after = file.replace('\n  three', '\n  two() {\n    b();\n  }\n\n  three');
    expect(draw(file, after)).toBe(
      ' class A {\n   one() {\n     a();\n   }\n \n+  two() {\n+    b();\n+  }\n+\n   three() {\n     c();\n   }\n }\n',
    );
  });

  test('takes a whole method where no blank line parts them', () => {
    const dense = file.replace('\n\n', '\n');
    expect(draw(dense, dense.replace('  three', '  two() {\n    b();\n  }\n  three'))).toBe(
      ' class A {\n   one() {\n     a();\n   }\n+  two() {\n+    b();\n+  }\n   three() {\n     c();\n   }\n }\n',
    );
  });

  test('takes the same lines when it is removed again', () => {
    const after = file.replace('\n  three', '\n  two() {\n    b();\n  }\n\n  three');
    const forth = diffLines(splitLines(file), splitLines(after)).edits;
    const back = diffLines(splitLines(after), splitLines(file)).edits;
    expect(back.map(mirrored)).toEqual(forth);
  });

  test('stands lowest among equal lines', () => {
    expect(draw('a\na\n', 'a\na\na\n')).toBe(' a\n a\n+a\n');
  });

  test.each([
    ['above', [edit(0, 1, 0, 1), edit(3, 3, 3, 5)], ['x', 'a', 'b', 'y'], ['z', 'a', 'b', 'a', 'b', 'y'], [edit(0, 1, 0, 3)]],
    ['below', [edit(1, 1, 1, 3), edit(3, 4, 5, 6)], ['x', 'a', 'b', 'y'], ['x', 'a', 'b', 'a', 'b', 'z'], [edit(3, 4, 3, 6)]],
    ['above that is an insertion too', [edit(1, 1, 1, 2), edit(2, 2, 3, 4)], ['a', 'a'], ['a', 'a', 'a', 'a'], [edit(2, 2, 2, 4)]],
  ])('joins an edit %s that it can be shifted to touch', (_, edits, before, after, expected) => {
    expect(slideEdits(before, after, edits)).toEqual(expected);
  });
});

describe('a diff that meets its cap', () => {
  const lines = (count: number, name: string): string[] => Array.from({ length: count }, (_, i) => `${name} ${i}\n`);

  test('of a file in which every line is new is one edit, and complete', () => {
    const { edits, capped } = diffLines(lines(50_000, 'old'), lines(50_000, 'new'));
    expect(edits).toEqual([{ beforeStart: 0, beforeEnd: 50_000, afterStart: 0, afterEnd: 50_000 }]);
    expect(capped).toBe(false);
  });

  test('of a long file with many edits between unique lines calls no old line new', () => {
    const before = lines(6_000, 'kept').flatMap((line) => [line, '}\n', '\n']);
    const after = lines(6_000, 'kept').flatMap((line, i) => (i % 3 === 0 ? [line, '\n', '}\n', 'added\n'] : [line, '}\n', '\n']));
    const { edits, capped } = diffLines(before, after);
    expect(capped).toBe(false);
    expect(edits.length).toBeGreaterThan(2_000);
    const touched = new Set(edits.flatMap((edit) => before.slice(edit.beforeStart, edit.beforeEnd)));
    expect([...touched].filter((line) => line.startsWith('kept'))).toEqual([]);
  });

  test('leaves only the stretch that cannot be aligned as one edit, and says so', () => {
    const shuffled = (count: number, step: number): string[] => Array.from({ length: count }, (_, i) => `${(i * step) % 7}\n`);
    const before = [...lines(100, 'head'), ...shuffled(4_000, 3), 'anchor\n', ...lines(100, 'tail'), 'end of before\n'];
    const after = ['start of after\n', ...lines(100, 'head'), ...shuffled(4_000, 5), 'anchor\n', ...lines(100, 'tail')];
    const { edits, capped } = diffLines(before, after);
    expect(capped).toBe(true);
    const touched = edits.flatMap((edit) => before.slice(edit.beforeStart, edit.beforeEnd));
    expect(touched.filter((line) => /^(head|tail|anchor)/.test(line))).toEqual([]);
    expect(edits.some((edit) => edit.beforeEnd - edit.beforeStart > 3_000)).toBe(true);
  });
});

function edit(beforeStart: number, beforeEnd: number, afterStart: number, afterEnd: number): Edit {
  return { beforeStart, beforeEnd, afterStart, afterEnd };
}

function mirrored(edit: Edit): Edit {
  return { beforeStart: edit.afterStart, beforeEnd: edit.afterEnd, afterStart: edit.beforeStart, afterEnd: edit.beforeEnd };
}
