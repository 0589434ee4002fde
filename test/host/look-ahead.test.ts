import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openRepository, type Repository } from '../../server/src/host/repository.ts';
import type { WorktreeChange } from '../../server/src/host/trees/worktree-change.ts';
import { makeRepository, repoPath, type TestRepository } from '../support/git.ts';

let work: TestRepository;
const opened: Repository[] = [];
beforeEach(() => {
  work = makeRepository();
  for (const name of ['kept.ts', 'edited.ts', 'gone.ts', 'staged.ts', 'moved.ts']) work.write(name, `export const a = '${name}';\n`);
  work.write('.gitignore', 'ignored.ts\n');
  work.commit();
});
afterEach(() => {
  for (const repository of opened.splice(0)) repository.close();
  work.dispose();
});

function open(): Repository {
  const repository = openRepository(work.dir);
  opened.push(repository);
  return repository;
}

function editEverything(): void {
  work.write('edited.ts', 'export const b = 1;\n');
  work.write('größe .ts', 'export const c = 1;\n');
  work.write('ignored.ts', 'export const d = 1;\n');
  work.write('staged.ts', 'export const e = 1;\n');
  work.git('add', 'staged.ts');
  work.git('mv', 'moved.ts', 'elsewhere.ts');
  work.remove('gone.ts');
}

const shown = ({ before, after, touched }: WorktreeChange) => ({
  touched: [...touched].sort(),
  before: before.paths().map((file) => [file, before.read(file)]),
  after: after.paths().map((file) => [file, after.read(file)]),
});

describe('saved files that git looked at ahead', () => {
  test('are the change that they are without it', async () => {
    editEverything();
    const repository = open();
    const { before, isSeen } = repository.lookAhead();
    expect(before.paths()).toContain('gone.ts');
    await isSeen;
    const ahead = repository.worktreeChange();
    expect(ahead.before).toBe(before);
    expect(shown(ahead)).toEqual(shown(open().worktreeChange()));
    expect(ahead.touched).toContain('größe .ts');
    expect(ahead.touched).not.toContain('ignored.ts');
  });

  test('are taken once, as they were then', async () => {
    const repository = open();
    await repository.lookAhead().isSeen;
    work.write('edited.ts', 'export const late = 1;\n');
    expect(repository.worktreeChange().touched).toEqual([]);
    expect(repository.worktreeChange().touched).toEqual(['edited.ts']);
  });

  test("are asked about anew by whoever did not wait, and the late answer is nobody's", async () => {
    const repository = open();
    const { isSeen } = repository.lookAhead();
    work.write('edited.ts', 'export const late = 1;\n');
    expect(repository.worktreeChange().touched).toEqual(['edited.ts']);
    await isSeen;
    work.write('staged.ts', 'export const later = 1;\n');
    expect(repository.worktreeChange().touched).toEqual(['edited.ts', 'staged.ts']);
  });

  test('are those of the base that was asked about', async () => {
    work.write('edited.ts', 'export const second = 1;\n');
    work.commit();
    const repository = open();
    await repository.lookAhead('HEAD^').isSeen;
    expect(repository.worktreeChange().touched).toEqual([]);
    await repository.lookAhead('HEAD^').isSeen;
    expect(repository.worktreeChange('HEAD^').touched).toEqual(['edited.ts']);
  });

  test('hide what attributes of the base hide', async () => {
    work.write('.gitattributes', 'edited.ts linguist-generated\n');
    work.commit();
    editEverything();
    const repository = open();
    await repository.lookAhead().isSeen;
    expect(repository.worktreeChange().after.read(repoPath('edited.ts'))).toMatchObject({ kind: 'unread', reason: 'generated' });
  });

  test('that git cannot look at are a failure of whoever asks for the change, and of nobody else', async () => {
    writeFileSync(path.join(work.dir, '.git/index'), 'no index');
    const repository = open();
    await repository.lookAhead().isSeen;
    expect(() => repository.worktreeChange().touched).toThrow(expect.objectContaining({ code: 'git-failed' }));
    expect(() => repository.lookAhead('nowhere')).toThrow(expect.objectContaining({ code: 'bad-revision' }));
    work.remove('.git/index');
    work.git('reset', '--quiet');
    expect(repository.worktreeChange().touched).toEqual([]);
  });

  test('are none in a repository without a working tree', () => {
    work.git('clone', '--quiet', '--bare', '.', 'bare.git');
    const bare = openRepository(path.join(work.dir, 'bare.git'));
    opened.push(bare);
    expect(() => bare.lookAhead()).toThrow(expect.objectContaining({ code: 'no-working-tree' }));
  });
});
