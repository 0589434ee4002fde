import { expect, it } from 'vitest';
import type { RepoPath } from '../server/src/core/model/tree.ts';
import { changeOf, check } from './support/check.ts';

it('a deleted folder of six thousand exports, some in use, is answered exactly and within seconds', async () => {
  const before = new Map<RepoPath, string>();
  const names = Array.from({ length: 120 }, (_, index) => `member${index}`);
  for (let file = 0; file < 50; file += 1) {
    // A fixture names its files itself; they are what RepoPath promises.
    before.set(`gone/part${file}.ts` as RepoPath, names.map((name) => `export function ${name}of${file}(): void {}\n`).join(''));
    before.set(`kept/use${file}.ts` as RepoPath, `import * as part from '../gone/part${file}';\npart.member0of${file}();\n`);
  }
  const after = new Map([...before].filter(([path]) => path.startsWith('kept/')));
  const started = performance.now();
  const assessment = await check(changeOf({ before, after }));
  expect(performance.now() - started).toBeLessThan(20_000);
  const radii = assessment.hunks.flatMap((hunk) => hunk.findings.map((finding) => finding.blastRadius));
  expect(radii.length).toBeGreaterThan(49);
  expect(radii.every((radius) => radius === null || !radius.atMost)).toBe(true);
  expect(radii.some((radius) => (radius?.references ?? 0) > 0)).toBe(true);
});
