import { execFileSync, spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { encodePublicKey } from '../../server/src/core/attest/ssh-key.ts';
import { writeSshsig } from '../../server/src/core/attest/write-sshsig.ts';
import { parseAllowedSigners } from '../../server/src/core/policy/allowed-signers.ts';
import { makeKey, publicLine, skPublicLine } from '../support/attest.ts';
import { temporaryFolder } from '../support/git.ts';

const KEY = publicLine(makeKey(1));
const RSA_1024 = encodePublicKey(generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey) ?? '';
const NS = 'namespaces="brakeline-ack"';

describe('parseAllowedSigners', () => {
  it('reads principals, options, key and comment, and skips comments and empty lines', () => {
    const text = `# people\n\nada@example.invalid,ada ${NS} ${KEY} a comment\r\n"bob b@example.invalid"\tnamespaces="git,brakeline-ack",valid-after=20260101Z,valid-before="20270101123005Z" ${KEY}\n`;
    expect(parseAllowedSigners(text)).toEqual({
      kind: 'signers',
      lines: [3, 4],
      trust: {
        signers: [
          { principals: ['ada@example.invalid', 'ada'], publicKey: KEY },
          {
            principals: ['bob b@example.invalid'],
            publicKey: KEY,
            validAfter: '2026-01-01T00:00:00Z',
            validBefore: '2027-01-01T12:30:05Z',
          },
        ],
      },
    });
  });

  it('an empty file trusts nobody', () => {
    expect(parseAllowedSigners('')).toEqual({ kind: 'signers', trust: { signers: [] }, lines: [] });
  });

  it.each([
    [`ada ${KEY}`, 'expected namespaces="brakeline-ack" before the key, found no options'],
    [`ada valid-after=20260101Z ${KEY}`, 'expected namespaces="brakeline-ack", found no namespaces option'],
    [`ada namespaces="git" ${KEY}`, 'expected namespaces="brakeline-ack", found namespaces="git"'],
    [`ada namespaces="*" ${KEY}`, 'expected namespaces="brakeline-ack", found namespaces="*"'],
    [
      `ada cert-authority,${NS} ${KEY}`,
      'expected a key, found cert-authority: certificates are not supported, list the key of each person',
    ],
    [`ada ${NS},${NS} ${KEY}`, 'expected the option namespaces once, found it twice'],
    [`ada ${NS},no-touch-required ${KEY}`, 'expected namespaces, valid-after or valid-before, found the option "no-touch-required"'],
    [`ada ${NS},valid-before=20260230 ${KEY}`, 'expected valid-before=YYYYMMDD[HHMM[SS]]Z, in UTC, found "20260230"'],
    [`ada ${NS},valid-before=tomorrow ${KEY}`, 'expected valid-before=YYYYMMDD[HHMM[SS]]Z, in UTC, found "tomorrow"'],
    [`ada ${NS},valid-after=20260101 ${KEY}`, 'expected valid-after=YYYYMMDD[HHMM[SS]]Z, in UTC, found "20260101"'],
    [`ada ${NS},valid-after=202601011200 ${KEY}`, 'expected valid-after=YYYYMMDD[HHMM[SS]]Z, in UTC, found "202601011200"'],
    [`ada ${NS}, ${KEY}`, 'expected options separated by commas, found "namespaces=\\"brakeline-ack\\","'],
    [`*@example.invalid ${NS} ${KEY}`, 'expected the name of one person, found the pattern "*@example.invalid"'],
    [`ada,!bob ${NS} ${KEY}`, 'expected the name of one person, found the pattern "!bob"'],
    [`ada,, ${NS} ${KEY}`, 'expected principals separated by commas, found "ada,,"'],
    [`a"d"a ${NS} ${KEY}`, 'expected principals separated by commas, found "a\\"d\\"a"'],
    ['ada', 'expected options and a key after the principals, found the end of the line'],
    [`ada ${NS}`, 'expected a key type such as ssh-ed25519, found ""'],
    [`ada ${NS} ssh-dss AAAA`, 'expected a key type such as ssh-ed25519, found "ssh-dss"'],
    [`ada ${NS} ssh-ed25519 %%%`, 'expected the key in base64 after ssh-ed25519, found "%%%"'],
    [`ada ${NS} ${KEY.replace('ssh-ed25519', 'ssh-rsa')}`, 'expected a key of type ssh-rsa, found a key that names itself "ssh-ed25519"'],
    [`ada ${NS} ${RSA_1024}`, 'expected a key that can be checked'],
    [`ada ${NS} ${skPublicLine(makeKey(1), 'https://example.invalid')}`, 'expected a key that can be checked'],
    [`ada ${NS} ${KEY.slice(0, -8)}`, 'expected a key that can be checked'],
  ])('makes the whole file invalid for %j', (line, message) => {
    const parsed = parseAllowedSigners(`# first\nada ${NS} ${KEY}\n${line}\n`);
    expect(parsed).toMatchObject({ kind: 'invalid', errors: [{ line: 3, message: expect.stringContaining(message) }] });
  });

  it('a quote that stays open is an error', () => {
    expect(parseAllowedSigners(`"ada ${KEY}`)).toMatchObject({
      kind: 'invalid',
      errors: [{ line: 1, message: expect.stringContaining('closing quote') }],
    });
  });

  it('names every bad line', () => {
    const parsed = parseAllowedSigners(`x\nada ${NS} ${KEY}\ny\n`);
    expect(parsed.kind === 'invalid' && parsed.errors.map(({ line }) => line)).toEqual([1, 3]);
  });

  it('what it reads, ssh-keygen reads alike', () => {
    const folder = temporaryFolder();
    const message = Buffer.from('hello');
    const signers = path.join(folder, 'signers');
    const signature = path.join(folder, 'sig');
    writeFileSync(signature, writeSshsig(makeKey(1), message));
    const verify = (line: string, time: string): boolean => {
      writeFileSync(signers, `${line}\n`);
      return (
        spawnSync(
          'ssh-keygen',
          ['-Y', 'verify', '-f', signers, '-I', 'ada', '-n', 'brakeline-ack', '-s', signature, `-Overify-time=${time}`],
          { input: message },
        ).status === 0
      );
    };
    const line = `ada ${NS},valid-after="20260101000000Z",valid-before="20270101000000Z" ${KEY}`;
    expect(parseAllowedSigners(line)).toMatchObject({
      kind: 'signers',
      trust: { signers: [{ validAfter: '2026-01-01T00:00:00Z', validBefore: '2027-01-01T00:00:00Z' }] },
    });
    expect([verify(line, '20260601000000Z'), verify(line, '20251231000000Z'), verify(line, '20270102000000Z')]).toEqual([
      true,
      false,
      false,
    ]);
    expect(execFileSync('ssh-keygen', ['-Y', 'find-principals', '-s', signature, '-f', signers], { encoding: 'utf8' }).trim()).toBe('ada');
    rmSync(folder, { recursive: true });
  });
});
