import { describe, expect, it } from 'vitest';
import { type AckRecord, readRecord } from '../../server/src/core/attest/records.ts';
import type { Acknowledgement } from '../../server/src/core/model/acknowledgement.ts';
import type { Finding } from '../../server/src/core/model/finding.ts';
import { DEFAULT_POLICY } from '../../server/src/core/policy/default-policy.ts';
import { type Coverage, coverFindings } from '../../server/src/core/verify/coverage.ts';
import { makeAcknowledgement, makeAssessment, makeFinding, makeKey, makeSigner, NOW, sealLine } from '../support/attest.ts';

const FINDING = makeFinding('a');

async function record(more: Partial<Acknowledgement> = {}, findings: readonly Finding[] = [FINDING]): Promise<AckRecord> {
  const reading = readRecord(await sealLine(makeAcknowledgement(findings, more), makeSigner(makeKey(9))));
  if (reading.kind === 'junk') throw new Error(reading.reason);
  return reading.record;
}

function cover(findings: readonly Finding[], records: readonly AckRecord[], policy = DEFAULT_POLICY): Coverage {
  return coverFindings(makeAssessment(findings), records, policy, undefined, { now: NOW });
}

describe('a review with one’s own ledger', () => {
  it('counts any valid signature, by whatever key', async () => {
    expect(cover([FINDING], [await record()])).toEqual({
      findings: [
        {
          hunkId: makeAssessment([FINDING]).hunks[0]?.id,
          fingerprint: FINDING.fingerprint,
          required: true,
          acknowledged: true,
          by: ['ada@example.invalid'],
          counted: ['ada@example.invalid'],
        },
      ],
      gaps: [],
      exempt: [],
      covered: [
        {
          fingerprint: FINDING.fingerprint,
          rule: FINDING.rule,
          path: 'src/pay.ts',
          by: ['ada@example.invalid'],
          reasons: [{ by: 'ada@example.invalid', reason: 'the guard moved to the router' }],
        },
      ],
    });
    expect(cover([FINDING], [{ ...(await record()), signatureValid: false }]).gaps.map(({ code }) => code)).toEqual(['bad-signature']);
  });

  it('answers for each finding in the order of the assessment', async () => {
    const findings = [makeFinding('x'), FINDING, makeFinding('y')];
    expect(cover(findings, [await record()]).findings.map(({ acknowledged }) => acknowledged)).toEqual([false, true, false]);
  });

  it('a finding that needs nobody is acknowledged where somebody did, and no gap where nobody did', async () => {
    const low = makeFinding('low', { severity: 'low' });
    expect(cover([low], [])).toMatchObject({ findings: [{ required: false, acknowledged: false }], gaps: [], covered: [] });
    expect(cover([low], [await record({}, [low])])).toMatchObject({
      findings: [{ required: false, acknowledged: true }],
      gaps: [],
      covered: [],
    });
  });

  it('asks for a reason, and not for roles or another person, which only a verification can judge', async () => {
    expect(cover([FINDING], [await record({ reason: '' })]).gaps.map(({ code }) => code)).toEqual(['reason-missing']);
    const policy = {
      ...DEFAULT_POLICY,
      severities: { ...DEFAULT_POLICY.severities, high: { ...DEFAULT_POLICY.severities.high, self: false, roles: [['senior']] } },
    };
    expect(cover([FINDING], [await record()], policy).gaps).toEqual([]);
  });

  it('undo takes back, and acknowledging again counts', async () => {
    const undo = await record({ decision: 'revoked', at: '2026-11-22T10:00:01Z' });
    expect(cover([FINDING], [await record(), undo]).findings[0]?.acknowledged).toBe(false);
    expect(cover([FINDING], [await record(), undo, await record({ at: '2026-11-22T10:00:02Z' })]).findings[0]?.acknowledged).toBe(true);
  });
});
