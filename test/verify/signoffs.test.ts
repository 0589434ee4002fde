import { describe, expect, it } from 'vitest';
import type { Assessment } from '../../server/src/core/model/assessment.ts';
import type { Exemption, Policy, Signoff } from '../../server/src/core/model/policy.ts';
import { NOBODY } from '../../server/src/core/policy/default-policy.ts';
import type { ChangeAuthor } from '../../server/src/core/policy/requirement-of.ts';
import { makeAssessment, makeFinding } from '../support/attest.ts';
import { repoPath } from '../support/git.ts';
import { ADA, BOB, codes, FINDING, line, POLICY, TRUST, verify } from '../support/verify-case.ts';

const PEOPLE = [
  { id: 'ada', roles: ['junior'], principals: ['ada@example.invalid'] },
  { id: 'bob', roles: ['senior'], principals: ['bob@example.invalid'] },
  { id: 'cid', roles: ['lead'], principals: ['cid@example.invalid'] },
];
const SENIOR: Signoff = { when: { author: ['junior', 'mid'], origin: ['ai', 'unknown'] }, require: { ...NOBODY, roles: [['senior']] } };

function by(...emails: readonly string[]): readonly ChangeAuthor[] {
  return emails.map((email) => ({ name: email, email }));
}

function made(kind: 'ai' | 'human' | 'unknown', more: Partial<Assessment['hunks'][number]> = {}): Assessment {
  const assessment = makeAssessment([FINDING]);
  return { ...assessment, hunks: assessment.hunks.map((hunk) => ({ ...hunk, origin: { kind, evidence: 'exact' }, ...more })) };
}

function gaps(
  lines: readonly string[],
  authors: readonly ChangeAuthor[] | undefined,
  more: Partial<Policy> = {},
  assessment = made('ai'),
): readonly string[] {
  const policy = { ...POLICY, people: PEOPLE, signoffs: [SENIOR], ...more };
  const context = { now: '2026-11-22T12:00:00Z', ...(authors === undefined ? {} : { authors }) };
  return codes(verify(lines, { policy, assessment, context, trust: TRUST }));
}

describe('a senior signs off what an assistant and a junior made', () => {
  it('asks for a senior where a junior is among the authors, and not for a lead alone', async () => {
    const [ada, bob] = [await line(ADA), await line(BOB)];
    expect(gaps([ada], by('ada@example.invalid'))).toEqual(['wrong-role']);
    expect(gaps([bob], by('ada@example.invalid'))).toEqual([]);
    expect(gaps([ada], by('cid@example.invalid'))).toEqual([]);
    expect(gaps([ada], by('cid@example.invalid', 'ADA@example.invalid'))).toEqual(['wrong-role']);
  });

  it('does not ask where a person typed it, and does where nobody knows', async () => {
    const ada = await line(ADA);
    expect(gaps([ada], by('ada@example.invalid'), {}, made('human'))).toEqual([]);
    expect(gaps([ada], by('ada@example.invalid'), {}, made('unknown'))).toEqual(['wrong-role']);
  });

  it('an author whom the policy does not know, or nobody at all, counts as a junior', async () => {
    const ada = await line(ADA);
    expect(gaps([ada], by('bot@example.invalid'))).toEqual(['wrong-role']);
    expect(gaps([ada], undefined)).toEqual(['wrong-role']);
    expect(gaps([ada], [])).toEqual(['wrong-role']);
  });

  it('both the severity’s role and the sign-off’s are asked for', async () => {
    const high = { ...POLICY.severities.high, roles: [['lead']] };
    const severities = { ...POLICY.severities, high };
    expect(gaps([await line(BOB)], by('ada@example.invalid'), { severities })).toEqual(['wrong-role']);
    const people = PEOPLE.map((one) => (one.id === 'bob' ? { ...one, roles: ['senior', 'lead'] } : one));
    expect(gaps([await line(BOB)], by('ada@example.invalid'), { severities, people })).toEqual([]);
  });

  it('says what is missing before anybody acknowledged', () => {
    const policy = { ...POLICY, people: PEOPLE, signoffs: [SENIOR] };
    const result = verify([], {
      policy,
      assessment: made('ai'),
      context: { now: '2026-11-22T12:00:00Z', authors: by('ada@example.invalid') },
    });
    expect(result.gaps[0]?.message).toBe('expected an acknowledgement by somebody with the role senior, found none');
  });

  it('may ask for more people, for some severities and paths alone, old names of a file among them', async () => {
    const two = (when: Signoff['when']): Partial<Policy> => ({ signoffs: [{ when, require: { ...NOBODY, people: 2 } }] });
    const ada = await line(ADA);
    const asked = async (when: Signoff['when'], assessment = made('ai')): Promise<boolean> =>
      gaps([ada], by('cid@example.invalid'), two(when), assessment).length > 0;
    expect(await asked({ atLeast: 'high' })).toBe(true);
    expect(await asked({ atLeast: 'critical' })).toBe(false);
    expect(await asked({ match: 'src/**' })).toBe(true);
    expect(await asked({ match: 'infra/**' })).toBe(false);
    expect(await asked({ match: 'infra/**' }, made('ai', { previousPath: repoPath('infra/pay.ts') }))).toBe(true);
    expect(await asked({ match: 'src/**', atLeast: 'critical' })).toBe(false);
  });
});

describe('attack: the author approves under another name', () => {
  const policy = (people: Policy['people']): Policy => ({
    ...POLICY,
    severities: { ...POLICY.severities, high: { ...POLICY.severities.high, self: false } },
    people,
  });
  const people = [{ id: 'github:1', roles: [], principals: ['ada@example.invalid'] }];
  const trust = { signers: [{ principals: ['ada@example.invalid', 'ada@home.invalid'], publicKey: TRUST.signers[0]?.publicKey ?? '' }] };

  it.each([
    ['the address of the policy', 'ADA@example.invalid'],
    ['an address that only allowed_signers has', 'ada@home.invalid'],
    ['the id that a forge gives', 'github:1'],
  ])('%s', async (_, email) => {
    const context = { now: '2026-11-22T12:00:00Z', authors: by('other@example.invalid', email) };
    expect(codes(verify([await line(ADA)], { policy: policy(people), trust, context }))).toEqual(['self-approval']);
  });

  it('somebody else may', async () => {
    const context = { now: '2026-11-22T12:00:00Z', authors: by('other@example.invalid') };
    expect(codes(verify([await line(ADA)], { policy: policy(people), trust, context }))).toEqual([]);
  });
});

describe('exemptions', () => {
  const exemption: Exemption = { match: 'src/**', rules: ['access/*'], atMost: 'high', until: '2026-12-31T23:59:59Z', reason: 'we begin' };
  const given = (more: Partial<Exemption> = {}, assessment = made('ai'), now = '2026-11-22T12:00:00Z', lines: readonly string[] = []) =>
    verify(lines, {
      policy: { ...POLICY, exemptions: [{ ...exemption, ...more }] },
      assessment,
      context: { now, authors: by('ada@example.invalid') },
    });

  it('ask nobody until their day is over, and are named', () => {
    const result = given();
    expect(codes(result)).toEqual([]);
    expect(result.warnings).toContain('exempt until 2026-12-31: src/pay.ts:3 access/auth-guard-removed (we begin)');
    expect(codes(given({}, made('ai'), '2026-12-31T23:59:59Z'))).toEqual([]);
    expect(codes(given({}, made('ai'), '2027-01-01T00:00:00Z'))).toEqual(['uncovered']);
  });

  it.each<[string, Partial<Exemption>]>([
    ['another rule', { rules: ['data/drop-table'] }],
    ['another family', { rules: ['data/*'] }],
    ['another path', { match: 'lib/**' }],
    ['a lower severity', { atMost: 'medium' }],
  ])('of %s exempt nothing else', (_, more) => {
    expect(codes(given(more))).toEqual(['uncovered']);
  });

  it('nothing becomes exempt by being moved to where things are', () => {
    expect(codes(given({}, made('ai', { previousPath: repoPath('lib/pay.ts') })))).toEqual(['uncovered']);
    expect(codes(given({ match: '{src,lib}/**' }, made('ai', { previousPath: repoPath('lib/pay.ts') })))).toEqual([]);
  });

  it('lift no rejection', async () => {
    const rejected = await line(BOB, [FINDING], { decision: 'rejected' });
    expect(codes(given({}, made('ai'), '2026-11-22T12:00:00Z', [rejected]))).toEqual(['rejected']);
  });

  it('attack: an exemption of the rules that guard the policy holds for nothing', () => {
    const wide = { match: '**', rules: [], atMost: 'critical' as const };
    const finding = makeFinding('p', { rule: 'safeguard/review-policy-changed', severity: 'critical', family: 'safeguard' });
    expect(codes(given(wide, makeAssessment([finding])))).toEqual(['uncovered']);
    expect(codes(given(wide, made('ai', { path: repoPath('.brakeline/rules/x.yaml') })))).toEqual(['uncovered']);
    expect(codes(given(wide))).toEqual([]);
  });
});
