import { describe, expect, test } from 'vitest';
import type { RepoPath } from '../../server/src/core/model/tree.ts';
import { ownersOf } from '../../server/src/core/reach/owners.ts';
import { memoryTree } from '../support/memory-tree.ts';

function owners(files: Readonly<Record<string, string>>, path: string): readonly string[] {
  const tree = memoryTree('base', new Map(Object.entries(files) as [RepoPath, string][]));
  return ownersOf(tree).of(path as RepoPath);
}

const own = (text: string, path: string): readonly string[] => owners({ CODEOWNERS: text }, path);

describe('which line of CODEOWNERS holds', () => {
  test.each([
    ['the last that fits', '* @all\n*.ts @ts\n', 'a/b.ts', ['@ts']],
    ['a later, wider one over an earlier, closer one', '/src/pay/ @pay\n* @all\n', 'src/pay/a.ts', ['@all']],
    ['one that takes the owners away', '* @all\n/web/\n', 'web/a.ts', []],
    ['none', '/src/ @src\n', 'docs/a.md', []],
    ['several owners, one an address', '*.sql @db dev@example.org\n', 'm/1.sql', ['@db', 'dev@example.org']],
    ['a remark behind the owners', '*.sql @db # ask first @nobody\n', 'm/1.sql', ['@db']],
  ])('%s', (_, text, path, expected) => expect(own(text, path)).toEqual(expected));

  test('where a file is in two places, the first place alone counts', () => {
    const files = { '.github/CODEOWNERS': '* @github', CODEOWNERS: '* @root', 'docs/CODEOWNERS': '* @docs' };
    expect(owners(files, 'a')).toEqual(['@github']);
    expect(owners({ CODEOWNERS: '* @root', 'docs/CODEOWNERS': '* @docs' }, 'a')).toEqual(['@root']);
    expect(owners({ 'docs/CODEOWNERS': '* @docs' }, 'a')).toEqual(['@docs']);
  });

  test('a tree without the file has no source, so that nobody is said to be unowned', () => {
    expect(ownersOf(memoryTree('base', new Map())).source).toBeUndefined();
  });
});

describe('what a pattern fits', () => {
  test.each([
    ['*.js', 'a/b/c.js', true],
    ['*.js', 'a/b/c.jsx', false],
    ['/build/logs/', 'build/logs/x/y.txt', true],
    ['/build/logs/', 'a/build/logs/x.txt', false],
    ['docs/*', 'docs/a.md', true],
    ['docs/*', 'docs/deep/a.md', false],
    ['apps/', 'x/apps/y/z.ts', true],
    ['/apps/github', 'apps/github/a.ts', true],
    ['/apps/github', 'apps/github-old/a.ts', false],
    ['**/logs', 'a/b/logs/c.txt', true],
    ['/src/**/test.ts', 'src/a/b/test.ts', true],
    ['/src/**/test.ts', 'src/test.ts', true],
    ['/src/**', 'src/a/b.ts', true],
    ['pay.ts', 'src/deep/pay.ts', true],
    ['/a?c.ts', 'abc.ts', true],
    ['/a?c.ts', 'a/c.ts', false],
    ['/(group)/a+b.ts', '(group)/a+b.ts', true],
    ['/with\\ space/', 'with space/a.ts', true],
    ['/größe/', 'größe/a.ts', true],
  ])('%s and %s: %s', (pattern, path, fits) => expect(own(`${pattern} @x\n`, path)).toEqual(fits ? ['@x'] : []));

  test.each(['/src/**/**/b.ts', '/src/**/a/**/**', '/src/**/**/'])('%s: doubled stars mean no more than one of them', (pattern) =>
    expect(own(`${pattern} @x\n`, 'src/a/b.ts')).toEqual(['@x']),
  );

  test('a pattern that would be tried for ever fits nothing, and the other lines hold', { timeout: 5_000 }, () => {
    expect(own(`* @all\n${'*a'.repeat(10)}b @x\n`, `${'a'.repeat(120)}.ts`)).toEqual(['@all']);
    expect(own(`* @all\n/${'x'.repeat(2_000_000)} @x\n`, 'a.ts')).toEqual(['@all']);
  });

  test('a line that CODEOWNERS does not know is skipped, as hosts skip it', () => {
    expect(own('* @all\n!/src/ @x\n/s[rc]c/ @y\n', 'src/a.ts')).toEqual(['@all']);
  });
});

test('sections of GitLab each give their last line, and their owners where a line has none', () => {
  const text = '* @all\n[Data] @db\n*.sql\n*.md @docs\n^[Optional][2] @maybe\n/src/\n';
  expect(own(text, 'src/a.sql')).toEqual(['@all', '@db', '@maybe']);
  expect(own(text, 'a.md')).toEqual(['@all', '@docs']);
});
