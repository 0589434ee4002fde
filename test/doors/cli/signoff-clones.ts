import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, vi } from 'vitest';
import { type Ran, runCli, type Turn } from '../../support/cli.ts';
import { makeRepository, repositoryAt, type TestRepository, temporaryFolder } from '../../support/git.ts';

// Each call is a process of its own, and machines differ.
vi.setConfig({ testTimeout: 120_000 });

export const DEPLOY = '#!/bin/sh\nset -eu\ncp -R dist "$TARGET"\n';
export const RM = 'rm -rf "$OLD"/\n';
const ORDERS = "UPDATE orders SET status = 'closed';\n";
export const SAY = 'What do you say?';
export const WHY = 'Why is it fine?';
export const STANDS = 'Does it stand?';
export const WRONG = 'What is wrong with it?';
export const ANSWERS: readonly Turn[] = [
  { wait: SAY, type: 'a' },
  { wait: WHY, type: 'every order is closed by now' },
  { wait: SAY, type: 'a' },
  { wait: WHY, type: 'OLD is set by the caller, I looked' },
];

const KEYS = temporaryFolder('keys');
function sshKey(name: string): string {
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', path.join(KEYS, name)]);
  return readFileSync(path.join(KEYS, `${name}.pub`), 'utf8').trim();
}
export const PUBLIC = { ada: sshKey('ada'), adaLaptop: sshKey('adaLaptop'), bob: sshKey('bob'), eve: sshKey('eve') };

export const POLICY = `version: 1
repository: 0b9d7a3e-5a51-4b0c-9a55-3b1a2f1c0d11
severities:
  high: { people: 1, reason: true, self: false, roles: [senior] }
  critical: { people: 1, reason: true, self: false }
people:
  - { id: ada, roles: [junior], principals: [ada@example.invalid, ada@home.invalid] }
  - { id: bob, roles: [senior], principals: [bob@example.invalid] }
`;
const SIGNERS = `ada@example.invalid namespaces="brakeline-ack" ${PUBLIC.ada}
ada@home.invalid namespaces="brakeline-ack" ${PUBLIC.adaLaptop}
bob@example.invalid namespaces="brakeline-ack" ${PUBLIC.bob}
`;

export let author: TestRepository;
export let senior: TestRepository;

/** Whose clone it is: the address that git would commit with, and the key that git would sign with. */
export function become(repository: TestRepository, name: keyof typeof PUBLIC, email: string): void {
  repository.git('config', 'user.name', name);
  repository.git('config', 'user.email', email);
  repository.git('config', 'gpg.format', 'ssh');
  repository.git('config', 'user.signingkey', path.join(KEYS, name));
}

export function commitAs(repository: TestRepository, email: string, message: string): string {
  repository.git('add', '--all');
  repository.git('-c', `user.email=${email}`, 'commit', '--quiet', `--message=${message}`);
  return repository.git('rev-parse', 'HEAD');
}

/** Two clones for each test, an author's and a senior's, with a policy that asks the senior. */
beforeEach(() => {
  author = makeRepository();
  become(author, 'ada', 'ada@example.invalid');
  author.write('ops/deploy.sh', DEPLOY);
  author.write('db/0001.sql', 'CREATE TABLE orders (id text, status text);\n');
  author.write('.brakeline/policy.yaml', POLICY);
  author.write('.brakeline/allowed_signers', SIGNERS);
  author.commit('base');
  const dir = temporaryFolder('clone');
  author.git('clone', '--quiet', author.dir, dir);
  senior = repositoryAt(dir);
  become(senior, 'bob', 'bob@example.invalid');
});

afterEach(() => {
  author.dispose();
  senior.dispose();
});

export function riskyCommit(): string {
  author.write('ops/deploy.sh', `${DEPLOY}${RM}`);
  author.write('db/0002.sql', ORDERS);
  return commitAs(author, 'ada@example.invalid', 'risky');
}

/** Asks about the last commit, and gives the file. */
export function requestLast(...args: string[]): string {
  const file = path.join(temporaryFolder('request'), 'change.signoff.json');
  const asked = runCli(author.dir, ['signoff', 'request', ...(args.length > 0 ? args : RANGE), '--output', file]);
  expect(asked.status, asked.stderr).toBe(0);
  return file;
}
export const RANGE = ['--base', 'HEAD^', '--head', 'HEAD'];

export function answerOf(file: string): string {
  return file.replace(/\.json$/, '.answer.jsonl');
}

export function importHere(file: string, ...args: string[]): Ran {
  return runCli(author.dir, ['signoff', 'import', file, ...(args.length > 0 ? args : RANGE)]);
}

/** Commits what the ledger holds, as the author, and asks the verifier. */
export function exportAndVerify(): Ran {
  const base = author.git('rev-parse', 'HEAD^');
  const exported = runCli(author.dir, ['export', '--base', base]);
  expect(exported.status, exported.stderr).toBe(0);
  commitAs(author, 'ada@example.invalid', 'acknowledgements');
  return runCli(author.dir, ['verify', '--base', base, '--head', 'HEAD']);
}

export function ledgerOf(repository: TestRepository): string {
  const file = path.join(repository.dir, '.git/brakeline/ledger.jsonl');
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}

export interface OpenFile {
  hunks: { path: string; added: string[]; removed: string[]; severity: string; findings: { fingerprint: string; severity: string }[] }[];
  [key: string]: unknown;
}

export function edited(file: string, edit: (request: OpenFile) => void): string {
  const request: OpenFile = JSON.parse(readFileSync(file, 'utf8'));
  edit(request);
  const other = path.join(temporaryFolder('edited'), 'change.signoff.json');
  writeFileSync(other, JSON.stringify(request));
  return other;
}
