import path from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { openRecord } from '../../server/src/core/attest/records.ts';
import { readLedger } from '../../server/src/host/ledger/ledger.ts';
import { acknowledge } from '../../server/src/host/sign-session.ts';
import { targetRefOf } from '../../server/src/host/target-ref.ts';
import { CLEAN, FILE, makeBase, REPOSITORY, RM } from '../support/acknowledged-script.ts';
import { type TestRepository, temporaryFolder } from '../support/git.ts';
import { inSession } from '../support/in-session.ts';

vi.setConfig({ testTimeout: 120_000 });

let repository: TestRepository;

beforeEach(() => {
  repository = makeBase();
});
afterEach(() => repository.dispose());

it('a branch is told by a name, and by nothing else', () => {
  repository.git('update-ref', 'refs/remotes/origin/release/1.2', 'base');
  repository.git('symbolic-ref', 'refs/remotes/origin/HEAD', 'refs/remotes/origin/release/1.2');
  const place = { cwd: repository.dir };
  expect(targetRefOf(place, 'main', 'base')).toBe('refs/heads/main');
  expect(targetRefOf(place, 'refs/heads/x', 'main')).toBe('refs/heads/x');
  expect(targetRefOf(place, undefined, 'main')).toBe('refs/heads/main');
  expect(targetRefOf(place, undefined, 'origin/release/1.2')).toBe('refs/heads/release/1.2');
  expect(targetRefOf(place, undefined, 'refs/remotes/origin/HEAD')).toBe('refs/heads/release/1.2');
  for (const base of ['base', 'main^0', repository.git('rev-parse', 'main'), 'nowhere', '--help'])
    expect([base, targetRefOf(place, undefined, base)]).toEqual([base, undefined]);
});

it('a person names the branch in git’s configuration; where the policy binds, the remote’s main branch stands in', async () => {
  expect(await signedTarget()).toBeUndefined();
  repository.git('config', 'brakeline.target', 'release/1.2');
  expect(await signedTarget()).toBe('refs/heads/release/1.2');
  repository.git('config', '--unset', 'brakeline.target');
  repository.write(FILE, CLEAN);
  repository.write('.brakeline/policy.yaml', `version: 1\nrepository: ${REPOSITORY}\nbindBranch: true\n`);
  repository.commit('bind');
  expect(await signedTarget()).toBeUndefined();
  repository.git('update-ref', 'refs/remotes/origin/trunk', 'base');
  repository.git('symbolic-ref', 'refs/remotes/origin/HEAD', 'refs/remotes/origin/trunk');
  expect(await signedTarget()).toBe('refs/heads/trunk');
});

/** The branch that an acknowledgement of the risky line, made now, names. */
async function signedTarget(): Promise<string | undefined> {
  repository.write(
    FILE,
    CLEAN.replace('  echo "$1"\n', (text) => text + RM),
  );
  const { assessment, policy } = await inSession(repository, (session) => session.review());
  const [hunk] = assessment.hunks;
  if (hunk === undefined) throw new Error('expected a hunk, found none');
  const commonDir = path.join(repository.dir, '.git');
  const place = { root: repository.dir, commonDir, env: { BRAKELINE_CONFIG_HOME: temporaryFolder('keys') } };
  await acknowledge(place, { hunk, assessment, policy, reason: 'DIR is checked', confirmedDependents: [], channel: 'editor' });
  const { lines } = await readLedger(commonDir);
  const opened = openRecord(lines.at(-1) ?? '');
  if (opened.kind === 'junk') throw new Error(opened.reason);
  return opened.record.acknowledgement.targetRef;
}
