import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeSshsig } from '../../server/src/core/attest/write-sshsig.ts';
import { openSshSigner } from '../../server/src/host/signers/ssh.ts';
import { makeKey, publicLine } from '../support/attest.ts';
import { temporaryFolder } from '../support/git.ts';

const PAE = Buffer.from('DSSEv1 4 type 5 hello');
const KEY = makeKey(71);
let folder = '';

beforeAll(() => {
  folder = temporaryFolder();
  writeFileSync(path.join(folder, 'key.pub'), `${publicLine(KEY)}\n`);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Signs with another program in the place of ssh-keygen: what its script prints and how it ends is its own affair. */
async function signWith(name: string, script: string, patience = 20_000): Promise<string> {
  const place = path.join(folder, name);
  mkdirSync(place);
  writeFileSync(path.join(place, 'ssh-keygen'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  const env = { ...process.env, PATH: `${place}:${process.env.PATH ?? ''}` };
  const signer = await openSshSigner(path.join(folder, 'key.pub'), env, patience);
  const answer = await signer.sign(PAE).catch((error: unknown) => error);
  if (!(answer instanceof Error)) return 'signed';
  expect(answer).toMatchObject({ code: 'key-refused' });
  return answer.message;
}

describe('attack: a signer program that lies', () => {
  const armour = (name: string, text: string): string => {
    writeFileSync(path.join(folder, name), text);
    return `cat > /dev/null; cat ${path.join(folder, name)}`;
  };

  it('an honest one is believed, so that the others are refused for what they say', async () => {
    expect(await signWith('honest', armour('honest.sig', writeSshsig(KEY, PAE)))).toBe('signed');
  });

  it.each<[string, () => string, RegExp]>([
    ['says nothing and ends well', () => 'cat > /dev/null', /expected an SSH signature from ssh-keygen, found: expected one armoured/],
    ['says something else', () => 'echo signed', /expected an SSH signature from ssh-keygen/],
    [
      'signs with another key',
      () => armour('other.sig', writeSshsig(makeKey(72), PAE)),
      /expected a signature by ssh-ed25519 .*, found: one by ssh-ed25519/,
    ],
    [
      'gives an older signature of the same key',
      () => armour('older.sig', writeSshsig(KEY, Buffer.from('DSSEv1 4 type 5 other'))),
      /expected a signature over what was handed to ssh-keygen, found: one over something else/,
    ],
    ['gives a signature of a git commit', () => armour('git.sig', commitSignature()), /expected the namespace brakeline-ack, found "git"/],
    ['talks without end', () => 'yes', /found: more than 65536 bytes/],
    ['talks without end on standard error', () => 'yes >&2', /found: more than 65536 bytes/],
    ['fails without a word', () => 'exit 3', /found: no explanation/],
  ])('%s', async (name, script, message) => {
    expect(await signWith(name.replaceAll(' ', '-'), script())).toMatch(message);
  });
});

describe('attack: a signer program that hangs', () => {
  it.each([
    ['for ever', 'sleep 300'],
    ['and will not be told to end', "trap '' TERM INT HUP; while :; do sleep 1; done"],
    ['in a child that keeps the pipes', 'sleep 7 & exec sleep 300'],
    ['after it has ended, in a child that keeps the pipes', 'sleep 7 &'],
  ])('%s', async (name, script) => {
    const start = performance.now();
    expect(await signWith(`hangs-${name.replaceAll(/\W/g, '-')}`, script, 1000)).toMatch(
      /found: (no answer within 1 s|expected one armoured)/,
    );
    expect(performance.now() - start, 'milliseconds').toBeLessThan(6000);
  });

  it('a child that was killed is gone', async () => {
    const pid = path.join(folder, 'pid');
    await signWith('killed', `echo $$ > ${pid}; exec sleep 300`, 500);
    const number = readFileSync(pid, 'utf8').trim();
    await expect.poll(() => existsSync(`/proc/${number}`) && !readFileSync(`/proc/${number}/stat`, 'utf8').includes(') Z ')).toBe(false);
  });
});

function commitSignature(): string {
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', path.join(folder, 'committer')]);
  return execFileSync('ssh-keygen', ['-Y', 'sign', '-n', 'git', '-f', path.join(folder, 'committer')], {
    input: PAE,
    encoding: 'utf8',
    stdio: ['pipe', 'pipe', 'ignore'],
  });
}
