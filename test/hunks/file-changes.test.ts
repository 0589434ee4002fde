import { describe, expect, test } from 'vitest';
import { fileChanges } from '../../server/src/core/hunks/file-changes.ts';
import type { FileChange } from '../../server/src/core/model/change.ts';
import type { FileContent, RepoPath } from '../../server/src/core/model/tree.ts';
import { repoPath } from '../support/git.ts';
import { memoryTree } from '../support/memory-tree.ts';

const CARRIER = `.brakeline/acks/ab/${'ab'.repeat(32)}.jsonl`;

type Files = Readonly<Record<string, string | FileContent>>;

function changesOf(before: Files, after: Files, touched?: readonly string[]): readonly FileChange[] {
  const tree = (id: string, files: Files) => memoryTree(id, new Map(Object.entries(files).map(([path, file]) => [repoPath(path), file])));
  const paths = touched ?? [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return fileChanges({
    before: tree('before', before),
    after: tree('after', after),
    touched: paths.map(repoPath),
    origin: { kind: 'unknown', evidence: 'none' },
  });
}

const moves = (changes: readonly FileChange[]): (readonly [RepoPath | undefined, RepoPath])[] =>
  changes.map((file) => [file.previousPath, file.path]);
const body = (name: string): string => Array.from({ length: 10 }, (_, i) => `line ${i} of ${name}\n`).join('');

describe('fileChanges', () => {
  test('leaves out carriers alone, and no other file in their folder', () => {
    const other = '.brakeline/acks/clean.sh';
    expect(changesOf({}, { [CARRIER]: '{}', [other]: 'rm -rf /' }).map((file) => file.path)).toEqual([other]);
  });

  test('is sorted by path, without what is equal, twice named or an attestation, in whatever order it was asked', () => {
    const before = { b: '1', a: '1', same: 'x' };
    const after = { b: '2', a: '2', same: 'x', [CARRIER]: '{}' };
    const paths = ['same', 'b', CARRIER, 'a', 'b', 'nowhere'];
    const changes = changesOf(before, after, paths);
    expect(changes.map((file) => file.path)).toEqual(['a', 'b']);
    expect(changesOf(before, after, paths.toReversed())).toEqual(changes);
  });

  test('keeps the policy and the signers in the change', () => {
    expect(changesOf({}, { '.brakeline/policy.yaml': 'x\n', '.brakeline/allowed_signers': 'x\n' })).toHaveLength(2);
  });

  test('takes two sides that were not read as different', () => {
    const binary: FileContent = { kind: 'unread', reason: 'binary' };
    expect(changesOf({ a: binary }, { a: binary })).toHaveLength(1);
  });

  test('follows a rename of equal text to the file of the same name first', () => {
    const changes = changesOf({ 'x/a.ts': 'same\n', 'x/b.ts': 'same\n' }, { 'y/b.ts': 'same\n', 'y/c.ts': 'same\n' });
    expect(moves(changes)).toEqual([
      ['x/b.ts', 'y/b.ts'],
      ['x/a.ts', 'y/c.ts'],
    ]);
  });

  test('follows a rename with edits to the most alike, and no file twice', () => {
    const edited = body('one').replace('line 3', 'LINE 3');
    const far = body('one').replace(/line [3-6]/g, 'LINE');
    expect(moves(changesOf({ 'a.ts': body('one') }, { 'far.ts': far, 'near.ts': edited }))).toEqual([
      [undefined, 'far.ts'],
      ['a.ts', 'near.ts'],
    ]);
  });

  test('follows no rename of files less than half alike, of empty files, or of unread ones', () => {
    const binary: FileContent = { kind: 'unread', reason: 'binary' };
    expect(moves(changesOf({ 'a.ts': body('one') }, { 'b.ts': body('two') + body('one').slice(0, 60) }))).toHaveLength(2);
    expect(moves(changesOf({ 'a.ts': '' }, { 'b.ts': '' }))).toHaveLength(2);
    expect(moves(changesOf({ 'a.png': binary }, { 'b.png': binary }))).toHaveLength(2);
  });

  test('follows no rename that gives a text a new meaning', () => {
    expect(moves(changesOf({ 'notes.txt': body('x') }, { 'deploy.sh': body('x') }))).toHaveLength(2);
    expect(moves(changesOf({ 'ci.yml': body('x') }, { '.github/workflows/ci.yml': body('x') }))).toHaveLength(2);
    expect(moves(changesOf({ 'a.js': body('x') }, { 'a.ts': body('x') }))).toEqual([['a.js', 'a.ts']]);
  });

  test('pairs 2,000 deleted with 2,000 added files in the time of a breath', { timeout: 5_000 }, () => {
    const shared = ['import x;\n', '}\n', '\n', 'export {};\n', '  }\n', '  return;\n'].join('');
    const files = (folder: string, mark: string): Files =>
      Object.fromEntries(Array.from({ length: 2_000 }, (_, i) => [`${folder}/${i}.ts`, `${shared}${body(String(i))}${mark}\n`]));
    const changes = changesOf(files('old', 'before'), files('new', 'after'));
    expect(changes).toHaveLength(2_000);
    expect(changes.every((file) => file.previousPath === file.path.replace('new', 'old'))).toBe(true);
  });

  test('leaves files deleted and added beyond the cap', () => {
    const files = (folder: string, mark: string): Files =>
      Object.fromEntries(Array.from({ length: 2_100 }, (_, i) => [`${folder}/${i}.ts`, `${body(String(i))}${mark}\n`]));
    expect(changesOf(files('old', 'before'), files('new', 'after'))).toHaveLength(4_200);
  });
});
