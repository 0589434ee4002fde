import { readFileSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:net';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { keyFingerprint } from '../../../server/src/core/attest/ssh-key.ts';
import { makeKey } from '../../support/attest.ts';
import { runCli, typeCli } from '../../support/cli.ts';
import { makeRepository, type TestRepository, temporaryFolder } from '../../support/git.ts';
import { type SecurityKey, securityKey, startAgent } from '../../support/hardware-key.ts';

/**
 * What an agent that runs as the person can do: open a pseudo-terminal, unset the variables by which it is known, answer every
 * prompt. That is a speed bump, and these tests pass it on purpose. The wall is `presence`: the key itself, asked for real.
 */
vi.setConfig({ testTimeout: 120_000 });

const WHY = 'Why is it fine?';
const TOUCHED = securityKey(makeKey(51), 0x01);
const UNTOUCHED = securityKey(makeKey(52), 0x00);
const STRANGER = securityKey(makeKey(53), 0x05);

let repository: TestRepository;
let agent: Server | undefined;
let socket: string;

beforeEach(async () => {
  repository = makeRepository();
  repository.git('config', 'user.email', 'ada@example.invalid');
  repository.write('ops/deploy.sh', '#!/bin/sh\nset -eu\n');
  const folder = temporaryFolder();
  socket = path.join(folder, 'agent.sock');
  agent = await startAgent(socket, [TOUCHED, UNTOUCHED, STRANGER]);
  const hardware = [TOUCHED, UNTOUCHED].map(({ line }) => keyFingerprint(line));
  const signers = [TOUCHED, UNTOUCHED, STRANGER].map(({ line }) => `ada@example.invalid namespaces="brakeline-ack" ${line}\n`);
  repository.write(
    '.brakeline/policy.yaml',
    `version: 1\nseverities: { high: { presence: touch } }\npeople:\n  - { id: ada, principals: [ada@example.invalid], hardware: ['${hardware.join("', '")}'] }\n`,
  );
  repository.write('.brakeline/allowed_signers', signers.join(''));
  repository.commit('base');
  repository.write('ops/deploy.sh', '#!/bin/sh\nset -eu\nrm -rf "$OLD"/\n');
});
afterEach(() => {
  agent?.close();
  repository.dispose();
});

/** Signs with this security key from now on, as git would. */
function use({ line }: SecurityKey): void {
  const file = path.join(repository.dir, '.git', 'key.pub');
  writeFileSync(file, `${line}\n`);
  repository.git('config', 'gpg.format', 'ssh');
  repository.git('config', 'user.signingkey', file);
}

function ledger(): string {
  try {
    return readFileSync(path.join(repository.dir, '.git/brakeline/ledger.jsonl'), 'utf8');
  } catch {
    return '';
  }
}

test('attack: a pseudo-terminal and a key file: nothing is asked, and nothing signed', async () => {
  const { status, screen } = await typeCli(repository.dir, ['ack'], []);
  expect(status, screen).toBe(1);
  expect(screen).toContain(
    'nothing was asked: expected a key that the policy lists as hardware (it asks for presence: touch), found Brakeline key',
  );
  expect(screen).toContain('nothing was signed');
  expect(ledger()).toBe('');
});

test('attack: a software key of an sk type that the policy does not list', async () => {
  use(STRANGER);
  const { status, screen } = await typeCli(repository.dir, ['ack'], [], { SSH_AUTH_SOCK: socket });
  expect(status, screen).toBe(1);
  expect(screen).toContain('nothing was asked: expected a key that the policy lists as hardware');
  expect(ledger()).toBe('');
});

test('attack: a listed key that signs without a touch', async () => {
  use(UNTOUCHED);
  const turns = [{ wait: WHY, type: 'OLD is set by the caller' }];
  const { status, screen } = await typeCli(repository.dir, ['ack'], turns, { SSH_AUTH_SOCK: socket });
  expect(status, screen).toBe(2);
  expect(screen).toContain('expected a signature that proves presence: touch, found one that proves none; nothing was kept');
  expect(ledger()).toBe('');
});

test('a listed key that was touched is acknowledged, exported and verified', async () => {
  use(TOUCHED);
  const turns = [{ wait: WHY, type: 'OLD is set by the caller' }];
  const { status, screen } = await typeCli(repository.dir, ['ack'], turns, { SSH_AUTH_SOCK: socket });
  expect(status, screen).toBe(0);
  repository.git('add', '--all');
  expect(runCli(repository.dir, ['export']).status).toBe(0);
  repository.commit('risky');
  const verified = runCli(repository.dir, ['verify', '--base', 'HEAD^', '--head', 'HEAD']);
  expect(verified.status, verified.stdout).toBe(0);
  repository.git('checkout', '--quiet', '-b', 'stricter', 'HEAD^');
  const policy = path.join(repository.dir, '.brakeline/policy.yaml');
  writeFileSync(policy, readFileSync(policy, 'utf8').replace('presence: touch', 'presence: verified'));
  const stricter = repository.commit('stricter');
  const refused = runCli(repository.dir, ['verify', '--base', stricter, '--head', 'main']);
  expect(refused.status, refused.stdout).toBe(1);
  expect(refused.stdout).toContain('expected a signature that proves presence (verified), found touch of ada');
});

test('attack: an agent’s environment is refused before anything else', async () => {
  use(TOUCHED);
  const { status, screen } = await typeCli(repository.dir, ['ack'], [], { SSH_AUTH_SOCK: socket, CLAUDECODE: '1' });
  expect(status, screen).toBe(2);
  expect(screen).toContain("found an agent's environment (CLAUDECODE is set)");
});
