import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { DIST } from '../support/build.ts';
import { type Ran, runCli } from '../support/cli.ts';
import { makeRepository, repositoryAt, type TestRepository, temporaryFolder } from '../support/git.ts';

// What a person may meet on any day: one clear line and status 2, never a stack trace.

// Each review is a process of its own, and machines differ.
vi.setConfig({ testTimeout: 120_000 });

let repository: TestRepository;

beforeEach(() => {
  repository = makeRepository();
});

afterEach(() => repository.dispose());

function expectOneLine({ status, stdout, stderr }: Ran, line: RegExp): void {
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(/^brakeline: [^\n]+\n$/);
  expect(stderr.slice('brakeline: '.length, -1)).toMatch(line);
}

const READERS: readonly (readonly string[])[] = [
  ['review'],
  ['review', '--staged'],
  ['verify', '--base', 'HEAD'],
  ['ack', '--list'],
  ['export'],
  ['explain', 'abcdef'],
];

test.each(READERS)('not a repository: brakeline %s %s', (...args) => {
  const dir = temporaryFolder();
  expectOneLine(runCli(dir, args.filter(Boolean)), /^expected a git repository at .*, found none$/);
});

test.each(READERS)('no commits yet: brakeline %s %s', (...args) => {
  repository.write('a.sh', 'rm -rf "$D"/\n');
  expectOneLine(runCli(repository.dir, args.filter(Boolean)), /^expected a commit to compare with, found a repository without commits$/);
});

test('a detached head is a head like any other', () => {
  repository.write('a.sh', 'echo\n');
  const commit = repository.commit();
  repository.git('checkout', '--quiet', '--detach');
  repository.write('a.sh', 'rm -rf "$D"/\n');
  const { status, stdout, stderr } = runCli(repository.dir, ['review', '--format', 'json']);
  expect([status, stderr]).toEqual([1, '']);
  expect(JSON.parse(stdout)).toMatchObject({ base: commit, hunkCount: 1 });
});

test('a bad revision, also one that looks like an option', () => {
  repository.write('a.sh', 'echo\n');
  repository.commit();
  const stolen = path.join(repository.dir, 'stolen');
  const output = `--output=${stolen}`;
  const asked = ['nothing', 'HEAD~7', 'HEAD:a.sh', output, '-n', ''].map((revision) => ['review', `--base=${revision}`]);
  for (const args of [
    ...asked,
    ['review', `--head=${output}`],
    ['verify', `--base=${output}`],
    ['verify', '--base=HEAD', `--head=${output}`],
  ]) {
    const { status, stdout, stderr } = runCli(repository.dir, args);
    expect([status, stdout], args.join(' ')).toEqual([2, '']);
    expect(stderr, args.join(' ')).toMatch(/^brakeline: expected [^\n]*, found [^\n]*\n$/);
  }
  expectOneLine(runCli(repository.dir, ['review', '--base', '--output=x']), /^expected REV after --base, found "--output=x"$/);
  expect(existsSync(stolen)).toBe(false);
});

test('the parent of the first commit is none, and the line says what is', () => {
  repository.write('a.sh', 'rm -rf "$D"/\n');
  repository.commit();
  expectOneLine(
    runCli(repository.dir, ['review', '--base', 'HEAD^', '--head', 'HEAD']),
    /the base of a first commit is the empty tree 4b825dc/,
  );
  const { status } = runCli(repository.dir, ['review', '--base', '4b825dc642cb6eb9a060e54bf8d69288fbee4904', '--head', 'HEAD']);
  expect(status).toBe(1);
});

test('a shallow clone without the base says how to get it', () => {
  for (const text of ['1\n', '2\n', '3\n']) {
    repository.write('a.txt', text);
    repository.commit();
  }
  const clone = repositoryAt(temporaryFolder());
  clone.git('clone', '--quiet', '--depth=1', `file://${repository.dir}`, '.');
  expectOneLine(
    runCli(clone.dir, ['review', '--base', 'HEAD^', '--head', 'HEAD']),
    /found a shallow clone without it; run git fetch --unshallow \(in CI: fetch-depth: 0\)$/,
  );
  expect(runCli(clone.dir, ['review']).status).toBe(0);
  clone.dispose();
});

test('a verification without anything to compare with says what to give', () => {
  repository.write('a.sh', 'echo\n');
  repository.commit();
  expectOneLine(runCli(repository.dir, ['verify']), /^expected --base REV, found neither it nor an upstream branch nor a variable of CI$/);
  expectOneLine(runCli(repository.dir, ['verify'], { env: { GITHUB_BASE_REF: 'main' } }), /^expected a commit, found "origin\/main"$/);
});

test('an invalid policy is named with file and line', () => {
  repository.write('.brakeline/policy.yaml', 'version: 1\nseverities:\n  high: { persons: 2 }\n');
  repository.commit();
  for (const args of [['review'], ['verify', '--base', 'HEAD', '--head', 'HEAD'], ['ack', '--list']]) {
    expectOneLine(runCli(repository.dir, args), /^\.brakeline\/policy\.yaml:3 of commit [0-9a-f]{12}: /);
  }
});

test('a policy that is broken only in the working tree is no policy to be lenient by', () => {
  repository.write('a.sh', 'echo\n');
  repository.commit();
  repository.write('.brakeline/policy.yaml', 'version: [\n');
  expectOneLine(runCli(repository.dir, ['review']), /^\.brakeline\/policy\.yaml:\d+: /);
});

test('malformed signers stop a verification: nobody is trusted by accident', () => {
  repository.write('.brakeline/allowed_signers', 'ada@example.invalid ssh-ed25519 AAAA\n');
  repository.write('a.sh', 'echo\n');
  const base = repository.commit();
  repository.write('a.sh', 'rm -rf "$D"/\n');
  repository.commit();
  expectOneLine(runCli(repository.dir, ['verify', '--base', base]), /^\.brakeline\/allowed_signers:1 of commit [0-9a-f]{12}: /);
});

test('an unreadable policy is refused and not taken for none', () => {
  repository.write('a.sh', 'echo\n');
  repository.write('.brakeline/policy.yaml', Buffer.from([0x76, 0xff, 0xfe, 0x00]));
  repository.commit();
  expectOneLine(runCli(repository.dir, ['review']), /^\.brakeline\/policy\.yaml: expected a text file, found binary/);
});

test('a name in --to that is taken is not overwritten', () => {
  repository.write('a.sh', 'echo\n');
  repository.commit();
  repository.write('precious.txt', 'mine\n');
  expectOneLine(
    runCli(repository.dir, ['export', '--to', 'precious.txt']),
    /^expected the name of a new file after --to, found one that is there already: /,
  );
  expect(readFileSync(path.join(repository.dir, 'precious.txt'), 'utf8')).toBe('mine\n');
});

test('init never overwrites', () => {
  repository.git('config', 'user.email', 'ada@example.invalid');
  expect(runCli(repository.dir, ['init']).status).toBe(0);
  writeFileSync(path.join(repository.dir, '.brakeline/policy.yaml'), 'version: 1\n');
  const again = runCli(repository.dir, ['init']);
  expect([again.status, again.stdout]).toEqual([
    0,
    'kept .brakeline/policy.yaml, which was there\nkept .brakeline/allowed_signers, which was there\n',
  ]);
  expect(readFileSync(path.join(repository.dir, '.brakeline/policy.yaml'), 'utf8')).toBe('version: 1\n');
});

test('git is missing', () => {
  const empty = temporaryFolder();
  expectOneLine(runCli(repository.dir, ['review'], { env: { PATH: empty } }), /git/);
  rmSync(empty, { recursive: true });
});

test('a working folder that was deleted', () => {
  const dir = path.join(temporaryFolder(), 'gone');
  mkdirSync(dir);
  const script = `cd '${dir}' && rmdir '${dir}' && '${process.execPath}' '${path.join(DIST, 'cli.js')}' review`;
  const { status, stdout, stderr } = spawnSync('sh', ['-c', script], { encoding: 'utf8' });
  expectOneLine({ status, stdout, stderr }, /^expected a working folder, found that it was deleted$/);
});
