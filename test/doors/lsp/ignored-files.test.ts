import { expect, test } from 'vitest';
import type { RepoPath } from '../../../server/src/core/model/tree.ts';
import { createIgnoredFiles } from '../../../server/src/doors/lsp/ignored-files.ts';

const path = (name: string): RepoPath => name as RepoPath;
const nothing = (): boolean => false;

test('a session in which builds write files of ever new names remembers no more than its bound, and what is open', () => {
  const ignored = createIgnoredFiles((one) => one === 'dist/open.js', 100);
  ignored.learn([path('dist/open.js')], nothing);
  for (let build = 0; build < 50; build += 1)
    ignored.learn(
      Array.from({ length: 40 }, (_, index) => path(`dist/${build}-${index}.js`)),
      nothing,
    );
  expect(ignored.size).toBe(101);
  expect(ignored.has(path('dist/open.js'))).toBe(true);
  expect(ignored.has(path('dist/49-39.js'))).toBe(true);
  expect(ignored.has(path('dist/0-0.js'))).toBe(false);
});

test('a file that is written again and again is not let go before one that was written once', () => {
  const ignored = createIgnoredFiles(nothing, 2);
  ignored.learn([path('a'), path('b')], nothing);
  expect(ignored.has(path('a'))).toBe(true);
  ignored.learn([path('c')], nothing);
  expect([path('a'), path('b'), path('c')].map((one) => ignored.has(one))).toEqual([true, false, true]);
});

test('what a later listing holds is ignored no more', () => {
  const ignored = createIgnoredFiles(nothing);
  ignored.learn([path('a'), path('b')], nothing);
  ignored.learn([], (one) => one === 'a');
  expect([ignored.has(path('a')), ignored.has(path('b'))]).toEqual([false, true]);
});
