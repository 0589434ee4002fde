import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { VerificationResult } from '../../server/src/core/model/result.ts';
import { readAssetsFrom } from '../../server/src/host/assets.ts';
import { addToNote } from '../../server/src/host/carriers/merge-notes.ts';
import { writeCarriers } from '../../server/src/host/carriers/write-carriers.ts';
import { openSession, type Session } from '../../server/src/host/session.ts';
import { makeAcknowledgement, makeKey, makeSigner, publicLine, sealLine } from '../support/attest.ts';
import { DIST } from '../support/build.ts';
import { makeRepository, repositoryAt, type TestRepository, temporaryFolder } from '../support/git.ts';

vi.setConfig({ testTimeout: 90_000 });

const ALICE = makeKey(1);
const script = (name: string): string => `#!/bin/sh\nset -eu\necho ${name}\n`;
const risky = (name: string): string => script(name).replace('echo', `rm -rf "$${name.toUpperCase()}"/\necho`);

let repository: TestRepository;
let base: string;
const sessions: Session[] = [];

beforeEach(() => {
  repository = makeRepository();
  for (const name of ['one', 'two', 'three']) repository.write(`ops/${name}.sh`, script(name));
  repository.write('README.md', 'shop\n');
  repository.write('.brakeline/policy.yaml', 'version: 1\n');
  repository.write('.brakeline/allowed_signers', `alice@example.invalid namespaces="brakeline-ack" ${publicLine(ALICE)}\n`);
  base = repository.commit('base');
});

afterEach(() => {
  for (const session of sessions.splice(0)) session.close();
  repository.dispose();
});

function open(dir = repository.dir): Session {
  const session = openSession(dir, { readAsset: readAssetsFrom(DIST), env: { CI: 'true' } });
  sessions.push(session);
  return session;
}

function verify(from = base, head = 'HEAD', dir = repository.dir): Promise<VerificationResult> {
  return open(dir).verify({ base: from, head });
}

const shown = ({ gaps }: VerificationResult): readonly string[] => gaps.map(({ code, path: file }) => `${code} ${file}`);
const coveredPaths = ({ covered }: VerificationResult): readonly string[] => covered.map(({ path: file }) => file).sort();

/** The lines that acknowledge everything between two commits, by fingerprint. */
async function acknowledgements(from: string, head = 'HEAD'): Promise<ReadonlyMap<string, readonly string[]>> {
  const { assessment } = await open().review({ base: from, head });
  const findings = assessment.hunks.flatMap((hunk) => hunk.findings.map((finding) => ({ hunk, finding })));
  expect(findings.length).toBeGreaterThan(0);
  const entries = findings.map(async ({ hunk, finding }) => {
    const acknowledgement = makeAcknowledgement([finding], {
      by: { id: 'alice@example.invalid' },
      at: new Date().toISOString(),
      findings: [{ ...makeAcknowledgement([finding]).findings[0], path: hunk.path }] as never,
    });
    return [finding.fingerprint, [await sealLine(acknowledgement, makeSigner(ALICE))]] as const;
  });
  return new Map(await Promise.all(entries));
}

/** A branch off `from` that makes one script risky and carries its acknowledgement in the tree. */
async function branch(name: string, from = base): Promise<string> {
  repository.git('checkout', '--quiet', '-b', name, from);
  repository.write(`ops/${name}.sh`, risky(name));
  repository.commit(`risk ${name}`);
  await writeCarriers(repository.dir, await acknowledgements(from));
  return repository.commit(`acknowledge ${name}`);
}

describe('what a verification makes of histories', () => {
  test('a merge commit brings the acknowledgements of its branch along', async () => {
    await branch('one');
    repository.git('checkout', '--quiet', 'main');
    repository.write('README.md', 'the shop\n');
    const moved = repository.commit('meanwhile');
    repository.git('merge', '--quiet', '--no-ff', '-m', 'merge', 'one');
    expect(coveredPaths(await verify(moved))).toEqual(['ops/one.sh']);
    expect((await verify(moved)).passed).toBe(true);
  });

  test('what a merge commit itself adds is seen, though neither parent has it', async () => {
    await branch('one');
    repository.git('checkout', '--quiet', 'main');
    repository.git('merge', '--quiet', '--no-ff', '--no-commit', 'one');
    repository.write('ops/two.sh', risky('two'));
    repository.commit('merge, and more');
    expect(shown(await verify())).toEqual(['uncovered ops/two.sh']);
  });

  test('an octopus merge is one change: every branch in it is asked for', async () => {
    await branch('one');
    await branch('two');
    repository.git('checkout', '--quiet', '-b', 'three', base);
    repository.write('ops/three.sh', risky('three'));
    repository.commit('risk three, acknowledged by nobody');
    repository.git('checkout', '--quiet', 'main');
    repository.git('merge', '--quiet', '--no-ff', '-m', 'octopus', 'one', 'two', 'three');
    expect(repository.git('rev-list', '--parents', '-1', 'HEAD').split(' ').length).toBe(5);
    const result = await verify();
    expect(shown(result)).toEqual(['uncovered ops/three.sh']);
    expect(coveredPaths(result)).toEqual(['ops/one.sh', 'ops/two.sh']);
  });

  test('a merge queue, which squashes one change on another, needs no new acknowledgement', async () => {
    await branch('one');
    await branch('two');
    repository.git('checkout', '--quiet', '-b', 'gh-readonly-queue/main/pr-2', 'main');
    for (const name of ['one', 'two']) {
      repository.git('merge', '--quiet', '--squash', name);
      repository.commit(`squash ${name}`);
    }
    const result = await verify(base, 'gh-readonly-queue/main/pr-2');
    expect(shown(result)).toEqual([]);
    expect(coveredPaths(result)).toEqual(['ops/one.sh', 'ops/two.sh']);
    expect(coveredPaths(await verify('HEAD~1', 'HEAD'))).toEqual(['ops/two.sh']);
  });

  test('a rebase and a cherry-pick onto another base keep what was acknowledged', async () => {
    await branch('one');
    repository.git('checkout', '--quiet', 'main');
    repository.write(
      'ops/one.sh',
      `# kept in shape by the night shift\n${script('one')}`.replace('# kept', '#!/bin/sh\n# kept').replace('\n#!/bin/sh\nset', '\nset'),
    );
    const moved = repository.commit('lines above move');
    repository.git('checkout', '--quiet', 'one');
    repository.git('rebase', '--quiet', 'main');
    expect(shown(await verify(moved))).toEqual([]);
    repository.git('checkout', '--quiet', '-b', 'picked', moved);
    repository.git('cherry-pick', 'one~1', 'one');
    expect(coveredPaths(await verify(moved))).toEqual(['ops/one.sh']);
  });

  test('an empty range, and a head that the base has already, are PASS and cover nothing', async () => {
    await branch('one');
    expect(await verify('HEAD', 'HEAD')).toMatchObject({ passed: true, gaps: [], covered: [] });
    expect(await verify('HEAD', base)).toMatchObject({ passed: true, gaps: [], covered: [] });
  });

  test('a first commit is compared with the empty tree, which trusts nobody', async () => {
    const fresh = makeRepository();
    fresh.write('ops/one.sh', risky('one'));
    fresh.write('.brakeline/allowed_signers', `alice@example.invalid namespaces="brakeline-ack" ${publicLine(ALICE)}\n`);
    fresh.commit('first');
    const empty = open(fresh.dir).repository.emptyTree;
    const result = await verify(empty, 'HEAD', fresh.dir);
    expect(result.passed).toBe(false);
    expect(shown(result)).toContain('uncovered ops/one.sh');
    await expect(verify('HEAD~1', 'HEAD', fresh.dir)).rejects.toThrowError(/the base of a first commit is the empty tree/);
    fresh.dispose();
  });

  test('histories that share nothing are compared as they are', async () => {
    repository.git('checkout', '--quiet', '--orphan', 'other');
    repository.write('ops/one.sh', risky('one'));
    repository.commit('of another history');
    expect(shown(await verify())).toEqual(['uncovered ops/one.sh']);
  });
});

describe('a shallow clone', () => {
  function clone(...options: readonly string[]): TestRepository {
    const dir = path.join(temporaryFolder('shallow'), 'clone');
    execFileSync('git', ['clone', '--quiet', '--no-local', ...options, `file://${repository.dir}`, dir], { stdio: 'pipe' });
    return repositoryAt(dir);
  }

  test('without the base says what to fetch', async () => {
    await branch('one');
    const shallow = clone('--depth=1', '--branch=one');
    for (const name of [base, 'HEAD~2'])
      await expect(verify(name, 'HEAD', shallow.dir)).rejects.toMatchObject({
        code: 'shallow',
        message: expect.stringMatching(/found a shallow clone.*git fetch --unshallow \(in CI: fetch-depth: 0\)$/),
      });
    await expect(verify('origin/main', 'HEAD', shallow.dir)).rejects.toThrowError(/fetch-depth: 0/);
  });

  test('with base and head but without what joins them says so too', async () => {
    await branch('one');
    repository.git('checkout', '--quiet', 'main');
    repository.write('README.md', 'the shop\n');
    repository.commit('meanwhile');
    const shallow = clone('--depth=1', '--no-single-branch', '--branch=one');
    await expect(verify('origin/main', 'HEAD', shallow.dir)).rejects.toMatchObject({ code: 'shallow' });
  });

  test('that is cut inside the range is refused: the authors behind the cut would not be asked', async () => {
    await branch('one');
    for (const number of [1, 2, 3]) {
      repository.write('README.md', `shop ${number}\n`);
      repository.commit(`side ${number}`);
    }
    repository.git('checkout', '--quiet', 'main');
    repository.git('merge', '--quiet', '--no-ff', '-m', 'merge', 'one');
    const shallow = clone('--depth=3', '--branch=main');
    await expect(verify(base, 'HEAD', shallow.dir)).rejects.toMatchObject({
      code: 'shallow',
      message: expect.stringMatching(/cut at [0-9a-f]{12}; run git fetch --unshallow/),
    });
    shallow.git('fetch', '--quiet', '--unshallow');
    expect((await verify(base, 'HEAD', shallow.dir)).passed).toBe(true);
  });

  test('that holds the whole range is enough', async () => {
    const head = await branch('one');
    const shallow = clone('--depth=3', '--branch=one');
    expect(await verify(base, head, shallow.dir)).toMatchObject({ passed: true, gaps: [] });
  });
});

describe('submodules', () => {
  let library: TestRepository;

  beforeEach(() => {
    library = makeRepository();
    library.write('lib.sh', script('lib'));
    library.commit('library');
    repository.git('submodule', '--quiet', 'add', library.dir, 'vendor/lib');
    base = repository.commit('with a submodule');
  });

  test('one that moves is said not to be analysed, and its files are no part of the change', async () => {
    library.write('lib.sh', risky('lib'));
    library.commit('risk inside');
    repositoryAt(path.join(repository.dir, 'vendor/lib')).git('pull', '--quiet', 'origin', 'main');
    repository.commit('bump');
    const { passed, warnings, gaps } = await verify();
    expect([passed, gaps]).toEqual([true, []]);
    expect(warnings.join('\n')).toContain('not analysed: vendor/lib: submodule');
  });

  test('one that takes the place of a script hides it, which is a gap', async () => {
    repository.git('rm', '--quiet', 'ops/one.sh');
    repository.git('update-index', '--add', '--cacheinfo', `160000,${library.git('rev-parse', 'HEAD')},ops/one.sh`);
    repository.git('commit', '--quiet', '-m', 'hide');
    expect(shown(await verify())).toEqual(['unverifiable ops/one.sh']);
  });

  test('is verified itself from inside its folder', async () => {
    const inside = repositoryAt(path.join(repository.dir, 'vendor/lib'));
    const from = inside.git('rev-parse', 'HEAD');
    inside.write('lib.sh', risky('lib'));
    inside.commit('risk inside');
    expect(shown(await verify(from, 'HEAD', inside.dir))).toContain('uncovered lib.sh');
  });
});

test('notes are read of every commit between base and head, merged branches included', async () => {
  repository.git('checkout', '--quiet', '-b', 'one');
  repository.write('ops/one.sh', risky('one'));
  const commit = repository.commit('risk');
  repository.git('config', 'user.name', 'Alice');
  repository.git('config', 'user.email', 'alice@example.invalid');
  addToNote({ cwd: repository.dir }, commit, [...(await acknowledgements(base)).values()].flat());
  repository.git('checkout', '--quiet', 'main');
  repository.git('merge', '--quiet', '--no-ff', '-m', 'merge', 'one');
  expect((await verify()).passed).toBe(true);
  repository.git('update-ref', '-d', 'refs/notes/brakeline');
  expect(shown(await verify())).toEqual(['uncovered ops/one.sh']);
});
