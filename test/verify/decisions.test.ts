import { describe, expect, it } from 'vitest';
import { makeAssessment, makeFinding } from '../support/attest.ts';
import { ADA, BOB, codes, EVE, FINDING, line, verify } from '../support/verify-case.ts';

describe('rejected and revoked', () => {
  it('a rejection beats every acknowledgement, until the same person revokes it', async () => {
    const rejected = await line(BOB, [FINDING], { decision: 'rejected', at: '2026-11-22T09:00:00Z' });
    const result = verify([await line(), rejected]);
    expect(codes(result)).toEqual(['rejected']);
    expect(result.covered).toEqual([]);
    expect(codes(verify([rejected]))).toEqual(['rejected', 'uncovered']);
    const foreign = await line(ADA, [FINDING], { decision: 'revoked', at: '2026-11-22T09:30:00Z' });
    expect(codes(verify([await line(), rejected, foreign])), 'nobody else lifts it').toEqual(['rejected']);
    const lifted = await line(BOB, [FINDING], { decision: 'revoked', at: '2026-11-22T09:30:00Z' });
    expect(codes(verify([await line(), rejected, lifted]))).toEqual([]);
  });

  it('a rejection holds for a finding that needs nobody', async () => {
    const low = makeFinding('low', { severity: 'low' });
    expect(codes(verify([await line(BOB, [low], { decision: 'rejected' })], { assessment: makeAssessment([low]) }))).toEqual(['rejected']);
  });

  it('a rejection by somebody who is not trusted is a warning', async () => {
    const result = verify([await line(), await line(EVE, [FINDING], { decision: 'rejected' })]);
    expect(codes(result)).toEqual([]);
    expect(result.warnings).toEqual([expect.stringContaining('rejected by eve@example.invalid ignored')]);
  });

  it('a rejection of another repository, or with a broken signature, is no veto', async () => {
    const elsewhere = await line(BOB, [FINDING], { decision: 'rejected' }, 'another-repository');
    const rejected = JSON.parse(await line(BOB, [FINDING], { decision: 'rejected' }));
    const other = JSON.parse(await line(BOB));
    expect(codes(verify([await line(), elsewhere, JSON.stringify({ ...rejected, sshsig: other.sshsig })]))).toEqual([]);
  });

  it('revoked: one’s own acknowledgement, which may follow again', async () => {
    const revoked = await line(ADA, [FINDING], { decision: 'revoked', at: '2026-11-22T10:30:00Z' });
    expect(codes(verify([await line(), revoked]))).toEqual(['revoked']);
    expect(codes(verify([await line(), revoked, await line(BOB)]))).toEqual([]);
    expect(codes(verify([await line(), revoked, await line(ADA, [FINDING], { at: '2026-11-22T11:00:00Z' })]))).toEqual([]);
  });
});
