import { execFileSync } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fileChanges } from '../../server/src/core/hunks/file-changes.ts';
import type { Change } from '../../server/src/core/model/change.ts';
import type { AppErrorCode } from '../../server/src/host/app-error.ts';
import { openRepository, type Repository } from '../../server/src/host/repository.ts';
import { makeRepository, repoPath, repositoryAt, type TestRepository, temporaryFolder } from '../support/git.ts';

let work: TestRepository;
const opened: Repository[] = [];
const folders: string[] = [];
beforeEach(() => {
  work = makeRepository();
});
afterEach(() => {
  for (const repository of opened.splice(0)) repository.close();
  for (const dir of folders.splice(0)) rmSync(dir, { recursive: true, force: true });
  work.dispose();
});

function open(dir = work.dir): Repository {
  const repository = openRepository(dir);
  opened.push(repository);
  return repository;
}

function folder(): string {
  const dir = temporaryFolder();
  folders.push(dir);
  return dir;
}

const failsWith = (code: AppErrorCode, message: RegExp) => expect.objectContaining({ code, message: expect.stringMatching(message) });
const pathsOf = (change: Change): string[] => fileChanges(change).map((file) => file.path);
const textAt = (change: Change, file: string): unknown => change.after.read(repoPath(file));

describe('bad input', () => {
  test('a folder that is no repository', () => {
    expect(() => open(folder())).toThrow(failsWith('not-a-repository', /^expected a git repository at .*, found none$/));
    expect(() => open(path.join(folder(), 'gone'))).toThrow(failsWith('not-a-repository', /no such folder/));
  });

  test('no git on the PATH', () => {
    const before = process.env.PATH;
    process.env.PATH = folder();
    try {
      expect(() => open()).toThrow(failsWith('git-missing', /^expected git on the PATH, found none$/));
    } finally {
      process.env.PATH = before;
    }
  });

  test('a repository without commits', () => {
    work.write('a.ts', 'one\n');
    const repository = open();
    for (const ask of [
      () => repository.head(),
      () => repository.worktreeChange(),
      () => repository.stagedChange(),
      () => repository.commitChange('HEAD^', 'HEAD'),
      () => repository.resolveCommit('HEAD'),
    ]) {
      expect(ask).toThrow(failsWith('no-commits', /found a repository without commits$/));
    }
    expect(pathsOf(repository.worktreeChange(repository.emptyTree))).toEqual(['a.ts']);
  });

  test.each(['nothing', '', '--all', '-h', '--output=/tmp/x', 'HEAD:a.ts', 'a..b', 'HEAD^7', '0'.repeat(40), 'x\0y', '$(true)'])(
    'the revision %j',
    (revision) => {
      work.write('a.ts', 'one\n');
      work.commit();
      const repository = open();
      expect(() => repository.resolveCommit(revision)).toThrow(failsWith('bad-revision', /^expected a commit, found "/));
      expect(() => repository.commitChange(revision, 'HEAD')).toThrow(failsWith('bad-revision', /./));
    },
  );

  test('the parent of a first commit, which is told of the empty tree', () => {
    work.write('a.ts', 'one\n');
    work.commit();
    const repository = open();
    expect(() => repository.commitChange('HEAD^', 'HEAD')).toThrow(
      failsWith('bad-revision', /the base of a first commit is the empty tree 4b825dc642cb/),
    );
    expect(pathsOf(repository.commitChange(repository.emptyTree, 'HEAD'))).toEqual(['a.ts']);
  });

  test('a bare repository asked for its working tree', () => {
    work.commit();
    const dir = path.join(folder(), 'bare.git');
    work.git('clone', '--quiet', '--bare', work.dir, dir);
    expect(() => open(dir).worktreeChange()).toThrow(failsWith('no-working-tree', /found the bare repository/));
    expect(() => open(dir).stagedChange()).toThrow(failsWith('no-working-tree', /./));
  });

  test('a shallow clone whose history was cut', () => {
    for (const text of ['1', '2', '3']) {
      work.write('a.ts', text);
      work.commit(text);
    }
    const first = work.git('rev-parse', 'HEAD~2');
    const dir = path.join(folder(), 'shallow');
    work.git('clone', '--quiet', '--depth=1', `file://${work.dir}`, dir);
    const repository = open(dir);
    expect(repository.isShallow).toBe(true);
    expect(() => repository.commitChange('HEAD^', 'HEAD')).toThrow(
      failsWith('shallow', /git fetch --unshallow \(in CI: fetch-depth: 0\)$/),
    );
    expect(() => repository.commitChange(first, 'HEAD')).toThrow(failsWith('shallow', /git fetch --unshallow \(in CI: fetch-depth: 0\)$/));
    expect(() => repository.resolveCommit('nothing')).toThrow(failsWith('bad-revision', /./));
  });

  test('a shallow clone that lacks the common ancestor', () => {
    work.commit('root');
    work.git('switch', '--quiet', '--create', 'side');
    work.commit('side');
    work.git('switch', '--quiet', 'main');
    work.commit('main');
    const dir = path.join(folder(), 'shallow');
    work.git('clone', '--quiet', '--depth=1', '--no-single-branch', `file://${work.dir}`, dir);
    expect(() => open(dir).commitChange('origin/side', 'HEAD')).toThrow(
      failsWith('shallow', /expected a common ancestor of "origin\/side"/),
    );
  });
});

describe('a commit change', () => {
  test('starts from the merge base, so that what the base did since is no part of it', () => {
    work.write('a.ts', 'one\n');
    const root = work.commit();
    work.git('switch', '--quiet', '--create', 'side');
    work.write('b.ts', 'side\n');
    work.commit();
    work.git('switch', '--quiet', 'main');
    work.write('c.ts', 'main\n');
    work.commit();
    const change = open().commitChange('main', 'side');
    expect(change.before.id).toBe(root);
    expect(pathsOf(change)).toEqual(['b.ts']);
    expect(change.origin).toEqual({ kind: 'unknown', evidence: 'none' });
  });

  test('of unrelated histories starts from the base itself', () => {
    work.write('a.ts', 'one\n');
    const base = work.commit();
    work.git('switch', '--quiet', '--orphan', 'other');
    work.write('b.ts', 'two\n');
    work.commit();
    const change = open().commitChange('main', 'other');
    expect(change.before.id).toBe(base);
    expect(pathsOf(change)).toEqual(['a.ts', 'b.ts']);
  });

  test('is read from a bare repository, with sha256 objects too', () => {
    const modern = makeRepository('--object-format=sha256');
    modern.write('.gitattributes', 'gen.ts linguist-generated\n');
    modern.write('a.ts', 'one\n');
    modern.write('gen.ts', 'one\n');
    modern.commit();
    modern.write('a.ts', 'two\n');
    modern.write('gen.ts', 'two\n');
    modern.commit();
    const dir = path.join(folder(), 'bare.git');
    modern.git('clone', '--quiet', '--bare', modern.dir, dir);
    modern.dispose();
    const repository = open(dir);
    expect([repository.isBare, repository.root, repository.objectFormat]).toEqual([true, undefined, 'sha256']);
    const change = repository.commitChange('HEAD^', 'HEAD');
    expect(textAt(change, 'a.ts')).toEqual({ kind: 'text', text: 'two\n' });
    expect(textAt(change, 'gen.ts')).toMatchObject({ reason: 'generated' });
  });

  test('keeps apart paths that are not UTF-8', () => {
    const blob = (text: string) => {
      work.write('scratch', text);
      return work.git('hash-object', '-w', 'scratch');
    };
    const entries = [
      Buffer.from(`100644 ${blob('one')}\tx`),
      Buffer.from([0xe4, 0]),
      Buffer.from(`100644 ${blob('two')}\tx`),
      Buffer.from([0xf6, 0]),
    ];
    execFileSync('git', ['update-index', '-z', '--index-info'], { cwd: work.dir, input: Buffer.concat(entries) });
    const tree = work.git('write-tree');
    const commit = work.git('commit-tree', '-m', 'x', tree);
    const repository = open();
    const change = repository.commitChange(repository.emptyTree, commit);
    expect(fileChanges(change).map((file) => [file.path, file.after])).toEqual([
      ['x\udce4', { kind: 'unread', reason: 'unreadable', detail: 'its name is not UTF-8' }],
      ['x\udcf6', { kind: 'unread', reason: 'unreadable', detail: 'its name is not UTF-8' }],
    ]);
  });

  test('lets no attribute hide a file that the tip of the base has taken back', () => {
    work.write('.gitattributes', '*.sh linguist-generated\n');
    work.write('deploy.sh', 'true\n');
    work.commit();
    work.git('branch', 'old');
    work.write('.gitattributes', '');
    work.commit();
    work.git('checkout', '--quiet', 'old');
    work.write('deploy.sh', 'rm -rf /\n');
    const head = work.commit();
    const change = open().commitChange('main', head);
    expect(change.after.read(repoPath('deploy.sh'))).toEqual({ kind: 'text', text: 'rm -rf /\n' });
  });

  test('reads policy and signers whatever an attribute says of them', () => {
    work.write('.gitattributes', '* linguist-generated\n');
    work.write('.brakeline/policy.yaml', 'version: 1\n');
    const tree = open().commitTree(work.commit());
    expect(tree.read(repoPath('.brakeline/policy.yaml'))).toEqual({ kind: 'text', text: 'version: 1\n' });
  });

  test('does not follow replaced objects', () => {
    work.write('a.ts', 'one\n');
    const base = work.commit();
    work.write('a.ts', 'danger\n');
    const head = work.commit();
    work.git('replace', work.git('rev-parse', `${head}:a.ts`), work.git('rev-parse', `${base}:a.ts`));
    expect(pathsOf(open().commitChange(base, head))).toEqual(['a.ts']);
  });
});

describe('a partial clone', () => {
  test('gives blind spots for what it lacks, and fetches nothing', () => {
    work.write('a.ts', 'one\n');
    work.commit();
    work.write('a.ts', 'two\n');
    work.commit();
    work.git('config', 'uploadpack.allowFilter', 'true');
    const dir = path.join(folder(), 'partial');
    work.git('clone', '--quiet', '--filter=blob:none', '--no-checkout', `file://${work.dir}`, dir);
    const missing = () => repositoryAt(dir).git('rev-list', '--objects', '--all', '--missing=print').match(/^\?/gm)?.length;
    expect(missing()).toBe(2);
    const change = open(dir).commitChange('HEAD^', 'HEAD');
    expect(change.before.read(repoPath('a.ts'))).toEqual({ kind: 'unread', reason: 'missing-object', detail: 'not in this clone' });
    expect(textAt(change, 'a.ts')).toMatchObject({ reason: 'missing-object' });
    expect(change.before.mentioning('one', ['.ts'])).toEqual([]);
    expect(missing()).toBe(2);
  });

  test('as does an object that was lost', () => {
    work.write('a.ts', 'one\n');
    work.commit();
    const oid = work.git('rev-parse', 'HEAD:a.ts');
    work.write('a.ts', 'two\n');
    work.commit();
    rmSync(path.join(work.dir, '.git/objects', oid.slice(0, 2), oid.slice(2)));
    const change = open().commitChange('HEAD^', 'HEAD');
    expect(change.before.read(repoPath('a.ts'))).toMatchObject({ reason: 'missing-object' });
    expect(textAt(change, 'a.ts')).toEqual({ kind: 'text', text: 'two\n' });
  });
});

describe('a repository', () => {
  test('is found from a subfolder, with the head on a branch and detached', () => {
    work.write('sub/folder/a.ts', 'one\n');
    const oid = work.commit();
    const repository = open(path.join(work.dir, 'sub/folder'));
    expect(repository.root).toBe(work.dir);
    expect(repository.head()).toEqual({ oid, ref: 'refs/heads/main' });
    work.git('checkout', '--quiet', '--detach');
    expect(repository.head()).toEqual({ oid });
    work.write('sub/folder/a.ts', 'two\n');
    work.write('top.ts', 'new\n');
    expect(pathsOf(repository.worktreeChange())).toEqual(['sub/folder/a.ts', 'top.ts']);
  });

  test('has working trees of their own index and head', () => {
    work.write('a.ts', 'one\n');
    work.commit();
    const dir = path.join(folder(), 'tree');
    work.git('worktree', 'add', '--quiet', '-b', 'other', dir);
    const tree = repositoryAt(dir);
    tree.write('a.ts', 'two\n');
    tree.git('add', 'a.ts');
    const repository = open(dir);
    expect(repository.commonDir).toBe(path.join(work.dir, '.git'));
    expect(repository.gitDir).toBe(path.join(work.dir, '.git/worktrees/tree'));
    expect(repository.head().ref).toBe('refs/heads/other');
    expect(pathsOf(repository.stagedChange())).toEqual(['a.ts']);
    expect(pathsOf(open().stagedChange())).toEqual([]);
  });

  test('inside another is a repository of its own, and a blind spot outside', () => {
    const inner = makeRepository();
    inner.write('a.ts', 'one\n');
    inner.commit();
    work.commit();
    work.git('submodule', '--quiet', 'add', inner.dir, 'vendor/inner');
    inner.dispose();
    expect(textAt(open().stagedChange(), 'vendor/inner')).toEqual({ kind: 'unread', reason: 'submodule' });
    work.commit();
    const sub = repositoryAt(path.join(work.dir, 'vendor/inner'));
    sub.write('a.ts', 'two\n');
    expect(pathsOf(open(sub.dir).worktreeChange())).toEqual(['a.ts']);
    sub.commit();
    expect(textAt(open().worktreeChange(), 'vendor/inner')).toEqual({ kind: 'unread', reason: 'submodule' });
  });

  test('names authors, committers and co-authors once each', () => {
    const base = work.commit('root');
    work.git(
      'commit',
      '--quiet',
      '--allow-empty',
      '--author=Ada <ada@example.invalid>',
      '--message=one\n\nCo-authored-by: Bo B <BO@example.invalid>',
    );
    work.git('commit', '--quiet', '--allow-empty', '--author=Ada <ADA@example.invalid>', '--message=two');
    const authors = open().authors(base, 'HEAD');
    expect(authors.map(({ name, email }) => `${name} <${email.toLowerCase()}>`).sort()).toEqual([
      'Ada <ada@example.invalid>',
      'Bo B <bo@example.invalid>',
      't <t@example.invalid>',
    ]);
    expect(open().authors(open().emptyTree, 'HEAD')).toHaveLength(3);
  });

  test('uses the index that git gave to a hook, and no other repository that its environment names', () => {
    work.write('a.ts', 'one\n');
    work.commit();
    work.write('a.ts', 'two\n');
    work.git('add', 'a.ts');
    const before = { ...process.env };
    const elsewhere = makeRepository();
    try {
      Object.assign(process.env, { GIT_DIR: path.join(elsewhere.dir, '.git'), GIT_INDEX_FILE: path.join(work.dir, '.git/index.other') });
      expect(open().gitDir).toBe(path.join(work.dir, '.git'));
      expect(open().stagedChange().touched).toEqual(['a.ts']);
      expect(textAt(open().stagedChange(), 'a.ts')).toBeUndefined();
      process.env.GIT_INDEX_FILE = path.join(elsewhere.dir, '.git/index');
      expect(textAt(open().stagedChange(), 'a.ts')).toEqual({ kind: 'text', text: 'two\n' });
    } finally {
      for (const name of ['GIT_DIR', 'GIT_INDEX_FILE']) delete process.env[name];
      Object.assign(process.env, before);
      elsewhere.dispose();
    }
  });

  test('that is closed leaves nothing behind', () => {
    work.write('.gitattributes', 'a.ts linguist-generated\n');
    work.write('a.ts', 'one\n');
    work.commit();
    const before = process.env.TMPDIR;
    const scratch = folder();
    process.env.TMPDIR = scratch;
    try {
      const repository = openRepository(work.dir);
      repository.commitTree('HEAD').read(repoPath('a.ts'));
      expect(readdirSync(scratch)).toHaveLength(1);
      repository.close();
      expect(readdirSync(scratch)).toEqual([]);
    } finally {
      if (before === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = before;
    }
  });
});
