import { expect, it } from 'vitest';
import type { History, PastCommit } from '../../server/src/core/model/history.ts';
import { pastFactors } from '../../server/src/core/score/change-past.ts';
import { type ChangedFile, shapeFactors } from '../../server/src/core/score/change-shape.ts';
import { repoPath } from '../support/git.ts';

const FILE: ChangedFile = { path: repoPath('src/pay.ts'), context: 'production', hunks: [] };

function file(path: string, context: ChangedFile['context'], removed: readonly string[] = [], added: readonly string[] = []): ChangedFile {
  const hunk = { id: path, path: repoPath(path), before: { start: 1, lines: 1 }, after: { start: 1, lines: 1 }, removed, added };
  return { path: repoPath(path), context, hunks: [hunk] };
}

function points(factors: readonly { readonly name: string; readonly points: number }[]): Record<string, number> {
  return Object.fromEntries(factors.map((factor) => [factor.name, factor.points]));
}

function past(commits: readonly [author: string, kind: PastCommit['kind'], ...paths: string[]][], more: Partial<History> = {}): History {
  return {
    commits: commits.map(([author, kind, ...paths]) => ({ author, kind, paths: paths.map(repoPath) })),
    isWhole: true,
    authors: ['ada@example.invalid'],
    ...more,
  };
}

it('prose and tests alone run nothing', () => {
  const shape = points(shapeFactors([file('README.md', 'production'), file('test/pay.test.ts', 'test')]));
  expect(shape['what runs']).toBe(0);
});

it('a release that only counts up gives half of what runs', () => {
  const version = file('package.json', 'production', ['  "version": "1.2.3",\n'], ['  "version": "1.2.4",\n']);
  expect(points(shapeFactors([version]))['what runs']).toBe(5);
  const dependency = file('package.json', 'production', ['  "left": "1.2.3",\n'], ['  "left": "1.2.4",\n']);
  expect(points(shapeFactors([version, dependency]))['what runs']).toBe(10);
});

it('removed lines and pipeline files add up', () => {
  const shape = points(shapeFactors([file('.github/workflows/ci.yml', 'pipeline', ['a\n', 'b\n', 'c\n'], ['d\n'])]));
  expect(shape['what goes']).toBe(6);
  expect(shape['what ships it']).toBe(5);
});

it('knows reverts, fixes, authors and partners of the changed files', () => {
  const history = past([
    ['ada@example.invalid', 'other', 'src/pay.ts', 'src/ledger.ts'],
    ['bo@example.invalid', 'fix', 'src/pay.ts', 'src/ledger.ts'],
    ['bo@example.invalid', 'revert', 'src/pay.ts', 'src/ledger.ts'],
    ['bo@example.invalid', 'other', 'src/pay.ts'],
  ]);
  const factors = points(pastFactors([FILE], history));
  expect(factors['reverted before']).toBe(5);
  expect(factors['mended before']).toBeCloseTo(0.55);
  expect(factors['new hands']).toBe(0);
  expect(factors['missing partner']).toBe(3);
  const together = points(pastFactors([FILE, { ...FILE, path: repoPath('src/ledger.ts') }], history));
  expect(together['missing partner']).toBe(0);
});

it('an unknown past counts in full, and never less than a known one', () => {
  const unknown = points(pastFactors([FILE], undefined));
  expect(unknown).toEqual({ 'reverted before': 5, 'mended before': 4, 'new hands': 4, 'missing partner': 4 });
  const cut = points(pastFactors([FILE], past([['bo@example.invalid', 'other', 'src/pay.ts']], { isWhole: false, authors: [] })));
  expect(cut).toEqual(unknown);
});

it('a change of prose alone is asked nothing', () => {
  const factors = pastFactors([{ ...FILE, path: repoPath('docs/pay.md') }], undefined);
  expect(factors.find((factor) => factor.name === 'reverted before')?.points).toBe(0);
});
