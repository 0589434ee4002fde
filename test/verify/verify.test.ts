import { describe, expect, it } from 'vitest';
import { keyFingerprint } from '../../server/src/core/attest/ssh-key.ts';
import type { Acknowledgement } from '../../server/src/core/model/acknowledgement.ts';
import type { Assessment } from '../../server/src/core/model/assessment.ts';
import type { Finding } from '../../server/src/core/model/finding.ts';
import type { Policy, Requirement } from '../../server/src/core/model/policy.ts';
import type { GapCode, VerificationResult } from '../../server/src/core/model/result.ts';
import type { BlindReason } from '../../server/src/core/model/tree.ts';
import { DEFAULT_POLICY } from '../../server/src/core/policy/default-policy.ts';
import { type VerificationInput, verifyChange } from '../../server/src/core/verify/verify.ts';
import {
  digestOf,
  makeAcknowledgement,
  makeAssessment,
  makeFinding,
  makeKey,
  makeSigner,
  NOW,
  publicLine,
  REPOSITORY_ID,
  sealAnything,
  sealLine,
  trustOf,
} from '../support/attest.ts';
import { repoPath } from '../support/git.ts';

const ADA = makeKey(1);
const BOB = makeKey(2);
const EVE = makeKey(3);
const NAMES = new Map([
  [ADA, 'ada@example.invalid'],
  [BOB, 'bob@example.invalid'],
  [EVE, 'eve@example.invalid'],
]);
const TRUST = trustOf(['ada@example.invalid', publicLine(ADA)], ['bob@example.invalid', publicLine(BOB)]);
const POLICY: Policy = { ...DEFAULT_POLICY, repositoryId: REPOSITORY_ID };
const FINDING = makeFinding('a');

function line(
  key = ADA,
  findings: readonly Finding[] = [FINDING],
  more: Partial<Acknowledgement> = {},
  repositoryId = REPOSITORY_ID,
): Promise<string> {
  return sealLine(makeAcknowledgement(findings, { by: { id: NAMES.get(key) ?? '' }, ...more }), makeSigner(key), { repositoryId });
}

function verify(lines: readonly string[], more: Partial<VerificationInput> = {}): VerificationResult {
  return verifyChange({
    assessment: makeAssessment([FINDING]),
    policy: POLICY,
    trust: TRUST,
    lines,
    context: { now: NOW, authors: [{ name: 'Ada', email: 'ADA@example.invalid' }] },
    ...more,
  });
}

function codes(result: VerificationResult): readonly GapCode[] {
  expect(result.passed).toBe(result.gaps.length === 0);
  return result.gaps.map(({ code }) => code);
}

function demanding(high: Partial<Requirement>, more: Partial<Policy> = {}): Policy {
  return { ...POLICY, severities: { ...POLICY.severities, high: { ...POLICY.severities.high, ...high } }, ...more };
}

describe('a change that passes', () => {
  it('is covered by somebody trusted, and says by whom', async () => {
    expect(verify([await line()])).toEqual({
      passed: true,
      gaps: [],
      covered: [{ fingerprint: FINDING.fingerprint, rule: FINDING.rule, path: 'src/pay.ts', by: ['ada@example.invalid'] }],
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
    const policy = demanding({ roles: ['senior', 'security'] }, { people });
    const result = verify([await line(ADA)], { policy });
    expect(codes(result)).toEqual(['wrong-role']);
    expect(result.gaps[0]?.message).toBe('expected one of the roles senior, security, found github:1 without');
    expect(codes(verify([await line(BOB)], { policy }))).toEqual([]);
    expect(codes(verify([await line(ADA), await line(BOB)], { policy }))).toEqual([]);
  });
});

describe('several people, several findings', () => {
  it('two people are two, whatever keys and lines there are', async () => {
    const policy = demanding({ people: 2 });
    const second = makeKey(4);
    const trust = { signers: [...TRUST.signers, { principals: ['ada@example.invalid'], publicKey: publicLine(second) }] };
    const again = await sealLine(makeAcknowledgement([FINDING]), makeSigner(second));
    const result = verify([await line(ADA), await line(ADA), again], { policy, trust });
    expect(codes(result)).toEqual(['uncovered']);
    expect(result.gaps[0]?.message).toBe('expected acknowledgements of 2 people, found ada@example.invalid');
    expect(codes(verify([await line(ADA), again, await line(BOB)], { policy, trust }))).toEqual([]);
  });

  it('lines of allowed_signers that share a name or a key are one person, whom no policy needs to name', async () => {
    const policy = demanding({ people: 2 });
    const [one, two, three] = [makeKey(7), makeKey(8), makeKey(9)];
    const signers = [
      { principals: ['alice', 'a@example.invalid'], publicKey: publicLine(one) },
      { principals: ['A@example.invalid'], publicKey: publicLine(two) },
      { principals: ['al'], publicKey: publicLine(two) },
      { principals: ['al'], publicKey: publicLine(three) },
    ];
    const by = (id: string, key: typeof one) => line(key, [FINDING], { by: { id } });
    const lines = await Promise.all([by('alice', one), by('A@example.invalid', two), by('al', three)]);
    const result = verify(lines, { policy, trust: { signers } });
    expect(codes(result)).toEqual(['uncovered']);
    expect(result.gaps[0]?.message).toBe('expected acknowledgements of 2 people, found alice');
    const withBob = { signers: [...signers, ...TRUST.signers] };
    expect(verify([...lines, await line(BOB)], { policy, trust: withBob }).passed).toBe(true);
    const named = demanding({ people: 2 }, { people: [{ id: 'github:1', roles: [], principals: ['alice'] }] });
    expect(verify([...lines, await line(BOB)], { policy: named, trust: withBob }).covered[0]?.by).toEqual([
      'bob@example.invalid',
      'github:1',
    ]);
  });

  it('one key listed for two people of the policy counts for neither', async () => {
    const people = [
      { id: 'one', roles: [], principals: ['ada@example.invalid'] },
      { id: 'two', roles: [], principals: ['bob@example.invalid'] },
    ];
    const trust = trustOf(['ada@example.invalid', publicLine(ADA)], ['bob@example.invalid', publicLine(ADA)]);
    expect(codes(verify([await line()], { trust, policy: { ...POLICY, people } }))).toEqual(['untrusted-signer']);
  });

  it('N equal findings need N acknowledgements, or a count', async () => {
    const assessment = makeAssessment([FINDING, FINDING, FINDING]);
    const one = await line();
    expect(codes(verify([one], { assessment }))).toEqual(['uncovered', 'uncovered']);
    expect(codes(verify([one, one, one], { assessment })), 'one line three times is one').toEqual(['uncovered', 'uncovered']);
    expect(codes(verify([one, await line(), await line()], { assessment }))).toEqual([]);
    const [acknowledged] = makeAcknowledgement([FINDING]).findings;
    const counted = await line(ADA, [], { findings: acknowledged === undefined ? [] : [{ ...acknowledged, count: 3 }] });
    expect(codes(verify([counted], { assessment }))).toEqual([]);
  });

  it('one statement in several renderings is one', async () => {
    const assessment = makeAssessment([FINDING, FINDING]);
    const { sshsig, ...rawOnly } = JSON.parse(await line());
    const renderings = [{ ...rawOnly, sshsig }, rawOnly, { ...rawOnly, sshsig, signatures: [] }, { ...rawOnly, sshsig, note: 'again' }];
    expect(
      codes(
        verify(
          renderings.map((one) => JSON.stringify(one)),
          { assessment },
        ),
      ),
    ).toEqual(['uncovered']);
  });

  it('counts of two people do not add up to one', async () => {
    const assessment = makeAssessment([FINDING, FINDING]);
    expect(codes(verify([await line(ADA), await line(BOB)], { assessment }))).toEqual(['uncovered']);
  });
});

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

describe('carriers are not trusted', () => {
  it('junk is a warning and never a veto', async () => {
    const junk = ['x', '{}', '[]', 'null', await sealAnything({ _type: 'https://in-toto.io/Statement/v1' }, ADA), '\u0000'];
    const result = verify([...junk, await line(), '', '  ']);
    expect(codes(result)).toEqual([]);
    expect(result.warnings.length).toBeGreaterThan(2);
    for (const warning of result.warnings) expect(warning).toMatch(/^carrier line ignored: expected .*, found /);
  });

  it('ten thousand lines are read in bounded time and say so in a bounded answer', async () => {
    const flood = Array.from({ length: 10_000 }, (_, index) => JSON.stringify({ junk: index }));
    const others = await Promise.all(
      Array.from({ length: 200 }, (_, index) => line(ADA, [makeFinding(`other ${index}`, { scope: 'elsewhere' })])),
    );
    const start = performance.now();
    const result = verify([...flood, ...others, await line()]);
    expect(performance.now() - start).toBeLessThan(20_000);
    expect(codes(result)).toEqual([]);
    expect(result.warnings.length).toBeLessThan(30);
  });

  it('a flood of acknowledgements cannot push out a rejection', async () => {
    const flood = await Promise.all(Array.from({ length: 30 }, () => line(ADA)));
    const rejected = await line(BOB, [FINDING], { decision: 'rejected' });
    const limits = { lines: 1000, characters: 1_000_000, checks: 5 };
    const result = verify([...flood, rejected], { limits });
    expect(codes(result)).toEqual(['rejected']);
    expect(result.warnings[0]).toContain('expected at most 5 signatures to check, found 26 more');
    expect(codes(verify(flood, { limits }))).toEqual([]);
  });

  it('where a rejection may lie unread, the answer is no', async () => {
    const flood = await Promise.all(Array.from({ length: 4 }, () => line(ADA)));
    expect(codes(verify(flood, { limits: { lines: 3, characters: 1_000_000, checks: 10 } }))).toEqual(['unverifiable']);
    const vetoes = await Promise.all(
      Array.from({ length: 3 }, (_, second) => line(BOB, [FINDING], { decision: 'revoked', at: `2026-11-22T09:00:0${second}Z` })),
    );
    expect(codes(verify([...vetoes, await line()], { limits: { lines: 10, characters: 1_000_000, checks: 2 } }))).toContain('unverifiable');
  });
});

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
