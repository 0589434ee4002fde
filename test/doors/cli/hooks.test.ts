import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { runCli, typeCli } from '../../support/cli.ts';
import { makeRepository, type TestRepository, temporaryFolder } from '../../support/git.ts';

// Each test starts a dozen processes, on a machine that may be busy with others.
vi.setConfig({ testTimeout: 120_000 });

const SAFE = '#!/bin/sh\nset -eu\necho done\n';
const RISKY = '#!/bin/sh\nset -eu\nrm -rf "$DIR"/\necho done\n';

let repository: TestRepository;
let remote: TestRepository;

beforeEach(() => {
  repository = makeRepository();
  remote = makeRepository('--bare');
  repository.git('config', 'user.name', 'Ada');
  repository.git('config', 'user.email', 'ada@example.invalid');
  repository.git('remote', 'add', 'origin', remote.dir);
  runCli(repository.dir, ['init']);
  repository.write('ops/clean.sh', SAFE);
  repository.commit('base');
  repository.git('push', '--quiet', 'origin', 'main');
});

interface Done {
  readonly status: number | null;
  readonly said: string;
}

/** Git as a person runs it, hooks and all. */
function git(...args: readonly string[]): Done {
  const { status, stderr, stdout } = spawnSync('git', args, { cwd: repository.dir, encoding: 'utf8' });
  return { status, said: `${stdout}${stderr}` };
}

function hookFile(name: string): string {
  return path.join(repository.dir, '.git', 'hooks', name);
}

function install(...options: readonly string[]): Done {
  const { status, stdout, stderr } = runCli(repository.dir, ['hooks', 'install', ...options]);
  return { status, said: `${stdout}${stderr}` };
}

describe('brakeline hooks install', () => {
  test('writes two hooks that run, and takes away what it wrote', () => {
    expect(install().status).toBe(0);
    for (const name of ['pre-commit', 'pre-push']) expect(statSync(hookFile(name)).mode & 0o111).toBe(0o111);
    expect(existsSync(hookFile('prepare-commit-msg'))).toBe(false);
    expect(install().said).toContain('kept, it was there');
    const { stdout, status } = runCli(repository.dir, ['hooks', 'uninstall']);
    expect([status, stdout.match(/took away/g)?.length]).toEqual([0, 2]);
    expect(existsSync(hookFile('pre-commit'))).toBe(false);
  });

  test('never writes over a hook that is there, and never takes it away', () => {
    writeFileSync(hookFile('pre-commit'), '#!/bin/sh\nexit 0\n');
    const { status, said } = install();
    expect(status).toBe(1);
    expect(said).toContain('left alone, it is not ours');
    expect(said).toContain('brakeline hooks run pre-commit || exit 1');
    expect(readFileSync(hookFile('pre-commit'), 'utf8')).toBe('#!/bin/sh\nexit 0\n');
    runCli(repository.dir, ['hooks', 'uninstall']);
    expect(existsSync(hookFile('pre-commit'))).toBe(true);
  });

  test('leaves a hook of its own alone once somebody edited it', () => {
    install();
    writeFileSync(hookFile('pre-push'), `${readFileSync(hookFile('pre-push'), 'utf8')}echo mine\n`);
    expect(install().status).toBe(1);
    runCli(repository.dir, ['hooks', 'uninstall']);
    expect(readFileSync(hookFile('pre-push'), 'utf8')).toContain('echo mine');
  });

  test('never touches the folder that core.hooksPath names, nor the setting', () => {
    mkdirSync(path.join(repository.dir, '.husky'));
    repository.git('config', 'core.hooksPath', '.husky/_');
    const { status, said } = install();
    expect(status).toBe(1);
    expect(said).toContain('.husky/pre-push');
    expect(existsSync(path.join(repository.dir, '.husky/_'))).toBe(false);
    expect(existsSync(hookFile('pre-commit'))).toBe(false);
    expect(repository.git('config', '--get', 'core.hooksPath')).toBe('.husky/_');
  });

  test('writes through no link: a folder of hooks that is one is shared with others', () => {
    const shared = temporaryFolder('shared');
    spawnSync('rm', ['-rf', path.join(repository.dir, '.git', 'hooks')]);
    symlinkSync(shared, path.join(repository.dir, '.git', 'hooks'));
    expect(install().status).toBe(1);
    expect(existsSync(path.join(shared, 'pre-commit'))).toBe(false);
  });

  test('a linked working tree has the hooks of its repository', () => {
    const linked = path.join(temporaryFolder('linked'), 'tree');
    repository.git('worktree', 'add', '--quiet', linked);
    expect(runCli(linked, ['hooks', 'install']).status).toBe(0);
    expect(existsSync(hookFile('pre-commit'))).toBe(true);
  });

  test('a hook whose programs are gone says so, and lets git go on', () => {
    install();
    for (const name of ['pre-commit', 'pre-push'])
      writeFileSync(hookFile(name), readFileSync(hookFile(name), 'utf8').replace(/^cli=.*$/m, "cli='/nowhere/cli.js'"));
    repository.write('ops/clean.sh', RISKY);
    repository.git('add', '--all');
    const { status, said } = git('commit', '-m', 'x');
    expect(status).toBe(0);
    expect(said).toContain('brakeline: not found, so nothing was looked at (pre-commit)');
  });

  test.each(['print', 'run nothing', 'instal', 'install x'])('`hooks %s` answers or says what was expected', (words) => {
    const { status, stdout, stderr } = runCli(repository.dir, ['hooks', ...words.split(' ')]);
    if (words === 'print') for (const name of ['husky', 'lefthook', 'pre-commit', 'use_stdin']) expect(stdout).toContain(name);
    else expect([status, stderr]).toEqual([2, expect.stringMatching(/^brakeline: expected .*, found .*\n$/)]);
  });
});

describe('pre-commit', () => {
  beforeEach(() => {
    install();
  });

  test('lets pass what asks for nobody', () => {
    repository.write('ops/clean.sh', `${SAFE}echo more\n`);
    repository.git('add', '--all');
    expect(git('commit', '-m', 'x').status).toBe(0);
  });

  test('stops what waits for a person, and says what to run; the second answer comes from the kept one', () => {
    repository.write('ops/clean.sh', RISKY);
    repository.git('add', '--all');
    const first = git('commit', '-m', 'x');
    expect(first.status).toBe(1);
    expect(first.said).toContain('1 finding of this commit waits for a person');
    expect(first.said).toContain('ops/clean.sh');
    expect(first.said).toContain('brakeline ack --staged && brakeline export');
    const kept = path.join(repository.dir, '.git', 'brakeline', 'staged-verdict');
    const stamp = statSync(kept).mtimeMs;
    expect(git('commit', '-m', 'x')).toEqual(first);
    expect(statSync(kept).mtimeMs).toBe(stamp);
  });

  test('asks of the index alone, and of the one that `git commit FILE` makes', () => {
    repository.write('ops/clean.sh', RISKY);
    repository.write('ops/other.sh', SAFE);
    repository.git('add', 'ops/other.sh');
    expect(git('commit', '-m', 'only the other').status).toBe(0);
    repository.write('notes.txt', 'x\n');
    repository.git('add', 'notes.txt');
    expect(git('commit', '-m', 'x', 'ops/clean.sh').status).toBe(1);
    expect(git('commit', '-am', 'x').status).toBe(1);
    expect(git('commit', '-m', 'notes').status).toBe(0);
  });

  test.each([
    ['git commit --all', ['-am', 'x'], 'git add --update && '],
    ['git commit FILE', ['-m', 'x', 'ops/clean.sh'], "git add -- ':/ops/clean.sh' && "],
    ['git commit', ['-m', 'x'], ''],
  ])('what it says after `%s` works as printed', async (_, args, first) => {
    repository.write('ops/clean.sh', RISKY);
    if (first === '') repository.git('add', '--all');
    const { status, said } = git('commit', ...args);
    expect(status).toBe(1);
    expect(said).toContain(`  look at it:          ${first}brakeline ack --staged && brakeline export\n`);
    expect(said).toContain(`  or put it on record: ${first}brakeline override --staged && brakeline export\n`);
    if (first !== '') execFileSync('sh', ['-c', first.replace(' && ', '')], { cwd: path.join(repository.dir, 'ops') });
    const why = [{ wait: 'Why is it fine?', type: 'DIR is set two lines above' }];
    const acked = await typeCli(repository.dir, ['ack', '--staged'], why);
    expect(acked.status, acked.screen).toBe(0);
    expect(runCli(repository.dir, ['export']).stdout).toContain('1 carrier written');
    expect(git('commit', ...args)).toMatchObject({ status: 0 });
  });

  test('keeps within the terminal, but for commands, which stay whole', async () => {
    repository.write('ops/a-folder-with-a-long-name/and-another-one-inside/clean-up-of-everything.sh', RISKY);
    repository.git('add', '--all');
    const { screen } = await typeCli(repository.dir, ['hooks', 'run', 'pre-commit'], [], { COLUMNS: '45' });
    const lines = screen.split(/\r?\n/);
    const commands = lines.filter((line) => line.includes('brakeline ack') || line.includes('brakeline override'));
    expect(commands).toHaveLength(2);
    for (const line of commands) expect(line).toMatch(/^ {2}[a-z ]+: +brakeline [a-z]+ --staged && brakeline export$/);
    for (const line of lines)
      if (!commands.includes(line) && line.trim().includes(' ')) expect(line.trimEnd().length, line).toBeLessThanOrEqual(45);
    expect(lines.length).toBeGreaterThan(5);
  });

  test('lets pass what was acknowledged, with its carriers staged', async () => {
    repository.write('ops/clean.sh', RISKY);
    repository.git('add', '--all');
    const { status, screen } = await typeCli(
      repository.dir,
      ['ack', '--staged'],
      [{ wait: 'Why is it fine?', type: 'DIR is set two lines above' }],
    );
    expect(status, screen).toBe(0);
    expect(runCli(repository.dir, ['export']).status).toBe(0);
    expect(git('commit', '-m', 'x').status).toBe(0);
    expect(git('push', 'origin', 'main')).toMatchObject({ status: 0 });
  });

  test('lets pass what was put on record, and `undo` takes that back', async () => {
    repository.write('ops/clean.sh', RISKY);
    repository.git('add', '--all');
    const reason = { wait: 'not wait for a review?', type: 'the shop is down, on call alone' };
    const { status, screen } = await typeCli(repository.dir, ['override', '--staged'], [reason]);
    expect(status, screen).toBe(0);
    expect(runCli(repository.dir, ['hooks', 'run', 'pre-commit']).status).toBe(0);
    expect(runCli(repository.dir, ['review', '--staged']).status, 'nobody has acknowledged it').toBe(1);
    const list = runCli(repository.dir, ['review', '--staged', '--format', 'json']).stdout;
    const fingerprint: string = JSON.parse(list).hunks[0].findings[0].fingerprint;
    expect((await typeCli(repository.dir, ['undo', fingerprint, '--staged'], [])).status).toBe(0);
    expect(runCli(repository.dir, ['hooks', 'run', 'pre-commit']).status).toBe(1);
  });

  test('a reason that is none is asked for again, and an empty one signs nothing', async () => {
    repository.write('ops/clean.sh', RISKY);
    repository.git('add', '--all');
    const turns = [
      { wait: 'not wait for a review?', type: 'urgent' },
      { wait: 'not wait for a review?', type: '' },
    ];
    const { status, screen } = await typeCli(repository.dir, ['override', '--staged'], turns);
    expect([status, screen]).toEqual([1, expect.stringContaining('expected a reason of at least 10 characters, found 6')]);
    expect(screen).toContain('nothing was signed');
    expect(runCli(repository.dir, ['hooks', 'run', 'pre-commit']).status).toBe(1);
  });

  test('an answer that was kept of another staged change is not given for this one', () => {
    repository.write('ops/clean.sh', `${SAFE}echo more\n`);
    repository.git('add', '--all');
    runCli(repository.dir, ['hooks', 'run', 'pre-commit']);
    repository.write('ops/clean.sh', RISKY);
    repository.git('add', '--all');
    expect(runCli(repository.dir, ['hooks', 'run', 'pre-commit']).status).toBe(1);
  });

  test('a revocation on the ledger stops a commit that the kept answer let pass', async () => {
    repository.write('ops/clean.sh', RISKY);
    repository.git('add', '--all');
    await typeCli(repository.dir, ['ack', '--staged'], [{ wait: 'Why is it fine?', type: 'DIR is set two lines above' }]);
    expect(runCli(repository.dir, ['hooks', 'run', 'pre-commit']).status).toBe(0);
    const list = runCli(repository.dir, ['review', '--staged', '--format', 'json']).stdout;
    const fingerprint: string = JSON.parse(list).hunks[0].findings[0].fingerprint;
    const undone = await typeCli(repository.dir, ['undo', fingerprint, '--staged'], []);
    expect(undone.status, undone.screen).toBe(0);
    expect(runCli(repository.dir, ['hooks', 'run', 'pre-commit']).status).toBe(1);
  });
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

describe('the trailer, which is opt-in', () => {
  test('stands in the draft that the editor shows, and nowhere else', async () => {
    expect(install('--trailer').status).toBe(0);
    repository.write('ops/clean.sh', RISKY);
    repository.git('add', '--all');
    await typeCli(repository.dir, ['ack', '--staged'], [{ wait: 'Why is it fine?', type: 'DIR is set two lines above' }]);
    runCli(repository.dir, ['export']);
    expect(git('commit', '-m', 'without an editor').status).toBe(0);
    expect(repository.git('log', '-1', '--format=%B')).not.toContain('Brakeline-Ack');
    const editor = path.join(repository.dir, '.git', 'editor');
    writeFileSync(editor, '#!/bin/sh\ncp "$1" .git/seen\nprintf "with an editor\\n" | cat - "$1" > .git/new && cp .git/new "$1"\n');
    chmodSync(editor, 0o755);
    repository.git('reset', '--quiet', '--soft', 'HEAD~1');
    const { status, stdout, stderr } = spawnSync('git', ['commit'], {
      cwd: repository.dir,
      encoding: 'utf8',
      env: { ...process.env, GIT_EDITOR: editor },
    });
    expect(status, `${stdout}${stderr}`).toBe(0);
    expect(readFileSync(path.join(repository.dir, '.git/seen'), 'utf8')).toMatch(/^Brakeline-Ack: [0-9a-f]{12} SHA256:[\w+/]{43}$/m);
    expect(repository.git('log', '-1', '--format=%(trailers:key=Brakeline-Ack,valueonly)')).toMatch(/^[0-9a-f]{12} SHA256:/);
  });

  test('`export --to trailer` prints it and writes nothing', async () => {
    repository.write('ops/clean.sh', RISKY);
    repository.git('add', '--all');
    await typeCli(repository.dir, ['ack', '--staged'], [{ wait: 'Why is it fine?', type: 'DIR is set two lines above' }]);
    const before = repository.git('status', '--porcelain');
    const { stdout, status } = runCli(repository.dir, ['export', '--to', 'trailer']);
    expect([status, stdout]).toEqual([0, expect.stringMatching(/^Brakeline-Ack: [0-9a-f]{12} SHA256:[\w+/]{43}\n$/)]);
    expect(repository.git('status', '--porcelain')).toBe(before);
  });

  test('covers nothing: a pointer without its carrier is a gap and a hint', async () => {
    repository.git('checkout', '--quiet', '-b', 'feature');
    repository.write('ops/clean.sh', RISKY);
    repository.git('add', '--all');
    await typeCli(repository.dir, ['ack', '--staged'], [{ wait: 'Why is it fine?', type: 'DIR is set two lines above' }]);
    const trailer = runCli(repository.dir, ['export', '--to', 'trailer']).stdout.trim();
    repository.git('commit', '--quiet', '-m', 'x', '--trailer', trailer);
    const range = ['--base', 'main', '--head', 'feature'];
    const alone = runCli(repository.dir, ['verify', ...range, '--format', 'json']);
    expect(JSON.parse(alone.stdout).gaps.map(({ code }: { code: string }) => code)).toEqual(['uncovered']);
    expect(JSON.parse(alone.stdout).warnings.join('\n')).toContain('points to an acknowledgement of');
    expect(runCli(repository.dir, ['export', ...range, '--to', 'notes']).stdout).toContain('`brakeline sync` sends it');
    expect(runCli(repository.dir, ['verify', ...range]).status).toBe(0);
    expect(repository.git('status', '--porcelain')).toBe('');
  });
});
