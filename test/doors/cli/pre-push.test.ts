import { beforeEach, describe, expect, test, vi } from 'vitest';
import { runCli, typeCli } from '../../support/cli.ts';
import { makeRepository } from '../../support/git.ts';
import { type HookedClone, makeHookedClone, RISKY } from './hooked-clone.ts';

// Each test starts a dozen processes, on a machine that may be busy with others.
vi.setConfig({ testTimeout: 120_000 });

let repository: HookedClone['repository'];
let remote: HookedClone['remote'];
let git: HookedClone['git'];
let install: HookedClone['install'];

beforeEach(() => {
  ({ repository, remote, git, install } = makeHookedClone());
});

describe('pre-push', () => {
  beforeEach(() => {
    install();
    repository.git('checkout', '--quiet', '-b', 'feature');
    repository.write('ops/clean.sh', RISKY);
    repository.git('add', '--all');
    git('commit', '--no-verify', '-m', 'risky');
  });

  test('verifies a branch against the one it will be merged into, and says what closes each gap', () => {
    const { status, said } = git('push', 'origin', 'feature');
    expect(status).toBe(1);
    expect(said).toContain('feature has 1 gap as CI will see it, against origin/main, which the branch will be merged into');
    expect(said).toMatch(/uncovered {2}ops\/clean.sh:3/);
    expect(said).toMatch(/see what closes each: brakeline verify --base [0-9a-f]{12} --head [0-9a-f]{12}/);
    expect(remote.git('branch', '--list', 'feature')).toBe('');
  });

  test('tells of what was answered for and not exported, with the command', async () => {
    const range = ['--base', 'main', '--head', 'feature'];
    const why = [{ wait: 'Why is it fine?', type: 'DIR is set two lines above' }];
    expect(git('push', 'origin', 'feature').said).not.toContain('not exported');
    expect((await typeCli(repository.dir, ['ack', ...range], why)).status).toBe(0);
    const { status, said } = git('push', 'origin', 'feature');
    expect(status).toBe(1);
    const [, base = '', head = ''] =
      /answered for here, and not exported: brakeline export --base ([0-9a-f]{12}) --head ([0-9a-f]{12}) && git commit\n/.exec(said) ?? [];
    expect(runCli(repository.dir, ['export', '--base', base, '--head', head]).status).toBe(0);
    expect(git('commit', '-m', 'carriers').status).toBe(0);
    const pushed = git('push', 'origin', 'feature');
    expect(pushed.status, pushed.said).toBe(0);
  });

  test('an override on record lets it pass, and verify names it as a gap of its own kind', async () => {
    const { status, screen } = await typeCli(
      repository.dir,
      ['override', '--base', 'main', '--head', 'feature'],
      [{ wait: 'not wait for a review?', type: 'the shop is down, on call alone' }],
    );
    expect(status, screen).toBe(0);
    const pushed = git('push', 'origin', 'feature');
    expect(pushed.status, pushed.said).toBe(0);
    expect(pushed.said).toContain('feature ships 1 finding unreviewed, on record');
    expect(pushed.said).toContain('because "the shop is down, on call alone"');
    const range = ['--base', 'main', '--head', 'feature'];
    expect(runCli(repository.dir, ['export', ...range]).status).toBe(0);
    git('commit', '--no-verify', '-m', 'record');
    const failed = runCli(repository.dir, ['verify', ...range, '--format', 'json']);
    const verdict: { passed: boolean; gaps: { code: string; message: string }[] } = JSON.parse(failed.stdout);
    expect([failed.status, verdict.passed, verdict.gaps.map(({ code }) => code)]).toEqual([1, false, ['overridden']]);
    expect(verdict.gaps[0]?.message).toContain('shipped unreviewed by ada@example.invalid');
    const allowed = runCli(repository.dir, ['verify', ...range, '--allow-overridden']);
    expect(allowed.status).toBe(0);
    expect(allowed.stdout).toContain('FAIL');
    expect(allowed.stderr).toContain('1 finding shipped unreviewed by a recorded override');
  });

  test('`--allow-overridden` passes nothing that has no record', () => {
    expect(runCli(repository.dir, ['verify', '--base', 'main', '--allow-overridden']).status).toBe(1);
  });

  test('looks at neither tags, notes nor deletions, and at every branch that is pushed', () => {
    repository.git('tag', 'v1', 'main');
    expect(git('push', 'origin', 'v1').status).toBe(0);
    expect(git('push', '--no-verify', 'origin', 'feature').status).toBe(0);
    expect(git('push', 'origin', ':feature').status).toBe(0);
    const both = git('push', 'origin', 'main', 'feature:one', 'feature:two');
    expect(both.status).toBe(1);
    expect(both.said.match(/has 1 gap/g)?.length).toBe(2);
  });

  test('a push of the default branch is compared with what the remote has of it', () => {
    repository.git('checkout', '--quiet', 'main');
    repository.git('merge', '--quiet', 'feature');
    const { status, said } = git('push', 'origin', 'main');
    expect(status).toBe(1);
    expect(said).toContain('main has 1 gap as CI will see it, against what origin has of it');
  });

  test('says that a first push was not verified, where nothing of any remote is here', () => {
    const empty = makeRepository('--bare');
    repository.git('remote', 'remove', 'origin');
    repository.git('remote', 'add', 'elsewhere', empty.dir);
    const { status, said } = git('push', 'elsewhere', 'feature');
    expect(status).toBe(0);
    expect(said).toContain('feature not verified: nothing of elsewhere is here to compare it with');
  });

  test('compares a push to a fork with what it was forked from, and one to an address with the remote of that address', () => {
    const fork = makeRepository('--bare');
    repository.git('remote', 'add', 'fork', fork.dir);
    const forked = git('push', 'fork', 'feature');
    expect([forked.status, fork.git('branch', '--list', 'feature')]).toEqual([1, '']);
    expect(forked.said).toContain('feature has 1 gap as CI will see it, against origin/main, because nothing of fork was fetched');
    const addressed = git('push', `${remote.dir}/`, 'feature');
    expect(addressed.status).toBe(1);
    expect(addressed.said).toContain('against origin/main, which the branch will be merged into');
  });

  test('compares a push for a review with the branch that it is for', () => {
    const { status, said } = git('push', 'origin', 'HEAD:refs/for/main%topic=clean');
    expect(status).toBe(1);
    expect(said).toContain('refs/for/main%topic=clean has 1 gap as CI will see it, against origin/main, which the change is for');
    const other = git('push', 'origin', 'HEAD:refs/elsewhere/x');
    expect([other.status, other.said]).toEqual([0, expect.stringContaining('refs/elsewhere/x not verified: it is neither a branch nor')]);
  });
});
