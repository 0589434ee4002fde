import { expect, test } from 'vitest';
import type { Gap } from '../../../server/src/core/model/result.ts';
import type { Coverage, FindingCoverage } from '../../../server/src/core/verify/coverage.ts';
import { hunkStates } from '../../../server/src/doors/reporters/hunk-state.ts';
import { ASSESSMENT, REFUND_HUNK } from './sample.ts';

const HIGH: FindingCoverage = { hunkId: 'h', fingerprint: 'aa', required: true, acknowledged: true, by: ['ada'], counted: ['ada'] };
const MEDIUM: FindingCoverage = { hunkId: 'h', fingerprint: 'bb', required: false, acknowledged: false, by: [], counted: [] };

function coverage(findings: readonly FindingCoverage[], gaps: readonly Pick<Gap, 'code' | 'fingerprint'>[] = []): Coverage {
  const whole = gaps.map((gap): Gap => ({ ...gap, path: 'a', line: 1, rule: 'x/y', severity: 'high', message: '', remedy: '' }));
  return { findings, gaps: whole, covered: [], exempt: [] };
}

function stateOf(given: Coverage): string | undefined {
  const hunk = { ...REFUND_HUNK, id: 'h' };
  return hunkStates({ ...ASSESSMENT, hunks: [hunk] }, given).h?.kind;
}

test('a finding that asks nobody never makes a hunk open', () => {
  expect(stateOf(coverage([HIGH, MEDIUM]))).toBe('acknowledged');
  expect(stateOf(coverage([MEDIUM, HIGH]))).toBe('acknowledged');
});

test('a finding that asks somebody and is not covered makes it open', () => {
  const open = { ...HIGH, fingerprint: 'cc', acknowledged: false };
  expect(stateOf(coverage([HIGH, open]))).toBe('waiting');
  expect(stateOf(coverage([open, { ...MEDIUM, acknowledged: true }]))).toBe('waiting');
});

test('where nobody is asked, somebody must have covered a finding', () => {
  expect(stateOf(coverage([MEDIUM]))).toBe('waiting');
  expect(stateOf(coverage([MEDIUM, { ...MEDIUM, fingerprint: 'cc', acknowledged: true }]))).toBe('acknowledged');
});

test('a rejection makes it open, whatever the policy asks', () => {
  expect(stateOf(coverage([HIGH, MEDIUM], [{ code: 'rejected', fingerprint: 'bb' }]))).toBe('waiting');
});
