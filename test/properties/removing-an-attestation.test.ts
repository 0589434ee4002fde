import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { openRecord } from '../../server/src/core/attest/records.ts';
import type { Decision } from '../../server/src/core/model/acknowledgement.ts';
import type { Finding } from '../../server/src/core/model/finding.ts';
import type { Policy } from '../../server/src/core/model/policy.ts';
import { DEFAULT_POLICY, NOBODY } from '../../server/src/core/policy/default-policy.ts';
import { verifyChange } from '../../server/src/core/verify/verify.ts';
import {
  makeAcknowledgement,
  makeAssessment,
  makeFinding,
  makeKey,
  makeSigner,
  NOW,
  publicLine,
  REPOSITORY_ID,
  sealLine,
  trustOf,
} from '../support/attest.ts';

/**
 * Law 4 as it can hold while carriers are untrusted (core/verify/verify.ts): taking away acknowledgements, or adding or taking
 * away junk, never turns FAIL into PASS. It is not claimed for rejections and for revocations of acknowledgements, and the last
 * tests show why: whoever can delete a line can delete a "no".
 */
const FINDINGS: readonly Finding[] = [makeFinding('a'), makeFinding('b', { severity: 'critical' }), makeFinding('a')];
const PEOPLE = [
  ['ada@example.invalid', makeKey(1)],
  ['bob@example.invalid', makeKey(2)],
  ['eve@example.invalid', makeKey(3)],
] as const;
const TRUST = trustOf(...PEOPLE.slice(0, 2).map(([name, key]) => [name, publicLine(key)] as const));
const JUNK = ['x', '{}', '[1]', '{"payload":"AAAA","payloadType":"application/vnd.in-toto+json","signatures":[]}'];

let pool: readonly { readonly line: string; readonly decision: Decision }[] = [];

beforeAll(async () => {
  const made: { line: string; decision: Decision }[] = [];
  for (const [id, key] of PEOPLE) {
    for (const finding of FINDINGS.slice(0, 2)) {
      for (const decision of ['acknowledged', 'acknowledged', 'rejected', 'revoked'] as const) {
        for (const hour of ['08', '09', '10']) {
          const reason = hour === '08' ? '' : 'because';
          const acknowledgement = makeAcknowledgement([finding], { decision, by: { id }, reason, at: `2026-11-22T${hour}:00:00Z` });
          made.push({
            decision,
            line: await sealLine(acknowledgement, makeSigner(key), {
              repositoryId: hour === '09' && id.startsWith('bob') ? 'elsewhere' : REPOSITORY_ID,
            }),
          });
        }
      }
    }
  }
  pool = made;
});

const policies = fc
  .record({
    people: fc.nat(2),
    self: fc.boolean(),
    roles: fc.constantFrom<Policy['severities']['high']['roles']>([], [['senior']]),
    reason: fc.boolean(),
    signed: fc.boolean(),
    exempt: fc.boolean(),
  })
  .map(
    ({ people, self, roles, reason, signed, exempt }): Policy => ({
      ...DEFAULT_POLICY,
      repositoryId: REPOSITORY_ID,
      severities: { ...DEFAULT_POLICY.severities, high: { people, self, roles, reason, confirmDependents: false, presence: 'none' } },
      signoffs: signed ? [{ when: { origin: ['unknown'], atLeast: 'critical' }, require: { ...NOBODY, roles: [['senior']] } }] : [],
      exemptions: exempt ? [{ match: 'src/**', rules: [], atMost: 'high', until: '2026-12-31T23:59:59Z', reason: 'we begin' }] : [],
      people: [{ id: 'the-second', roles: ['senior'], principals: ['bob@example.invalid'] }],
    }),
  );

function passes(lines: readonly string[], policy: Policy): boolean {
  const context = { now: NOW, authors: [{ name: 'Ada', email: 'ada@example.invalid' }] };
  return verifyChange({ assessment: makeAssessment(FINDINGS), policy, trust: TRUST, lines, context }).passed;
}

/** Indexes into the pool, leaning to acknowledgements so that PASS is met often. */
const picks = fc.uniqueArray(fc.nat(71), { maxLength: 40 });

describe('removing an attestation', () => {
  it('of the decision "acknowledged" never turns FAIL into PASS', () => {
    const seen = { pass: 0, fail: 0 };
    fc.assert(
      fc.property(picks, fc.func(fc.boolean()), fc.boolean(), policies, (indexes, isRemoved, vetoes, policy) => {
        const all = indexes.flatMap((index) => pool[index] ?? []).filter(({ decision }) => vetoes || decision === 'acknowledged');
        const fewer = all.filter(({ line, decision }) => decision !== 'acknowledged' || !isRemoved(line.length, line.slice(-40)));
        const before = passes(
          all.map(({ line }) => line),
          policy,
        );
        seen[before ? 'pass' : 'fail'] += 1;
        if (!before)
          expect(
            passes(
              fewer.map(({ line }) => line),
              policy,
            ),
          ).toBe(false);
      }),
      { numRuns: 400 },
    );
    expect(seen.pass, 'the law says something only where both answers occur').toBeGreaterThan(10);
    expect(seen.fail).toBeGreaterThan(10);
  });

  it('junk changes no answer, and neither does the order or the repetition of lines', () => {
    fc.assert(
      fc.property(picks, fc.shuffledSubarray(JUNK), policies, (indexes, junk, policy) => {
        const lines = indexes.flatMap((index) => pool[index]?.line ?? []);
        const expected = passes(lines, policy);
        expect(passes([...junk, ...lines], policy)).toBe(expected);
        expect(passes([...lines].reverse().concat(lines), policy)).toBe(expected);
      }),
      { numRuns: 150 },
    );
  });

  it('adding a rejection never turns FAIL into PASS', () => {
    fc.assert(
      fc.property(picks, fc.nat(71), policies, (indexes, more, policy) => {
        const lines = indexes.flatMap((index) => pool[index]?.line ?? []);
        const rejection = pool[more];
        if (rejection?.decision === 'rejected' && !passes(lines, policy)) expect(passes([...lines, rejection.line], policy)).toBe(false);
      }),
      { numRuns: 400 },
    );
  });
});

describe('what the law does not promise', () => {
  it('a rejection, or the revocation of an acknowledgement, that nobody hands in is not known', async () => {
    const [[ada, key], [bob, other]] = PEOPLE;
    const finding = makeFinding('a');
    const policy: Policy = { ...DEFAULT_POLICY, repositoryId: REPOSITORY_ID };
    const seal = (id: string, signer: typeof key, decision: Decision, at: string): Promise<string> =>
      sealLine(makeAcknowledgement([finding], { by: { id }, decision, at }), makeSigner(signer));
    const acknowledged = await seal(ada, key, 'acknowledged', '2026-11-22T08:00:00Z');
    const rejected = await seal(bob, other, 'rejected', '2026-11-22T09:00:00Z');
    const revoked = await seal(ada, key, 'revoked', '2026-11-22T09:00:00Z');
    const answer = (...lines: readonly string[]): boolean =>
      verifyChange({ assessment: makeAssessment([finding]), policy, trust: TRUST, lines, context: { now: NOW, authors: [] } }).passed;
    expect(openRecord(rejected).kind).toBe('record');
    expect([answer(acknowledged, rejected), answer(acknowledged, revoked), answer(acknowledged)]).toEqual([false, false, true]);
  });
});
