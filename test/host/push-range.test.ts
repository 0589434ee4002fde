import { beforeEach, describe, expect, test } from 'vitest';
import { isBranchUpdate, type PushBase, pushBase } from '../../server/src/host/gates/push-range.ts';
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

/** What a push of a new branch is compared with, to a remote that is named or written as an address. */
function pushedTo(remote: string, url: string, branch = 'topic', remoteOid = NEW): PushBase | undefined {
  const ref = { localRef: 'refs/heads/topic', localOid: commits[2] ?? '', remoteRef: `refs/heads/${branch}`, remoteOid };
  return pushBase({ cwd: repository.dir }, remote, ref, url);
}

describe('a push to where nothing was fetched from', () => {
  const ADDRESS = 'https://git.example.invalid/shop/till.git';

  test.each([
    ADDRESS,
    'https://git.example.invalid/shop/till',
    'https://ada:secret@git.example.invalid:8443/shop/till.git/',
    'ssh://git@GIT.example.invalid/shop/till.git',
    'git@git.example.invalid:shop/till.git',
  ])('%s is a remote of this clone by its address', (url) => {
    repository.git('remote', 'add', 'origin', ADDRESS);
    fetched({ main: 0 }, 'main');
    expect(pushedTo(url, url)).toMatchObject({ oid: commits[0], target: 'main', isBefore: true });
    // As if the remote had been named: what it has of a branch counts.
    expect(pushedTo(url, url, 'main', commits[1])).toMatchObject({ oid: commits[1], target: 'main', isBefore: false });
  });

  test('another remote of the address counts before one of another address', () => {
    repository.git('remote', 'add', 'origin', 'https://git.example.invalid/other/till.git');
    repository.git('remote', 'add', 'shop', ADDRESS);
    fetched({ main: 0 }, 'main');
    repository.git('update-ref', 'refs/remotes/shop/main', commits[1] ?? '');
    expect(pushedTo(ADDRESS, ADDRESS)).toMatchObject({ oid: commits[1], target: 'main' });
  });

  test('a fork is compared with what the branch came from, else with origin, else with the only remote that is known', () => {
    for (const name of ['origin', 'upstream']) repository.git('remote', 'add', name, `https://git.example.invalid/${name}/till.git`);
    repository.git('update-ref', 'refs/remotes/upstream/main', commits[1] ?? '');
    const fork = (): PushBase | undefined => pushedTo('fork', 'https://git.example.invalid/ada/till.git');
    expect(fork()).toMatchObject({ oid: commits[1], target: 'main', isBefore: true });
    fetched({ main: 0 }, 'main');
    expect(fork()).toMatchObject({ oid: commits[0], reason: 'origin/main, because nothing of fork was fetched' });
    repository.git('config', 'branch.topic.remote', 'upstream');
    expect(fork()).toMatchObject({ oid: commits[1], reason: 'upstream/main, because nothing of fork was fetched' });
  });

  test('a branch that others are merged into is compared with the same one of the nearest remote', () => {
    repository.git('remote', 'add', 'origin', ADDRESS);
    fetched({ main: 1 }, 'main');
    expect(pushedTo('fork', 'elsewhere', 'main')).toMatchObject({ oid: commits[1], target: 'main', isBefore: false });
  });

  test('with nothing known of any remote there is nothing to compare with', () => {
    expect(pushedTo(ADDRESS, ADDRESS)).toBeUndefined();
    repository.git('remote', 'add', 'origin', ADDRESS);
    expect(pushedTo('origin', ADDRESS)).toBeUndefined();
    expect(pushedTo('--upload-pack=touch pwned', 'x')).toBeUndefined();
  });
});

describe('a push for a review', () => {
  function forReview(remoteRef: string): PushBase | undefined {
    const ref = { localRef: 'HEAD', localOid: commits[2] ?? '', remoteRef, remoteOid: NEW };
    expect(isBranchUpdate(ref)).toBe(true);
    return pushBase({ cwd: repository.dir }, 'origin', ref);
  }

  beforeEach(() => fetched({ main: 0, 'release/1.2': 1 }, 'main'));

  test.each(['refs/for/main', 'refs/for/main%topic=till,r=bob', 'refs/for/refs/heads/main', 'refs/drafts/main', 'refs/for/main/till'])(
    '%s is compared with the branch that it is for, and its gaps for others stop nothing',
    (ref) => expect(forReview(ref)).toMatchObject({ oid: commits[0], target: 'main', isBefore: true }),
  );

  test('the branch may have a folder, and a topic behind it', () => {
    for (const ref of ['refs/for/release/1.2', 'refs/for/release/1.2/till'])
      expect(forReview(ref)).toMatchObject({
        oid: commits[1],
        target: 'release/1.2',
        reason: 'origin/release/1.2, which the change is for',
      });
  });

  test('one that is merged there and then is stopped by everything', () => {
    expect(forReview('refs/for/main%topic=till,submit')).toMatchObject({ oid: commits[0], isBefore: false });
  });

  test('for a branch that was never fetched it is compared with the default one', () => {
    expect(forReview('refs/for/next')).toMatchObject({ oid: commits[0], target: 'next', isBefore: true });
  });

  test('tags, notes and deletions are no such push', () => {
    const ref = { localRef: 'HEAD', localOid: commits[2] ?? '', remoteRef: 'refs/tags/v1', remoteOid: NEW };
    expect(isBranchUpdate(ref)).toBe(false);
    expect(isBranchUpdate({ ...ref, remoteRef: 'refs/notes/brakeline' })).toBe(false);
    expect(isBranchUpdate({ ...ref, remoteRef: 'refs/for/main', localOid: NEW })).toBe(false);
  });
});
