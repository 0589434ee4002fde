import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { appendLedger } from '../../server/src/host/ledger/ledger.ts';
import {
  CLEAN,
  carry,
  codes,
  FILE,
  isAcknowledged,
  later,
  makeBase,
  REPOSITORY,
  RM,
  risky,
  sign,
  verified,
} from '../support/acknowledged-script.ts';
import type { TestRepository } from '../support/git.ts';

vi.setConfig({ testTimeout: 120_000 });

let repository: TestRepository;

beforeEach(() => {
  repository = makeBase();
});
afterEach(() => repository.dispose());

describe('replay of a record that was made elsewhere', () => {
  it('in another repository, with the same code in the same place', async () => {
    const line = await sign(await risky(repository));
    const other = makeBase('99999999-2222-4333-8444-555555555555');
    await risky(other);
    expect(await codes(other, [line])).toEqual(['wrong-repository']);
    expect(await codes(repository, [line])).toEqual([]);
    other.dispose();
  });

  it('on another branch, where the same line replaces something else', async () => {
    const line = await sign(await risky(repository));
    repository.git('switch', '--quiet', '--create', 'release', 'HEAD^');
    repository.write(
      FILE,
      CLEAN.replace('  echo "$1"\n', (text) => `${text}  rm -r "$1"/cache\n`),
    );
    const base = repository.commit('the release deletes a cache');
    repository.write(
      FILE,
      CLEAN.replace('  echo "$1"\n', (text) => text + RM),
    );
    repository.commit('the same line');
    expect(await codes(repository, [line], base)).toEqual(['stale']);
  });

  it('on another branch, where the record names its own', async () => {
    const findings = await risky(repository);
    const bound = await sign(findings, { targetRef: 'refs/heads/main' });
    const rejected = await sign(findings, { targetRef: 'refs/heads/main', decision: 'rejected', at: later(1) });
    const release = ['release', 'refs/heads/release', 'release/main', 'Main'];
    for (const target of release) expect(await codes(repository, [bound], 'base', target)).toEqual(['wrong-branch']);
    for (const target of ['main', 'refs/heads/main']) expect(await codes(repository, [bound], 'base', target)).toEqual([]);
    expect(await codes(repository, [bound], 'base'), 'a tag is no branch: nobody says').toEqual(['wrong-branch']);
    expect(await codes(repository, [bound, rejected], 'base', 'release'), 'a rejection holds everywhere').toContain('rejected');
    expect(await codes(repository, [await sign(findings)], 'base', 'release'), 'a cherry-pick asks nobody again').toEqual([]);
    repository.git('branch', '--force', 'trunk', 'base');
    expect(await codes(repository, [await sign(findings, { targetRef: 'refs/heads/trunk' })], 'trunk')).toEqual([]);
    repository.git('update-ref', 'refs/remotes/origin/main', 'base');
    expect(await codes(repository, [bound], 'origin/main')).toEqual([]);
  });

  it('on any branch, where the policy of the base binds and the record names none', async () => {
    repository.write('.brakeline/policy.yaml', `version: 1\nrepository: ${REPOSITORY}\nbindBranch: true\n`);
    const base = repository.commit('bind');
    const findings = await risky(repository);
    expect(await codes(repository, [await sign(findings)], base, 'main')).toEqual(['wrong-branch']);
    expect(await codes(repository, [await sign(findings, { targetRef: 'refs/heads/main' })], base, 'main')).toEqual([]);
  });

  it('at another path', async () => {
    const line = await sign(await risky(repository));
    repository.git('reset', '--quiet', '--hard', 'HEAD^');
    repository.write('ops/purge.sh', CLEAN);
    const base = repository.commit('another script');
    repository.write(
      'ops/purge.sh',
      CLEAN.replace('  echo "$1"\n', (text) => text + RM),
    );
    repository.commit('the same line');
    expect(await codes(repository, [line], base)).toEqual(['uncovered']);
  });

  it('in another function', async () => {
    const line = await sign(await risky(repository));
    repository.git('reset', '--quiet', '--hard', 'HEAD^');
    repository.write(
      FILE,
      CLEAN.replace('  echo kept\n', (text) => text + RM),
    );
    repository.commit('the same line');
    expect(await codes(repository, [line])).toEqual(['uncovered']);
  });

  it('for a second occurrence in the same function', async () => {
    const line = await sign(await risky(repository));
    const twice = CLEAN.replace('  echo "$1"\n', (text) => RM + text + RM);
    repository.write(FILE, twice);
    repository.commit('once more');
    expect(await codes(repository, [line, line])).toEqual(['uncovered']);
  });

  it('for a second occurrence that comes with a later change', async () => {
    const findings = await risky(repository);
    const line = await sign(findings);
    await carry(repository, line, findings);
    const base = repository.commit('carriers');
    repository.write(
      FILE,
      CLEAN.replace('  echo "$1"\n', (text) => RM + text + RM),
    );
    repository.git('add', '--all');
    await appendLedger(path.join(repository.dir, '.git'), [line]);
    expect(await isAcknowledged(repository)).toBe(false);
    repository.commit('once more');
    const { gaps } = await verified(repository, [line], base);
    expect(gaps.map(({ code, message }) => `${code}: ${message}`)).toEqual([
      'uncovered: expected an acknowledgement of this occurrence, found one of 2026-11-22T10:00:00.000Z by ada@example.invalid for lines that are in the base already',
    ]);
    expect(await codes(repository, [await sign(findings, { at: later(1) })], base), 'somebody looked again').toEqual([]);
    expect(await codes(repository, [line]), 'over both changes there are two findings').toEqual(['uncovered']);
    expect(await codes(repository, [line, await sign(findings, { at: later(1) })])).toEqual([]);
  });

  it('but not where carriers were committed before the code', async () => {
    const findings = await risky(repository);
    const line = await sign(findings);
    repository.git('reset', '--quiet', '--hard', 'HEAD^');
    await carry(repository, line, findings);
    const base = repository.commit('carriers first');
    await risky(repository);
    expect(await codes(repository, [], base)).toEqual([]);
  });
});
