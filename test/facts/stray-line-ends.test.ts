import { expect, test } from 'vitest';
import type { BlindReason, RepoPath } from '../../server/src/core/model/tree.ts';
import { changeOf, check } from '../support/check.ts';

async function reasonsFor(path: string, before: string, after: string): Promise<readonly BlindReason[]> {
  const sides = { before: new Map([[path as RepoPath, before]]), after: new Map([[path as RepoPath, after]]) };
  return (await check(changeOf(sides))).blindSpots.map(({ reason }) => reason);
}

test.each([
  ['db/change.sql', '-- note\nselect 1;\n', '-- note\rdrop table orders;\nselect 1;\n'],
  ['app/run.py', 'x = 1\n', 'x = 1  # note\rimport os\n'],
  ['.github/workflows/ci.yml', 'on: push\n', 'on: push # note\rjobs: {}\n'],
  ['src/Run.java', 'class Run {}\n', 'class Run { // note \\u000a int x; }\n'],
  ['src/Run.java', 'class Run {}\n', 'class Run { // note \r int x; }\n'],
])('%s: what follows a stray line end may be code, and is named', async (path, before, after) => {
  expect(await reasonsFor(path, before, after)).toContain('stray-line-end');
});

test('a line end that the base has there already hides nothing new', async () => {
  const before = '-- note\rstill the note\nselect 1;\n';
  expect(await reasonsFor('db/change.sql', before, before.replace('select 1', 'select 2'))).toEqual(['parse-error']);
});

test('lines that end in two characters are lines', async () => {
  expect(await reasonsFor('db/change.sql', 'select 1;\r\n', 'select 2;\r\n')).toEqual([]);
});
