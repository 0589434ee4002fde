import { execFileSync } from 'node:child_process';
import { mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fileChanges } from '../../server/src/core/hunks/file-changes.ts';
import type { Change } from '../../server/src/core/model/change.ts';
import type { FileContent, RepoPath, Tree } from '../../server/src/core/model/tree.ts';
import { openRepository, type Repository, type RepositoryOptions } from '../../server/src/host/repository.ts';
import { decodeBlob } from '../../server/src/host/trees/decode.ts';
import { makeRepository, repoPath, type TestRepository, temporaryFolder } from '../support/git.ts';
import { memoryTree } from '../support/memory-tree.ts';

let work: TestRepository;
const opened: Repository[] = [];
beforeEach(() => {
  work = makeRepository();
});
afterEach(() => {
  for (const repository of opened.splice(0)) repository.close();
  work.dispose();
});

function open(options?: RepositoryOptions): Repository {
  const repository = openRepository(work.dir, options);
  opened.push(repository);
  return repository;
}

const read = (tree: Tree, file: string): FileContent | undefined => tree.read(repoPath(file));
const text = (content: string): FileContent => ({ kind: 'text', text: content });
const buffers = (files: Readonly<Record<string, string>>): Map<RepoPath, string> =>
  new Map(Object.entries(files).map(([file, content]) => [repoPath(file), content]));
const pathsOf = (change: Change): string[] => fileChanges(change).map((file) => file.path);

describe('bytes', () => {
  const reasonOf = (bytes: readonly number[] | string): string => {
    const content = decodeBlob(Buffer.from(bytes as string), 100_000);
    return content.kind === 'text' ? content.text : content.reason;
  };

  test('are text with their byte-order mark, and exact', () => {
    expect(reasonOf('\ufeffx\r\n')).toBe('\ufeffx\r\n');
    expect(reasonOf('')).toBe('');
  });

  test('are binary by a NUL among the first 8,000, as git has it', () => {
    expect(reasonOf([97, 0])).toBe('binary');
    expect(reasonOf(`${'x'.repeat(7_999)}\0`)).toBe('binary');
    expect(reasonOf(`${'x'.repeat(8_000)}\0`)).toMatch(/^x+\0$/);
  });

  test('are refused where UTF-8 would not give them back', () => {
    expect(reasonOf([0xe4])).toBe('not-utf8');
    expect(reasonOf([0xed, 0xa0, 0x80])).toBe('not-utf8');
    expect(reasonOf([0xff, 0xfe, 0x61])).toBe('not-utf8');
  });

  test('are too large by a byte', () => {
    expect(decodeBlob(Buffer.alloc(2_202_010, 97), 1_048_576)).toEqual({
      kind: 'unread',
      reason: 'too-large',
      detail: '2.1 MB, limit 1 MB',
    });
    expect(decodeBlob(Buffer.alloc(1_048_577, 97), 1_048_576)).toMatchObject({ detail: '1048577 bytes, limit 1048576 bytes' });
    expect(decodeBlob(Buffer.alloc(1_048_576, 97), 1_048_576).kind).toBe('text');
  });
});

describe('what is not read is named, in every door alike', () => {
  test('by what it is', () => {
    work.write('a.ts', 'one\n');
    work.commit();
    work.write('binary.ts', Uint8Array.from([1, 0, 2]));
    work.write('latin.ts', Uint8Array.from([0xe4, 10]));
    work.write('large.ts', 'x'.repeat(3_000));
    symlinkSync('/etc/passwd', path.join(work.dir, 'link.ts'));
    const repository = open({ maxFileBytes: 2_000 });
    const expected = { 'binary.ts': 'binary', 'latin.ts': 'not-utf8', 'large.ts': 'too-large', 'link.ts': 'symlink' };
    const reasons = (change: Change) =>
      Object.fromEntries(fileChanges(change).map(({ path: file, after }) => [file, after?.kind === 'unread' ? after.reason : after]));
    expect(reasons(repository.worktreeChange())).toEqual(expected);
    work.git('add', '--all');
    expect(reasons(repository.stagedChange())).toEqual(expected);
    work.commit();
    expect(reasons(repository.commitChange('HEAD^', 'HEAD'))).toEqual(expected);
  });

  test('by attributes of the before side, so that a change does not hide itself', () => {
    const rules =
      '*.gen.ts linguist-generated\nvendor/** linguist-vendored=true\n*.svg -diff\n*.bin binary\n*.lfs filter=lfs\n*.id ident\n[attr]made linguist-generated\n*.made made\n';
    const files = ['x.gen.ts', 'vendor/deep/x.ts', 'x.svg', 'x.bin', 'x.lfs', 'x.id', 'x.made', 'plain.ts', 'mine.ts'];
    work.write('.gitattributes', rules);
    work.write('sub/.gitattributes', '*.gen.ts -linguist-generated\n');
    for (const file of [...files, 'sub/x.gen.ts']) work.write(file, 'one\n');
    work.commit();
    work.write('.gitattributes', `${rules}mine.ts linguist-generated -diff\n`);
    for (const file of [...files, 'sub/x.gen.ts']) work.write(file, 'two\n');
    const repository = open();
    const reasons = (change: Change) =>
      fileChanges(change).map(({ path: file, after }) => [file, after?.kind === 'unread' ? after.reason : after?.kind]);
    const expected = [
      ['.gitattributes', 'text'],
      ['mine.ts', 'text'],
      ['plain.ts', 'text'],
      ['sub/x.gen.ts', 'text'],
      ['vendor/deep/x.ts', 'vendored'],
      ['x.bin', 'binary'],
      ['x.gen.ts', 'generated'],
      ['x.id', 'filtered'],
      ['x.lfs', 'filtered'],
      ['x.made', 'generated'],
      ['x.svg', 'binary'],
    ];
    expect(reasons(repository.worktreeChange())).toEqual(expected);
    const overlay = buffers(Object.fromEntries(files.map((file) => [file, 'three\n'])));
    expect(reasons(repository.worktreeChange(undefined, overlay))).toEqual(expected);
    work.git('add', '--all');
    expect(reasons(repository.stagedChange())).toEqual(expected);
    work.commit();
    expect(reasons(repository.commitChange('HEAD^', 'HEAD'))).toEqual(expected);
  });

  test('each by its own attributes, where two trees are open at once', () => {
    work.write('a.ts', 'one\n');
    work.write('.gitattributes', 'a.ts linguist-generated\n');
    work.commit();
    work.write('.gitattributes', '*.gen linguist-generated\n');
    work.commit();
    const repository = open();
    const change = repository.worktreeChange();
    expect(read(change.before, 'a.ts')).toEqual(text('one\n'));
    expect(read(repository.commitTree('HEAD^'), 'a.ts')).toMatchObject({ reason: 'generated' });
    expect(read(change.withBuffers(buffers({ 'late.gen': 'x\n' })).after, 'late.gen')).toMatchObject({ reason: 'generated' });
  });

  test('and attributes of the machine hide nothing that is committed', () => {
    work.write('a.ts', 'one\n');
    work.write('.gitattributes', 'b.ts linguist-generated\n');
    work.commit();
    work.write('.git/info/attributes', 'a.ts linguist-generated\n');
    expect(read(open().commitTree('HEAD'), 'a.ts')).toEqual(text('one\n'));
  });
});

describe('saved files', () => {
  test('are read once, so that the tree stays what it was', () => {
    work.write('a.ts', 'one\n');
    work.commit();
    work.write('a.ts', 'two\n');
    const { after } = open().worktreeChange();
    expect(read(after, 'a.ts')).toEqual(text('two\n'));
    work.write('a.ts', 'three\n');
    expect(read(after, 'a.ts')).toEqual(text('two\n'));
  });

  test('that vanish while they are read are a blind spot and no deletion', () => {
    work.write('a.ts', 'one\n');
    work.commit();
    work.write('a.ts', 'two\n');
    work.write('new.ts', 'x\n');
    const { after } = open().worktreeChange();
    work.remove('a.ts');
    work.remove('new.ts');
    const vanished = { kind: 'unread', reason: 'unreadable', detail: 'vanished while it was read' };
    expect([read(after, 'a.ts'), read(after, 'new.ts')]).toEqual([vanished, vanished]);
  });

  test('that became something else are a blind spot, and nothing waits for them', () => {
    work.write('a.ts', 'one\n');
    work.write('folder/b.ts', 'one\n');
    work.commit();
    work.write('a.ts', 'two\n');
    work.write('folder/b.ts', 'two\n');
    const { after } = open().worktreeChange();
    work.remove('a.ts');
    // Windows has no such file; a folder stands for it there.
    if (process.platform === 'win32') mkdirSync(path.join(work.dir, 'a.ts'));
    else execFileSync('mkfifo', [path.join(work.dir, 'a.ts')]);
    const outside = temporaryFolder();
    renameSync(path.join(work.dir, 'folder'), path.join(outside, 'folder'));
    symlinkSync(path.join(outside, 'folder'), path.join(work.dir, 'folder'));
    const reason = process.platform === 'win32' ? 'submodule' : 'unreadable';
    expect(read(after, 'a.ts')).toMatchObject({ kind: 'unread', reason });
    expect(read(after, 'folder/b.ts')).toEqual({ kind: 'unread', reason: 'symlink' });
    rmSync(outside, { recursive: true });
  });

  test('of a repository inside this one are a blind spot', () => {
    work.commit();
    mkdirSync(path.join(work.dir, 'inner'));
    execFileSync('git', ['init', '--quiet', path.join(work.dir, 'inner')]);
    work.write('inner/a.ts', 'one\n');
    const change = open().worktreeChange();
    expect(change.touched).toEqual(['inner']);
    expect(read(change.after, 'inner')).toMatchObject({ reason: 'submodule' });
  });

  test('hide nothing behind an attribute of the change itself that git would run a filter for', () => {
    work.write('a.ts', 'one\n');
    work.commit();
    work.write('.gitattributes', 'a.ts filter=mine\n');
    work.write('a.ts', 'two\n');
    expect(read(open().worktreeChange().after, 'a.ts')).toEqual({ kind: 'unread', reason: 'filtered', detail: 'by .gitattributes' });
  });

  test('with a time stamp alone that changed are no change', () => {
    work.write('a.ts', 'one\n');
    work.commit();
    execFileSync('touch', ['-d', '2001-01-01', path.join(work.dir, 'a.ts')]);
    expect(pathsOf(open().worktreeChange())).toEqual([]);
  });

  test('in a merge conflict are read with their markers, and a blind spot in the index', () => {
    work.write('a.ts', 'one\n');
    work.commit();
    work.git('switch', '--quiet', '--create', 'side');
    work.write('a.ts', 'side\n');
    work.commit();
    work.git('switch', '--quiet', 'main');
    work.write('a.ts', 'main\n');
    work.commit();
    expect(() => work.git('merge', '--quiet', 'side')).toThrow();
    expect(read(open().worktreeChange().after, 'a.ts')).toMatchObject({ text: expect.stringContaining('<<<<<<<') });
    expect(read(open().stagedChange().after, 'a.ts')).toMatchObject({ reason: 'unreadable', detail: 'merge conflict in the index' });
  });

  test('outside a sparse checkout are as they were committed', () => {
    work.write('in/a.ts', 'one\n');
    work.write('out/b.ts', 'one\n');
    work.commit();
    work.git('sparse-checkout', 'set', 'in');
    const change = open().worktreeChange();
    expect(pathsOf(change)).toEqual([]);
    expect(read(change.after, 'out/b.ts')).toEqual(text('one\n'));
  });
});

describe('unsaved buffers', () => {
  test('lie over the saved files, new ones included, and keep the mark that an editor takes off', () => {
    work.write('a.ts', '\ufeffone\n');
    work.write('b.ts', 'one\n');
    work.commit();
    const change = open().worktreeChange(undefined, buffers({ 'a.ts': 'two\n', 'new.ts': 'x\n' }));
    expect(read(change.after, 'a.ts')).toEqual(text('\ufefftwo\n'));
    expect(pathsOf(change)).toEqual(['a.ts', 'new.ts']);
    expect(change.after.paths()).toEqual(['a.ts', 'b.ts', 'new.ts']);
  });

  test('of ignored files, of git’s own and of submodules are no part of the change', () => {
    work.write('.gitignore', 'secret.ts\n');
    work.commit();
    const change = open().worktreeChange(undefined, buffers({ 'secret.ts': 'x\n', '.git/COMMIT_EDITMSG': 'x\n', ':(glob)x.ts': 'x\n' }));
    expect(pathsOf(change)).toEqual([':(glob)x.ts']);
  });

  test('change with every keystroke and start no process for it', () => {
    work.write('.gitattributes', '* text=auto\ngen.ts linguist-generated\n');
    work.write('a.ts', 'one\ntwo\n');
    work.write('b.ts', 'one\n');
    work.commit();
    const saved = open().worktreeChange();
    const type = (content: string) => fileChanges(saved.withBuffers(buffers({ 'a.ts': content, 'new.ts': content })));
    type('x\r\n');
    const before = process.env.PATH;
    process.env.PATH = '';
    try {
      const [edited] = type('one\r\ntwo!\r\n');
      expect(edited?.after).toEqual(text('one\ntwo!\n'));
    } finally {
      process.env.PATH = before;
    }
  });
});

describe('mentioning', () => {
  const files = {
    'a.ts': 'charge();\n',
    'b.ts': 'discharge(); $charge; charge$; charge2;\n',
    'c.js': 'x.charge\n',
    'd.md': 'charge\n',
    'lib/e.ts': 'import { charge } from "./a";\n',
  };
  const expected = ['a.ts', 'c.js', 'lib/e.ts'];
  const ask = (tree: Tree, word = 'charge') => tree.mentioning(word, ['.ts', '.js']);

  test('gives the same in memory and in git', () => {
    expect(ask(memoryTree('m', buffers(files)))).toEqual(expected);
    for (const [file, content] of Object.entries(files)) work.write(file, content);
    work.commit();
    const tree = open().commitTree('HEAD');
    expect(ask(tree)).toEqual(expected);
    expect(ask(tree)).toEqual(expected);
    expect(ask(tree, '$charge')).toEqual(['b.ts']);
    expect(ask(tree, '-e')).toEqual([]);
    expect(ask(tree, '')).toEqual([]);
    expect(tree.mentioning('charge', [])).toEqual([]);
  });

  test('gives the same when git has been asked so often that the files are opened instead', () => {
    for (const [file, content] of Object.entries(files)) work.write(file, content);
    work.commit();
    const words = ['charge', 'discharge', '$charge', 'import', 'x', 'from', '-e', '', 'a\nb', 'nowhere'];
    const often = open().commitTree('HEAD');
    expect(words.map((word) => ask(often, word))).toEqual(words.map((word) => ask(open().commitTree('HEAD'), word)));
    expect(words.flatMap((word) => ask(often, word))).toContain('lib/e.ts');
  });

  test('reads the same after it was told what is read next', () => {
    for (const [file, content] of Object.entries(files)) work.write(file, content);
    work.commit();
    work.write('c.js', 'nothing\n');
    work.remove('a.ts');
    work.commit();
    const told = open().commitChange('HEAD^', 'HEAD');
    const untold = open().commitChange('HEAD^', 'HEAD');
    for (const side of ['before', 'after'] as const) {
      const paths = [...told.before.paths(), 'nowhere.ts' as RepoPath];
      told[side].prefetch?.(paths);
      expect(paths.map((path) => told[side].read(path))).toEqual(paths.map((path) => untold[side].read(path)));
    }
  });

  test('keeps the texts that hold an expected word when it goes over all of them, and reads the same', () => {
    for (const [file, content] of Object.entries(files)) work.write(file, content);
    work.write('raw.ts', Uint8Array.from([99, 104, 97, 114, 103, 101, 0, 255]));
    work.commit();
    const told = open().commitTree('HEAD');
    const untold = open().commitTree('HEAD');
    told.expect?.(['charge', '-', 'größe']);
    for (const path of told.paths()) expect(told.scan?.(path)?.words).toEqual(untold.scan?.(path)?.words);
    const holding = ask(untold);
    expect(holding).toContain('lib/e.ts');
    const before = told.paths().map((path) => untold.read(path));
    // What was kept is there though its object and its file are gone.
    rmSync(path.join(work.dir, '.git/objects'), { recursive: true });
    for (const file of told.paths()) work.remove(file);
    told.paths().forEach((file, index) => {
      if (holding.includes(file)) expect(told.read(file)).toEqual(before[index]);
    });
  });

  test('follows the differences of every after side', () => {
    for (const [file, content] of Object.entries(files)) work.write(file, content);
    work.commit();
    work.remove('a.ts');
    work.write('c.js', 'nothing\n');
    work.write('new.ts', 'charge\n');
    const repository = open();
    expect(ask(repository.worktreeChange().after)).toEqual(['lib/e.ts', 'new.ts']);
    expect(ask(repository.worktreeChange(undefined, buffers({ 'new.ts': '', 'c.js': 'charge' })).after)).toEqual(['c.js', 'lib/e.ts']);
    work.commit();
    expect(ask(repository.commitChange('HEAD^', 'HEAD').after)).toEqual(['lib/e.ts', 'new.ts']);
    expect(ask(repository.commitTree('HEAD'))).toEqual(['lib/e.ts', 'new.ts']);
  });
});
