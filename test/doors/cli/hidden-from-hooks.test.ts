import { beforeEach, describe, expect, test, vi } from 'vitest';
import { runCli } from '../../support/cli.ts';
import { makeRepository } from '../../support/git.ts';
import { type HookedClone, makeHookedClone, RISKY, SAFE } from './hooked-clone.ts';

// Each test starts a dozen processes, on a machine that may be busy with others.
vi.setConfig({ testTimeout: 120_000 });

let repository: HookedClone['repository'];
let remote: HookedClone['remote'];
let git: HookedClone['git'];
let install: HookedClone['install'];

beforeEach(() => {
  ({ repository, remote, git, install } = makeHookedClone());
});

describe('what a change hides from the hooks is told', () => {
  beforeEach(() => {
    install();
    repository.write('ops/clean.sh', `${RISKY}# \0\n`);
    repository.git('add', '--all');
  });

  test('before the commit, also where it was looked at before', () => {
    for (const round of ['first', 'second']) {
      const { status, said } = git('commit', '--dry-run', '-m', 'x');
      expect([round, status, said]).toEqual([round, 0, expect.any(String)]);
      const hook = runCli(repository.dir, ['hooks', 'run', 'pre-commit']);
      expect([hook.status, hook.stderr]).toEqual([0, expect.stringContaining('ops/clean.sh was not analysed, and verify fails for it:')]);
    }
  });

  test('and stops the push, whether the base trusts somebody or not', () => {
    repository.git('checkout', '--quiet', '-b', 'feature');
    git('commit', '--quiet', '-m', 'hidden');
    const { status, said } = git('push', 'origin', 'feature');
    expect(status).toBe(1);
    expect(said).toMatch(/unverifiable {2}ops\/clean.sh:1/);
    repository.git('rm', '--quiet', '-r', '.brakeline');
    repository.git('commit', '--quiet', '--no-verify', '-m', 'nobody is trusted');
    repository.git('update-ref', 'refs/remotes/origin/main', 'HEAD');
    repository.write('ops/clean.sh', SAFE);
    repository.git('commit', '--quiet', '--no-verify', '--all', '-m', 'read again');
    repository.git('update-ref', 'refs/remotes/origin/main', 'HEAD');
    repository.write('ops/clean.sh', `${RISKY}# \0\n`);
    repository.git('commit', '--quiet', '--no-verify', '--all', '-m', 'hidden again');
    const again = git('push', 'origin', 'feature');
    expect([again.status, again.said]).toEqual([1, expect.stringContaining('by your own ledger')]);
    expect(again.said).toMatch(/unverifiable {2}ops\/clean.sh:1/);
  });
});

test('a forced push of a clone that has not fetched takes nothing off the branch without a word', () => {
  install();
  const other = makeRepository();
  other.git('pull', '--quiet', remote.dir, 'main');
  other.write('ops/guard.sh', SAFE);
  other.commit('a guard');
  other.git('push', '--quiet', remote.dir, 'HEAD:main');
  repository.write('notes.txt', 'mine\n');
  repository.git('add', '--all');
  repository.git('commit', '--quiet', '--no-verify', '-m', 'mine');
  const { status, said } = git('push', '--force', 'origin', 'main');
  expect(status).toBe(1);
  expect(said).toContain('main has commits at origin that were not fetched: what they guard would be lost');
  expect(remote.git('ls-tree', '--name-only', 'main', 'ops/')).toContain('ops/guard.sh');
});
