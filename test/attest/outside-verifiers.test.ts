import { spawnSync } from 'node:child_process';
import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { preAuthEncoding } from '../../server/src/core/attest/dsse.ts';
import { appendLedger } from '../../server/src/host/ledger/ledger.ts';
import { makeAcknowledgement, makeKey, makeSigner, sealLine } from '../support/attest.ts';
import { runCli } from '../support/cli.ts';
import { makeRepository, type TestRepository, temporaryFolder } from '../support/git.ts';
import { inSession } from '../support/in-session.ts';

// Each call of the command line is a process of its own, and machines differ.
vi.setConfig({ testTimeout: 120_000 });

const ROOT = path.join(import.meta.dirname, '../..');
const PLACE = temporaryFolder('outside');
const ENV = { BRAKELINE_CONFIG_HOME: path.join(PLACE, 'keys') };
const PAGE = readFileSync(path.join(ROOT, 'docs/attestations.md'), 'utf8').replaceAll('\r\n', '\n');

/** An exported line and the key that made its signature. */
interface Exported {
  readonly line: string;
  readonly pem: string;
}

/** The commands of docs/attestations.md, run in a folder that holds `out.jsonl` and `key.pem`. */
interface Verifier {
  readonly name: string;
  readonly program: readonly string[];
}

/** `sh -e`: the status is that of the first command which fails. */
const OPENSSL: Verifier = { name: 'a shell and OpenSSL', program: ['sh', '-e', '-c', blockOf('sh', 'openssl pkeyutl')] };
const SECURESYSTEMSLIB: Verifier = { name: 'securesystemslib', program: ['python3', '-c', blockOf('python', 'securesystemslib')] };

const python = spawnSync(
  'python3',
  ['-c', 'import securesystemslib, securesystemslib.dsse, cryptography; print(securesystemslib.__version__)'],
  {
    encoding: 'utf8',
  },
);
const isRequired = process.env.BRAKELINE_SECURESYSTEMSLIB === 'required';

const exported: Record<'ed25519' | 'P-256', Exported> = { ed25519: { line: '', pem: '' }, 'P-256': { line: '', pem: '' } };

beforeAll(async () => {
  const repository = makeRepository();
  repository.write('ops/clean.sh', '#!/bin/sh\nset -eu\ncleanup() {\n  echo done\n}\n');
  repository.commit('base');
  repository.write('ops/clean.sh', '#!/bin/sh\nset -eu\ncleanup() {\n  rm -rf "$DIR"/\n}\n');
  repository.commit('risky');
  const findings = await inSession(repository, async (session) => {
    const { assessment } = await session.review({ base: 'HEAD^', head: 'HEAD' });
    return assessment.hunks.flatMap((hunk) => hunk.findings);
  });
  const signer = makeSigner(makeKey(1));
  // What JSON escapes and what it does not, and bytes that are more than characters.
  const reason = 'the folder is made by "mktemp" above \\ für Übung';
  const acknowledgement = makeAcknowledgement(findings, { by: { id: 'ada@example.invalid' }, reason });
  await appendLedger(path.join(repository.dir, '.git'), [await sealLine(acknowledgement, signer)]);
  exported.ed25519 = exportFrom(repository, 'own');
  exported['P-256'] = exportFrom(repository, 'p256', '--export-key');
});

describe.each([OPENSSL, ...(python.status === 0 || isRequired ? [SECURESYSTEMSLIB] : [])])('$name', (verifier) => {
  it.each(['ed25519', 'P-256'] as const)('accepts an exported line with an %s key', (kind) => {
    const { status, stderr } = runVerifier(verifier, exported[kind]);
    expect(status, stderr).toBe(0);
  });

  it.each(['ed25519', 'P-256'] as const)('refuses an %s line of which anything was changed', (kind) => {
    const { line, pem } = exported[kind];
    const changed: Readonly<Record<string, Exported>> = {
      payload: { line: withField(line, 'payload', flipBit), pem },
      payloadType: { line: withField(line, 'payloadType', (type) => `${type}x`), pem },
      signature: { line: withField(line, 'sig', flipBit), pem },
      key: { line, pem: exported[kind === 'P-256' ? 'ed25519' : 'P-256'].pem },
      'key of the same kind': {
        line,
        pem: pemOf(kind === 'P-256' ? generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey : makeKey(2)),
      },
    };
    const accepted = Object.entries(changed).filter(([, one]) => runVerifier(verifier, one).status === 0);
    expect(accepted.map(([name]) => name)).toEqual([]);
  });
});

describe('securesystemslib', () => {
  const name = python.status === 0 ? `${python.stdout.trim()} ran above` : 'is not on this machine, so it did not run';
  it(name, () => {
    // Another reason than a missing module is a broken machine, and no reason to pass over it.
    if (python.status !== 0 && python.error === undefined) expect(python.stderr).toMatch(/ModuleNotFoundError|ImportError/);
    if (isRequired) expect(python.status, python.stderr).toBe(0);
  });
});

describe('the encoding of the shell is that of the specification, and ours', () => {
  const folder = path.join(ROOT, 'test/vectors/pae');
  it.each(readdirSync(folder))('%s', (file) => {
    const vector = JSON.parse(readFileSync(path.join(folder, file), 'utf8'));
    const { payloadType, payload, expect: expected } = vector;
    const line = JSON.stringify({ payloadType, payload, signatures: [{ keyid: '', sig: 'AAEC' }] });
    const { status, place } = runVerifier(OPENSSL, { line, pem: exported.ed25519.pem });
    expect(status).not.toBe(0);
    const pae = readFileSync(path.join(place, 'out.pae'));
    expect(pae.toString('base64')).toBe(expected.pae);
    expect(pae).toEqual(preAuthEncoding(payloadType, Buffer.from(payload, 'base64')));
  });
});

let runs = 0;

function runVerifier(
  { program: [program = '', ...args] }: Verifier,
  { line, pem }: Exported,
): { readonly status: number | null; readonly stderr: string; readonly place: string } {
  const place = path.join(PLACE, String(runs++));
  mkdirSync(place);
  writeFileSync(path.join(place, 'out.jsonl'), `${line}\n`);
  writeFileSync(path.join(place, 'key.pem'), pem);
  const { status, stderr, stdout, error } = spawnSync(program, args, { cwd: place, encoding: 'utf8' });
  if (error !== undefined) throw error;
  return { status, stderr: `${stdout}${stderr}`, place };
}

function exportFrom(repository: TestRepository, name: string, ...more: string[]): Exported {
  const run = (format: string, to: string): string => {
    const args = ['export', '--base', 'HEAD^', '--format', format, '--to', to, ...more];
    const { status, stdout, stderr } = runCli(repository.dir, args, { env: ENV });
    expect(status, stderr).toBe(0);
    return stdout;
  };
  const folder = path.join(PLACE, name);
  run('sigstore', folder);
  const pem = readdirSync(folder).find((file) => file.endsWith('.pem')) ?? '';
  return { line: run('dsse', '-').trim(), pem: readFileSync(path.join(folder, pem), 'utf8') };
}

/** The one block of the page in a language that says `text`. */
function blockOf(language: string, text: string): string {
  const blocks = [...PAGE.matchAll(/^```(\w+)\n([^`]*)^```$/gm)].flatMap(([, name, body = '']) => (name === language ? [body] : []));
  const found = blocks.filter((block) => block.includes(text));
  expect(found, `${language} blocks of docs/attestations.md with ${text}`).toHaveLength(1);
  return found[0] ?? '';
}

/** The line with one field written otherwise; everything else keeps its bytes. */
function withField(line: string, name: string, change: (value: string) => string): string {
  const changed = line.replace(new RegExp(`"${name}":"([^"]*)"`), (_, value: string) => `"${name}":"${change(value)}"`);
  expect(changed).not.toBe(line);
  return changed;
}

/** Base64 of the same bytes but for one bit of the last one: a signature keeps the form that a decoder expects. */
function flipBit(base64: string): string {
  const bytes = Buffer.from(base64, 'base64');
  bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1);
  return bytes.toString('base64');
}

function pemOf(key: KeyObject): string {
  return createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString();
}
