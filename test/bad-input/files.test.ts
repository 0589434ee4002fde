import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { runCli, startCli } from '../support/cli.ts';
import { makeRepository, repositoryAt, type TestRepository, temporaryFolder } from '../support/git.ts';

// A file that cannot be read is a blind spot with its reason: it is named, it raises the score, and it stops nothing else.

const RISKY = 'rm -rf "$OLD"/\n';

// Each review is a process of its own, and machines differ.
vi.setConfig({ testTimeout: 120_000 });

let repository: TestRepository;

beforeEach(() => {
  repository = makeRepository();
  repository.write('clean.sh', 'echo\n');
  repository.commit('base');
  repository.write('clean.sh', RISKY);
});

afterEach(() => repository.dispose());

interface Document {
  readonly score: number;
  readonly hunks: readonly { readonly path: string }[];
  readonly blindSpots: readonly { readonly path: string; readonly reason: string }[];
}

/** The review, which must have seen the risky script whatever lies beside it. */
function reviewed(...args: string[]): Document {
  const { status, stdout, stderr } = runCli(repository.dir, ['review', '--format', 'json', ...args]);
  expect([status, stderr]).toEqual([1, '']);
  const document: Document = JSON.parse(stdout);
  expect(document.hunks.map((hunk) => hunk.path)).toContain('clean.sh');
  return document;
}

function reasons(document: Document): Readonly<Record<string, string>> {
  return Object.fromEntries(document.blindSpots.map((spot) => [spot.path, spot.reason]));
}

test('binary, huge, not UTF-8', () => {
  repository.write('logo.sh', Buffer.from([0x23, 0x00, 0x21]));
  repository.write('huge.sql', `${'SELECT 1;\n'.repeat(120_000)}`);
  repository.write('latin1.ts', Buffer.from([0x2f, 0x2f, 0xfc, 0x0a]));
  const document = reviewed();
  expect(reasons(document)).toMatchObject({ 'logo.sh': 'binary', 'huge.sql': 'too-large', 'latin1.ts': 'not-utf8' });
  expect(runCli(repository.dir, ['review']).stdout).toMatch(/huge\.sql \(1\.\d MB, limit 1 MB\)/);
});

test('a symlink is not followed, also out of the repository', () => {
  const outside = repositoryAt(temporaryFolder());
  outside.write('secret.sh', RISKY);
  symlinkSync(path.join(outside.dir, 'secret.sh'), path.join(repository.dir, 'link.sh'));
  const document = reviewed();
  expect(reasons(document)).toMatchObject({ 'link.sh': 'symlink' });
  expect(document.hunks.map((hunk) => hunk.path)).not.toContain('link.sh');
  outside.dispose();
});

test('a submodule is another repository', () => {
  const other = makeRepository();
  other.write('a.sh', RISKY);
  other.commit();
  repository.git('submodule', '--quiet', 'add', other.dir, 'vendor/other');
  repository.git('add', 'clean.sh');
  expect(reasons(reviewed('--staged'))).toMatchObject({ 'vendor/other': 'submodule' });
  other.dispose();
});

test('a syntax error is named, and what parses is still seen', () => {
  repository.write('broken.ts', 'export function f( {\n');
  repository.write('broken.yaml', 'a: [1\nb: }\n');
  repository.write('broken.tf', 'resource "a" {\n');
  const found = reasons(reviewed());
  expect(found).toMatchObject({ 'broken.ts': 'parse-error', 'broken.yaml': 'parse-error', 'broken.tf': 'parse-error' });
});

test('a file that is replaced by a folder, and a folder by a file', () => {
  repository.write('place', 'x\n');
  repository.write('dir/inside.sh', 'echo\n');
  repository.commit('shapes');
  repository.write('clean.sh', `${RISKY}${RISKY}`);
  repository.remove('place');
  repository.write('place/now.sh', RISKY);
  repository.remove('dir');
  repository.write('dir', 'x\n');
  expect(reviewed().hunks.map((hunk) => hunk.path)).toContain('place/now.sh');
});

test('an object that is missing, as in a partial clone, is a blind spot', () => {
  repository.write('second.sh', 'echo second\n');
  const head = repository.commit('second');
  const blob = repository.git('rev-parse', 'HEAD:second.sh');
  repository.remove(`.git/objects/${blob.slice(0, 2)}/${blob.slice(2)}`);
  // The file of the working tree holds the very bytes that the id is of.
  expect(reasons(reviewed('--base', 'HEAD^', '--head', head))).toEqual({});
  repository.remove('second.sh');
  expect(reasons(reviewed('--base', 'HEAD^', '--head', head))).toMatchObject({ 'second.sh': 'missing-object' });
});

test('an empty folder and an untracked repository inside are passed by', () => {
  mkdirSync(path.join(repository.dir, 'empty'));
  const inner = repositoryAt(path.join(repository.dir, 'inner'));
  mkdirSync(inner.dir);
  inner.git('init', '--quiet');
  inner.write('a.sh', RISKY);
  inner.commit();
  expect(reviewed().hunks.map((hunk) => hunk.path)).toEqual(['clean.sh']);
});

test('files that vanish while they are read stop nothing', async () => {
  const names = Array.from({ length: 400 }, (_, index) => `many/${index}.sh`);
  for (const name of names) repository.write(name, RISKY);
  const running = startCli(repository.dir, ['review', '--format', 'json']);
  // Whatever the review has got to, it meets files that are there, files that are gone, and some that go just then.
  for (const name of names.reverse()) {
    rmSync(path.join(repository.dir, name));
    await new Promise(setImmediate);
  }
  const { status, stdout, stderr } = await running;
  expect([status, stderr]).toEqual([1, '']);
  const document: Document = JSON.parse(stdout);
  expect(document.hunks.map((hunk) => hunk.path)).toContain('clean.sh');
  expect(document.blindSpots.filter((spot) => spot.reason !== 'unreadable')).toEqual([]);
});

test('a named pipe in the place of a file is not waited for', () => {
  repository.write('pipe.sh', 'echo pipe\n');
  repository.commit('pipe');
  repository.write('clean.sh', `${RISKY}${RISKY}`);
  repository.remove('pipe.sh');
  execFileSync('mkfifo', [path.join(repository.dir, 'pipe.sh')]);
  expect(reviewed().hunks.map((hunk) => hunk.path)).toEqual(['clean.sh']);
});
