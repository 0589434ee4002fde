import { describe, expect, it } from 'vitest';
import type { Assessment } from '../../server/src/core/model/assessment.ts';
import type { BlindReason } from '../../server/src/core/model/tree.ts';
import { digestOf, makeAssessment } from '../support/attest.ts';
import { repoPath } from '../support/git.ts';
import { codes, FINDING, verify } from '../support/verify-case.ts';

describe('blind spots', () => {
  const blind = (reason: BlindReason): Assessment => makeAssessment([], { blindSpots: [{ path: repoPath('a.ts'), reason, detail: 'x' }] });

  it('what this machine could not recompute is a gap', () => {
    expect(verify([], { assessment: blind('missing-object') }).gaps).toMatchObject([
      { code: 'unverifiable', path: 'a.ts', message: expect.stringContaining('missing-object (x)') },
    ]);
  });

  it('what the head itself made unreadable is a gap, told once', () => {
    const hidden = [{ path: repoPath('a.ts'), reason: 'binary' as const, detail: 'x' }];
    const result = verify([], { assessment: blind('binary'), hidden });
    expect(result.gaps).toMatchObject([{ code: 'unverifiable', path: 'a.ts', message: expect.stringContaining('binary (x)') }]);
    expect(result.warnings).toEqual([]);
    expect(codes(verify([], { assessment: blind('diff-capped') }))).toEqual(['unverifiable']);
    expect(codes(verify([], { assessment: blind('too-complex') }))).toEqual(['unverifiable']);
    expect(verify([], { assessment: blind('parse-error') })).toMatchObject({
      passed: true,
      warnings: ['not analysed: a.ts: parse-error (x)'],
    });
  });

  it('what nobody analyses is a warning', () => {
    expect(verify([], { assessment: blind('binary') })).toMatchObject({ passed: true, warnings: ['not analysed: a.ts: binary (x)'] });
  });

  it('the fingerprint of a test is what it says', () => {
    expect(FINDING.fingerprint).toBe(digestOf('a'));
  });
});
