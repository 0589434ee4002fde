import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { makeCase } from './fuzz.ts';
import { mutate, randomOf } from './mutate.ts';

it('fuzzing with a fixed seed finds no throw, no hang and no crashed rule', { timeout: 360_000 }, () => {
  const ran = spawnSync(process.execPath, ['scripts/run.mjs', 'fuzz', '--cases', '600', '--seconds', '300', '--seed', '7'], {
    encoding: 'utf8',
  });
  expect(`${ran.stdout}${ran.stderr}`).toMatch(/^600 changes of \d+ files in \d+ s, 0 complaints, at most \d+ MB$/m);
  expect(ran.status).toBe(0);
});

it('a seed makes the same change on every machine', () => {
  expect(mutate('one\ntwo\nthree\n', randomOf(42), 'other')).toBe(mutate('one\ntwo\nthree\n', randomOf(42), 'other'));
  expect([1, 2, 3].map(() => randomOf(7)(1_000))).toEqual([11, 11, 11]);
  // The corpus is typed as paths of a repository; this one is a word.
  const corpus = [{ path: 'a.ts' as Parameters<typeof makeCase>[0][number]['path'], text: 'const a = 1;\n' }];
  expect(makeCase(corpus, 3).change.after.paths()).toEqual(makeCase(corpus, 3).change.after.paths());
});
