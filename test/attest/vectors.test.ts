import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeVectors, printVector, type Vector } from '../../scripts/make-vectors.ts';
import { preAuthEncoding } from '../../server/src/core/attest/dsse.ts';
import { readRecord } from '../../server/src/core/attest/records.ts';
import type { Envelope } from '../../server/src/core/model/statement.ts';
import { temporaryFolder } from '../support/git.ts';

const FOLDER = path.resolve(import.meta.dirname, '../vectors');
const VECTORS: readonly Vector[] = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.json'))
  .map((file) => JSON.parse(readFileSync(path.join(FOLDER, file), 'utf8')));

describe('golden vectors', () => {
  it.each(VECTORS.map((vector) => [vector.name, vector.why, vector] as const))('%s: %s', (_name, _why, { line, expect: expected }) => {
    const reading = readRecord(line);
    expect(reading).toMatchObject(
      expected.kind === 'junk'
        ? expected
        : {
            kind: 'record',
            record: { signatureValid: expected.signatureValid, presence: expected.presence, publicKey: expected.publicKey },
          },
    );
  });

  it('are what `node scripts/run.mjs make-vectors` writes', async () => {
    const made = await makeVectors();
    expect(made.map(({ name }) => name).sort()).toEqual(VECTORS.map(({ name }) => name).sort());
    for (const vector of made) expect(readFileSync(path.join(FOLDER, `${vector.name}.json`), 'utf8')).toBe(printVector(vector));
  });

  it('ssh-keygen agrees about every SSH signature', () => {
    const folder = temporaryFolder();
    for (const { name, line, expect: expected } of VECTORS) {
      if (expected.kind === 'junk') continue;
      const { payload, payloadType, sshsig }: Envelope = JSON.parse(line);
      if (sshsig === undefined) continue;
      writeFileSync(path.join(folder, 'signers'), `me ${expected.publicKey}\n`);
      writeFileSync(path.join(folder, 'sig'), sshsig);
      const args = ['-Y', 'verify', '-f', path.join(folder, 'signers'), '-I', 'me', '-n', 'brakeline-ack', '-s', path.join(folder, 'sig')];
      const agrees = spawnSync('ssh-keygen', args, { input: preAuthEncoding(payloadType, Buffer.from(payload, 'base64')) }).status === 0;
      // These hold for ssh-keygen, which sees neither the raw signatures nor what the statement says of its key.
      const onlyOurs = ['bad-two-keys', 'bad-one-of-two', 'bad-other-key'];
      expect([name, agrees]).toEqual([name, expected.signatureValid || onlyOurs.includes(name)]);
    }
    rmSync(folder, { recursive: true });
  });
});
