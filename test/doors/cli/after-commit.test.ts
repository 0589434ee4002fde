import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { runCli, typeCli } from '../../support/cli.ts';
import { makeRepository, type TestRepository } from '../../support/git.ts';

// Each call is a process of its own, and machines differ.
vi.setConfig({ testTimeout: 120_000 });

const DEPLOY = '#!/bin/sh\nset -eu\ncp -R dist "$TARGET"\n';
const REASON = 'OLD is set by the caller, see the pipeline';

let repository: TestRepository;

beforeEach(() => {
  repository = makeRepository();
  repository.git('config', 'user.email', 'ada@example.invalid');
  repository.git('config', 'user.name', 'Ada');
  repository.write('ops/deploy.sh', DEPLOY);
  expect(runCli(repository.dir, ['init']).status).toBe(0);
  repository.commit('base');
  repository.git('checkout', '--quiet', '-b', 'work');
});

afterEach(() => repository.dispose());

function commitRisk(): void {
  repository.write('ops/deploy.sh', `${DEPLOY}rm -rf "$OLD"/\n`);
  repository.commit('risky');
}

/** The commands that `verify` prints to close its gaps, words split. */
function remedies(...args: string[]): readonly (readonly string[])[] {
  const { stdout } = runCli(repository.dir, ['verify', ...args, '--format', 'json']);
  const { gaps }: { gaps: { remedy: string }[] } = JSON.parse(stdout);
  return gaps.flatMap(({ remedy }) => remedy.split(' && ').map((line) => line.split(' ').map((word) => word.replace(/^'(.*)'$/, '$1'))));
}

async function runAll(commands: readonly (readonly string[])[]): Promise<void> {
  for (const [program, verb = '', ...args] of commands) {
    if (program === 'git') repository.git(verb, '--quiet', '--message=acknowledged', ...args);
    else if (verb === 'ack') {
      const { status, screen } = await typeCli(repository.dir, [verb, ...args], [{ wait: 'Why is it fine?', type: REASON }]);
      expect(status, screen).toBe(0);
    } else {
      const { status, stderr } = runCli(repository.dir, [verb, ...args]);
      expect(status, stderr).toBe(0);
    }
  }
}

test('the commands that a verification prints close its gap', async () => {
  commitRisk();
  const before = runCli(repository.dir, ['verify', '--base', 'main']);
  expect(before.status, before.stdout).toBe(1);
  // One line, though it is longer than any page.
  expect(before.stdout).toMatch(/^ {2}to close it: brakeline ack [0-9a-f]{12} --base main && brakeline export --base main && git commit$/m);
  await runAll(remedies('--base', 'main'));
  const after = runCli(repository.dir, ['verify', '--base', 'main']);
  expect(after.status, after.stdout).toBe(0);
  expect(after.stdout).toMatch(/^PASS {2}1 finding covered/);
  expect(after.stdout).toContain(`by ada@example.invalid\n                "${REASON}"\n`);
  const json: { covered: { reasons: unknown }[] } = JSON.parse(
    runCli(repository.dir, ['verify', '--base', 'main', '--format', 'json']).stdout,
  );
  expect(json.covered.map(({ reasons }) => reasons)).toEqual([[{ by: 'ada@example.invalid', reason: REASON }]]);
});

test('the commands name the head that was asked for, and quote what a shell would read', () => {
  commitRisk();
  const [ack = [], exported = []] = remedies('--base', 'HEAD^', '--head', 'work');
  expect(ack.slice(3)).toEqual(['--base', 'HEAD^', '--head', 'work']);
  expect(exported).toEqual(['brakeline', 'export', '--base', 'HEAD^', '--head', 'work']);
  expect(runCli(repository.dir, ['verify', '--base', 'HEAD^', '--format', 'json']).stdout).toContain("--base 'HEAD^'");
});

test('what is still open is told with its line and what happened', () => {
  commitRisk();
  const { stdout } = runCli(repository.dir, ['export', '--base', 'main']);
  expect(stdout).toMatch(/^ {2}[0-9a-f]{12} {2}\w+ {2}ops\/deploy\.sh:4 {2}destroy\/shell-rm-rf {2}.*rm -rf/m);
});

test('the export of a range does not ask for a staged change, and stages carriers alone', async () => {
  commitRisk();
  await runAll(remedies('--base', 'main').slice(0, 1));
  const exported = runCli(repository.dir, ['export', '--base', 'main']);
  expect(exported.status, exported.stderr).toBe(0);
  expect(exported.stdout).toContain('1 carrier written, nothing left open');
  expect(repository.git('diff', '--cached', '--name-only')).toMatch(/^\.brakeline\/acks\/[0-9a-f]{2}\/[0-9a-f]{64}\.jsonl$/);
});

test('the export of a range without a change says so', () => {
  const { status, stderr } = runCli(repository.dir, ['export', '--base', 'main']);
  expect(status).toBe(2);
  expect(stderr).toBe('brakeline: expected a change between main and HEAD, found none\n');
});

test('an acknowledgement taken back after a commit stays in the carriers until the revocation is exported', async () => {
  commitRisk();
  const commands = remedies('--base', 'main');
  const fingerprint = commands[0]?.[2] ?? '';
  await runAll(commands);
  const undone = await typeCli(repository.dir, ['undo', fingerprint, '--base', 'main'], []);
  expect(undone.status, undone.screen).toBe(0);
  expect(undone.screen).toContain('`brakeline export --base main`');
  expect(runCli(repository.dir, ['verify', '--base', 'main']).status).toBe(0);

  const exported = runCli(repository.dir, ['export', '--base', 'main']);
  expect(exported.status, exported.stderr).toBe(0);
  expect(exported.stdout).toContain('1 carrier written, 1 of them revoked, 1 finding still open\n');
  expect(exported.stdout).toMatch(
    new RegExp(`  ${fingerprint} {2}\\w+ {2}ops/deploy.sh:4 {2}destroy/shell-rm-rf {2}revoked {2}.*rm -rf.*\n$`),
  );
  repository.commit('revoked');
  const after = runCli(repository.dir, ['verify', '--base', 'main']);
  expect(after.status, after.stdout).toBe(1);
  expect(after.stdout).toContain('revoked');
});

test('before any export an acknowledgement is taken back without a word about carriers', async () => {
  commitRisk();
  const [ack = []] = remedies('--base', 'main');
  await runAll([ack]);
  const undone = await typeCli(repository.dir, ['undo', ack[2] ?? '', '--base', 'main'], []);
  expect(undone.status).toBe(0);
  expect(undone.screen).not.toContain('export');
});

test('an empty range says that it is empty', () => {
  for (const args of [
    ['--base', 'main'],
    ['--base', 'HEAD', '--head', 'HEAD'],
  ]) {
    const { status, stdout } = runCli(repository.dir, ['verify', ...args]);
    expect([status, stdout.split('\n')[0]]).toEqual([0, `PASS  nothing between ${args[1]} and HEAD`]);
  }
});

test('an upstream that is the head itself is told in one line', () => {
  commitRisk();
  repository.git('update-ref', 'refs/remotes/origin/work', 'HEAD');
  repository.git('config', 'remote.origin.url', '.');
  repository.git('config', 'remote.origin.fetch', '+refs/heads/*:refs/remotes/origin/*');
  repository.git('config', 'branch.work.remote', 'origin');
  repository.git('config', 'branch.work.merge', 'refs/heads/work');
  const { status, stdout, stderr } = runCli(repository.dir, ['verify']);
  expect(status, stderr).toBe(0);
  expect(stdout).toContain('nothing between @{upstream} and HEAD');
  expect(stderr).toBe('brakeline: base @{upstream}, the upstream branch, is HEAD itself: --base names what the change is merged into\n');
});

test('a bundle that is not there is told without the words of the file system', () => {
  commitRisk();
  const { status, stderr } = runCli(repository.dir, ['verify', '--base', 'main', '--bundle', 'none.jsonl']);
  expect(status).toBe(2);
  expect(stderr).toMatch(/^brakeline: expected a bundle in \S+none\.jsonl, found no such file\n$/);
});

test('the rows of what is covered are whole, however long', async () => {
  const address = `ada.${'very.'.repeat(12)}long@example.invalid`;
  commitRisk();
  repository.git('config', 'user.email', address);
  repository.git('checkout', '--quiet', 'main');
  repository.remove('.brakeline');
  expect(runCli(repository.dir, ['init']).status).toBe(0);
  repository.commit('a longer address');
  repository.git('checkout', '--quiet', 'work');
  repository.git('rebase', '--quiet', 'main');
  await runAll(remedies('--base', 'main'));
  expect(runCli(repository.dir, ['verify', '--base', 'main']).stdout).toContain(address);
});
