import { execFileSync, spawnSync } from 'node:child_process';
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodePublicKey, encodePublicKey, keyFingerprint, readPublicKey } from '../../server/src/core/attest/ssh-key.ts';
import { checkSshsig, parseSshsig, presenceOf } from '../../server/src/core/attest/sshsig.ts';
import { wirePositive, wireString } from '../../server/src/core/attest/wire.ts';
import { writeSshsig } from '../../server/src/core/attest/write-sshsig.ts';
import { makeKey, publicLine, skPublicLine, skSshsig } from '../support/attest.ts';
import { temporaryFolder } from '../support/git.ts';

const MESSAGE = Buffer.from('DSSEv1 4 type 5 hello');
let folder = '';

beforeAll(() => {
  folder = temporaryFolder();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('what ssh-keygen signs, we verify', () => {
  it.each([
    ['ed25519', []],
    ['ecdsa', ['-b', '256']],
    ['ecdsa', ['-b', '384']],
    ['ecdsa', ['-b', '521']],
    ['rsa', ['-b', '2048']],
    ['rsa', ['-b', '3072']],
  ])('%s %j', (type, size) => {
    const { file, line } = generate(type, size);
    for (const hash of ['sha256', 'sha512']) {
      const armour = keygenSign(file, MESSAGE, 'brakeline-ack', hash);
      const parsed = parseSshsig(armour);
      if (parsed.kind === 'unreadable') throw new Error(parsed.reason);
      expect(parsed.sshsig.publicKey.line).toBe(line);
      expect(checkSshsig(parsed.sshsig, MESSAGE)).toBe(true);
      expect(checkSshsig(parsed.sshsig, Buffer.concat([MESSAGE, Buffer.of(0)]))).toBe(false);
      expect(presenceOf(parsed.sshsig)).toBe('none');
    }
  });

  it('ecdsa numbers of every width, with and without a sign byte', () => {
    const { file } = generate('ecdsa', ['-b', '521']);
    for (let round = 0; round < 12; round += 1) expect(isValid(keygenSign(file, MESSAGE), MESSAGE)).toBe(true);
  });
});

describe('what we sign, ssh-keygen verifies', () => {
  it('ed25519', () => {
    const key = makeKey(1);
    expect(keygenVerify(publicLine(key), writeSshsig(key, MESSAGE), MESSAGE)).toBe(true);
    expect(keygenVerify(publicLine(key), writeSshsig(key, MESSAGE), Buffer.from('another'))).toBe(false);
  });

  it('refuses to write for a key of another kind', () => {
    expect(() => writeSshsig(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey, MESSAGE)).toThrow(TypeError);
  });
});

describe('hardware keys', () => {
  it.each([
    [0x00, 'none'],
    [0x01, 'touch'],
    [0x04, 'none'],
    [0x05, 'verified'],
  ])('flags %i prove %s, while ssh-keygen accepts them all', (flags, presence) => {
    const key = makeKey(2);
    const armour = skSshsig(key, MESSAGE, flags);
    const parsed = parseSshsig(armour);
    if (parsed.kind === 'unreadable') throw new Error(parsed.reason);
    expect(parsed.sshsig).toMatchObject({ flags, counter: 7 });
    expect(checkSshsig(parsed.sshsig, MESSAGE)).toBe(true);
    expect(checkSshsig({ ...parsed.sshsig, flags: flags ^ 0x01 }, MESSAGE)).toBe(false);
    expect(checkSshsig({ ...parsed.sshsig, counter: 8 }, MESSAGE)).toBe(false);
    expect(presenceOf(parsed.sshsig)).toBe(presence);
    expect(keygenVerify(skPublicLine(key), armour, MESSAGE)).toBe(true);
  });

  it('refuses a key that was made for a web site', () => {
    const key = makeKey(2);
    expect(parseSshsig(skSshsig(key, MESSAGE, 1, 'https://example.invalid')).kind).toBe('unreadable');
  });

  it('reads sk-ecdsa keys', () => {
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const plain = Buffer.from((encodePublicKey(publicKey) ?? '').split(' ')[1] ?? '', 'base64');
    const type = 'sk-ecdsa-sha2-nistp256@openssh.com';
    const afterType = plain.subarray(4 + 'ecdsa-sha2-nistp256'.length);
    expect(decodePublicKey(Buffer.concat([wireString(type), afterType, wireString('ssh:')]))).toMatchObject({
      type,
      application: 'ssh:',
      scheme: { kind: 'ecdsa', sk: true },
    });
  });
});

describe('refuses', () => {
  it('the namespace of a git commit signature, and git refuses ours', () => {
    const { file, line } = generate('ed25519', []);
    expect(parseSshsig(keygenSign(file, MESSAGE, 'git'))).toMatchObject({ kind: 'unreadable', reason: expect.stringContaining('"git"') });
    expect(keygenVerify(line, keygenSign(file, MESSAGE, 'brakeline-ack'), MESSAGE, 'git')).toBe(false);
  });

  it('RSA below 2048 bits', () => {
    const key = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey;
    expect(readPublicKey(encodePublicKey(key) ?? '')).toBeUndefined();
  });

  it('RSA with SHA-1', () => {
    const { file } = generate('rsa', ['-b', '2048']);
    const blob = unarmour(keygenSign(file, MESSAGE));
    const at = blob.indexOf('rsa-sha2-512');
    const before = blob.subarray(0, at - 8);
    const inner = Buffer.concat([wireString('ssh-rsa'), blob.subarray(at + 12)]);
    expect(parseSshsig(armourOf(Buffer.concat([before, wireString(inner)])))).toMatchObject({
      kind: 'unreadable',
      reason: expect.stringContaining('another form'),
    });
  });

  it.each<[string, (blob: Buffer) => Buffer]>([
    ['a byte too many', (blob) => Buffer.concat([blob, Buffer.of(0)])],
    ['a byte too few', (blob) => blob.subarray(0, -1)],
    ['a higher version', (blob) => changed(blob, 9, 2)],
    ['other letters in front', (blob) => changed(blob, 0, 0x54)],
    ['a length beyond the end', (blob) => changed(blob, 10, 0x7f)],
  ])('%s', (_, change) => {
    expect(parseSshsig(armourOf(change(unarmour(writeSshsig(makeKey(1), MESSAGE))))).kind).toBe('unreadable');
  });

  it('an ecdsa point that is not on the curve', () => {
    const blob = Buffer.concat([
      wireString('ecdsa-sha2-nistp256'),
      wireString('nistp256'),
      wireString(Buffer.concat([Buffer.of(4), Buffer.alloc(64, 1)])),
    ]);
    expect(decodePublicKey(blob)).toBeUndefined();
  });
});

describe('keys', () => {
  it.each([
    ['ed25519', []],
    ['ecdsa', ['-b', '256']],
    ['ecdsa', ['-b', '384']],
    ['ecdsa', ['-b', '521']],
    ['rsa', ['-b', '2048']],
  ])('%s %j: lines and fingerprints are those of ssh-keygen', (type, size) => {
    const { file, line } = generate(type, size);
    const key = readPublicKey(readFileSync(`${file}.pub`, 'utf8'));
    expect(key?.line).toBe(line);
    expect(key === undefined ? undefined : encodePublicKey(key.key)).toBe(line);
    expect(execFileSync('ssh-keygen', ['-l', '-f', `${file}.pub`], { encoding: 'utf8' })).toContain(keyFingerprint(line));
  });

  it('a line that names another type than its blob is none', () => {
    expect(readPublicKey(publicLine(makeKey(1)).replace('ssh-ed25519', 'ssh-rsa'))).toBeUndefined();
  });

  it('numbers have one form', () => {
    expect(wirePositive(Buffer.from([0, 0, 0x80])).toString('hex')).toBe('000000020080');
    expect(createPublicKey(makeKey(1)).asymmetricKeyType).toBe('ed25519');
  });
});

let made = 0;

function generate(type: string, size: readonly string[]): { readonly file: string; readonly line: string } {
  made += 1;
  const file = path.join(folder, `key${made}`);
  execFileSync('ssh-keygen', ['-q', '-t', type, ...size, '-N', '', '-C', 'a comment', '-f', file]);
  return { file, line: readFileSync(`${file}.pub`, 'utf8').split(' ').slice(0, 2).join(' ') };
}

function keygenSign(file: string, message: Buffer, namespace = 'brakeline-ack', hash = 'sha512'): string {
  return execFileSync('ssh-keygen', ['-Y', 'sign', '-n', namespace, '-O', `hashalg=${hash}`, '-f', file], {
    input: message,
    encoding: 'utf8',
    stdio: ['pipe', 'pipe', 'ignore'],
  });
}

function keygenVerify(line: string, armour: string, message: Buffer, namespace = 'brakeline-ack'): boolean {
  made += 1;
  const place = path.join(folder, `verify${made}`);
  mkdirSync(place);
  writeFileSync(path.join(place, 'signers'), `me ${line}\n`);
  writeFileSync(path.join(place, 'sig'), armour);
  const args = ['-Y', 'verify', '-f', path.join(place, 'signers'), '-I', 'me', '-n', namespace, '-s', path.join(place, 'sig')];
  return spawnSync('ssh-keygen', args, { input: message }).status === 0;
}

function isValid(armour: string, message: Buffer): boolean {
  const parsed = parseSshsig(armour);
  return parsed.kind === 'sshsig' && checkSshsig(parsed.sshsig, message);
}

function unarmour(armour: string): Buffer {
  return Buffer.from(armour.split('\n').slice(1, -2).join(''), 'base64');
}

function armourOf(blob: Buffer): string {
  return `-----BEGIN SSH SIGNATURE-----\n${blob.toString('base64')}\n-----END SSH SIGNATURE-----\n`;
}

function changed(blob: Buffer, at: number, value: number): Buffer {
  const copy = Buffer.from(blob);
  copy[at] = value;
  return copy;
}
