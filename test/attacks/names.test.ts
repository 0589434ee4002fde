import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { runCli, typeCli } from '../support/cli.ts';
import { makeRepository, type TestRepository, temporaryFolder } from '../support/git.ts';

vi.setConfig({ testTimeout: 120_000 });

const SAFE = '#!/bin/sh\nset -eu\necho done\n';
const RISKY = '#!/bin/sh\nset -eu\nrm -rf "$DIR"/\necho done\n';
/** Names that are options, shell syntax, escapes of a terminal, commands of a runner, or markup somewhere. */
const NAMES = [
  '--output=pwned.sh',
  '-x.sh',
  '$(touch pwned).sh',
  '`touch pwned`.sh',
  ';touch pwned;.sh',
  '\'";touch pwned;.sh',
  '\u001b]0;pwned\u0007.sh',
  '\u202ehs.evil.sh',
  'a\nb.sh',
  '::error::x.sh',
  '|cell|<b>.sh',
  '%0A%0D.sh',
];

let repository: TestRepository;

beforeEach(() => {
  repository = makeRepository();
  repository.git('config', 'user.name', 'Ada');
  repository.git('config', 'user.email', 'ada@example.invalid');
  runCli(repository.dir, ['init']);
  for (const name of NAMES) repository.write(`ops/${name}`, SAFE);
  repository.write('-top.sh', SAFE);
  repository.commit('base');
  repository.git('checkout', '--quiet', '-b', 'feature');
});

/** Characters that a terminal acts on, line ends apart. */
function controls(text: string): readonly string[] {
  return [...text].filter((character) => {
    const code = character.codePointAt(0) ?? 0;
    return (code < 0x20 && code !== 0x0a) || code === 0x7f || (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
  });
}

describe('file names', () => {
  test('that are options, shell syntax or control characters are names in every format, hook and carrier', async () => {
    for (const name of NAMES) repository.write(`ops/${name}`, RISKY);
    repository.write('-top.sh', RISKY);
    repository.git('add', '--all');
    const hook = runCli(repository.dir, ['hooks', 'run', 'pre-commit']);
    expect([hook.status, hook.stderr.includes(`${NAMES.length + 1} findings`)]).toEqual([1, true]);
    repository.git('commit', '--quiet', '--no-verify', '-m', 'risky');
    const range = ['--base', 'main', '--head', 'feature'];
    const reports = temporaryFolder('reports');
    const { status, stdout, stderr } = runCli(repository.dir, ['verify', ...range, '--reports', reports]);
    expect([status, stderr]).toEqual([1, '']);
    const report = (name: string): string => readFileSync(path.join(reports, name), 'utf8');
    const names = ['brakeline.json', 'brakeline.sarif', 'brakeline.gitlab.json', 'brakeline.github.txt', 'brakeline.md'];
    expect(readdirSync(reports).sort()).toEqual([...names].sort());
    for (const text of [stdout, ...names.map(report)]) expect(controls(text)).toEqual([]);
    const json: { gaps: { path: string }[] } = JSON.parse(report('brakeline.json'));
    expect(json.gaps.map((gap) => gap.path).sort()).toEqual([...NAMES.map((name) => `ops/${name}`), '-top.sh'].sort());
    const override = await typeCli(
      repository.dir,
      ['override', ...range],
      [{ wait: 'not wait for a review?', type: 'names are only names here' }],
    );
    expect(override.status, override.screen).toBe(0);
    expect(controls(override.screen)).toEqual([]);
    expect(runCli(repository.dir, ['export', ...range]).status).toBe(0);
    expect(
      repository
        .git('status', '--porcelain', '--untracked-files=all')
        .split('\n')
        .every((line) => line.startsWith('A  .brakeline/acks/')),
    ).toBe(true);
    expect(readdirSync(repository.dir).some((name) => name.startsWith('pwned'))).toBe(false);
  });

  test('that climb out with `..`, or are absolute, are read by nobody and written by nobody', () => {
    const blob = spawnSync('git', ['hash-object', '-w', '--stdin'], { cwd: repository.dir, input: RISKY, encoding: 'utf8' }).stdout.trim();
    const tree = (entries: string): string =>
      spawnSync('git', ['mktree', '-z'], { cwd: repository.dir, input: entries, encoding: 'utf8' }).stdout.trim();
    const up = tree(`100755 blob ${blob}\tescaped.sh\0`);
    const evil = tree(`040000 tree ${up}\t..\0${'100755'} blob ${blob}\tops.sh\0`);
    const commit = repository.git('commit-tree', '-p', 'main', '-m', 'climb', evil);
    const { status, stdout, stderr } = runCli(repository.dir, ['verify', '--base', 'main', '--head', commit, '--format', 'json']);
    expect([status, stderr]).toEqual([1, '']);
    expect(JSON.parse(stdout).passed).toBe(false);
    expect(existsSync(path.join(repository.dir, '..', 'escaped.sh'))).toBe(false);
  });

  test('of branches and remotes are words for git and for a shell', () => {
    repository.write('ops/-x.sh', RISKY);
    repository.commit('risky');
    for (const revision of ['--output=pwned', '$(touch pwned)', '-c', '@{-1}; touch pwned', 'a..b', '\u0000']) {
      if (revision.includes('\u0000')) continue;
      const { status, stderr } = runCli(repository.dir, ['verify', `--base=${revision}`]);
      expect([revision, status]).toEqual([revision, 2]);
      expect(stderr).toMatch(/^brakeline: expected .*, found .*\n$/);
    }
    const line = `refs/heads/$(touch\${IFS}pwned) ${repository.git('rev-parse', 'HEAD')} refs/heads/--x ${'0'.repeat(40)}\n`;
    const pushed = runCli(repository.dir, ['hooks', 'run', 'pre-push', '--', '--upload-pack=touch pwned', 'x'], { input: line });
    expect([pushed.status, pushed.stderr]).toEqual([0, expect.stringContaining('not verified')]);
    expect(existsSync(path.join(repository.dir, 'pwned'))).toBe(false);
  });
});

describe('links that lead out of the tree', () => {
  test('are followed neither to read a carrier or a policy, nor to write one', async () => {
    const outside = temporaryFolder('outside');
    writeFileSync(path.join(outside, 'policy.yaml'), 'version: 1\nseverities:\n  high: { people: 0 }\n  critical: { people: 0 }\n');
    mkdirSync(path.join(outside, 'acks'));
    repository.write('ops/-x.sh', RISKY);
    repository.remove('.brakeline/policy.yaml');
    symlinkSync(path.join(outside, 'policy.yaml'), path.join(repository.dir, '.brakeline/policy.yaml'));
    symlinkSync(path.join(outside, 'acks'), path.join(repository.dir, '.brakeline/acks'));
    repository.commit('links');
    const verified = runCli(repository.dir, ['verify', '--base', 'main']);
    expect([verified.status, verified.stderr]).toEqual([2, expect.stringMatching(/policy\.yaml: expected a text file, found symlink/)]);
    repository.git('checkout', '--quiet', 'main', '--', '.brakeline/policy.yaml');
    repository.commit('the policy is back');
    const range = ['--base', 'main', '--head', 'feature'];
    const override = await typeCli(
      repository.dir,
      ['override', ...range],
      [{ wait: 'not wait for a review?', type: 'a link is in the way' }],
    );
    expect(override.status, override.screen).toBe(0);
    const exported = runCli(repository.dir, ['export', ...range]);
    expect([exported.status, exported.stderr]).toEqual([2, expect.stringMatching(/found a link or another kind/)]);
    expect(readdirSync(path.join(outside, 'acks'))).toEqual([]);
  });
});

describe('an agent at the command line', () => {
  test.each(['ack', 'override', 'undo 0123456789ab'])('that runs `brakeline %s` without a terminal signs nothing', (words) => {
    repository.write('ops/-x.sh', RISKY);
    const { status, stderr } = runCli(repository.dir, words.split(' '), { input: 'because I say so, truly\n'.repeat(5) });
    expect([status, stderr]).toEqual([2, expect.stringMatching(/^brakeline: expected a person at a terminal/)]);
    expect(existsSync(path.join(repository.dir, '.git/brakeline/ledger.jsonl'))).toBe(false);
  });

  test('that opens a pseudo-terminal inside a known environment is told that it is one', async () => {
    repository.write('ops/-x.sh', RISKY);
    const { status, screen } = await typeCli(repository.dir, ['ack'], [], { CLAUDECODE: '1' });
    expect([status, screen]).toEqual([2, expect.stringContaining("found an agent's environment (CLAUDECODE is set)")]);
  });

  test('that unsets the variable and opens a pseudo-terminal gets through: the speed bump is no lock', async () => {
    repository.write('ops/-x.sh', RISKY);
    const { status, screen } = await typeCli(repository.dir, ['ack'], [{ wait: 'Why is it fine?', type: 'an agent typed this, alone' }]);
    expect(status, screen).toBe(0);
    expect(readFileSync(path.join(repository.dir, '.git/brakeline/ledger.jsonl'), 'utf8')).toContain('"signatures"');
  });
});
