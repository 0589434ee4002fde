import { describe, expect, it } from 'vitest';
import type { AckRecord } from '../../server/src/core/attest/records.ts';
import type { Decision } from '../../server/src/core/model/acknowledgement.ts';
import { standingOf } from '../../server/src/core/verify/standing.ts';
import { makeAcknowledgement, makeFinding } from '../support/attest.ts';

/** Minutes past ten, and what was decided then. */
function at(minute: number, decision: Decision): AckRecord {
  const acknowledgement = makeAcknowledgement([makeFinding('a')], { decision, at: `2026-11-22T10:${String(minute).padStart(2, '0')}:00Z` });
  return { acknowledgement, publicKey: 'k', signatureValid: true, presence: 'none', payloadDigest: `${minute} ${decision}` };
}

const LATEST = Date.parse('2026-11-22T11:00:00Z');

function standing(...records: readonly AckRecord[]): readonly [acknowledged: number, rejected: boolean, withdrew: boolean] {
  const answers = [records, [...records].reverse()].map((order) => standingOf(order, LATEST));
  const [first, second] = answers.map(
    ({ acknowledged, rejection, withdrew }) => [acknowledged.length, rejection !== undefined, withdrew] as const,
  );
  expect(answers[1]?.rejection).toEqual(answers[0]?.rejection);
  expect(second, 'the order of lines in a carrier says nothing').toEqual(first);
  return first ?? [0, false, false];
}

describe('decisions of one person in time', () => {
  it('an acknowledgement stands, and two stand twice', () => {
    expect(standing(at(1, 'acknowledged'))).toEqual([1, false, false]);
    expect(standing(at(1, 'acknowledged'), at(2, 'acknowledged'))).toEqual([2, false, false]);
  });

  it('a revocation withdraws what came before it, at the same instant too', () => {
    expect(standing(at(1, 'acknowledged'), at(2, 'acknowledged'), at(3, 'revoked'))).toEqual([0, false, true]);
    expect(standing(at(1, 'acknowledged'), at(1, 'revoked'))).toEqual([0, false, true]);
  });

  it('an acknowledgement after a revocation counts anew', () => {
    expect(standing(at(1, 'acknowledged'), at(2, 'revoked'), at(3, 'acknowledged'))).toEqual([1, false, true]);
  });

  it('a rejection stands, whatever the same person acknowledges later', () => {
    expect(standing(at(1, 'rejected'), at(2, 'acknowledged'))).toEqual([1, true, false]);
  });

  it('a rejection is lifted by a later revocation, not by one of the same instant or an earlier one', () => {
    expect(standing(at(1, 'rejected'), at(2, 'revoked'))).toEqual([0, false, false]);
    expect(standing(at(1, 'rejected'), at(1, 'revoked'))).toEqual([0, true, false]);
    expect(standing(at(2, 'rejected'), at(1, 'revoked'))).toEqual([0, true, false]);
    expect(standing(at(1, 'rejected'), at(2, 'revoked'), at(3, 'acknowledged'))).toEqual([1, false, false]);
  });

  it('a revocation from the future withdraws an acknowledgement and lifts no rejection', () => {
    const future = at(0, 'revoked');
    const record = { ...future, acknowledgement: { ...future.acknowledgement, at: '2027-01-01T00:00:00Z' } };
    expect(standing(at(1, 'acknowledged'), record)).toEqual([0, false, true]);
    expect(standing(at(1, 'rejected'), record)).toEqual([0, true, false]);
  });

  it('compares instants and not texts', () => {
    const late = at(5, 'acknowledged');
    const zoned = { ...late, acknowledgement: { ...late.acknowledgement, at: '2026-11-22T12:05:00+02:00' } };
    expect(standing(zoned, at(4, 'revoked'))).toEqual([1, false, false]);
    expect(standing(zoned, at(6, 'revoked'))).toEqual([0, false, true]);
  });
});
