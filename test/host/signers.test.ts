import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { generateKeyPairSync, verify } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PAYLOAD_TYPE, preAuthEncoding } from '../../server/src/core/attest/dsse.ts';
import { readRecord } from '../../server/src/core/attest/records.ts';
import { readPublicKey } from '../../server/src/core/attest/ssh-key.ts';
import type { Presence } from '../../server/src/core/model/policy.ts';
import type { Signer } from '../../server/src/core/model/statement.ts';
import { openBrakelineKey } from '../../server/src/host/signers/brakeline-key.ts';
import { type ConfigReader, chooseSigner, type Environment } from '../../server/src/host/signers/choose.ts';
import { openExportKey } from '../../server/src/host/signers/export-key.ts';
import { configFolder } from '../../server/src/host/signers/key-file.ts';
import { openSshSigner } from '../../server/src/host/signers/ssh.ts';
import { makeAcknowledgement, makeFinding, makeKey, sealLine } from '../support/attest.ts';
import { temporaryFolder } from '../support/git.ts';
import { securityKey, startAgent } from '../support/hardware-key.ts';

let folder = '';
let agent: ChildProcess | undefined;
let withAgent: Environment = {};
let hardware: Server | undefined;
let withHardware: Environment = {};
let alone: Environment = {};

beforeAll(async () => {
  folder = temporaryFolder();
  const { SSH_AUTH_SOCK: _, SSH_ASKPASS: __, DISPLAY: ___, ...rest } = process.env;
  // A terminal of whoever runs the tests must not be asked for the passphrase.
  alone = { ...rest, HOME: folder, SSH_ASKPASS: '/bin/false', SSH_ASKPASS_REQUIRE: 'force' };
  for (const [name, ...args] of [
    ['ed25519', '-t', 'ed25519'],
    ['ecdsa', '-t', 'ecdsa', '-b', '384'],
    ['rsa', '-t', 'rsa', '-b', '2048'],
    ['agent', '-t', 'ed25519'],
    ['locked', '-t', 'ed25519'],
  ] as const) {
    const passphrase = name === 'locked' ? 'secret' : '';
    execFileSync('ssh-keygen', ['-q', ...args, '-N', passphrase, '-C', 'somebody', '-f', path.join(folder, name)]);
  }
  const socket = path.join(folder, 'agent.sock');
  agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: ['ignore', 'pipe', 'ignore'] });
  await new Promise((resolve) => agent?.stdout?.once('data', resolve));
  withAgent = { ...alone, SSH_AUTH_SOCK: socket };
  const hardwareSocket = path.join(folder, 'hardware.sock');
  hardware = await startAgent(hardwareSocket, [...TOUCHED, UNTOUCHED]);
  withHardware = { ...alone, SSH_AUTH_SOCK: hardwareSocket };
  for (const [index, key] of TOUCHED.entries()) writeFileSync(path.join(folder, `sk${index}.pub`), `${key.line} a comment\n`);
  writeFileSync(path.join(folder, 'sk-untouched.pub'), `${UNTOUCHED.line}\n`);
  execFileSync('ssh-add', ['-q', path.join(folder, 'agent')], { env: { ...withAgent }, stdio: 'ignore' });
  rmSync(path.join(folder, 'agent'));
});

afterAll(() => {
  agent?.kill();
  hardware?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** With touch and PIN, of both kinds that there are; and one that asks for no touch. */
const TOUCHED = [securityKey(makeKey(61), 0x05), securityKey(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey, 0x05)];
const UNTOUCHED = securityKey(makeKey(62), 0x00);

describe('every signer keeps the contract', () => {
  it.each<[string, () => Promise<Signer>, presence?: Presence, proven?: Presence]>([
    ['the Brakeline key', () => openBrakelineKey({ BRAKELINE_CONFIG_HOME: path.join(folder, 'contract') })],
    ['the P-256 key of exports', () => openExportKey({ BRAKELINE_CONFIG_HOME: path.join(folder, 'contract') })],
    ['an ed25519 file', () => openSshSigner(path.join(folder, 'ed25519.pub'), alone)],
    ['an ecdsa file', () => openSshSigner(path.join(folder, 'ecdsa'), alone)],
    ['an rsa file', () => openSshSigner(path.join(folder, 'rsa'), alone)],
    ['a key that only the agent holds', () => openSshSigner(path.join(folder, 'agent.pub'), withAgent)],
    ['a literal key of the agent', () => openSshSigner(`key::${readFileSync(path.join(folder, 'agent.pub'), 'utf8')}`, withAgent)],
    ['a security key, ed25519', () => openSshSigner(path.join(folder, 'sk0.pub'), withHardware), 'touch', 'verified'],
    ['a security key, P-256', () => openSshSigner(path.join(folder, 'sk1.pub'), withHardware), 'touch', 'verified'],
    ['a literal security key', () => openSshSigner(`key::${TOUCHED[0]?.line}`, withHardware), 'touch', 'verified'],
    ['a security key that asks for no touch', () => openSshSigner(path.join(folder, 'sk-untouched.pub'), withHardware), 'touch', 'none'],
  ])('%s', async (_, open, presence = 'none', proven = 'none') => {
    const signer = await open();
    expect(readPublicKey(signer.publicKey)?.line).toBe(signer.publicKey);
    expect(signer.presence).toBe(presence);
    expect(signer.label).toMatch(/key/);
    const pae = preAuthEncoding(PAYLOAD_TYPE, Buffer.from('{"a":"ü\\n"}'));
    const signature = await signer.sign(pae);
    expect(signature.raw ?? signature.sshsig).toBeDefined();
    expect(keygenVerify(signer.publicKey, signature.sshsig ?? '', pae)).toBe(true);
    expect(keygenVerify(signer.publicKey, signature.sshsig ?? '', Buffer.concat([pae, Buffer.of(10)]))).toBe(false);
    const key = readPublicKey(signer.publicKey)?.key;
    const hash = key?.asymmetricKeyType === 'ed25519' ? null : 'sha256';
    if (signature.raw !== undefined && key !== undefined) expect(verify(hash, pae, key, Buffer.from(signature.raw, 'base64'))).toBe(true);
    const reading = readRecord(await sealLine(makeAcknowledgement([makeFinding('a')]), signer));
    expect(reading).toMatchObject({ kind: 'record', record: { signatureValid: true, publicKey: signer.publicKey, presence: proven } });
  });
});

describe('a key that is refused', () => {
  it.each<[string, () => Promise<unknown>, RegExp]>([
    [
      'a file that is not there',
      () => openSshSigner(path.join(folder, 'nothing'), alone),
      /expected the git signing key .*nothing, found: no file that can be read/,
    ],
    ['a file that is no key', () => openSshSigner(junkFile(), alone), /expected an SSH key or its public half junk\.pub at .*, found: \S/],
    [
      'a passphrase with nobody to ask',
      async () => (await openSshSigner(path.join(folder, 'locked'), alone)).sign(Buffer.from('x')),
      /expected ssh-keygen to sign with .*locked, found: \S/,
    ],
    [
      'no agent for a literal',
      async () => (await openSshSigner(`key::${readFileSync(path.join(folder, 'agent.pub'), 'utf8')}`, alone)).sign(Buffer.from('x')),
      /expected ssh-keygen to sign with .*, found: \S/,
    ],
    ['a literal that is no key', () => openSshSigner('key::ssh-dss AAAA', alone), /expected an SSH key of a supported kind/],
    [
      'no ssh-keygen',
      async () => (await openSshSigner(path.join(folder, 'ed25519'), { ...alone, PATH: folder })).sign(Buffer.from('x')),
      /expected ssh-keygen on the path/,
    ],
  ])('%s', async (_, act, message) => {
    const error = await act().then(
      () => undefined,
      (cause: unknown) => cause,
    );
    expect(error).toMatchObject({ code: 'key-refused', message: expect.stringMatching(message) });
    expect(String(error)).not.toContain('Signing data on standard input');
  });

  it('a public half that lies beside another private half signs nothing', async () => {
    const mixed = path.join(folder, 'mixed');
    writeFileSync(mixed, readFileSync(path.join(folder, 'ed25519')), { mode: 0o600 });
    writeFileSync(`${mixed}.pub`, readFileSync(path.join(folder, 'agent.pub')));
    const signer = await openSshSigner(mixed, alone);
    await expect(signer.sign(Buffer.from('x'))).rejects.toMatchObject({ code: 'key-refused' });
  });
});

describe('the Brakeline key', () => {
  const home = (name: string): Environment => ({ BRAKELINE_CONFIG_HOME: path.join(folder, name) });

  it('is made once, for this user alone', async () => {
    const first = await openBrakelineKey(home('once'));
    const second = await openBrakelineKey(home('once'));
    expect(second.publicKey).toBe(first.publicKey);
    expect(statSync(path.join(folder, 'once')).mode & 0o777).toBe(0o700);
    expect(statSync(path.join(folder, 'once/brakeline.key')).mode & 0o777).toBe(0o600);
    expect(readdirSync(path.join(folder, 'once'))).toEqual(['brakeline.key']);
  });

  it('is one key for windows that ask at once', async () => {
    const signers = await Promise.all(Array.from({ length: 12 }, () => openBrakelineKey(home('race'))));
    expect(new Set(signers.map(({ publicKey }) => publicKey)).size).toBe(1);
    expect(readdirSync(path.join(folder, 'race'))).toEqual(['brakeline.key']);
  });

  it('is refused where others can read it, where it is a link, or where it is no ed25519 key', async () => {
    await openBrakelineKey(home('loose'));
    const file = path.join(folder, 'loose/brakeline.key');
    chmodSync(file, 0o640);
    await expect(openBrakelineKey(home('loose'))).rejects.toMatchObject({
      code: 'key-refused',
      message: `expected mode 0600 of ${file}, found 0640`,
    });
    mkdirSync(path.join(folder, 'linked'));
    symlinkSync(path.join(folder, 'once/brakeline.key'), path.join(folder, 'linked/brakeline.key'));
    await expect(openBrakelineKey(home('linked'))).rejects.toMatchObject({
      code: 'key-refused',
      message: expect.stringContaining('found a link'),
    });
    mkdirSync(path.join(folder, 'empty'));
    writeFileSync(path.join(folder, 'empty/brakeline.key'), '', { mode: 0o600 });
    await expect(openBrakelineKey(home('empty'))).rejects.toMatchObject({
      code: 'key-refused',
      message: expect.stringContaining('expected an ed25519 private key'),
    });
  });

  it('cannot be made under a file', async () => {
    await expect(openBrakelineKey({ BRAKELINE_CONFIG_HOME: path.join(folder, 'ed25519', 'x') })).rejects.toMatchObject({
      code: 'key-refused',
    });
  });

  it('lives where the system keeps such things', () => {
    expect(configFolder({ BRAKELINE_CONFIG_HOME: '/k', XDG_CONFIG_HOME: '/x' }, 'linux')).toBe('/k');
    expect(configFolder({ XDG_CONFIG_HOME: '/x', HOME: '/h' }, 'linux')).toBe(path.join('/x', 'brakeline'));
    expect(configFolder({ HOME: '/h' }, 'darwin')).toBe(path.join('/h', '.config', 'brakeline'));
    expect(configFolder({ APPDATA: '/roaming', HOME: '/h' }, 'win32')).toBe(path.join('/roaming', 'brakeline'));
  });
});

describe('chooseSigner', () => {
  const config =
    (values: Readonly<Record<string, string>>): ConfigReader =>
    (name) =>
      values[name];
  const environment = (): Environment => ({ ...alone, BRAKELINE_CONFIG_HOME: path.join(folder, 'chosen') });

  it('takes git’s SSH signing key, a home folder written as ~ too', async () => {
    const signer = await chooseSigner(config({ 'gpg.format': 'ssh', 'user.signingkey': '~/ed25519.pub' }), environment());
    expect(signer.publicKey).toBe(readFileSync(path.join(folder, 'ed25519.pub'), 'utf8').split(' ').slice(0, 2).join(' '));
    expect(existsSync(path.join(folder, 'chosen'))).toBe(false);
  });

  it.each([
    {},
    { 'gpg.format': 'openpgp', 'user.signingkey': 'ABCD' },
    { 'gpg.format': 'ssh' },
    { 'gpg.format': 'ssh', 'user.signingkey': '' },
  ])('takes the Brakeline key for %j', async (values) => {
    expect((await chooseSigner(config(values), environment())).label).toContain('Brakeline key');
  });

  it('does not change who signs when the configured key is gone', async () => {
    await expect(chooseSigner(config({ 'gpg.format': 'ssh', 'user.signingkey': '/nowhere/key' }), environment())).rejects.toMatchObject({
      code: 'key-refused',
    });
  });

  it('runs no command out of the configuration', async () => {
    const trap = path.join(folder, 'trap.sh');
    writeFileSync(trap, `#!/bin/sh\ntouch ${folder}/sprung\n`, { mode: 0o755 });
    const values = {
      'gpg.format': 'ssh',
      'gpg.ssh.defaultKeyCommand': trap,
      'gpg.ssh.program': trap,
      'user.signingkey': path.join(folder, 'ed25519'),
    };
    await (await chooseSigner(config(values), environment())).sign(Buffer.from('x'));
    expect(existsSync(path.join(folder, 'sprung'))).toBe(false);
  });
});

function junkFile(): string {
  const file = path.join(folder, 'junk');
  writeFileSync(file, 'not a key\n', { mode: 0o600 });
  return file;
}

let verified = 0;

function keygenVerify(publicKey: string, armour: string, message: Uint8Array): boolean {
  verified += 1;
  const signers = path.join(folder, `signers${verified}`);
  const signature = path.join(folder, `sig${verified}`);
  writeFileSync(signers, `me namespaces="brakeline-ack" ${publicKey}\n`);
  writeFileSync(signature, armour);
  return (
    spawnSync('ssh-keygen', ['-Y', 'verify', '-f', signers, '-I', 'me', '-n', 'brakeline-ack', '-s', signature], { input: message })
      .status === 0
  );
}
