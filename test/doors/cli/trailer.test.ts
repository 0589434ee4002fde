import { spawnSync } from 'node:child_process';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { runCli, typeCli } from '../../support/cli.ts';
import { type HookedClone, makeHookedClone, RISKY } from './hooked-clone.ts';

// Each test starts a dozen processes, on a machine that may be busy with others.
vi.setConfig({ testTimeout: 120_000 });

let repository: HookedClone['repository'];
let git: HookedClone['git'];
let install: HookedClone['install'];

beforeEach(() => {
  ({ repository, git, install } = makeHookedClone());
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
