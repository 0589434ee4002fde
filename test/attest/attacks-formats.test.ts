import { createHash } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import { parseEnvelope } from '../../server/src/core/attest/dsse.ts';
import type { Envelope } from '../../server/src/core/model/statement.ts';
import { makeAcknowledgement, makeAssessment, makeFinding, makeSigner, publicLine, sealAnything, sealLine } from '../support/attest.ts';
import { ADA, BOB, codes, demanding, EVE, FINDING, line, TRUST, verify } from '../support/verify-case.ts';

// A thousand signatures take their time on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

/** Tricks with the bytes of a record. Each is tried on a whole verification: what counts is whether the change passes. */
describe('one person stays one', () => {
  it('a signature repeated in one envelope', async () => {
    const envelope = await opened();
    const repeated = { ...envelope, signatures: [...envelope.signatures, ...envelope.signatures, ...envelope.signatures] };
    expect(codes(verify([JSON.stringify(repeated)], { policy: demanding({ people: 2 }) }))).toEqual(['uncovered']);
  });

  it('one key under two keyids', async () => {
    const envelope = await opened();
    const [{ sig = '' } = {}] = envelope.signatures;
    const signatures = [
      { keyid: 'SHA256:ada', sig },
      { keyid: 'SHA256:bob', sig },
    ];
    expect(codes(verify([JSON.stringify({ ...envelope, signatures })], { policy: demanding({ people: 2 }) }))).toEqual(['uncovered']);
  });

  it('signatures of two people in one envelope, which are no acknowledgement of either', async () => {
    const envelope = await opened();
    const other: Envelope = JSON.parse(await sealAnything(payloadOf(envelope), BOB));
    const signatures = [...envelope.signatures, ...other.signatures];
    for (const { sshsig, ...rest } of [envelope, other]) {
      const both = JSON.stringify({ ...rest, signatures });
      expect(codes(verify([both], { policy: demanding({ people: 2 }) }))).toEqual(['bad-signature']);
      expect(codes(verify([JSON.stringify({ ...rest, signatures, sshsig })]))).toEqual(['bad-signature']);
    }
  });

  it('the same statement signed anew by somebody else', async () => {
    const copied = await sealAnything(payloadOf(await opened()), BOB);
    expect(codes(verify([copied]))).toEqual(['bad-signature']);
    expect(codes(verify([await line(), copied], { policy: demanding({ people: 2 }) }))).toContain('bad-signature');
  });

  it('one statement in both alphabets of base64, with and without padding', async () => {
    const envelope = await opened();
    const variants = (['base64', 'base64url'] as const).flatMap((alphabet) => {
      const again = (text: string): string => Buffer.from(text, 'base64').toString(alphabet);
      const signatures = envelope.signatures.map(({ sig }) => ({ sig: again(sig) }));
      return [again(envelope.payload), again(envelope.payload).replace(/=+$/, '')].map((payload) =>
        JSON.stringify({ ...envelope, payload, signatures }),
      );
    });
    for (const one of variants) expect(codes(verify([one])), 'DSSE asks every reader to take it').toEqual([]);
    expect(codes(verify(variants, { policy: demanding({ people: 2 }) }))).toEqual(['uncovered']);
    const twice = makeAssessment([FINDING, FINDING]);
    expect(codes(verify(variants, { assessment: twice })), 'nor is it an acknowledgement of two equal findings').toEqual(['uncovered']);
  });
});

describe('one text says one thing', () => {
  it('a decision named twice, the good one last or first', async () => {
    const text = payloadOf(await opened());
    for (const twice of ['"decision":"rejected","decision":"acknowledged"', '"decision":"acknowledged","decision":"rejected"']) {
      const signed = await sealAnything(text.replace('"decision":"acknowledged"', twice), ADA);
      const result = verify([signed]);
      expect(codes(result)).toEqual(['uncovered']);
      expect(result.warnings.join()).toContain('expected each key once, found "decision" twice');
    }
  });

  it('a payload named twice in the envelope, one of them signed', async () => {
    const good = await line();
    const { payload } = await opened([makeFinding('b')]);
    for (const twice of [`${good.slice(0, -1)},"payload":"${payload}"}`, good.replace('"payload":', `"payload":"${payload}","payload":`)])
      expect(codes(verify([twice]))).toEqual(['uncovered']);
  });

  it('a key that an escape or a prototype hides', async () => {
    const text = payloadOf(await opened());
    const escaped = await sealAnything(text.replace('"decision":', '"d\\u0065cision":"rejected","decision":'), ADA);
    const inherited = await sealAnything(text.replace('"decision":"acknowledged"', '"__proto__":{"decision":"acknowledged"}'), ADA);
    expect(codes(verify([escaped]))).toEqual(['uncovered']);
    expect(codes(verify([inherited]))).toEqual(['uncovered']);
  });

  it('another payload type, in the envelope alone or signed so', async () => {
    const envelope = await opened();
    const swapped = { ...envelope, payloadType: 'application/vnd.in-toto.other+json' };
    expect(codes(verify([JSON.stringify(swapped)]))).toEqual(['bad-signature']);
    const foreign = await sealAnything(payloadOf(envelope), ADA, 'application/json');
    expect(codes(verify([foreign]))).toEqual(['uncovered']);
  });

  it('a decision that nobody knows, or none', async () => {
    const text = payloadOf(await opened());
    for (const decision of ['"approved"', '"Acknowledged"', '"acknowledged "', '["acknowledged"]', 'true', 'null']) {
      const signed = await sealAnything(text.replace('"decision":"acknowledged"', `"decision":${decision}`), ADA);
      expect([decision, codes(verify([signed]))]).toEqual([decision, ['uncovered']]);
    }
    expect(codes(verify([await sealAnything(text.replace('"decision":"acknowledged",', ''), ADA)]))).toEqual(['uncovered']);
  });

  it('a statement of another kind over the same subject', async () => {
    const text = payloadOf(await opened());
    const other = text.replace('hunk-acknowledgement/v0.1', 'hunk-acknowledgement/v0.2');
    expect(other).not.toBe(text);
    expect(codes(verify([await sealAnything(other, ADA)]))).toEqual(['uncovered']);
  });

  it('subjects that name another finding than the predicate', async () => {
    const text = payloadOf(await opened([makeFinding('harmless')]));
    const digest = createHash('sha256').update('harmless').digest('hex');
    const [subject, rest] = [text.slice(0, text.indexOf('"predicateType"')), text.slice(text.indexOf('"predicateType"'))];
    const inSubject = subject.replace(digest, FINDING.fingerprint) + rest;
    const inPredicate = subject + rest.replace(digest, FINDING.fingerprint);
    for (const one of [inSubject, inPredicate]) expect(codes(verify([await sealAnything(one, ADA)]))).toEqual(['uncovered']);
  });
});

describe('no signature is taken for another', () => {
  it('a keyid that names a trusted key does not make it sign', async () => {
    const envelope: Envelope = JSON.parse(await sealLine(makeAcknowledgement([FINDING]), makeSigner(EVE)));
    const { sshsig: _, ...rest } = envelope;
    const signatures = rest.signatures.map(({ sig }) => ({ keyid: publicLine(ADA), sig }));
    expect(codes(verify([JSON.stringify({ ...rest, signatures })]))).toEqual(['untrusted-signer']);
  });

  it('a statement that names a trusted key, signed by another', async () => {
    const statement = JSON.parse(payloadOf(await opened()));
    expect(statement.predicate.acknowledgedBy.publicKey).toBe(publicLine(ADA));
    const byEve: Envelope = JSON.parse(await sealAnything(statement, EVE));
    expect(codes(verify([JSON.stringify(byEve)]))).not.toEqual([]);
    const { sshsig: _, ...rawAlone } = byEve;
    expect(codes(verify([JSON.stringify(rawAlone)]))).toEqual(['bad-signature']);
  });

  it('a Sigstore bundle around a good envelope is no record', async () => {
    const bundle = { mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json', dsseEnvelope: await opened() };
    expect(codes(verify([JSON.stringify(bundle)]))).toEqual(['uncovered']);
  });

  it('a key that is not of the person it names', async () => {
    const claimed = await sealLine(makeAcknowledgement([FINDING], { by: { id: 'bob@example.invalid' } }), makeSigner(ADA), {});
    expect(codes(verify([claimed]))).toEqual(['untrusted-signer']);
  });
});

describe('a thousand acknowledgements', () => {
  it('each of another finding, by two people, are verified in bounded time', async () => {
    const findings = Array.from({ length: 1_000 }, (_, index) => makeFinding(`finding ${index}`));
    const lines = await Promise.all(findings.flatMap((finding) => [line(ADA, [finding]), line(BOB, [finding])]));
    const start = process.cpuUsage();
    const result = verify(lines, { assessment: makeAssessment(findings), policy: demanding({ people: 2 }) });
    const { user, system } = process.cpuUsage(start);
    expect(codes(result)).toEqual([]);
    expect(result.covered).toHaveLength(1_000);
    // 2,000 lines with two signatures each, in microseconds of this process: what else the machine does is not counted.
    expect(user + system).toBeLessThan(60_000_000);
    expect(codes(verify(lines.slice(0, -1), { assessment: makeAssessment(findings), policy: demanding({ people: 2 }) }))).toEqual([
      'uncovered',
    ]);
  });

  it('all of one finding by one key are one person, and read once each', async () => {
    const lines = await Promise.all(Array.from({ length: 1_000 }, () => line(ADA)));
    expect(codes(verify(lines, { policy: demanding({ people: 2 }), trust: TRUST }))).toEqual(['uncovered']);
  });
});

async function opened(findings = [FINDING]): Promise<Envelope> {
  const envelope: Envelope = JSON.parse(await line(ADA, findings));
  expect(parseEnvelope(JSON.stringify(envelope)).kind).toBe('envelope');
  return envelope;
}

function payloadOf({ payload }: Envelope): string {
  return Buffer.from(payload, 'base64').toString('utf8');
}
