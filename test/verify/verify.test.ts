import { describe, expect, it } from 'vitest';
import { keyFingerprint } from '../../server/src/core/attest/ssh-key.ts';
import type { GapCode } from '../../server/src/core/model/result.ts';
import { makeAcknowledgement, makeAssessment, makeFinding, makeSigner, NOW, publicLine, sealLine, trustOf } from '../support/attest.ts';
import { repoPath } from '../support/git.ts';
import { ADA, BOB, codes, demanding, EVE, FINDING, line, NAMES, POLICY, verify } from '../support/verify-case.ts';

describe('a change that passes', () => {
  it('is covered by somebody trusted, and says by whom', async () => {
    expect(verify([await line()])).toEqual({
      passed: true,
      gaps: [],
      covered: [
        {
          fingerprint: FINDING.fingerprint,
          rule: FINDING.rule,
          path: 'src/pay.ts',
          by: ['ada@example.invalid'],
          reasons: [{ by: 'ada@example.invalid', reason: 'the guard moved to the router' }],
        },
      ],
      warnings: [],
    });
  });

  it('needs nobody for what the policy asks nobody for', () => {
    const assessment = makeAssessment([makeFinding('m', { severity: 'medium' })]);
    expect(verify([], { assessment })).toEqual({ passed: true, gaps: [], covered: [], warnings: [] });
  });
});

describe('gaps', () => {
  it('names what was expected, what was found, and the command that closes it', () => {
    expect(verify([]).gaps).toEqual([
      {
        code: 'uncovered',
        fingerprint: FINDING.fingerprint,
        path: 'src/pay.ts',
        line: 3,
        rule: FINDING.rule,
        severity: 'high',
        finding: FINDING.message,
        message: 'expected an acknowledgement, found none',
        remedy: `brakeline ack ${FINDING.fingerprint.slice(0, 12)} && brakeline export`,
      },
    ]);
  });

  it('are all named, not the first alone', async () => {
    const assessment = makeAssessment([FINDING, makeFinding('b'), makeFinding('c')]);
    expect(codes(verify([await line(ADA, [makeFinding('b')])], { assessment }))).toEqual(['uncovered', 'uncovered']);
    const bad = await line(EVE, [FINDING], {}, 'another-repository');
    expect(codes(verify([bad]))).toEqual(['wrong-repository', 'untrusted-signer']);
    const lapsed = await line(ADA, [FINDING], { reason: ' ', at: '2026-10-01T00:00:00Z' });
    expect(codes(verify([lapsed], { policy: demanding({ days: 30, self: false }) }))).toEqual([
      'expired',
      'reason-missing',
      'self-approval',
    ]);
  });

  it('untrusted-signer: a key nobody listed, a name that is not the key’s, a key outside its dates', async () => {
    expect(codes(verify([await line(EVE)]))).toEqual(['untrusted-signer']);
    expect(codes(verify([await line(BOB, [FINDING], { by: { id: 'ada@example.invalid' } })]))).toEqual(['untrusted-signer']);
    expect(codes(verify([await line(BOB, [FINDING], { by: { id: keyFingerprint(publicLine(BOB)) } })]))).toEqual([]);
    expect(codes(verify([await line(BOB, [FINDING], { by: { id: keyFingerprint(publicLine(ADA)) } })]))).toEqual(['untrusted-signer']);
    const key = { principals: ['ada@example.invalid'], publicKey: publicLine(ADA) };
    const ended = verify([await line()], { trust: { signers: [{ ...key, validBefore: '2026-11-22T11:00:00Z' }] } });
    expect(codes(ended)).toEqual(['untrusted-signer']);
    const young = verify([await line()], { trust: { signers: [{ ...key, validAfter: '2026-11-22T11:00:00Z' }] } });
    expect(codes(young)).toEqual(['untrusted-signer']);
    expect(codes(verify([await line()], { trust: { signers: [] } }))).toEqual(['untrusted-signer']);
  });

  it('bad-signature: a statement under another key’s signature', async () => {
    const [ours, theirs] = [JSON.parse(await line(ADA)), JSON.parse(await line(ADA, [makeFinding('b')]))];
    expect(codes(verify([JSON.stringify({ ...ours, signatures: theirs.signatures, sshsig: theirs.sshsig })]))).toEqual(['bad-signature']);
  });

  it('wrong-repository: a replay from elsewhere, or from nowhere', async () => {
    expect(codes(verify([await line(ADA, [FINDING], {}, 'another-repository')]))).toEqual(['wrong-repository']);
    const nameless = await sealLine(makeAcknowledgement([FINDING]), makeSigner(ADA), {});
    const { repositoryId: _, ...policy } = POLICY;
    expect(codes(verify([nameless], { policy: { ...policy, repositoryId: 'z'.repeat(16) } }))).toEqual(['wrong-repository']);
    expect(verify([nameless], { policy }).warnings).toEqual([expect.stringContaining('names no repository id')]);
  });

  it('rejected: a rejection made before the repository had an id is not voided by an id that the head adds', async () => {
    const decision = { decision: 'rejected' as const, by: { id: NAMES.get(ADA) ?? '' } };
    const rejection = await sealLine(makeAcknowledgement([FINDING], decision), makeSigner(ADA), {});
    expect(codes(verify([rejection, await line(BOB)]))).toEqual(['rejected']);
  });

  it('a replay to another path or scope covers nothing: the fingerprint is another', async () => {
    const moved = makeFinding('moved', { scope: 'refund' });
    expect(codes(verify([await line()], { assessment: makeAssessment([moved]) }))).toEqual(['uncovered']);
  });

  it('stale: same rule, path and scope, other content', async () => {
    const edited = makeFinding('edited');
    const result = verify([await line()], { assessment: makeAssessment([edited]) });
    expect(codes(result)).toEqual(['stale']);
    expect(result.gaps[0]?.message).toContain(`${FINDING.fingerprint.slice(0, 12)} of 2026-11-22T10:00:00.000Z by ada@example.invalid`);
    expect(
      codes(verify([await line()], { assessment: makeAssessment([FINDING, edited]) })),
      'what covers another finding is no older one of this',
    ).toEqual(['uncovered']);
  });

  it('expired: by its own end, or by the policy’s days', async () => {
    expect(codes(verify([await line(ADA, [FINDING], { validUntil: '2026-11-22T11:59:59Z' })]))).toEqual(['expired']);
    expect(codes(verify([await line(ADA, [FINDING], { validUntil: '2026-11-22T12:00:01Z' })]))).toEqual([]);
    expect(codes(verify([await line(ADA, [FINDING], { at: '2026-11-15T11:00:00Z' })], { policy: demanding({ days: 7 }) }))).toEqual([
      'expired',
    ]);
    expect(codes(verify([await line(ADA, [FINDING], { at: '2026-11-15T13:00:00Z' })], { policy: demanding({ days: 7 }) }))).toEqual([]);
  });

  it('unverifiable: a time in the future beyond what clocks differ, or a present that is none', async () => {
    expect(codes(verify([await line(ADA, [FINDING], { at: '2026-11-22T12:04:00Z' })]))).toEqual([]);
    expect(codes(verify([await line(ADA, [FINDING], { at: '2026-11-22T12:06:00Z' })]))).toEqual(['unverifiable']);
    expect(codes(verify([await line()], { context: { now: 'today', authors: [] } }))).toEqual(['unverifiable']);
  });

  it('reason-missing and dependents-unconfirmed', async () => {
    expect(codes(verify([await line(ADA, [FINDING], { reason: ' \n' })]))).toEqual(['reason-missing']);
    const radius = {
      references: 4,
      files: 2,
      transitiveFiles: 2,
      packages: 1,
      tests: 0,
      exported: true,
      method: 'types',
      atMost: false,
      dependents: [],
    } as const;
    const critical = makeFinding('a', { severity: 'critical', blastRadius: radius });
    const assessment = makeAssessment([critical]);
    expect(codes(verify([await line()], { assessment }))).toEqual(['dependents-unconfirmed']);
    expect(codes(verify([await line(ADA, [critical], { confirmedDependents: ['src/cart.ts'] })], { assessment }))).toEqual([]);
    const alone = makeAssessment([{ ...critical, blastRadius: { ...radius, references: 0 } }]);
    expect(codes(verify([await line()], { assessment: alone }))).toEqual([]);
  });

  it('dependents-unconfirmed: each of the first ten that a person is shown, wherever its line has moved to', async () => {
    const dependents = Array.from({ length: 12 }, (_, index) => ({ path: repoPath(`src/c${index}.ts`), line: 4, message: '' }));
    const radius = {
      references: 13,
      files: 12,
      transitiveFiles: 0,
      packages: 1,
      tests: 0,
      exported: true,
      method: 'types' as const,
      atMost: false,
      dependents: [...dependents.slice(0, 1), { path: repoPath('src/c0.ts'), line: 9, message: '' }, ...dependents.slice(1)],
    };
    const critical = makeFinding('a', { severity: 'critical', blastRadius: radius });
    const assessment = makeAssessment([critical]);
    const confirming = async (confirmedDependents: readonly string[]): Promise<readonly GapCode[]> =>
      codes(verify([await line(ADA, [critical], { confirmedDependents })], { assessment }));
    const shown = radius.dependents.slice(0, 10).map((one) => `${one.path}:${one.line}`);
    expect(await confirming(shown)).toEqual([]);
    expect(await confirming(shown.map((place) => place.replace(':4', ':40').replace(':9', ':90')))).toEqual([]);
    expect(await confirming(['yes'])).toEqual(['dependents-unconfirmed']);
    expect(await confirming([...shown.slice(1), 'src/other.ts:1'])).toEqual(['dependents-unconfirmed']);
    // Equal findings of two symbols may have other dependents: each is judged by its own.
    const elsewhere = { ...radius, dependents: radius.dependents.map((one) => ({ ...one, path: repoPath(`lib/${one.path}`) })) };
    const twins = makeAssessment([critical, { ...critical, blastRadius: elsewhere }]);
    const both = await line(ADA, [critical, critical], { confirmedDependents: shown });
    expect(codes(verify([both], { assessment: twins }))).toContain('dependents-unconfirmed');
    // The same place twice is not two places of that file.
    expect(await confirming(['src/c0.ts:4', 'src/c0.ts:4', ...shown.slice(2)])).toEqual(['dependents-unconfirmed']);
  });

  it('self-approval: compared without case, and never passed where the authors are not known', async () => {
    const policy = demanding({ self: false });
    expect(codes(verify([await line()], { policy }))).toEqual(['self-approval']);
    expect(verify([await line()], { policy }).gaps[0]?.message, 'whose name is the address is named once').toBe(
      'expected somebody other than the author, found ada@example.invalid',
    );
    expect(codes(verify([await line(BOB)], { policy }))).toEqual([]);
    expect(codes(verify([await line(BOB)], { policy, context: { now: NOW } }))).toEqual(['unverifiable']);
    const nameless = { by: { id: 'bob' } };
    expect(
      codes(verify([await line(BOB, [FINDING], nameless)], { policy, trust: trustOf(['bob', publicLine(BOB)]) })),
      'no address to compare',
    ).toEqual(['unverifiable']);
    const people = [{ id: 'github:2', roles: [], principals: ['bob@example.invalid', 'ada@example.invalid'] }];
    expect(codes(verify([await line(BOB)], { policy: { ...policy, people } })), 'another address of the author').toEqual(['self-approval']);
  });

  it('wrong-role: one of the people must have one of the roles', async () => {
    const people = [
      { id: 'github:1', roles: ['junior'], principals: ['ada@example.invalid'] },
      { id: 'github:2', roles: ['senior'], principals: ['bob@example.invalid'] },
    ];
    const policy = demanding({ roles: [['senior', 'security']] }, { people });
    const result = verify([await line(ADA)], { policy });
    expect(codes(result)).toEqual(['wrong-role']);
    expect(result.gaps[0]?.message).toBe('expected one of the roles senior, security, found github:1 without');
    expect(codes(verify([await line(BOB)], { policy }))).toEqual([]);
    expect(codes(verify([await line(ADA), await line(BOB)], { policy }))).toEqual([]);
  });
});
