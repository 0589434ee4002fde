import { describe, expect, it } from 'vitest';
import { makeAcknowledgement, makeAssessment, makeKey, makeSigner, publicLine, sealLine, trustOf } from '../support/attest.ts';
import { ADA, BOB, codes, demanding, FINDING, line, POLICY, TRUST, verify } from '../support/verify-case.ts';

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
