import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { assetFile } from '../../server/src/host/assets.ts';
import { openSession } from '../../server/src/host/session.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const NEWEST = 40;

const git = (...args: readonly string[]): string => execFileSync('git', ['-C', ROOT, ...args], { encoding: 'utf8', maxBuffer: 1 << 28 });
const commits = git('rev-list', '--min-parents=1', '--max-parents=1', `--max-count=${NEWEST}`, 'HEAD').trim().split('\n').filter(Boolean);
const require = createRequire(path.join(ROOT, 'package.json'));
const session = openSession(ROOT, { readAsset: async (name) => readFileSync(assetFile(name, require.resolve)), env: {} });
afterAll(() => session.close());

/** Real input: this project's own commits, read from git objects alone. */
describe('the newest commits of this repository', () => {
  it('are there', () => {
    expect(commits.length, 'expected a clone with its history, found one commit: a shallow clone cannot be tested').toBeGreaterThan(0);
  });

  // A commit may change a thousand files; how long a review takes is asked elsewhere.
  it.each(commits)('%s is reviewed without a wrong path', { timeout: 300_000 }, async (commit) => {
    const { assessment } = await session.review({ base: `${commit}^`, head: commit });
    const listed = new Set(git('diff-tree', '-r', '-z', '--name-only', '--no-renames', `${commit}^`, commit).split('\0'));
    const named = [
      ...assessment.hunks.flatMap((hunk) => [hunk.path, hunk.previousPath ?? hunk.path]),
      ...assessment.blindSpots.map((spot) => spot.path),
    ];
    expect(named.filter((name) => !listed.has(name))).toEqual([]);
    expect(assessment.blindSpots.filter((spot) => spot.reason === 'rule-crashed' || spot.reason === 'grammar-missing')).toEqual([]);
  });
});
