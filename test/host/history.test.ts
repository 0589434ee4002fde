import { afterEach, expect, it } from 'vitest';
import { openRepository, type Repository } from '../../server/src/host/repository.ts';
import { makeRepository, repositoryAt, type TestRepository, temporaryFolder } from '../support/git.ts';

const open: { close(): void }[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one.close();
});

function repositoryOf(repository: TestRepository): Repository {
  const opened = openRepository(repository.dir);
  open.push(opened, { close: () => repository.dispose() });
  return opened;
}

it('reads what the commits before a change did, newest first, and who made it', () => {
  const repository = makeRepository();
  repository.write('src/a ü.ts', 'one\n');
  repository.commit('feat: begin');
  repository.write('src/a ü.ts', 'two\n');
  repository.commit('fix: mend it');
  repository.write('src/b.ts', 'two\n');
  const base = repository.commit('Revert "fix: mend it"');
  repository.write('src/b.ts', 'three\n');
  const head = repository.commit('feat: more');
  const { history } = repositoryOf(repository).commitChange(base, head);
  expect(history?.isWhole).toBe(true);
  expect(history?.authors).toEqual(['t@example.invalid']);
  expect(history?.commits.map(({ kind, paths }) => [kind, ...paths])).toEqual([
    ['revert', 'src/b.ts'],
    ['fix', 'src/a ü.ts'],
    ['other', 'src/a ü.ts'],
  ]);
});

it('knows a revert by its subject, after a conventional prefix too', () => {
  const repository = makeRepository();
  const subjects: readonly (readonly [string, string])[] = [
    ['Revert "feat: begin"', 'revert'],
    ['fix: revert #6251 (#6290)', 'revert'],
    ['fix(css)!: reverts #8278', 'revert'],
    ['chore(deps-dev): revert to the last release', 'revert'],
    ['fix: do not revert the order', 'fix'],
    ['reverting button of the editor', 'other'],
    ['docs: how a revert works', 'other'],
  ];
  for (const [subject] of subjects) {
    repository.write('a.ts', subject);
    repository.commit(subject);
  }
  repository.write('a.ts', 'last\n');
  repository.commit('feat: last');
  const { history } = repositoryOf(repository).commitChange('HEAD^', 'HEAD');
  expect(history?.commits.map(({ kind }) => kind).reverse()).toEqual(subjects.map(([, kind]) => kind));
});

it('says that a shallow clone is not whole', () => {
  const repository = makeRepository();
  for (const text of ['one\n', 'two\n', 'three\n']) {
    repository.write('a.ts', text);
    repository.commit('feat: go on');
  }
  const dir = temporaryFolder();
  repository.git('clone', '--quiet', '--depth=2', `file://${repository.dir}`, dir);
  open.push({ close: () => repository.dispose() });
  const clone = repositoryOf(repositoryAt(dir));
  expect(clone.commitChange('HEAD^', 'HEAD').history?.isWhole).toBe(false);
});

it('has no past before the first commit', () => {
  const repository = makeRepository();
  repository.write('a.ts', 'one\n');
  const head = repository.commit('feat: begin');
  const opened = repositoryOf(repository);
  expect(opened.commitChange(opened.emptyTree, head).history).toMatchObject({ commits: [], isWhole: true });
});
