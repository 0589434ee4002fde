import { expect, it } from 'vitest';
import { hiddenFiles } from '../../server/src/host/hidden-files.ts';
import { repoPath } from '../support/git.ts';
import { memoryTree } from '../support/memory-tree.ts';

const READABLE = 'export const cap = 10;\n';
const BUNDLE = `export const cap = 10;${'f();'.repeat(12_000)}\n`;

function hidden(file: string, before: string | undefined, after: string) {
  const path = repoPath(file);
  return hiddenFiles({
    before: memoryTree('before', new Map(before === undefined ? [] : [[path, before]])),
    after: memoryTree('after', new Map([[path, after]])),
    touched: [path],
    origin: { kind: 'unknown', evidence: 'none' },
  });
}

it('a script that the head makes into lines only a bundler writes is hidden by it', () => {
  const spot = { path: 'src/cap.ts', reason: 'generated', detail: 'minified' };
  expect(hidden('src/cap.ts', READABLE, BUNDLE)).toEqual([spot]);
  expect(hidden('src/cap.ts', undefined, BUNDLE)).toEqual([spot]);
});

it('a bundle that was one before hides nothing new, and other files are read whatever their lines', () => {
  expect(hidden('dist/cap.js', BUNDLE, `${BUNDLE}// built again\n`)).toEqual([]);
  expect(hidden('data/cap.json', READABLE, BUNDLE)).toEqual([]);
});

it('a line that no grammar is asked about hides its file', () => {
  const spot = { path: 'src/cap.py', reason: 'parse-error', detail: 'a line is longer than 20000 characters' };
  expect(hidden('src/cap.py', 'cap = 10\n', `cap = 10\n# ${'x'.repeat(20_000)}\n`)).toEqual([spot]);
  expect(hidden('src/cap.py', `# ${'x'.repeat(20_000)}\n`, `cap = 10\n# ${'x'.repeat(20_000)}\n`)).toEqual([]);
});
