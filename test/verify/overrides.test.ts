import { describe, expect, it } from 'vitest';
import { makeAcknowledgement, makeAssessment, makeFinding, makeSigner, sealLine } from '../support/attest.ts';
import { ADA, BOB, codes, EVE, FINDING, line, NAMES, verify } from '../support/verify-case.ts';

const OVERRIDE = { decision: 'overridden', reason: 'the shop is down, on call alone' } as const;

describe('a recorded override', () => {
  it('is a gap of its own kind, which says who shipped it and why', async () => {
    const result = verify([await line(ADA, [FINDING], OVERRIDE)]);
    expect(codes(result)).toEqual(['overridden']);
    expect(result.passed).toBe(false);
    expect(result.covered).toEqual([]);
    expect(result.gaps[0]?.message).toBe(
      'expected an acknowledgement, found it shipped unreviewed by ada@example.invalid at 2026-11-22T10:00:00.000Z because "the shop is down, on call alone"',
    );
  });

  it('certifies that nobody read the change', async () => {
    const text = await sealLine(makeAcknowledgement([FINDING], OVERRIDE), makeSigner(ADA));
    const payload = Buffer.from(JSON.parse(text).payload, 'base64').toString('utf8');
    expect(payload).toContain('shipped unreviewed');
    expect(payload).not.toContain('I have read this change');
  });

  it('lifts no rejection, and gives way to an acknowledgement', async () => {
    const override = await line(ADA, [FINDING], OVERRIDE);
    expect(codes(verify([override, await line(BOB, [FINDING], { decision: 'rejected' })]))).toEqual(['rejected', 'overridden']);
    expect(codes(verify([override, await line(BOB)]))).toEqual([]);
  });

  it('counts for nobody who is not trusted, and not without a reason', async () => {
    expect(codes(verify([await line(EVE, [FINDING], OVERRIDE)]))).toEqual(['uncovered']);
    expect(codes(verify([await line(ADA, [FINDING], { ...OVERRIDE, reason: ' ' })]))).toEqual(['uncovered']);
    const stolen = JSON.parse(await line(ADA, [FINDING], OVERRIDE));
    const other = JSON.parse(await line(ADA, [makeFinding('b')]));
    expect(codes(verify([JSON.stringify({ ...stolen, signatures: other.signatures, sshsig: other.sshsig })]))).toEqual(['uncovered']);
  });

  it('is taken back by whoever made it, and by nobody else', async () => {
    const override = await line(ADA, [FINDING], OVERRIDE);
    const later = { decision: 'revoked', at: '2026-11-22T11:00:00.000Z' } as const;
    expect(codes(verify([override, await line(ADA, [FINDING], later)]))).toEqual(['uncovered']);
    expect(codes(verify([override, await line(BOB, [FINDING], later)]))).toEqual(['overridden']);
  });

  it('is counted: of two equal findings one override reaches one', async () => {
    const assessment = makeAssessment([FINDING, FINDING]);
    expect(codes(verify([await line(ADA, [FINDING], OVERRIDE)], { assessment }))).toEqual(['overridden', 'uncovered']);
  });

  it('is of the person who is named: two keys are told apart', async () => {
    expect(codes(verify([await line(BOB, [FINDING], { ...OVERRIDE, by: { id: NAMES.get(ADA) ?? '' } })]))).toEqual(['uncovered']);
  });
});
