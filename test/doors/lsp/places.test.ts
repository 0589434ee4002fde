import { symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { findPlaces, toFile, toRepoPath } from '../../../server/src/doors/lsp/places.ts';
import { makeRepository, repositoryAt } from '../../support/git.ts';
import { CLEAN, later, openClient, openRepository, RISKY, temporaryFolder } from './opened.ts';

describe('places', () => {
  it('keep the spelling of the editor where a link leads to the repository', () => {
    const places = findPlaces('/link/packages/a', '/real/packages/a', '/real');
    expect(places.root).toBe('/link');
    expect(toRepoPath(places, '/link/packages/a/x.ts')).toBe('packages/a/x.ts');
    expect(toFile(places, 'README.md')).toBe('/link/README.md');
  });

  it('fall back on git where the link itself is inside the repository', () => {
    const places = findPlaces('/home/short', '/real/packages/a', '/real');
    expect(places.root).toBe('/real');
    expect(toRepoPath(places, '/home/short/x.ts')).toBeUndefined();
  });

  it('leave out what lies elsewhere, and what is git’s own', () => {
    expect(toRepoPath({ root: '/r' }, '/r')).toBeUndefined();
    expect(toRepoPath({ root: '/r' }, '/r2/x')).toBeUndefined();
    expect(toRepoPath({ root: '/r' }, '/r/.git/HEAD')).toBeUndefined();
    expect(toRepoPath({ root: '/r' }, '/r/.gitignore')).toBe('.gitignore');
    expect(toRepoPath({ root: '/r' }, '/r/..x/y')).toBe('..x/y');
  });
});

describe('folders', () => {
  it('without a repository say so, and flag once there is one with a commit', async () => {
    const folder = temporaryFolder('plain');
    writeFileSync(path.join(folder, 'clean.sh'), CLEAN);
    const client = await openClient([folder]);
    const status = await client.until('a status', () => client.status()?.state === 'no-git' && client.status());
    expect(status).toMatchObject({
      asked: 0,
      message: expect.stringMatching(/^nothing is compared: expected a git repository at .*, found none$/),
    });
    client.open('clean.sh', CLEAN);
    client.edit('clean.sh', RISKY);
    expect(await client.lenses('clean.sh')).toEqual([]);
    await expect(client.form({ uri: client.uri('clean.sh'), line: 2 })).rejects.toThrow(/^expected a git repository at/);

    const { git } = repositoryAt(folder);
    git('init', '--quiet', '--initial-branch=main');
    client.filesChanged('.git/HEAD');
    await client.until('no commits', () => client.status()?.state === 'no-commits');
    expect(client.status()?.message).toBe('nothing is compared: expected a commit to compare with, found a repository without commits');
    git('add', '.');
    git('commit', '--quiet', '--message=first');
    // Nobody tells the server: it hears git write.
    await client.untilDiagnostics('clean.sh', (diagnostics) => diagnostics.length === 1);
    await client.until('an answer', () => client.status()?.state === 'ready');
  });

  it('below the top of a repository work, through a link too', async () => {
    const repository = makeRepository();
    later(() => repository.dispose());
    repository.write('packages/ops/clean.sh', CLEAN);
    repository.commit();
    const folder = path.join(repository.dir, 'packages/ops');
    const link = path.join(temporaryFolder('link'), 'ops');
    symlinkSync(folder, link);
    for (const opened of [folder, link]) {
      const client = await openClient([opened]);
      const file = path.join(repository.dir, 'packages/ops/clean.sh');
      client.open(file, CLEAN);
      client.edit(file, RISKY);
      await client.untilDiagnostics(file, (diagnostics) => diagnostics.length === 1);
    }
  });

  it('of a linked working tree work', async () => {
    const { repository } = await openRepository({ 'ops/clean.sh': CLEAN });
    const tree = path.join(temporaryFolder('tree'), 'linked');
    repository.git('worktree', 'add', '--quiet', tree);
    const client = await openClient([tree]);
    client.open('ops/clean.sh', CLEAN);
    client.edit('ops/clean.sh', RISKY);
    await client.untilDiagnostics('ops/clean.sh', (diagnostics) => diagnostics.length === 1);
  });

  it('that share a repository flag a file once, and two repositories keep apart', async () => {
    const first = makeRepository();
    const second = makeRepository();
    for (const repository of [first, second]) {
      later(() => repository.dispose());
      repository.write('ops/clean.sh', CLEAN);
      repository.commit();
      repository.write('ops/clean.sh', RISKY);
    }
    const client = await openClient([first.dir, path.join(first.dir, 'ops'), second.dir]);
    const files = [path.join(first.dir, 'ops/clean.sh'), path.join(second.dir, 'ops/clean.sh')];
    for (const file of files) await client.untilDiagnostics(file, (diagnostics) => diagnostics.length === 1);
    expect((await client.hunks()).map(({ hunk }) => hunk.uri).sort()).toEqual(files.map((file) => client.uri(file)).sort());
  });

  it('with a policy that is half typed keep their flags by the policy of the commit, and say so', async () => {
    const { client, repository } = await openRepository({ 'ops/clean.sh': CLEAN, '.brakeline/policy.yaml': 'version: 1\n' });
    client.open('ops/clean.sh', CLEAN);
    client.edit('ops/clean.sh', RISKY);
    await client.untilDiagnostics('ops/clean.sh', (diagnostics) => diagnostics.length === 1);
    client.open('.brakeline/policy.yaml', 'version: 1\n');
    client.edit('.brakeline/policy.yaml', 'version: 1\nseverity: {}\n');
    await client.until('the warning', () => client.status()?.message !== '');
    expect(client.status()).toMatchObject({
      state: 'ready',
      message: expect.stringMatching(/^\.brakeline\/policy\.yaml:2: .* holds alone$/),
    });
    expect(client.diagnostics.get(client.uri('ops/clean.sh'))).toHaveLength(1);
    client.edit('.brakeline/policy.yaml', 'version: 1\n');
    await client.until('no warning', () => client.status()?.message === '');
    expect(client.said.filter((line) => line.includes('holds alone'))).toHaveLength(1);
    // A commit is no draft: there it fails.
    repository.write('.brakeline/policy.yaml', 'version: 1\nseverity: {}\n');
    repository.commit('broken');
    await expect(client.request('brakeline/verify', { folder: pathToFileURL(repository.dir).href, base: 'HEAD^' })).rejects.toThrow(
      'policy.yaml:2',
    );
  });
});
