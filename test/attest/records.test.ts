import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseEnvelope, preAuthEncoding, printEnvelope } from '../../server/src/core/attest/dsse.ts';
import { type AckRecord, readRecord } from '../../server/src/core/attest/records.ts';
import { sealStatement } from '../../server/src/core/attest/seal.ts';
import { writeStatement } from '../../server/src/core/attest/write-statement.ts';
import type { Envelope } from '../../server/src/core/model/statement.ts';
import {
  makeAcknowledgement,
  makeContext,
  makeFinding,
  makeKey,
  makeSigner,
  publicLine,
  sealAnything,
  sealLine,
  skPublicLine,
  skSigner,
} from '../support/attest.ts';

const KEY = makeKey(1);
const OTHER = makeKey(2);
const ACKNOWLEDGEMENT = makeAcknowledgement([makeFinding('a')]);
let line = '';

beforeAll(async () => {
  line = await sealLine(ACKNOWLEDGEMENT, makeSigner(KEY));
});

function envelopeOf(text: string): Envelope {
  return JSON.parse(text);
}

function record(text: string): AckRecord {
  const reading = readRecord(text);
  if (reading.kind === 'junk') throw new Error(reading.reason);
  return reading.record;
}

describe('readRecord', () => {
  it('gives what was signed, by whom', () => {
    expect(record(line)).toMatchObject({
      acknowledgement: ACKNOWLEDGEMENT,
      publicKey: publicLine(KEY),
      signatureValid: true,
      presence: 'none',
    });
  });

  it('either signature suffices', () => {
    const { sshsig: _, ...rawOnly } = envelopeOf(line);
    expect(record(JSON.stringify(rawOnly)).signatureValid).toBe(true);
    expect(record(JSON.stringify({ ...envelopeOf(line), signatures: [] })).signatureValid).toBe(true);
  });

  it('where both are there, both must hold and be by one key', async () => {
    const other = envelopeOf(await sealAnything(Buffer.from(envelopeOf(line).payload, 'base64').toString(), OTHER));
    expect(record(JSON.stringify({ ...envelopeOf(line), signatures: other.signatures })).signatureValid).toBe(false);
    expect(record(JSON.stringify({ ...envelopeOf(line), sshsig: other.sshsig })).signatureValid).toBe(false);
    expect(
      record(JSON.stringify({ ...envelopeOf(line), signatures: [...envelopeOf(line).signatures, ...other.signatures] })).signatureValid,
    ).toBe(false);
  });

  it('a signature that is there twice counts once and harms nobody', () => {
    const { signatures } = envelopeOf(line);
    expect(record(JSON.stringify({ ...envelopeOf(line), signatures: [...signatures, ...signatures] })).signatureValid).toBe(true);
  });

  it('a keyid decides nothing', () => {
    const signatures = envelopeOf(line).signatures.map(({ sig }) => ({ sig, keyid: 'another' }));
    expect(record(JSON.stringify({ ...envelopeOf(line), signatures })).signatureValid).toBe(true);
  });

  it('a statement signed again by another key than it names does not hold', async () => {
    const text = Buffer.from(envelopeOf(line).payload, 'base64').toString();
    expect(record(await sealAnything(text, OTHER))).toMatchObject({ signatureValid: false, publicKey: publicLine(OTHER) });
  });

  it('a swapped payload type does not hold', () => {
    expect(record(JSON.stringify({ ...envelopeOf(line), payloadType: 'application/vnd.in-toto.other+json' })).signatureValid).toBe(false);
  });

  it('presence is read from the signature and not from the statement', async () => {
    for (const [flags, presence] of [
      [0, 'none'],
      [1, 'touch'],
      [5, 'verified'],
    ] as const) {
      const text = await sealLine(ACKNOWLEDGEMENT, skSigner(KEY, flags), { presence: 'verified' });
      expect(record(text)).toMatchObject({ signatureValid: true, presence, publicKey: skPublicLine(KEY) });
    }
    expect(record(await sealLine(ACKNOWLEDGEMENT, makeSigner(KEY), { presence: 'verified' })).presence).toBe('none');
  });

  it('a hardware key gives no raw signature', async () => {
    const sk = envelopeOf(await sealLine(ACKNOWLEDGEMENT, skSigner(KEY, 1)));
    const raw = sign(null, preAuthEncoding(sk.payloadType, Buffer.from(sk.payload, 'base64')), KEY).toString('base64');
    expect(record(JSON.stringify({ ...sk, signatures: [{ sig: raw }] })).signatureValid).toBe(false);
  });

  it.each<[string, () => KeyObject, string]>([
    ['ecdsa P-256', () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey, 'sha256'],
    ['ecdsa P-384', () => generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey, 'sha384'],
    ['rsa', () => generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey, 'sha256'],
  ])('reads a raw signature of %s', async (_, make, hash) => {
    const key = make();
    const signer = {
      label: 'raw',
      publicKey: publicLine(key),
      presence: 'none' as const,
      sign: async (pae: Uint8Array) => ({ raw: sign(hash, pae, key).toString('base64') }),
    };
    const text = await sealLine(ACKNOWLEDGEMENT, signer);
    expect(record(text).signatureValid).toBe(true);
    const broken = envelopeOf(text).signatures.map(({ sig }) => ({ sig: Buffer.from(sig, 'base64').subarray(0, -1).toString('base64') }));
    expect(record(JSON.stringify({ ...envelopeOf(text), signatures: broken })).signatureValid).toBe(false);
  });

  it('a line of junk is junk with a reason', async () => {
    for (const text of ['', 'x', '{}', line.slice(0, -40), await sealAnything({ _type: 'x' }, KEY)]) {
      expect(readRecord(text)).toMatchObject({ kind: 'junk', reason: expect.stringMatching(/^(payload: )?expected .*, found /) });
    }
  });

  it('a raw signature whose key nobody names is junk', () => {
    const { sshsig: _, ...rawOnly } = envelopeOf(line);
    const text = Buffer.from(rawOnly.payload, 'base64').toString().replace('"publicKey"', '"anotherField"');
    expect(readRecord(JSON.stringify({ ...rawOnly, payload: Buffer.from(text).toString('base64') })).kind).toBe('junk');
  });
});

describe('sealStatement', () => {
  it('rejects a signer that signs with another key than it names, or signs nothing', async () => {
    const signer = { ...makeSigner(OTHER), publicKey: publicLine(KEY) };
    const statement = writeStatement(ACKNOWLEDGEMENT, makeContext(publicLine(KEY)));
    await expect(sealStatement(statement, signer)).rejects.toThrow('does not verify');
    await expect(sealStatement(statement, { ...signer, sign: async () => ({}) })).rejects.toThrow('expected a signature, found none');
  });
});

describe('tampering', () => {
  it('a changed character anywhere gives junk, an invalid record, or one that says exactly the same', () => {
    const original = record(line);
    const bytes = Buffer.from(line);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 0x20, max: 0x7e }), (at, value) => {
        fc.pre(bytes[at] !== value);
        const copy = Buffer.from(bytes);
        copy[at] = value;
        const reading = readRecord(copy.toString());
        if (reading.kind === 'record' && reading.record.signatureValid) expect(reading.record).toEqual(original);
      }),
      { numRuns: 2000 },
    );
  });

  it('a flipped bit of what was signed or of a signature never holds', () => {
    const envelope = parseEnvelope(line);
    if (envelope.kind === 'junk') throw new Error(envelope.reason);
    const parts = {
      payload: envelope.payload,
      raw: envelope.signatures[0] ?? Buffer.alloc(0),
      sshsig: armourBytes(envelope.envelope.sshsig ?? ''),
    };
    fc.assert(
      fc.property(fc.constantFrom('payload' as const, 'raw' as const, 'sshsig' as const), fc.nat(), fc.nat(7), (part, place, bit) => {
        const bytes = Buffer.from(parts[part]);
        const at = place % bytes.length;
        bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
        const all = { ...parts, [part]: bytes };
        const text = printEnvelope({
          payloadType: envelope.envelope.payloadType,
          payload: all.payload.toString('base64'),
          signatures: [{ sig: all.raw.toString('base64') }],
          sshsig: `-----BEGIN SSH SIGNATURE-----\n${all.sshsig.toString('base64')}\n-----END SSH SIGNATURE-----`,
        });
        const reading = readRecord(text);
        expect(reading.kind === 'record' && reading.record.signatureValid).toBe(false);
      }),
      { numRuns: 2000 },
    );
  });
});

function armourBytes(armour: string): Buffer {
  return Buffer.from(armour.split('\n').slice(1, -2).join(''), 'base64');
}
