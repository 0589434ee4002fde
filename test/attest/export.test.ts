import { spawnSync } from 'node:child_process';
import { createHash, createPublicKey } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { bundleFromJSON } from '@sigstore/bundle';
import { crypto, dsse } from '@sigstore/core';
import { toSignedEntity, Verifier } from '@sigstore/verify';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { parseEnvelope } from '../../server/src/core/attest/dsse.ts';
import { readRecord } from '../../server/src/core/attest/records.ts';
import { keyFingerprint } from '../../server/src/core/attest/ssh-key.ts';
import type { Finding } from '../../server/src/core/model/finding.ts';
import { appendLedger } from '../../server/src/host/ledger/ledger.ts';
import { openExportKey } from '../../server/src/host/signers/export-key.ts';
import { openSshSigner } from '../../server/src/host/signers/ssh.ts';
import { makeAcknowledgement, makeKey, makeSigner, sealLine } from '../support/attest.ts';
import { runCli } from '../support/cli.ts';
import { makeRepository, type TestRepository, temporaryFolder } from '../support/git.ts';
import { inSession } from '../support/in-session.ts';

// Each call of the command line is a process of its own, and machines differ.
vi.setConfig({ testTimeout: 120_000 });

const TYPE = 'application/vnd.in-toto+json';
const PLACE = temporaryFolder('export');
const ENV = { BRAKELINE_CONFIG_HOME: path.join(PLACE, 'keys') };

let repository: TestRepository;
let findings: readonly Finding[];
let sshLine = '';

/** One change with two findings: one acknowledged with the Brakeline key, and by somebody else with an SSH key. */
beforeAll(async () => {
  repository = makeRepository();
  repository.write('ops/it\'s "clean".sh', '#!/bin/sh\nset -eu\ncleanup() {\n  echo done\n}\n');
  repository.commit('base');
  repository.write('ops/it\'s "clean".sh', '#!/bin/sh\nset -eu\ncleanup() {\n  rm -rf "$DIR"/\n  terraform destroy -auto-approve\n}\n');
  repository.commit('risky');
  findings = await inSession(repository, async (session) => {
    const { assessment } = await session.review({ base: 'HEAD^', head: 'HEAD' });
    return assessment.hunks.flatMap((hunk) => hunk.findings);
  });
  expect(findings.length).toBeGreaterThan(1);
  expect(spawnSync('ssh-keygen', ['-q', '-t', 'ecdsa', '-N', '', '-f', path.join(PLACE, 'bob')]).status).toBe(0);
  const bob = await openSshSigner(path.join(PLACE, 'bob'), process.env);
  const own = await sealLine(acknowledgement('ada@example.invalid'), makeSigner(makeKey(1)));
  sshLine = await sealLine(acknowledgement('bob@example.invalid'), bob);
  const forged = JSON.parse(own);
  forged.signatures[0].sig = Buffer.alloc(64, 1).toString('base64');
  await appendLedger(path.join(repository.dir, '.git'), [own, JSON.stringify(forged)]);
});

describe('ssh-keygen -Y verify accepts the exported files', () => {
  it('by the commands that the export prints', async () => {
    await appendLedger(path.join(repository.dir, '.git'), [sshLine]);
    const { status, stdout, stderr } = exportTo('ssh', 'sshsig');
    expect(status, stderr).toBe(0);
    expect(stderr).toContain('1 record left out: expected a signature that holds, found none');
    const signers = [
      `ada@example.invalid namespaces="brakeline-ack" ${makeSigner(makeKey(1)).publicKey}`,
      `bob@example.invalid namespaces="brakeline-ack" ${readFileSync(path.join(PLACE, 'bob.pub'), 'utf8').trim()}`,
    ];
    repository.write('.brakeline/allowed_signers', `${signers.join('\n')}\n`);
    const commands = stdout.split('\n').filter((line) => line.startsWith('  ssh-keygen'));
    expect(commands).toHaveLength(2);
    for (const command of commands) {
      const verified = spawnSync('sh', ['-c', command], { cwd: repository.dir, encoding: 'utf8' });
      expect(verified.status, verified.stderr).toBe(0);
      expect(verified.stdout).toMatch(/^Good "brakeline-ack" signature for (ada|bob)@example\.invalid/);
      const asGit = spawnSync('sh', ['-c', command.replace('-n brakeline-ack', '-n git')], { cwd: repository.dir, encoding: 'utf8' });
      expect(asGit.status).not.toBe(0);
    }
    const message = readdirSync(path.join(PLACE, 'ssh')).find((name) => name.endsWith('.pae')) ?? '';
    const changed = Buffer.concat([readFileSync(path.join(PLACE, 'ssh', message)), Buffer.of(10)]);
    writeFileSync(path.join(PLACE, 'ssh', message), changed);
    const refused = commands.map((command) => spawnSync('sh', ['-c', command], { cwd: repository.dir }).status === 0);
    expect(refused.sort()).toEqual([false, true]);
  });
});

describe('@sigstore/verify accepts the exported bundle', () => {
  it('with the ed25519 key of whoever decided', () => {
    const { status, stdout, stderr } = exportTo('own', 'sigstore');
    expect(status, stderr).toBe(0);
    expect(stdout).toContain('cosign verify-blob-attestation');
    const bundles = readBundles('own');
    expect(bundles.map(({ pem }) => createPublicKey(pem).asymmetricKeyType)).toEqual(['ed25519']);
    for (const { json, pem } of bundles) {
      expect(sigstoreAccepts(json, pem)).toBe(true);
      expect(sigstoreAccepts(json, createPublicKey(makeKey(2)).export({ type: 'spki', format: 'pem' }).toString())).toBe(false);
      expect(sigstoreAccepts(tampered(json), pem)).toBe(false);
    }
  });

  it('with the P-256 key of exports, for people whose key gives an SSH signature alone', () => {
    const { status, stderr } = exportTo('p256', 'sigstore', '--export-key');
    expect(status, stderr).toBe(0);
    const bundles = readBundles('p256');
    expect(bundles).toHaveLength(2);
    for (const { json, pem } of bundles) {
      expect(createPublicKey(pem).asymmetricKeyDetails?.namedCurve).toBe('prime256v1');
      expect(sigstoreAccepts(json, pem)).toBe(true);
      expect(sigstoreAccepts(tampered(json), pem)).toBe(false);
    }
  });

  it('and no bundle with two signatures', () => {
    const [bundle] = readBundles('p256');
    const two = JSON.parse(bundle?.json ?? '');
    two.dsseEnvelope.signatures.push(two.dsseEnvelope.signatures[0]);
    expect(() => bundleFromJSON(two)).toThrow();
  });

  it('the SHA-256 of every exported region is a subject of a statement', () => {
    const { files } = folder('p256');
    const regions = files.filter((name) => name.endsWith('.region'));
    const digests = regions.map((name) => createHash('sha256').update(read('p256', name)).digest('hex'));
    expect(digests).toEqual(regions.map((name) => name.replace('.region', '')));
    const subjects = readBundles('p256').flatMap(({ json }) => {
      const statement = JSON.parse(Buffer.from(JSON.parse(json).dsseEnvelope.payload, 'base64').toString('utf8'));
      return statement.subject.map((subject: { digest: { sha256: string } }) => subject.digest.sha256);
    });
    expect([...new Set(subjects)].sort()).toEqual(digests.sort());
    expect(digests.sort()).toEqual([...new Set(findings.map(({ fingerprint }) => fingerprint))].sort());
  });
});

describe('another implementation of DSSE accepts the exported line', () => {
  it.each([
    ['of whoever decided', []],
    ['of the P-256 key of exports', ['--export-key']],
  ])('%s', async (_, more) => {
    const { status, stdout, stderr } = runCli(repository.dir, ['export', '--base', 'HEAD^', '--format', 'dsse', '--to', '-', ...more], {
      env: ENV,
    });
    expect(status, stderr).toBe(0);
    const lines = stdout.trim().split('\n');
    expect(lines).toHaveLength(more.length === 0 ? 1 : 2);
    const exportKey = (await openExportKey(ENV)).publicKey;
    const signer = more.length === 0 ? makeSigner(makeKey(1)).publicKey : exportKey;
    for (const line of lines) {
      const envelope = JSON.parse(line);
      expect(Object.keys(envelope).sort()).toEqual(['payload', 'payloadType', 'signatures']);
      expect(envelope.signatures).toHaveLength(1);
      expect(envelope.signatures[0].keyid).toBe(keyFingerprint(signer));
      const pae = dsse.preAuthEncoding(envelope.payloadType, Buffer.from(envelope.payload, 'base64'));
      const key = createPublicKey(more.length === 0 ? makeKey(1) : (readBundles('p256')[0]?.pem ?? ''));
      const algorithm = more.length === 0 ? undefined : 'sha256';
      expect(crypto.verify(pae, key, Buffer.from(envelope.signatures[0].sig, 'base64'), algorithm)).toBe(true);
      expect(crypto.verify(Buffer.concat([pae, Buffer.of(0)]), key, Buffer.from(envelope.signatures[0].sig, 'base64'), algorithm)).toBe(
        false,
      );
    }
  });

  it('says which records it cannot render, and how they can be', () => {
    const { stderr } = runCli(repository.dir, ['export', '--base', 'HEAD^', '--format', 'dsse', '--to', '-'], { env: ENV });
    expect(stderr).toContain(
      '1 record by bob@example.invalid left out: expected a signature over the DSSE bytes alone, found none; --export-key',
    );
  });
});

describe('an export is no new decision', () => {
  it('signed by the export key, it counts for nothing here, and a bundle is junk', async () => {
    const { stdout } = runCli(repository.dir, ['export', '--base', 'HEAD^', '--format', 'dsse', '--to', '-', '--export-key'], { env: ENV });
    const readings = stdout.trim().split('\n').map(readRecord);
    expect(readings).toMatchObject([
      { kind: 'record', record: { signatureValid: false } },
      { kind: 'record', record: { signatureValid: false } },
    ]);
    expect(parseEnvelope(readBundles('p256')[0]?.json ?? '').kind).toBe('junk');
    const exportKey = (await openExportKey(ENV)).publicKey;
    repository.write('.brakeline/allowed_signers', `ada@example.invalid namespaces="brakeline-ack" ${exportKey}\n`);
    const trusting = makeRepositoryTrusting(exportKey);
    const { gaps } = await inSession(trusting, (session) => session.verify({ base: 'HEAD^', head: 'HEAD', bundles: [stdout] }));
    expect(new Set(gaps.map(({ code }) => code))).toEqual(new Set(['bad-signature']));
    trusting.dispose();
  });

  it('what is there already is neither overwritten nor mixed', () => {
    const again = exportTo('p256', 'sigstore', '--export-key');
    expect(again).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('expected the name of a new folder after --to, found one that is there already'),
    });
  });

  it.each([
    [['--format', 'sshsig', '--export-key', '--to', 'x'], 'expected --export-key with --format dsse or sigstore, found it with sshsig'],
    [['--export-key'], 'expected --export-key with --format dsse or sigstore, found it with brakeline'],
    [['--format', 'sigstore'], 'expected a new name after --to for --format sigstore, found none'],
    [['--format', 'sigstore', '--to', '-'], 'expected the name of a new folder after --to for --format sigstore, found -'],
    [['--format', 'slsa', '--to', 'x'], 'expected --format brakeline|dsse|sshsig|sigstore, found "slsa"'],
  ])('%j is refused in one line', (args, message) => {
    const { status, stderr } = runCli(repository.dir, ['export', '--base', 'HEAD^', ...args], { env: ENV });
    expect(status).toBe(2);
    expect(stderr.trim().split('\n').at(-1)).toContain(message);
    expect(existsSync(path.join(repository.dir, 'x'))).toBe(false);
  });
});

function acknowledgement(id: string): ReturnType<typeof makeAcknowledgement> {
  return makeAcknowledgement(findings, { by: { id } });
}

/** The same change in a repository whose base trusts a key. */
function makeRepositoryTrusting(publicKey: string): TestRepository {
  const made = makeRepository();
  made.write('ops/it\'s "clean".sh', '#!/bin/sh\nset -eu\ncleanup() {\n  echo done\n}\n');
  made.write('.brakeline/allowed_signers', `ada@example.invalid,bob@example.invalid namespaces="brakeline-ack" ${publicKey}\n`);
  made.commit('base');
  made.write('ops/it\'s "clean".sh', '#!/bin/sh\nset -eu\ncleanup() {\n  rm -rf "$DIR"/\n  terraform destroy -auto-approve\n}\n');
  made.commit('risky');
  return made;
}

function exportTo(name: string, format: string, ...more: string[]): ReturnType<typeof runCli> {
  const to = path.join(PLACE, name);
  return runCli(repository.dir, ['export', '--base', 'HEAD^', '--format', format, '--to', to, ...more], { env: ENV });
}

function folder(name: string): { readonly files: readonly string[] } {
  return { files: readdirSync(path.join(PLACE, name)).sort() };
}

function read(name: string, file: string): Buffer {
  return readFileSync(path.join(PLACE, name, file));
}

function readBundles(name: string): readonly { readonly json: string; readonly pem: string }[] {
  return folder(name)
    .files.filter((file) => file.endsWith('.sigstore.json'))
    .map((file) => ({ json: read(name, file).toString('utf8'), pem: read(name, file.replace('.sigstore.json', '.pem')).toString('utf8') }));
}

function sigstoreAccepts(json: string, pem: string): boolean {
  const bundle = bundleFromJSON(JSON.parse(json));
  expect(bundle.content.$case === 'dsseEnvelope' && bundle.content.dsseEnvelope.payloadType).toBe(TYPE);
  const publicKey = createPublicKey(pem);
  const hint = createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('base64');
  const trust = {
    certificateAuthorities: [],
    timestampAuthorities: [],
    tlogs: [],
    ctlogs: [],
    publicKey: (asked: string) => {
      if (asked !== hint) throw new Error(`no key for the hint ${asked}`);
      return { publicKey, validFor: () => true };
    },
  };
  try {
    new Verifier(trust, { tlogThreshold: 0, ctlogThreshold: 0, timestampThreshold: 0 }).verify(toSignedEntity(bundle));
    return true;
  } catch {
    return false;
  }
}

function tampered(json: string): string {
  const bundle = JSON.parse(json);
  const payload = Buffer.from(bundle.dsseEnvelope.payload, 'base64').toString('utf8').replace('"acknowledged"', '"rejected"');
  bundle.dsseEnvelope.payload = Buffer.from(payload).toString('base64');
  return JSON.stringify(bundle);
}
