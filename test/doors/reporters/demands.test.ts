import { expect, test } from 'vitest';
import type { Finding } from '../../../server/src/core/model/finding.ts';
import { DEFAULT_POLICY } from '../../../server/src/core/policy/default-policy.ts';
import { unconfirmedDependents } from '../../../server/src/core/verify/dependents.ts';
import { demandsOf, reasonFault } from '../../../server/src/doors/reporters/demands.ts';
import { makeAssessment, makeFinding } from '../../support/attest.ts';
import { repoPath } from '../../support/git.ts';

const RADIUS = { files: 1, transitiveFiles: 0, packages: 1, tests: 0, exported: true, method: 'types', atMost: false } as const;

function demanded(references: number, known: number): readonly string[] {
  const dependents = Array.from({ length: known }, (_, index) => ({ path: repoPath('src/a.ts'), line: index + 1, message: 'calls it' }));
  const finding: Finding = makeFinding('a', { severity: 'critical', blastRadius: { ...RADIUS, references, dependents } });
  const [hunk] = makeAssessment([finding]).hunks;
  return hunk === undefined ? [] : demandsOf(hunk, DEFAULT_POLICY).dependents.map(({ id }) => id);
}

test('at most ten dependents of a finding are shown, and the rest is one more', () => {
  expect(demanded(2, 2)).toEqual(['src/a.ts:1', 'src/a.ts:2']);
  expect(demanded(14, 12)).toHaveLength(11);
  expect(demanded(14, 12).at(-1)).toBe('and 4 more');
  expect(demanded(3, 0)).toEqual(['and 3 more']);
  expect(demanded(0, 0)).toEqual([]);
});

test('a line that names the symbol twice is confirmed once, and a verification asks no more', () => {
  const at = (line: number, message: string) => ({ path: repoPath('src/a.ts'), line, message });
  const dependents = [at(2, 'calls d'), at(1, 'imports del'), at(1, 'imports d')];
  const finding: Finding = makeFinding('a', { severity: 'critical', blastRadius: { ...RADIUS, references: 3, dependents } });
  const [hunk] = makeAssessment([finding]).hunks;
  const demands = hunk === undefined ? undefined : demandsOf(hunk, DEFAULT_POLICY);
  const ids = demands?.dependents.map(({ id }) => id) ?? [];
  expect([ids, demands?.dependentCount]).toEqual([['src/a.ts:2', 'src/a.ts:1'], 2]);
  expect(unconfirmedDependents(finding, ids)).toBe(0);
  expect(unconfirmedDependents(finding, ['src/a.ts:1'])).toBe(1);
});

test('a reason is compared with the last one without case and white space, in every door', () => {
  expect(reasonFault('OLD is set  by the caller ', true, 'old is set by the caller')?.code).toBe('reason-repeated');
  expect(reasonFault('a b c d e f', true, '')).toMatchObject({ code: 'reason-too-short', message: expect.stringContaining('found 6') });
  expect(reasonFault('another reason', true, 'old is set by the caller')).toBeUndefined();
  expect(reasonFault('', false, '')).toBeUndefined();
});
