import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { wireString, wireUint32 } from '../../server/src/core/attest/wire.ts';
import type { RevokedKeys } from '../../server/src/core/model/result.ts';
import { allRevoked, isRevoked, parseRevokedKeys, reinstated } from '../../server/src/core/policy/revoked-keys.ts';
import { temporaryFolder } from '../support/git.ts';

const MESSAGE = Buffer.from('hello');
const NAMES = ['one', 'two', 'three', 'four'] as const;
const KINDS = [['ed25519'], ['ecdsa', '-b', '384'], ['rsa', '-b', '2048'], ['ed25519']];
let folder = '';

beforeAll(() => {
  folder = temporaryFolder();
  for (const [index, name] of NAMES.entries()) {
    execFileSync('ssh-keygen', ['-q', '-t', ...(KINDS[index] ?? []), '-N', '', '-C', `key ${name}`, '-f', at(name)]);
    writeFileSync(at(`${name}.signers`), `me namespaces="brakeline-ack" ${publicKey(name)}\n`);
    const sig = execFileSync('ssh-keygen', ['-Y', 'sign', '-n', 'brakeline-ack', '-f', at(name)], {
      input: MESSAGE,
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    writeFileSync(at(`${name}.sig`), sig);
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('what ssh-keygen revokes, we revoke, and nothing else', () => {
  it.each<[string, () => Buffer]>([
    ['a list of public keys', () => Buffer.from(`# gone\n\n${publicKey('one')} a comment\r\n  ${publicKey('three')}\n`)],
    ['a KRL of keys', () => krl('keys', ['one.pub', 'three.pub'])],
    ['a KRL of SHA-256 digests', () => krl('sha256', [spec(`sha256: ${publicKey('one')}\nsha256: ${publicKey('three')}\n`)])],
    ['a KRL of SHA-1 digests', () => krl('sha1', [spec(`sha1: ${publicKey('one')}\nsha1: ${publicKey('three')}\n`)])],
    ['a KRL of fingerprints', () => krl('hash', [spec(`hash: ${fingerprint('one')}\nhash: ${fingerprint('three')}\n`)])],
    ['a KRL that was added to', () => updated()],
    ['a KRL with certificates too', () => withCertificates()],
  ])('%s', (name, make) => {
    const bytes = make();
    const list = at(`${name.replaceAll(' ', '-')}.list`);
    writeFileSync(list, bytes);
    const parsed = parseRevokedKeys(bytes);
    if (parsed.kind === 'invalid') throw new Error(parsed.errors[0]?.message);
    const ours = NAMES.map((one) => isRevoked(parsed.revoked, publicKey(one)));
    expect(ours).toEqual(NAMES.map((one) => !keygenAccepts(one, list)));
    expect(ours).toEqual([true, false, true, false]);
  });

  it('an empty KRL and a remark alone revoke nobody', () => {
    expect(parseRevokedKeys(krl('none', []))).toEqual({ kind: 'revoked', revoked: { sha256: [], sha1: [] } });
    expect(parseRevokedKeys(Buffer.from('# nobody yet\n'))).toEqual({ kind: 'revoked', revoked: { sha256: [], sha1: [] } });
  });
});

describe('attack: a revocation list that cannot be read is an error, never "nobody revoked"', () => {
  it.each<[string, () => Buffer, number, RegExp]>([
    ['nothing at all', () => Buffer.alloc(0), 1, /found an empty file/],
    [
      'a line that is no key',
      () => Buffer.from(`${publicKey('one')}\nssh-ed25519 AAAA\n`),
      2,
      /expected a public key, found "ssh-ed25519 AAAA"/,
    ],
    [
      'a fingerprint in a list of keys',
      () => Buffer.from('SHA256:ELwlHwJRddruHvldErwjmDYUmDvv17hADVWNzbm3yDY\n'),
      1,
      /expected a public key/,
    ],
    ['the head alone', () => krl('head', ['one.pub']).subarray(0, 20), 1, /found its end/],
    ['the last byte cut off', () => krl('cut', ['one.pub']).subarray(0, -1), 1, /found its end/],
    ['a byte too many', () => Buffer.concat([krl('long', ['one.pub']), Buffer.of(0)]), 1, /found its end/],
    ['another format', () => changed(krl('format', ['one.pub']), 11, 2), 1, /expected a revocation list of format 1, found 2/],
    ['a section nobody knows', () => section(9, wireString('x')), 1, /found type 9/],
    ['part of a digest', () => section(5, wireString(Buffer.alloc(31))), 1, /found part of one/],
    ['an empty key', () => section(2, wireString('')), 1, /found part of one/],
    ['a signature of its own', () => section(4, wireString('x')), 1, /found a signed one/],
    [
      'a critical extension',
      () => section(255, Buffer.concat([wireString('x@y'), Buffer.of(1), wireString('')])),
      1,
      /no critical extension .*"x@y"/,
    ],
    ['part of an extension', () => section(255, wireString('x@y')), 1, /part of one/],
    ['letters before the list', () => Buffer.concat([Buffer.from('x'), krl('before', ['one.pub'])]), 1, /found other bytes/],
  ])('%s', (_, make, line, message) => {
    expect(parseRevokedKeys(make())).toMatchObject({ kind: 'invalid', errors: [{ line, message: expect.stringMatching(message) }] });
  });

  it('every cut of a real list is refused, or is the list of a whole section less', () => {
    const bytes = krl('every', ['one.pub', spec(`sha1: ${publicKey('two')}\n`)]);
    const whole = Array.from({ length: bytes.length }, (_, length) => length).filter(
      (length) => length > 0 && parseRevokedKeys(bytes.subarray(0, length)).kind === 'revoked',
    );
    // After the head, and after the first section: the format has no end mark, so the base's list is added to the head's.
    expect(whole).toHaveLength(2);
  });

  it('an extension that is not critical is stepped over', () => {
    const bytes = section(255, Buffer.concat([wireString('x@y'), Buffer.of(0), wireString('z')]));
    expect(parseRevokedKeys(bytes)).toEqual({ kind: 'revoked', revoked: { sha256: [], sha1: [] } });
  });
});

describe('two lists', () => {
  const of = (...sha256: readonly string[]): RevokedKeys => ({ sha256, sha1: [] });

  it('revoke together, and what one lacks is counted', () => {
    expect(allRevoked(of('a', 'b'), of('b', 'c'))).toEqual(of('a', 'b', 'c'));
    expect(reinstated(of('a', 'b'), of('b', 'c'))).toBe(1);
    expect(reinstated({ sha256: [], sha1: ['d'] }, of('b'))).toBe(1);
    expect(reinstated(of(), of('b'))).toBe(0);
  });
});

function at(name: string): string {
  return path.join(folder, name);
}

function publicKey(name: string): string {
  return readFileSync(at(`${name}.pub`), 'utf8')
    .split(' ')
    .slice(0, 2)
    .join(' ');
}

function fingerprint(name: string): string {
  return execFileSync('ssh-keygen', ['-l', '-f', at(`${name}.pub`)], { encoding: 'utf8' }).split(' ')[1] ?? '';
}

let specs = 0;

function spec(text: string): string {
  specs += 1;
  writeFileSync(at(`spec${specs}`), text);
  return `spec${specs}`;
}

function krl(name: string, files: readonly string[]): Buffer {
  execFileSync('ssh-keygen', ['-q', '-k', '-f', at(`${name}.krl`), ...files.map(at)]);
  return readFileSync(at(`${name}.krl`));
}

function updated(): Buffer {
  krl('updated', ['one.pub']);
  execFileSync('ssh-keygen', ['-q', '-k', '-u', '-f', at('updated.krl'), '-z', '5', at('three.pub')]);
  return readFileSync(at('updated.krl'));
}

function withCertificates(): Buffer {
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', at('ca')]);
  const certificates = spec('serial: 5\nserial: 7-900\nid: somebody\n');
  execFileSync('ssh-keygen', ['-q', '-k', '-f', at('certs.krl'), '-s', at('ca.pub'), at(certificates), at('one.pub'), at('three.pub')]);
  return readFileSync(at('certs.krl'));
}

function keygenAccepts(name: string, list: string): boolean {
  const args = ['-Y', 'verify', '-f', at(`${name}.signers`), '-I', 'me', '-n', 'brakeline-ack', '-s', at(`${name}.sig`), '-r', list];
  return spawnSync('ssh-keygen', args, { input: MESSAGE }).status === 0;
}

/** A list of one section. */
function section(type: number, data: Buffer): Buffer {
  return Buffer.concat([
    Buffer.from('SSHKRL\n\0'),
    wireUint32(1),
    Buffer.alloc(24),
    wireString(''),
    wireString(''),
    Buffer.of(type),
    wireString(data),
  ]);
}

function changed(blob: Buffer, offset: number, value: number): Buffer {
  const copy = Buffer.from(blob);
  copy[offset] = value;
  return copy;
}
