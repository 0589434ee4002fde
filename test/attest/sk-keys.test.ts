import { spawnSync } from 'node:child_process';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkSshsig, parseSshsig, presenceOf, sshsigMessage } from '../../server/src/core/attest/sshsig.ts';
import { armourSshsig } from '../../server/src/core/attest/write-sshsig.ts';
import { NAMESPACE } from '../../server/src/core/model/statement.ts';
import { makeKey } from '../support/attest.ts';
import { temporaryFolder } from '../support/git.ts';
import { securityKey } from '../support/hardware-key.ts';

const MESSAGE = Buffer.from('DSSEv1 4 type 5 hello');
const P256 = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
const KEYS: readonly (readonly [string, KeyObject])[] = [
  ['sk-ssh-ed25519', makeKey(91)],
  ['sk-ecdsa', P256],
];
let folder = '';

beforeAll(() => {
  folder = temporaryFolder();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.each(KEYS)('%s: what ssh-keygen verifies, we verify, and the flags besides', (_, key) => {
  it.each([
    [0x00, 0, 'none'],
    [0x01, 1, 'touch'],
    [0x04, 0xffffffff, 'none'],
    [0x05, 7, 'verified'],
    [0x45, 7, 'verified'],
    [0x80, 7, 'none'],
  ])('flags %i, counter %i: %s', (flags, counter, presence) => {
    const { armour, line } = sign(key, flags, counter);
    const parsed = parse(armour);
    expect(parsed).toMatchObject({ flags, counter });
    expect(checkSshsig(parsed, MESSAGE)).toBe(true);
    expect(keygenVerify(line, armour)).toBe(true);
    expect(presenceOf(parsed)).toBe(presence);
  });

  it('flags that were changed afterwards are no signature, to either', () => {
    const { line, armour } = sign(key, 0x00, 7);
    const parsed = parse(armour);
    expect(checkSshsig({ ...parsed, flags: 0x05 }, MESSAGE)).toBe(false);
    const blob = Buffer.from(armour.split('\n').slice(1, -2).join(''), 'base64');
    blob[blob.length - 5] = 0x05;
    const forged = `-----BEGIN SSH SIGNATURE-----\n${blob.toString('base64')}\n-----END SSH SIGNATURE-----\n`;
    expect(parse(forged).flags).toBe(0x05);
    expect(checkSshsig(parse(forged), MESSAGE)).toBe(false);
    expect(keygenVerify(line, forged)).toBe(false);
  });

  it('a key that was made for a web site is refused', () => {
    expect(parseSshsig(sign(key, 0x05, 7, 'https://example.invalid').armour).kind).toBe('unreadable');
  });
});

function sign(key: KeyObject, flags: number, counter: number, application?: string): { readonly armour: string; readonly line: string } {
  const { line, signBlob } = securityKey(key, flags, counter, application);
  return { line, armour: armourSshsig(line, 'sha512', signBlob(sshsigMessage(NAMESPACE, Buffer.alloc(0), 'sha512', MESSAGE))) };
}

function parse(armour: string): Extract<ReturnType<typeof parseSshsig>, { kind: 'sshsig' }>['sshsig'] {
  const parsed = parseSshsig(armour);
  if (parsed.kind === 'unreadable') throw new Error(parsed.reason);
  return parsed.sshsig;
}

function keygenVerify(line: string, armour: string): boolean {
  writeFileSync(path.join(folder, 'signers'), `me namespaces="brakeline-ack" ${line}\n`);
  writeFileSync(path.join(folder, 'sig'), armour);
  const args = ['-Y', 'verify', '-f', path.join(folder, 'signers'), '-I', 'me', '-n', NAMESPACE, '-s', path.join(folder, 'sig')];
  return spawnSync('ssh-keygen', args, { input: MESSAGE }).status === 0;
}
