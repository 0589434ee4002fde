import { chmodSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { FileScan } from '../../server/src/core/model/file-scan.ts';
import type { RepoPath, Tree } from '../../server/src/core/model/tree.ts';
import { scanFile } from '../../server/src/core/scan/scan-file.ts';
import { scanOf } from '../../server/src/core/scan/scan-of.ts';
import { hashOfWord } from '../../server/src/core/scan/words.ts';
import { listTree } from '../../server/src/host/git/list-tree.ts';
import { locateRepository } from '../../server/src/host/git/locate.ts';
import { openObjects } from '../../server/src/host/git/objects.ts';
import { openRepository, type Repository, type RepositoryOptions } from '../../server/src/host/repository.ts';
import { keepScans } from '../../server/src/host/scans/kept-scans.ts';
import { blobContents } from '../../server/src/host/trees/blob-content.ts';
import { gitTree } from '../../server/src/host/trees/git-tree.ts';
import { mentionsWord } from '../../server/src/host/trees/mentions.ts';
import { makeRepository, repoPath, type TestRepository } from '../support/git.ts';

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

const scan = (tree: Tree, file: string): FileScan | undefined => scanOf(tree, repoPath(file));
const holds = (tree: Tree, file: string, word: string): boolean => scan(tree, file)?.words.includes(hashOfWord(word)) === true;
/** As a set: the order of the words says nothing. */
const plain = (found: FileScan | undefined) => (found === undefined ? undefined : { ...found, words: [...found.words].sort() });
/** What `Tree.mentioning` promises, by reading everything. */
const mentionedIn = (tree: Tree, word: string, extensions: readonly string[]): readonly RepoPath[] =>
  tree.paths().filter((file) => {
    const content = tree.read(file);
    return extensions.some((extension) => file.endsWith(extension)) && content?.kind === 'text' && mentionsWord(content.text, word);
  });

describe('the scan of a file', () => {
  const FILES = {
    'a.ts': 'import { one } from "./b";\nexport const two = one;\n',
    'b.ts': 'export const one = 1;\n',
    'c.py': 'from b import one\n',
    LICENSE: 'one\n',
    'folder.x/plain': 'one\n',
  };

  test('is that of its text, in a commit, the index, saved files and buffers', () => {
    for (const [file, content] of Object.entries(FILES)) work.write(file, content);
    work.commit();
    work.write('b.ts', 'export const three = 3;\n');
    work.git('add', '--all');
    work.write('c.py', 'from b import three\n');
    work.write('new.ts', 'three;\n');
    work.remove('LICENSE');
    const repository = open();
    const buffers = new Map([
      [repoPath('a.ts'), 'typed;\n'],
      [repoPath('late.ts'), 'typed;\n'],
    ]);
    const trees = [
      repository.commitTree('HEAD'),
      repository.stagedChange().after,
      repository.worktreeChange().after,
      repository.worktreeChange(undefined, buffers).after,
    ];
    for (const tree of trees) {
      for (const file of [...tree.paths(), repoPath('LICENSE'), repoPath('nowhere.ts')]) {
        const content = tree.read(file);
        expect([file, plain(tree.scan?.(file))]).toEqual([
          file,
          plain(content?.kind === 'text' ? scanFile(file, content.text) : undefined),
        ]);
      }
    }
    expect(holds(trees[3] as Tree, 'late.ts', 'typed')).toBe(true);
    expect(scan(trees[2] as Tree, 'LICENSE')).toBeUndefined();
  });

  test('is one for a content, wherever and as whatever of one kind it stands', () => {
    for (const [file, content] of Object.entries(FILES)) work.write(file, content);
    work.commit();
    work.git('mv', 'b.ts', 'moved to.ts');
    work.commit();
    const repository = open();
    const [before, after] = [repository.commitTree('HEAD^'), repository.commitTree('HEAD')];
    expect(scan(after, 'moved to.ts')).toBe(scan(before, 'b.ts'));
    expect(scan(after, 'b.ts')).toBeUndefined();
    work.write('same.py', FILES['b.ts']);
    work.commit();
    const both = open().commitTree('HEAD');
    expect(plain(scan(both, 'same.py'))).toEqual(plain(scanFile(repoPath('same.py'), FILES['b.ts'])));
    expect(plain(scan(both, 'moved to.ts'))).toEqual(plain(scanFile(repoPath('b.ts'), FILES['b.ts'])));
  });

  test('is none where the file has no text, and reading it says why', () => {
    work.write('.gitattributes', 'made.ts linguist-generated\n');
    work.write('made.ts', 'one\n');
    work.write('binary.ts', Uint8Array.from([111, 110, 101, 0]));
    work.write('latin.ts', Uint8Array.from([0xe4, 10]));
    work.write('one line.ts', `one${' '.repeat(2_097_152)}two\n`);
    symlinkSync('loop.ts', path.join(work.dir, 'loop.ts'));
    work.commit();
    const repository = open();
    const reasons = {
      'made.ts': 'generated',
      'binary.ts': 'binary',
      'latin.ts': 'not-utf8',
      'one line.ts': 'too-large',
      'loop.ts': 'symlink',
    };
    work.write('.gitattributes', '# nothing\n');
    for (const file of ['made.ts', 'binary.ts', 'latin.ts', 'one line.ts']) work.write(`again ${file}`, 'x\n');
    for (const tree of [repository.commitTree('HEAD'), repository.worktreeChange().after]) {
      for (const [file, reason] of Object.entries(reasons)) {
        expect(scan(tree, file)).toBeUndefined();
        expect(tree.read(repoPath(file))).toMatchObject({ kind: 'unread', reason });
      }
      expect(tree.mentioning('one', ['.ts'])).toEqual([]);
    }
  });

  test('of a line of 2 MB is made where the limit lets it be read', () => {
    work.write('long.ts', `export const one = '${'word '.repeat(420_000)}'; last();\n`);
    work.commit();
    const tree = open({ maxFileBytes: 4_000_000 }).commitTree('HEAD');
    expect(holds(tree, 'long.ts', 'last')).toBe(true);
    expect(tree.mentioning('last', ['.ts'])).toEqual(['long.ts']);
  });

  test('of a saved file that nobody may read, or that leads to itself, is none, and reading it says why', () => {
    work.write('closed.ts', 'one\n');
    work.write('loop.ts', 'one\n');
    work.commit();
    work.write('closed.ts', 'two\n');
    work.remove('loop.ts');
    symlinkSync('loop.ts', path.join(work.dir, 'loop.ts'));
    chmodSync(path.join(work.dir, 'closed.ts'), 0);
    const { after } = open().worktreeChange();
    expect(scan(after, 'loop.ts')).toBeUndefined();
    expect(after.read(repoPath('loop.ts'))).toMatchObject({ kind: 'unread', reason: 'symlink' });
    // Who may read everything reads this too.
    const closed = after.read(repoPath('closed.ts'));
    if (closed?.kind === 'unread') expect(closed).toMatchObject({ reason: 'unreadable', detail: 'permission denied' });
    expect(plain(scan(after, 'closed.ts'))).toEqual(
      plain(closed?.kind === 'text' ? scanFile(repoPath('closed.ts'), closed.text) : undefined),
    );
  });

  test('is found under names with spaces, quotes and letters beyond ASCII', () => {
    const forbidden = process.platform === 'win32' ? [] : ['quote".ts', 'tab\tbed.ts', ':(glob)x.ts'];
    const names = ['with space.ts', 'größe/日本.ts', "it's.ts", '-e.ts', ...forbidden];
    for (const [index, name] of names.entries()) work.write(name, `export const word${index} = 1;\n`);
    work.commit();
    const tree = open().commitTree('HEAD');
    for (const [index, name] of names.entries()) {
      expect([name, holds(tree, name, `word${index}`)]).toEqual([name, true]);
      expect(tree.mentioning(`word${index}`, ['.ts'])).toEqual([name]);
    }
  });

  test('follows a file that is renamed by the case of its letters alone', () => {
    work.write('Name.ts', 'one\n');
    work.commit();
    work.git('mv', '--force', 'Name.ts', 'name.ts');
    work.commit();
    const { before, after } = open().commitChange('HEAD^', 'HEAD');
    expect([scan(before, 'Name.ts'), scan(before, 'name.ts')].map((found) => found === undefined)).toEqual([false, true]);
    expect([scan(after, 'Name.ts'), scan(after, 'name.ts')].map((found) => found === undefined)).toEqual([true, false]);
    expect(after.mentioning('one', ['.ts'])).toEqual(['name.ts']);
  });
});

describe('what mentions a word', () => {
  const WORDS = [
    '\0',
    'charge\0',
    'charge',
    '$charge',
    'größe',
    'größer',
    'e',
    'gr',
    '日本',
    'my-label',
    'my',
    '404',
    '-e',
    'a.b',
    'a\nb',
    '',
    '\\u0061',
    'nowhere',
  ];
  const TEXTS = [
    'charge();\n',
    'discharge(); $charge; charge$; charge2;\n',
    'const größe = 日本;\n',
    'größer\n',
    'my-label: 404\n',
    'my label, 4040, my-labels\n',
    'x -e a.b\n',
    'x-e a_b a\nb\n',
    '\\u0061 charge\n',
  ];

  test('is found by the scans as by reading everything, whatever the word is made of', () => {
    for (const [index, text] of TEXTS.entries()) work.write(`f${index}.${index % 2 === 0 ? 'ts' : 'yaml'}`, text);
    work.commit();
    work.write('f0.ts', 'my-label\n');
    work.write('f9.ts', 'charge größe\n');
    const { before, after } = open().worktreeChange();
    for (const tree of [before, after]) {
      for (const extensions of [['.ts'], ['.ts', '.yaml'], ['']]) {
        for (const word of WORDS) expect([word, tree.mentioning(word, extensions)]).toEqual([word, mentionedIn(tree, word, extensions)]);
      }
    }
    expect(before.mentioning('größe', ['.ts'])).toEqual(['f2.ts']);
  });

  test('is the same where there are so many files that git is asked for the first word', () => {
    for (let index = 0; index < 600; index += 1) work.write(`d${index % 7}/f${index}.ts`, `${TEXTS[index % TEXTS.length]}word${index}\n`);
    work.commit();
    const expected = WORDS.map((word) => open().commitTree('HEAD').mentioning(word, ['.ts', '.js']));
    const often = open().commitTree('HEAD');
    expect(WORDS.map((word) => often.mentioning(word, ['.ts', '.js']))).toEqual(expected);
    expect(expected).toEqual(WORDS.map((word) => mentionedIn(often, word, ['.ts'])));
    expect(often.mentioning('word599', ['.ts'])).toEqual(['d4/f599.ts']);
  });

  test('is the same where there are more words than are kept', () => {
    for (const [index, text] of TEXTS.entries()) work.write(`f${index}.ts`, text);
    work.commit();
    const place = locateRepository(work.dir);
    const objects = openObjects(place.git, 1_000);
    const contents = blobContents(objects, 1_000);
    const entries = listTree(place, 'HEAD');
    const treeWith = (mostWords: number): Tree =>
      gitTree({
        id: 'HEAD',
        entries: () => entries,
        contents,
        scans: keepScans(objects, 1_000, undefined, mostWords),
        screen: () => undefined,
        kept: undefined,
        grep: () => [],
        grepIn: (_, among) => among,
      });
    const expected = treeWith(1_000_000);
    for (const mostWords of [0, 1, 5]) {
      const tree = treeWith(mostWords);
      for (const word of WORDS) expect(tree.mentioning(word, ['.ts'])).toEqual(expected.mentioning(word, ['.ts']));
      for (const file of tree.paths()) expect(plain(tree.scan?.(file))).toEqual(plain(expected.scan?.(file)));
    }
    expect(treeWith(0).mentioning('charge', ['.ts']).length).toBeGreaterThan(1);
    objects.close();
  });
});
