import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { dsse } from '@sigstore/core';
import { describe, expect, it } from 'vitest';
import { FOLDER, makeVectors } from '../../scripts/make-vectors.ts';
import type { EnvelopeVector } from '../../scripts/vectors/envelopes.ts';
import type { FingerprintVector } from '../../scripts/vectors/fingerprints.ts';
import type { PaeVector } from '../../scripts/vectors/pae.ts';
import type { RecordVector } from '../../scripts/vectors/records.ts';
import type { SshsigVector } from '../../scripts/vectors/sshsig.ts';
import type { StatementVector } from '../../scripts/vectors/statements.ts';
import { parseEnvelope, preAuthEncoding } from '../../server/src/core/attest/dsse.ts';
import { readStatement } from '../../server/src/core/attest/read-statement.ts';
import { readRecord } from '../../server/src/core/attest/records.ts';
import { checkSshsig, parseSshsig, presenceOf } from '../../server/src/core/attest/sshsig.ts';
import { findingBytes, findingFingerprint } from '../../server/src/core/identity.ts';
import type { Envelope } from '../../server/src/core/model/statement.ts';
import { temporaryFolder } from '../support/git.ts';

const PLACE = path.resolve(import.meta.dirname, '../..', FOLDER);

/** The vectors of one folder as another implementation would read them: from their files. */
function vectors<T>(folder: string): readonly (readonly [name: string, why: string, vector: T])[] {
  return readdirSync(path.join(PLACE, folder)).map((file) => {
    const vector: T & { readonly name: string; readonly why: string } = JSON.parse(readFileSync(path.join(PLACE, folder, file), 'utf8'));
    expect(file).toBe(`${vector.name}.json`);
    return [vector.name, vector.why, vector];
  });
}

const records = vectors<RecordVector>('records');
const signatures = vectors<SshsigVector>('sshsig');

describe('fingerprints', () => {
  it.each(vectors<FingerprintVector>('fingerprints'))(
    '%s: %s',
    (_name, _why, { finding, claimed, expect: { holds, fingerprint, bytes } }) => {
      expect(findingFingerprint(finding)).toBe(fingerprint);
      expect(findingBytes(finding).toString('base64')).toBe(bytes);
      expect(createHash('sha256').update(Buffer.from(bytes, 'base64')).digest('hex')).toBe(fingerprint);
      expect(claimed === fingerprint).toBe(holds);
    },
  );
});

describe('PAE', () => {
  it.each(vectors<PaeVector>('pae'))('%s: %s', (_name, _why, { payloadType, payload, claimed, expect: { holds, pae } }) => {
    expect(preAuthEncoding(payloadType, Buffer.from(payload, 'base64')).toString('base64')).toBe(pae);
    expect(claimed === pae).toBe(holds);
  });

  it('Sigstore agrees about every one with a type in ASCII, which is all that it writes', () => {
    for (const [, , { payloadType, payload, expect: expected }] of vectors<PaeVector>('pae')) {
      if (payloadType === 'ä') continue;
      expect(dsse.preAuthEncoding(payloadType, Buffer.from(payload, 'base64')).toString('base64')).toBe(expected.pae);
    }
  });
});

describe('statements', () => {
  it.each(vectors<StatementVector>('statements'))('%s: %s', (_name, _why, { payload, expect: expected }) => {
    const reading = readStatement(Buffer.from(payload, 'base64'));
    if (reading.kind === 'junk') return expect(reading).toEqual(expected);
    const { decision, by, at, findings } = reading.statement.acknowledgement;
    const counted = findings.map(({ fingerprint, count }) => ({ fingerprint, count }));
    return expect({ kind: 'statement', decision, by: by.id, at, findings: counted }).toEqual(expected);
  });
});

describe('envelopes', () => {
  it.each(vectors<EnvelopeVector>('envelopes'))('%s: %s', (_name, _why, { line, expect: expected }) => {
    const parsed = parseEnvelope(line);
    if (parsed.kind === 'junk') return expect(parsed).toEqual(expected);
    const base64 = (bytes: Buffer): string => bytes.toString('base64');
    const { payloadType } = parsed.envelope;
    const read = { kind: 'envelope', payloadType, payload: base64(parsed.payload), signatures: parsed.signatures.map(base64) };
    return expect(read).toEqual(expected);
  });
});

describe('SSH signatures', () => {
  it.each(signatures)('%s: %s', (_name, _why, { armour, message, expect: expected }) => {
    const parsed = parseSshsig(armour);
    if (parsed.kind === 'unreadable') return expect(parsed).toEqual(expected);
    const holds = checkSshsig(parsed.sshsig, Buffer.from(message, 'base64'));
    const presence = holds ? presenceOf(parsed.sshsig) : 'none';
    return expect({ kind: 'sshsig', holds, publicKey: parsed.sshsig.publicKey.line, presence }).toEqual(expected);
  });

  it('ssh-keygen agrees about every one that can be read', () => {
    for (const [name, , { armour, message, expect: expected }] of signatures) {
      if (expected.kind === 'unreadable') continue;
      expect([name, keygenAccepts(expected.publicKey, armour, Buffer.from(message, 'base64'))]).toEqual([name, expected.holds]);
    }
  });
});

describe('records', () => {
  it.each(records)('%s: %s', (_name, _why, { line, expect: expected }) => {
    const reading = readRecord(line);
    if (reading.kind === 'junk') return expect(reading).toEqual(expected);
    const { signatureValid, presence, publicKey } = reading.record;
    return expect({ kind: 'record', signatureValid, presence, publicKey }).toEqual(expected);
  });

  it('ssh-keygen agrees about every SSH signature', () => {
    for (const [name, , { line, expect: expected }] of records) {
      if (expected.kind === 'junk') continue;
      const { payload, payloadType, sshsig }: Envelope = JSON.parse(line);
      if (sshsig === undefined) continue;
      const agrees = keygenAccepts(expected.publicKey, sshsig, preAuthEncoding(payloadType, Buffer.from(payload, 'base64')));
      // These hold for ssh-keygen, which sees neither the raw signatures nor what the statement says of its key.
      const onlyOurs = ['bad-two-keys', 'bad-one-of-two', 'bad-other-key'];
      expect([name, agrees]).toEqual([name, expected.signatureValid || onlyOurs.includes(name)]);
    }
  });
});

it('are what `node scripts/run.mjs make-vectors` writes, and each folder is told of in the README', async () => {
  const made = await makeVectors();
  const there = readdirSync(PLACE, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const files = there.flatMap(({ name }) => readdirSync(path.join(PLACE, name)).map((file) => `${name}/${file}`));
  expect(files.sort()).toEqual([...made.keys()].sort());
  for (const [file, text] of made) expect(readFileSync(path.join(PLACE, file), 'utf8')).toBe(text);
  const readme = readFileSync(path.join(PLACE, 'README.md'), 'utf8');
  for (const { name } of there) expect(readme).toContain(`\`${name}/\``);
});

const KEYGEN = temporaryFolder('vectors');

function keygenAccepts(publicKey: string, armour: string, message: Buffer): boolean {
  const [signers, signature] = [path.join(KEYGEN, 'signers'), path.join(KEYGEN, 'signature')];
  writeFileSync(signers, `me ${publicKey}\n`);
  writeFileSync(signature, armour);
  const args = ['-Y', 'verify', '-f', signers, '-I', 'me', '-n', 'brakeline-ack', '-s', signature];
  return spawnSync('ssh-keygen', args, { input: message }).status === 0;
}
