import { describe, expect, it } from 'vitest';
import { readRecord } from '../../server/src/core/attest/records.ts';
import { keyFingerprint } from '../../server/src/core/attest/ssh-key.ts';
import { findingFingerprint } from '../../server/src/core/identity.ts';
import type { Policy, Presence } from '../../server/src/core/model/policy.ts';
import { coverFindings } from '../../server/src/core/verify/coverage.ts';
import { verifyChange } from '../../server/src/core/verify/verify.ts';
import { makeAcknowledgement, makeAssessment, makeKey, NOW, sealLine, skPublicLine, skSigner } from '../support/attest.ts';
import { repoPath } from '../support/git.ts';
import { ADA, BOB, codes, demanding, FINDING, line, TRUST, verify } from '../support/verify-case.ts';

const KEY = makeKey(81);
const HARDWARE = skPublicLine(KEY);
const SIGNERS = { signers: [...TRUST.signers, { principals: ['ada@example.invalid'], publicKey: HARDWARE }] };

function asking(presence: Presence, hardware: readonly string[] = [keyFingerprint(HARDWARE)]): Policy {
  return demanding({ presence }, { people: [{ id: 'ada', roles: [], principals: ['ada@example.invalid'], hardware }] });
}

function touched(flags: number): Promise<string> {
  return sealLine(makeAcknowledgement([FINDING]), skSigner(KEY, flags));
}

describe('attack: an agent that signs with whatever it can reach', () => {
  it.each<[string, number, Presence, boolean]>([
    ['no touch', 0x00, 'touch', false],
    ['the PIN without a touch', 0x04, 'touch', false],
    ['a touch', 0x01, 'touch', true],
    ['a touch', 0x01, 'verified', false],
    ['a touch and the PIN', 0x05, 'verified', true],
    ['a touch and the PIN', 0x05, 'touch', true],
    ['no touch', 0x00, 'none', true],
  ])('%s (flags %i) where the policy asks for %s: %s', async (_, flags, presence, passes) => {
    const result = verify([await touched(flags)], { policy: asking(presence), trust: SIGNERS });
    expect(codes(result)).toEqual(passes ? [] : ['presence-missing']);
  });

  it('a key file proves no presence, whatever its statement claims', async () => {
    const claiming = await line(ADA);
    const result = verify([claiming], { policy: asking('touch'), trust: SIGNERS });
    expect(codes(result)).toEqual(['presence-missing']);
    expect(result.gaps[0]).toMatchObject({
      message: expect.stringMatching(/^expected a signature that proves presence \(touch\), found no hardware key of ada \(SHA256:/),
      remedy: expect.stringContaining('let somebody whose hardware key the policy lists run: brakeline ack'),
    });
  });

  it('a software key of an sk type, which ssh-keygen takes, proves nothing while nobody enrolled it', async () => {
    const result = verify([await touched(0x05)], { policy: asking('touch', []), trust: SIGNERS });
    expect(codes(result)).toEqual(['presence-missing']);
  });

  it('the hardware of one person is not that of another', async () => {
    const people = [
      { id: 'ada', roles: [], principals: ['ada@example.invalid'] },
      { id: 'bob', roles: [], principals: ['bob@example.invalid'], hardware: [keyFingerprint(HARDWARE)] },
    ];
    const policy = demanding({ presence: 'touch' }, { people });
    expect(codes(verify([await touched(0x05)], { policy, trust: SIGNERS }))).toEqual(['presence-missing']);
  });

  it('is asked of a review with one’s own ledger too', async () => {
    const records = [await touched(0x00), await touched(0x05)].map((one) => {
      const reading = readRecord(one);
      if (reading.kind === 'junk') throw new Error(reading.reason);
      return reading.record;
    });
    const cover = (index: number): boolean | undefined =>
      coverFindings(makeAssessment([FINDING]), records.slice(index, index + 1), asking('touch'), undefined, { now: NOW }).findings[0]
        ?.acknowledged;
    expect([cover(0), cover(1)]).toEqual([false, true]);
  });
});

describe('attack: a revoked key', () => {
  const digest = (publicKey: string): string => Buffer.from(keyFingerprint(publicKey).slice('SHA256:'.length), 'base64').toString('hex');
  const [ada] = TRUST.signers;

  it('covers nothing, however old its statement says it is, and vetoes nothing', async () => {
    const trust = { ...TRUST, revoked: { sha256: [digest(ada?.publicKey ?? '')], sha1: [] } };
    const old = await line(ADA, [FINDING], { at: '2020-01-01T00:00:00Z' });
    const result = verify([old], { trust });
    expect(codes(result)).toEqual(['revoked-key']);
    expect(result.gaps[0]?.message).toMatch(/^expected a key that is not revoked, found SHA256:/);
    const rejected = await line(ADA, [FINDING], { decision: 'rejected' });
    expect(codes(verify([rejected, await line(BOB)], { trust }))).toEqual([]);
  });

  it('another key of the same person goes on counting', async () => {
    const trust = { ...SIGNERS, revoked: { sha256: [digest(ada?.publicKey ?? '')], sha1: [] } };
    const again = await touched(0x01);
    expect(codes(verify([await line(ADA), again], { trust }))).toEqual([]);
  });
});

describe('attack: a rule set of another version', () => {
  it('a policy that pins rules is not verified with others', async () => {
    const policy = { ...demanding({}), rulesets: ['a'.repeat(64)] };
    const lines = [await line(ADA)];
    const passed = (ruleset: string | undefined): boolean =>
      verifyChange({
        assessment: makeAssessment([FINDING]),
        policy,
        trust: TRUST,
        lines,
        context: { now: NOW, authors: [], ...(ruleset === undefined ? {} : { ruleset }) },
      }).passed;
    expect([passed('a'.repeat(64)), passed('b'.repeat(64)), passed(undefined)]).toEqual([true, false, false]);
  });

  it('an acknowledgement of an older major of the rule covers nothing of the new one', async () => {
    const of = (ruleVersion: string): string =>
      findingFingerprint({ rule: FINDING.rule, ruleVersion, scope: FINDING.scope, path: repoPath('src/pay.ts'), ...FINDING.region });
    const [old, now] = ['1.9.0', '2.0.0'].map((ruleVersion) => ({ ...FINDING, ruleVersion, fingerprint: of(ruleVersion) }));
    if (old === undefined || now === undefined) throw new Error('two versions');
    expect(old.fingerprint).not.toBe(now.fingerprint);
    const result = verify([await line(ADA, [old])], { assessment: makeAssessment([now]) });
    expect(codes(result)).toEqual(['stale']);
  });
});

describe('attack: a time that is not yet', () => {
  it.each([
    ['2026-11-22T12:04:00Z', []],
    ['2026-11-22T12:06:00Z', ['unverifiable']],
    ['2036-11-22T12:00:00Z', ['unverifiable']],
  ])('an acknowledgement of %s', async (at, expected) => {
    expect(codes(verify([await line(ADA, [FINDING], { at })]))).toEqual(expected);
  });

  it('does not outlast the days of the policy', async () => {
    const policy = demanding({ days: 30 });
    expect(codes(verify([await line(ADA, [FINDING], { at: '2036-11-22T12:00:00Z' })], { policy }))).toEqual(['unverifiable']);
    expect(codes(verify([await line(ADA, [FINDING], { at: '2026-10-01T12:00:00Z' })], { policy }))).toEqual(['expired']);
  });
});
