import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { referencesTo } from '../../server/src/core/languages/typescript/references/query.ts';
import type { RepoPath } from '../../server/src/core/model/tree.ts';
import { openRepository } from '../../server/src/host/repository.ts';
import { makeRepository, type TestRepository } from '../support/git.ts';

const LIMIT = 400;
const LARGE = `export const rows = [${'"tide", '.repeat(100)}];\n`;

let work: TestRepository;
beforeAll(() => {
  work = makeRepository();
  work.write('a.ts', 'export const now = 1;\nexport default function clock() {}\n');
  work.write('again.ts', "export { now as later } from './a';\n");
});
afterAll(() => work.dispose());

/** What of a file of some text, which is too large to be read, may hold `now` of `a.ts`; and whether the count says so. */
function unreadOf(text: string, name = 'now', unsaved = false): readonly [readonly string[] | undefined, boolean | undefined] {
  work.write('large.ts', text);
  work.commit();
  if (unsaved) work.write('large.ts', `${text}\n`);
  const repository = openRepository(work.dir, { maxFileBytes: LIMIT });
  try {
    const tree = unsaved ? repository.worktreeChange().after : repository.commitTree('HEAD');
    const found = referencesTo(tree, 'a.ts' as RepoPath, name);
    return [found?.unread, found?.atMost];
  } finally {
    repository.close();
  }
}

describe('a file that is too large to be read', () => {
  it('is no dependent of what it does not name', () => {
    expect(unreadOf(LARGE)).toEqual([[], false]);
    expect(unreadOf(`${LARGE}knowledge();\n`)).toEqual([[], false]);
  });

  it.each([
    ['says the name', "import { now } from './a';"],
    ['says the name that a barrel gives it', "import { later } from './again';"],
    ['passes all of a module on', "export * from './a';"],
    ['holds the whole of a module', "import * as a from './a';\nhold(a);"],
    ['asks for a module on the spot', "const a = await import('./a');"],
    ['requires one', "const a = require('./a');"],
  ])('may be one where it %s', (_, line) => {
    expect(unreadOf(`${LARGE}${line}\n`)).toEqual([['large.ts'], true]);
  });

  it('may be one of a default, which everybody names as they like', () => {
    expect(unreadOf(LARGE, 'default')).toEqual([['large.ts'], true]);
  });

  it('may be one where it differs from what git has', () => {
    expect(unreadOf(LARGE, 'now', true)).toEqual([['large.ts'], true]);
  });
});
