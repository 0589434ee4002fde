import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { expect, test, vi } from 'vitest';
import { HOME, runCli } from '../../support/cli.ts';
import { repositoryAt, temporaryFolder } from '../../support/git.ts';

// Each call is a process of its own, and machines differ.
vi.setConfig({ testTimeout: 120_000 });

test('the demo goes the whole way, finds the four, verifies PASS and then FAIL, and leaves nothing', () => {
  const scratch = temporaryFolder();
  const { status, stdout, stderr } = runCli(scratch, ['demo'], { env: { TMPDIR: scratch } });
  expect([status, stderr], stdout).toEqual([0, '']);
  for (const file of ['src/checkout/checkout-service.ts', 'migrations/0003_close_refunded.sql', 'infra/database.tf', 'ops/deploy.sh'])
    expect(stdout).toContain(`${file}:`);
  expect(stdout).toMatch(/^PASS {2}5 findings covered, none open$/m);
  expect(stdout).toMatch(/^FAIL {2}1 gap, 4 findings covered$/m);
  expect(readdirSync(scratch)).toEqual([]);
});

test('it reads and writes nothing of the person: no key, no configuration, no agent', () => {
  const scratch = temporaryFolder();
  const broken = path.join(scratch, 'gitconfig');
  repositoryAt(scratch).write('gitconfig', '[this is no configuration\n');
  const { status, stderr } = runCli(scratch, ['demo'], {
    env: {
      GIT_CONFIG_GLOBAL: broken,
      SSH_AUTH_SOCK: path.join(scratch, 'no-agent'),
      GIT_DIR: '/nowhere',
      BRAKELINE_CONFIG_HOME: path.join(HOME, 'demo'),
    },
  });
  expect([status, stderr]).toEqual([0, '']);
  expect(existsSync(path.join(HOME, 'demo'))).toBe(false);
});

test('--keep leaves the repository, and refuses a folder that holds something', () => {
  const scratch = temporaryFolder();
  const kept = path.join(scratch, 'shop');
  expect(runCli(scratch, ['demo', '--keep', kept]).status).toBe(0);
  expect(repositoryAt(kept).git('log', '--format=%s')).toBe('Tidy the checkout service, close refunded orders\nA small shop');
  const again = runCli(scratch, ['demo', '--keep', kept]);
  expect(again.status).toBe(2);
  expect(again.stderr).toBe(`brakeline: expected a new or empty folder, found files in ${kept}\n`);
});

test('--edit-only leaves the shop with the edit in the working tree and nothing acknowledged', () => {
  const scratch = temporaryFolder();
  const kept = path.join(scratch, 'shop');
  expect(runCli(scratch, ['demo', '--keep', kept, '--edit-only']).status).toBe(0);
  expect(repositoryAt(kept).git('status', '--porcelain').split('\n')).toHaveLength(4);
  const review: { hunks: { acknowledged: boolean }[] } = JSON.parse(runCli(kept, ['review', '--format', 'json']).stdout);
  expect(review.hunks.map((hunk) => hunk.acknowledged)).toEqual([false, false, false, false]);
});
