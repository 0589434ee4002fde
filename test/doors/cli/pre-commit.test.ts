import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { runCli, typeCli } from '../../support/cli.ts';
import { type HookedClone, makeHookedClone, RISKY, SAFE } from './hooked-clone.ts';

// Each test starts a dozen processes, on a machine that may be busy with others.
vi.setConfig({ testTimeout: 120_000 });

let repository: HookedClone['repository'];
let git: HookedClone['git'];
let install: HookedClone['install'];

beforeEach(() => {
  ({ repository, git, install } = makeHookedClone());
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
