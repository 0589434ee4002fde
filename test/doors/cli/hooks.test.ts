import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { runCli } from '../../support/cli.ts';
import { temporaryFolder } from '../../support/git.ts';
import { type HookedClone, makeHookedClone, RISKY } from './hooked-clone.ts';

// Each test starts a dozen processes, on a machine that may be busy with others.
vi.setConfig({ testTimeout: 120_000 });

let repository: HookedClone['repository'];
let git: HookedClone['git'];
let install: HookedClone['install'];
let hookFile: HookedClone['hookFile'];

beforeEach(() => {
  ({ repository, git, install, hookFile } = makeHookedClone());
});

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
