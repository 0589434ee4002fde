import fc from 'fast-check';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { patchedChange } from '../../../server/src/doors/cli/patched-change.ts';
import { openRepository } from '../../../server/src/host/repository.ts';
import { makeRepository, type TestRepository } from '../../support/git.ts';

// Each call is a process of its own, and machines differ.
vi.setConfig({ testTimeout: 120_000 });

let repository: TestRepository;

beforeAll(() => {
  repository = makeRepository();
});

afterAll(() => repository.dispose());

/** Both worlds, the patch that git prints between them, and what our reading of the patch makes of the old one. */
function applied(
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
  ...options: string[]
): Readonly<Record<string, string | undefined>> {
  const commit = (files: Readonly<Record<string, string>>): string => {
    for (const file of repository.git('ls-files', '-z').split('\0').filter(Boolean)) repository.remove(file);
    for (const [file, text] of Object.entries(files)) repository.write(file, text);
    return repository.commit();
  };
  const base = commit(before);
  const head = commit(after);
  const opened = openRepository(repository.dir);
  try {
    const change = patchedChange(opened, base, `${repository.git('-c', 'core.autocrlf=false', 'diff', ...options, base, head)}\n`);
    const texts = change.after.paths().map((path) => {
      const content = change.after.read(path);
      return [path, content?.kind === 'text' ? content.text : content?.reason] as const;
    });
    return Object.fromEntries(texts);
  } finally {
    opened.close();
  }
}

test('applying what git prints gives what git committed', () => {
  const text = fc
    .array(fc.constantFrom('a\n', 'b\n', '\n', '-c\n', '+d\n', '@@ -1 +1 @@\n', '\\ e\n', 'f\r\n', 'diff --git a/x b/x\n'), {
      maxLength: 12,
    })
    .map((lines) => lines.join(''));
  const end = fc.constantFrom('', 'no newline');
  const file = fc.tuple(text, end).map(([body, last]) => body + last);
  fc.assert(
    fc.property(file, file, fc.constantFrom('-U0', '-U3'), (before, after, context) => {
      expect(applied({ x: before, keep: 'k\n' }, { x: after, keep: 'k\n' }, context)).toEqual({ x: after, keep: 'k\n' });
    }),
    { numRuns: 40 },
  );
});

test('files that are new, gone, renamed, empty or oddly named', () => {
  const before = { 'gone.txt': 'g\n', 'old name.txt': 'one\ntwo\nthree\nfour\n', 'übermut.txt': 'u\n', 'tab\there.txt': 't\n' };
  const after = { 'new.txt': 'n\n', 'new name.txt': 'one\ntwo\nthree\n4\n', 'übermut.txt': 'U\n', 'tab\there.txt': 'T\n', empty: '' };
  expect(applied(before, after, '--find-renames=50%')).toEqual(after);
  expect(applied(before, after, '--no-renames')).toEqual(after);
});

test('a binary file is a blind spot and not its old text', () => {
  expect(applied({ 'a.bin': 'x\0y' }, { 'a.bin': 'x\0z' })).toEqual({ 'a.bin': 'binary' });
});

const REFUSED: readonly (readonly [patch: string, message: RegExp])[] = [
  ['nothing like a patch\n', /expected a unified diff/],
  ['--- a/../../etc/passwd\n+++ b/../../etc/passwd\n@@ -0,0 +1 @@\n+x\n', /expected paths inside the repository/],
  ['--- /dev/null\n+++ b/.git/hooks/pre-commit\n@@ -0,0 +1 @@\n+x\n', /expected paths inside the repository/],
  ['--- a/none.txt\n+++ b/none.txt\n@@ -1 +1 @@\n-x\n+y\n', /expected the file to be there, found none/],
  ['--- a/keep\n+++ b/keep\n@@ -1,2 +1 @@\n-k\n', /line \d of the patch: expected 2 old and 1 new lines/],
  ['--- a/keep\n+++ b/keep\n@@ nonsense @@\n', /line 3 of the patch: expected @@/],
  ['--- a/keep\n+++ b/keep\n@@ -7 +7 @@\n-k\n+l\n', /does not apply to keep/],
];

test.each(REFUSED)('%j is refused in one line', (patch, message) => {
  for (const file of repository.git('ls-files', '-z').split('\0').filter(Boolean)) repository.remove(file);
  repository.write('keep', 'k\n');
  repository.commit();
  const opened = openRepository(repository.dir);
  try {
    expect(() => patchedChange(opened, 'HEAD', patch)).toThrow(message);
  } finally {
    opened.close();
  }
});
