import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { readPublicKey } from '../../server/src/core/attest/ssh-key.ts';
import type { Acknowledgement } from '../../server/src/core/model/acknowledgement.ts';
import type { Person } from '../../server/src/core/model/policy.ts';
import { type AnswerCase, type JudgedRecord, judgeAnswer } from '../../server/src/core/signoff/judge-answer.ts';
import { answerRefusal } from '../../server/src/core/signoff/second-person.ts';
import { makeAssessment, makeFinding, makeKey, NOW, publicLine, trustOf } from '../support/attest.ts';
import { ADA, BOB, demanding, EVE, FINDING, line, POLICY, TRUST } from '../support/verify-case.ts';

const OTHER = makeFinding('other');
const GONE = makeFinding('gone');
const PEOPLE: readonly Person[] = [
  { id: 'ada', roles: ['junior'], principals: ['ada@example.invalid', 'ada@home.invalid'] },
  { id: 'bob', roles: ['senior'], principals: ['bob@example.invalid'] },
];

function against(more: Partial<AnswerCase> = {}): AnswerCase {
  return {
    assessment: makeAssessment([FINDING, OTHER]),
    policy: { ...POLICY, people: PEOPLE },
    trust: TRUST,
    authors: [{ name: 'Ada', email: 'ADA@example.invalid' }],
    now: NOW,
    ...more,
  };
}

/** The records of an answer that is not damaged. */
function judged(lines: readonly string[], more: Partial<AnswerCase> = {}): readonly JudgedRecord[] {
  const answer = judgeAnswer(lines, against(more));
  if (answer.kind === 'damaged') throw new Error(answer.reason);
  return answer.records;
}

function refusals(lines: readonly string[], more: Partial<AnswerCase> = {}): readonly (string | undefined)[] {
  return judged(lines, more).map(({ refusal }) => refusal);
}

const bob = (finding = FINDING, more: Partial<Acknowledgement> = {}): Promise<string> => line(BOB, [finding], more);

test('an acknowledgement and a rejection by another person are taken', async () => {
  const lines = [await bob(), await bob(OTHER, { decision: 'rejected' })];
  expect(refusals(lines)).toEqual([undefined, undefined]);
  expect(judged(lines).map(({ personId }) => personId)).toEqual(['bob', 'bob']);
});

test('a record about lines that have changed, or one that has lapsed, takes no other with it', async () => {
  const lines = [await bob(GONE), await bob(OTHER, { validUntil: '2026-11-22T11:00:00.000Z' }), await bob()];
  expect(refusals(lines)).toEqual([expect.stringContaining('found none of them'), expect.stringContaining('that ended'), undefined]);
  const lapsing = { policy: demanding({ days: 1 }, { people: PEOPLE }) };
  const old = await bob(OTHER, { at: '2026-11-20T10:00:00.000Z' });
  expect(refusals([old, await bob()], lapsing)).toEqual([expect.stringContaining('of the last 1 days'), undefined]);
});

test('a record that does for one finding of its hunk and not for another is taken, and says so', async () => {
  const critical = makeFinding('critical', { severity: 'critical' });
  const policy = { ...POLICY, people: PEOPLE, severities: { ...POLICY.severities, critical: { ...POLICY.severities.critical, days: 1 } } };
  const both = await line(BOB, [FINDING, critical], { at: '2026-11-20T10:00:00.000Z' });
  const [record] = judged([both], { policy, assessment: makeAssessment([FINDING, critical]) });
  expect([record?.refusal, record?.warnings]).toEqual([undefined, [expect.stringContaining('of the last 1 days')]]);
});

describe('attack: an answer', () => {
  test('by the author, whatever key and name they sign with', async () => {
    const laptop = makeKey(9);
    const trust = trustOf(
      ['ada@example.invalid', publicLine(ADA)],
      ['ada@home.invalid', publicLine(laptop)],
      ['bob@example.invalid', publicLine(BOB)],
    );
    const lines = [await line(ADA), await line(laptop, [OTHER], { by: { id: 'ada@home.invalid' } })];
    const self = 'expected somebody other than the author, found ada, who is ADA@example.invalid';
    expect(refusals(lines, { trust })).toEqual([self, self]);
    // An author may say no to their own change.
    expect(refusals([await line(ADA, [FINDING], { decision: 'rejected' })])).toEqual([undefined]);
  });

  test('by a stranger, in another’s name, of another repository, from the future, or that only overrides', async () => {
    const lines = [
      await line(EVE),
      await line(BOB, [FINDING], { by: { id: 'eve@example.invalid' } }),
      await line(BOB, [FINDING], {}, '11111111-5a51-4b0c-9a55-3b1a2f1c0d11'),
      await bob(FINDING, { at: '2027-11-22T10:00:00.000Z' }),
      await bob(FINDING, { decision: 'overridden' }),
    ];
    expect(refusals(lines)).toEqual([
      expect.stringContaining('expected a key of .brakeline/allowed_signers'),
      expect.stringContaining('whose key signed it, found eve@example.invalid'),
      expect.stringContaining('expected an acknowledgement of repository'),
      expect.stringContaining('expected a time up to'),
      expect.stringContaining('found an override'),
    ]);
  });

  test('by a key that is revoked since', async () => {
    const blob = Buffer.from(readPublicKey(publicLine(BOB))?.line.split(' ')[1] ?? '', 'base64');
    const sha256 = [createHash('sha256').update(blob).digest('hex')];
    expect(refusals([await bob()], { trust: { ...TRUST, revoked: { sha256, sha1: [] } } })).toEqual([
      expect.stringContaining('expected a key that is not revoked'),
    ]);
  });

  test('that is cut, or says what nobody signed, is damaged as a whole', async () => {
    const good = await bob();
    expect(judgeAnswer([good, good.slice(0, -40)], against())).toMatchObject({
      kind: 'damaged',
      reason: expect.stringContaining('line 2'),
    });
    const envelope: { payload: string } = JSON.parse(good);
    const payload = Buffer.from(envelope.payload, 'base64').toString().replace(FINDING.fingerprint, OTHER.fingerprint);
    const swapped = JSON.stringify({
      ...envelope,
      payload: Buffer.from(payload.replace(FINDING.fingerprint, OTHER.fingerprint)).toString('base64'),
    });
    expect(judgeAnswer([swapped], against())).toMatchObject({ kind: 'damaged', reason: expect.stringContaining('does not verify') });
  });
});

describe('who may answer is told before anything is asked', () => {
  const ask = (key = BOB, id = 'bob', email = 'bob@example.invalid'): string | undefined =>
    answerRefusal({ publicKey: publicLine(key), by: { id }, email }, against().authors, against().policy, TRUST, NOW);

  test('another person whose key the base lists', () => {
    expect(ask()).toBeUndefined();
    const bound = { ...against().policy, bindBranch: true };
    const candidate = { publicKey: publicLine(BOB), by: { id: 'bob' }, email: 'bob@example.invalid' };
    expect(answerRefusal(candidate, against().authors, bound, TRUST, NOW)).toBeUndefined();
  });

  test('no author, by any of their names, and by another’s key neither', () => {
    const self = 'who is ADA@example.invalid';
    expect(ask(ADA, 'ada', 'ada@example.invalid')).toContain(self);
    expect(ask(ADA, 'ada@home.invalid', 'ada@home.invalid')).toContain(self);
    expect(ask(BOB, 'ada', 'ada@home.invalid')).toContain(self);
    // Under another's name the key gives them away.
    expect(ask(ADA, 'bob', 'bob@example.invalid')).toContain('expected the statement to name ada, whose key signed it');
  });

  test('nobody whom the base does not list', () => {
    expect(ask(EVE, 'eve@example.invalid', 'eve@example.invalid')).toContain('expected a key of .brakeline/allowed_signers');
    expect(ask(BOB, 'eve@example.invalid', 'eve@example.invalid')).toContain('whose key signed it');
  });
});
