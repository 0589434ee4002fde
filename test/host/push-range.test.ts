import { beforeEach, describe, expect, test } from 'vitest';
import { type PushBase, pushBase } from '../../server/src/host/gates/push-range.ts';
import { makeRepository, type TestRepository } from '../support/git.ts';

const NEW = '0'.repeat(40);

let repository: TestRepository;
/** Each commit stands on the one before. */
let commits: readonly string[];

beforeEach(() => {
  repository = makeRepository();
  commits = ['one', 'two', 'three'].map((name) => {
    repository.write(`${name}.txt`, name);
    repository.commit(name);
    return repository.git('rev-parse', 'HEAD');
  });
});

/** What was fetched of the remote, each branch at the n-th commit; `head` is the branch that its HEAD names. */
function fetched(branches: Readonly<Record<string, number>>, head?: string): void {
  for (const [name, at] of Object.entries(branches)) repository.git('update-ref', `refs/remotes/origin/${name}`, commits[at] ?? '');
  if (head !== undefined) repository.git('symbolic-ref', 'refs/remotes/origin/HEAD', `refs/remotes/origin/${head}`);
}

function pushed(branch: string, remoteOid = NEW): PushBase | undefined {
  return pushBase({ cwd: repository.dir }, 'origin', {
    localRef: 'refs/heads/x',
    localOid: commits[2] ?? '',
    remoteRef: `refs/heads/${branch}`,
    remoteOid,
  });
}

describe('a branch on its way to a review', () => {
  test.each([
    'topic',
    'two-people',
    'feature/main',
    'fix/release-notes',
    'release-notes',
    'hotfix/1.2',
    'mainly',
    'v2-client',
    '1234',
    'make-ci-stable',
    'support/dark-mode',
    'dependabot/npm/a-1.2.3',
  ])('%s is compared with the default branch, and its gaps for others stop nothing', (name) => {
    fetched({ main: 0 }, 'main');
    for (const at of [NEW, commits[1]]) expect(pushed(name, at)).toMatchObject({ oid: commits[0], target: 'main', isBefore: true });
  });

  test('new, where the default branch of the remote is not known: what is new is no default', () => {
    fetched({ main: 0 });
    expect(pushed('topic')).toMatchObject({ oid: commits[0], target: 'main', isBefore: true });
  });
});

describe('a branch that others are merged into', () => {
  test.each([
    'main',
    'master',
    'trunk',
    'develop',
    'production',
    'stable',
    'release',
    'release/1.2',
    'releases/spring',
    'release-1.2',
    'release_2026',
    'rel-7',
    'v2',
    'v1.x',
    '17.0',
    '1.x',
    'branch-3.4',
    'stable/2026.1',
    '7-1-stable',
    'REL_16_STABLE',
    'maintenance/4.x',
    'support/1',
    'lts/22',
  ])('%s is compared with what the remote has of it, and everything stops it, whatever HEAD was fetched', (name) => {
    fetched({ old: 0 }, 'old');
    expect(pushed(name, commits[1])).toMatchObject({ oid: commits[1], target: name, isBefore: false });
    expect(pushed(name)).toMatchObject({ oid: commits[0], target: name, isBefore: false });
  });

  test('the default was renamed: HEAD names the branch before', () => {
    fetched({ master: 0, main: 1 }, 'master');
    expect(pushed('main', commits[1])).toMatchObject({ oid: commits[1], target: 'main', isBefore: false, reason: 'what origin has of it' });
    // Forced over what was never fetched: the newest that is known of it.
    expect(pushed('main', 'f'.repeat(40))).toMatchObject({ oid: commits[1], isBefore: false });
    expect(pushed('topic')).toMatchObject({ isBefore: true });
  });

  test.each([
    ['init.defaultBranch', 'bazaar'],
    ['brakeline.target', 'bazaar'],
    ['brakeline.target', 'refs/heads/bazaar'],
  ])('%s names it', (key, value) => {
    fetched({ main: 0, bazaar: 1 }, 'main');
    expect(pushed('bazaar', commits[1])).toMatchObject({ isBefore: true });
    repository.git('config', key, value);
    expect(pushed('bazaar', commits[1])).toMatchObject({ oid: commits[1], target: 'bazaar', isBefore: false });
  });

  test('HEAD was never fetched: whatever the remote has may be its default, which is said', () => {
    fetched({ main: 0, bazaar: 1 });
    const base = pushed('bazaar', commits[1]);
    expect(base).toMatchObject({ oid: commits[0], isBefore: false });
    expect(base?.unsure).toBe('git remote set-head origin --auto');
    repository.git('symbolic-ref', 'refs/remotes/origin/HEAD', 'refs/remotes/origin/main');
    expect(pushed('bazaar', commits[1])).toMatchObject({ isBefore: true });
  });

  test('HEAD names a branch that is gone: what the remote has is compared with itself, and what is new with nothing', () => {
    fetched({ bazaar: 1 }, 'gone');
    expect(pushed('bazaar', commits[1])).toMatchObject({ oid: commits[1], isBefore: false });
    expect(pushed('topic')).toBeUndefined();
  });
});
