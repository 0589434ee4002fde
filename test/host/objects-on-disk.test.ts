import { execFileSync } from 'node:child_process';
import { readdirSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { scanOf } from '../../server/src/core/scan/scan-of.ts';
import { hashOfWord } from '../../server/src/core/scan/words.ts';
import { type Blob, type Objects, openObjects } from '../../server/src/host/git/objects.ts';
import { readFromDisk } from '../../server/src/host/git/objects-on-disk.ts';
import { openRepository } from '../../server/src/host/repository.ts';
import { makeRepository, repoPath, type TestRepository, temporaryFolder } from '../support/git.ts';

const open: { close(): void }[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one.close();
});

function repositoryWith(files: Readonly<Record<string, string | Uint8Array>>, ...args: string[]): TestRepository {
  const work = makeRepository(...args);
  open.push({ close: () => work.dispose() });
  for (const [file, content] of Object.entries(files)) work.write(file, content);
  work.commit();
  return work;
}

/** Git's own answers, and those of whoever looks on disk first. */
function readersOf(
  work: TestRepository,
  maxBytes: number,
  hash: 'sha1' | 'sha256' = 'sha1',
): { readonly git: Objects; readonly disk: Objects } {
  const git = openObjects({ cwd: work.dir }, maxBytes);
  open.push(git);
  return { git, disk: readFromDisk(git, () => ({ root: work.dir, hash }), maxBytes) };
}

const oidOf = (work: TestRepository, file: string): string => work.git('rev-parse', `HEAD:${file}`);
const textOf = (blob: Blob | undefined): string | undefined => (blob?.bytes === undefined ? undefined : Buffer.from(blob.bytes).toString());

/** Takes every object out of the store, so that whatever is read is read from disk. */
function emptyStore(work: TestRepository): void {
  for (const name of readdirSync(path.join(work.dir, '.git/objects')))
    rmSync(path.join(work.dir, '.git/objects', name), { recursive: true });
}

describe('objects that lie in the working tree', () => {
  test.each(['sha1', 'sha256'] as const)('are read there: %s', (hash) => {
    const work = repositoryWith({ a: 'one\n', empty: '', 'in/größe .ts': 'two\n' }, `--object-format=${hash}`);
    const names = ['a', 'empty', 'in/größe .ts'];
    const oids = names.map((name) => oidOf(work, name));
    const { git, disk } = readersOf(work, 1_000, hash);
    emptyStore(work);
    expect(disk.readBlobs(oids, names).map(textOf)).toEqual(['one\n', '', 'two\n']);
    expect(git.readBlobs(oids)).toEqual([undefined, undefined, undefined]);
  });

  test('are those of git wherever the file is another, or none', () => {
    const bytes = Uint8Array.from({ length: 900 }, (_, index) => (index * 7) % 256);
    const work = repositoryWith({
      '.gitattributes': '*.crlf text eol=crlf\n*.ident ident\n*.wide text working-tree-encoding=UTF-16\n',
      'a.crlf': 'one\ntwo\n',
      'a.ident': '$Id$\n',
      'edited.ts': 'one\n',
      'gone.ts': 'two\n',
      'folder.ts': 'three\n',
      'linked.ts': 'four\n',
      'pipe.ts': 'five\n',
      'same.ts': 'six\n',
      'in/under.ts': 'seven\n',
      'large.ts': 'x'.repeat(2_000),
      bytes,
    });
    work.git('rm', '--quiet', '--cached', '-r', '.');
    work.git('reset', '--quiet', '--hard');
    const names = work.git('ls-tree', '-r', '--name-only', 'HEAD').split('\n');
    const oids = names.map((name) => oidOf(work, name));
    work.write('edited.ts', 'two\n');
    for (const name of ['gone.ts', 'folder.ts', 'linked.ts', 'pipe.ts', 'in']) work.remove(name);
    work.write('folder.ts/inside', 'three\n');
    const outside = temporaryFolder();
    symlinkSync(path.join(work.dir, 'same.ts'), path.join(work.dir, 'linked.ts'));
    symlinkSync(outside, path.join(work.dir, 'in'));
    if (process.platform !== 'win32') execFileSync('mkfifo', [path.join(work.dir, 'pipe.ts')]);
    const { git, disk } = readersOf(work, 1_000);
    expect(disk.readBlobs(oids, names)).toEqual(git.readBlobs(oids));
    expect(textOf(disk.readBlobs([oidOf(work, 'a.crlf')], ['a.crlf'])[0])).toBe('one\ntwo\n');
    expect(disk.readBlobs([oidOf(work, 'large.ts')], ['large.ts'])).toEqual([{ size: 2_000 }]);
    expect(disk.readBlobs(['0'.repeat(40), oidOf(work, 'same.ts')], ['nowhere', 'same.ts']).map(textOf)).toEqual([undefined, 'six\n']);
  });

  test('are the same where there are more than one round of them, some of them edited, and one wider than the room', () => {
    const names = Array.from({ length: 700 }, (_, index) => `f${index}.ts`);
    const work = repositoryWith({ ...Object.fromEntries(names.map((name) => [name, `${name}\n`])), 'wide.ts': 'w'.repeat(3_000_000) });
    const all = ['wide.ts', ...names, 'wide.ts'];
    const listed = new Map(
      work
        .git('ls-tree', '-r', 'HEAD')
        .split('\n')
        .map((line) => [line.slice(53), line.slice(12, 52)]),
    );
    for (const name of names.filter((_, index) => index % 7 === 3)) work.write(name, 'another\n');
    const { disk } = readersOf(work, 4_000_000);
    const found: (string | undefined)[] = [];
    disk.visitBlobs(
      all.map((name) => listed.get(name) ?? ''),
      (blob, index) => {
        found[index] = textOf(blob);
      },
      all,
    );
    expect(found).toEqual(['w'.repeat(3_000_000), ...names.map((name) => `${name}\n`), 'w'.repeat(3_000_000)]);
  });
});

describe('a tree', () => {
  test('is that of its commit where a file is written over after git was asked', () => {
    const work = repositoryWith({ 'a.ts': 'export const before = 1;\n' });
    const repository = openRepository(work.dir);
    open.push(repository);
    const { before, touched } = repository.worktreeChange();
    expect(touched).toEqual([]);
    work.write('a.ts', 'export const later = 1;\n');
    expect(scanOf(before, repoPath('a.ts'))?.words.includes(hashOfWord('before'))).toBe(true);
    expect(before.read(repoPath('a.ts'))).toEqual({ kind: 'text', text: 'export const before = 1;\n' });
  });

  test('that is to be read of objects alone takes nothing from disk', () => {
    const work = repositoryWith({ 'a.ts': 'export const one = 1;\n' });
    const oid = oidOf(work, 'a.ts');
    for (const objectsAlone of [false, true]) {
      const repository = openRepository(work.dir, { objectsAlone });
      open.push(repository);
      const tree = repository.commitTree('HEAD');
      tree.paths();
      rmSync(path.join(work.dir, '.git/objects', oid.slice(0, 2), oid.slice(2)), { force: true });
      expect(tree.read(repoPath('a.ts'))).toMatchObject({ kind: objectsAlone ? 'unread' : 'text' });
    }
  });
});

describe('a git that runs beside', () => {
  test('says what it says when it is waited for, with the thread and without', () => {
    const work = repositoryWith({ a: 'one\n', 'größe.ts': 'two\n' });
    for (const isWoken of [true, false]) {
      const { git } = readersOf(work, 1_000);
      if (isWoken) git.wake();
      const place = { cwd: work.dir };
      const [listed, head] = [git.begin(place, ['ls-tree', '-r', '-z', 'HEAD']), git.begin(place, ['rev-parse', 'HEAD'])];
      const nothing = git.begin(place, ['ls-files', '--others', '-z']);
      expect(`${head()}`.trim()).toBe(work.git('rev-parse', 'HEAD'));
      expect([`${listed()}`.split('\0').length, `${listed()}`.includes('größe.ts'), `${nothing()}`]).toEqual([3, true, '']);
    }
  });

  test('fails as any other does, and is asked again where the thread went', () => {
    const work = repositoryWith({ a: 'one\n' });
    const { git } = readersOf(work, 1_000);
    git.wake();
    const wrong = git.begin({ cwd: work.dir }, ['rev-parse', 'nothing-of-that-name']);
    expect(wrong).toThrow(expect.objectContaining({ code: 'git-failed' }));
    const head = git.begin({ cwd: work.dir }, ['rev-parse', 'HEAD']);
    git.close();
    expect(`${head()}`.trim()).toBe(work.git('rev-parse', 'HEAD'));
  });
});
