import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { assess } from '../../server/src/core/assess.ts';
import { prepareLanguages } from '../../server/src/core/languages/prepare.ts';
import type { Change } from '../../server/src/core/model/change.ts';
import { DEFAULT_POLICY } from '../../server/src/core/policy/default-policy.ts';
import { repoPath } from '../support/git.ts';
import { memoryTree } from '../support/memory-tree.ts';
import { makeCase } from './fuzz.ts';
import { mutate, randomOf } from './mutate.ts';

const LONG = repoPath('a.ts');

it('fuzzing with a fixed seed finds no throw, no hang and no crashed rule', { timeout: 360_000 }, () => {
  const ran = spawnSync(process.execPath, ['scripts/run.mjs', 'fuzz', '--cases', '600', '--seconds', '300', '--seed', '7'], {
    encoding: 'utf8',
  });
  expect(`${ran.stdout}${ran.stderr}`).toMatch(/^600 changes of \d+ files in \d+ s, 0 complaints, at most \d+ MB$/m);
  expect(ran.status).toBe(0);
});

it('a line as long as a file is reviewed in time', { timeout: 120_000 }, async () => {
  await prepareLanguages([LONG], async () => new Uint8Array());
  const line = (word: string): string => `export const levels = [${`${word}, `.repeat(20_000)}];\n`;
  const change: Change = {
    before: memoryTree('before', new Map([[LONG, `${line('a')}${'keep(1);\n'.repeat(200)}`]])),
    after: memoryTree('after', new Map([[LONG, `${line('b')}${'keep(1);\n'.repeat(200)}`]])),
    touched: [LONG],
    origin: { kind: 'unknown', evidence: 'none' },
  };
  const started = process.cpuUsage();
  assess(change, DEFAULT_POLICY);
  // A second on a busy machine; the square of the line takes a minute there, and as many times longer on a slower one.
  expect(process.cpuUsage(started).user / 1_000).toBeLessThan(20_000);
});

it('a seed makes the same change on every machine', () => {
  expect(mutate('one\ntwo\nthree\n', randomOf(42), 'other')).toBe(mutate('one\ntwo\nthree\n', randomOf(42), 'other'));
  expect([1, 2, 3].map(() => randomOf(7)(1_000))).toEqual([11, 11, 11]);
  // The corpus is typed as paths of a repository; this one is a word.
  const corpus = [{ path: 'a.ts' as Parameters<typeof makeCase>[0][number]['path'], text: 'const a = 1;\n' }];
  expect(makeCase(corpus, 3).change.after.paths()).toEqual(makeCase(corpus, 3).change.after.paths());
});
