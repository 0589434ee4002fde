import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { runCli, typeCli } from '../../support/cli.ts';
import { makeRepository, type TestRepository, temporaryFolder } from '../../support/git.ts';

// Each call is a process of its own, and machines differ.
vi.setConfig({ testTimeout: 120_000 });

const REASON = 'OLD is set by the caller, see the pipeline';
const NO_SIGNERS = /^brakeline: \S+ has no \.brakeline\/allowed_signers: verify trusts no key until .*`brakeline init`.*$/m;

let repository: TestRepository;

/** A repository in which nobody ran `brakeline init`, with a risky commit on a branch. */
beforeEach(() => {
  repository = makeRepository();
  repository.git('config', 'user.email', 'ada@example.invalid');
  repository.git('config', 'user.name', 'Ada');
  repository.write('ops/deploy.sh', '#!/bin/sh\nset -eu\n');
  repository.commit('base');
  repository.git('checkout', '--quiet', '-b', 'work');
  repository.write('ops/deploy.sh', '#!/bin/sh\nset -eu\nrm -rf "$OLD"/\n');
  repository.commit('risky');
});

afterEach(() => repository.dispose());

async function acknowledgeAndExport(reason = REASON): Promise<string> {
  const acknowledged = await typeCli(repository.dir, ['ack', '--base', 'main'], [{ wait: 'Why is it fine?', type: reason }]);
  expect(acknowledged.status, acknowledged.screen).toBe(0);
  const exported = runCli(repository.dir, ['export', '--base', 'main']);
  expect(exported.status, exported.stderr).toBe(0);
  repository.git('commit', '--quiet', '--message=acknowledged');
  return acknowledged.screen + exported.stderr;
}

test('where the base trusts nobody, ack and export warn, verify names init, and init closes the gap', async () => {
  const warned = await acknowledgeAndExport();
  expect(warned.match(new RegExp(NO_SIGNERS, 'gm'))).toHaveLength(2);
  const failed = runCli(repository.dir, ['verify', '--base', 'main']);
  expect(failed.status).toBe(1);
  expect(failed.stdout).toContain('untrusted-signer');
  expect(failed.stdout).toContain('to close it: on the base branch run brakeline init and commit what it writes; then here:\n');
  expect(failed.stdout).not.toContain('allowed_signers on the base branch');

  repository.git('checkout', '--quiet', 'main');
  const begun = runCli(repository.dir, ['init']);
  expect(begun.stdout).toMatch(/\nnext: commit both files on the main branch, from where verify reads them\n$/);
  expect(runCli(repository.dir, ['init']).stdout).not.toContain('next:');
  repository.commit('init');
  repository.git('checkout', '--quiet', 'work');
  expect(await acknowledgeAndExport('OLD is checked by the caller since May')).not.toMatch(NO_SIGNERS);
  const passed = runCli(repository.dir, ['verify', '--base', 'main']);
  expect(passed.status, passed.stdout).toBe(0);
});

test('init says that it made a key, and whose file lacks it', () => {
  const home = temporaryFolder();
  const init = () => runCli(repository.dir, ['init'], { env: { BRAKELINE_CONFIG_HOME: home } });
  const made = init().stdout;
  expect(made).toMatch(/^made a key of your own: Brakeline key .*brakeline\.key$/m);
  const again = init().stdout;
  expect(again).not.toMatch(/made a key|is not in/);
  const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEPUAXo9mHv0kWqhIAKBYLEMz+EHrFXbqpTxTZLTB/Kt';
  repository.write('.brakeline/allowed_signers', `bob@example.invalid namespaces="brakeline-ack" ${key}\n`);
  const lacking = init().stdout;
  expect(lacking).toMatch(
    /your key \(Brakeline key .* is not in \.brakeline\/allowed_signers: .*\n {2}ada@example\.invalid namespaces="brakeline-ack" ssh-ed25519 /,
  );
});

test("a policy of the base that cannot be read is called the base's", () => {
  repository.git('checkout', '--quiet', 'main');
  repository.write('.brakeline/policy.yaml', 'version: 1\nfoo: 1\n');
  repository.commit('broken');
  const { status, stderr } = runCli(repository.dir, ['verify', '--base', 'main', '--head', 'work']);
  expect(status).toBe(2);
  expect(stderr).toContain(`.brakeline/policy.yaml:2 of commit ${repository.git('rev-parse', 'main').trim().slice(0, 12)}: `);
});

test('a base that trusts somebody else names its own file, and no init', async () => {
  await acknowledgeAndExport();
  repository.git('checkout', '--quiet', 'main');
  const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEPUAXo9mHv0kWqhIAKBYLEMz+EHrFXbqpTxTZLTB/Kt';
  repository.write('.brakeline/allowed_signers', `bob@example.invalid namespaces="brakeline-ack" ${key}\n`);
  repository.commit('signers');
  repository.git('checkout', '--quiet', 'work');
  const { stdout } = runCli(repository.dir, ['verify', '--base', 'main']);
  expect(stdout).toContain('add the key to .brakeline/allowed_signers on the base branch');
  expect(stdout).not.toContain('brakeline init');
});

test('a base that a shallow clone lacks is told with how to fetch it', () => {
  const clone = path.join(temporaryFolder(), 'clone');
  repository.git('clone', '--quiet', '--depth=1', '--branch=work', `file://${repository.dir}`, clone);
  const shallow = runCli(clone, ['verify', '--base', 'origin/main']);
  expect([shallow.status, shallow.stderr]).toEqual([
    2,
    'brakeline: expected a commit, found "origin/main"; in a shallow clone, fetch the base (fetch-depth: 0)\n',
  ]);
  expect(runCli(repository.dir, ['verify', '--base', 'origin/main']).stderr).toBe('brakeline: expected a commit, found "origin/main"\n');
});
