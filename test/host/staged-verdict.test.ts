import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { DEFAULT_POLICY } from '../../server/src/core/policy/default-policy.ts';
import { carrierPath } from '../../server/src/host/carriers/carrier-path.ts';
import { keepVerdict, readVerdict, stagedKey } from '../../server/src/host/gates/staged-verdict.ts';
import { locateRepository } from '../../server/src/host/git/locate.ts';
import { digestOf, makeAssessment, makeFinding } from '../support/attest.ts';
import { makeRepository, type TestRepository } from '../support/git.ts';

let repository: TestRepository;
let head: string;

beforeEach(() => {
  repository = makeRepository();
  repository.write('a.sh', 'echo a\n');
  repository.write('b.sh', 'echo b\n');
  head = repository.commit();
});
afterEach(() => repository.dispose());

function key(): string {
  repository.git('add', '--all');
  return stagedKey(locateRepository(repository.dir), head);
}

it('the key of a staged change names what an assessment reads, and not its carriers', () => {
  const seen = [key()];
  expect(key()).toBe(seen[0]);
  const differs = (why: string): void => {
    const next = key();
    expect(seen, why).not.toContain(next);
    seen.push(next);
  };
  repository.write('a.sh', 'echo c\n');
  differs('content');
  repository.write(carrierPath(digestOf('a')), '{}\n');
  expect(key(), 'a carrier').toBe(seen.at(-1));
  chmodSync(path.join(repository.dir, 'b.sh'), 0o755);
  differs('mode');
  repository.remove('b.sh');
  differs('a file that is gone');
  repository.write('c\nd.sh', 'echo b\n');
  differs('a name');
  repository.write('.brakeline/policy.yaml', 'version: 1\n');
  differs('a policy');
  mkdirSync(path.join(repository.dir, '.git/info'), { recursive: true });
  writeFileSync(path.join(repository.dir, '.git/info/attributes'), '*.sh -text\n');
  differs('attributes beside the tree');
  head = repository.commit();
  differs('the commit it is made on');
});

it('a verdict comes back for its own key alone, and from nothing but a whole file of ours', () => {
  const gitDir = path.join(repository.dir, '.git');
  const trust = { signers: [{ principals: ['ada'], publicKey: 'ssh-ed25519 AAAA' }] };
  const verdict = { assessment: makeAssessment([makeFinding('a')]), policy: DEFAULT_POLICY, trust, spent: ['a b'], hidden: [] };
  expect(readVerdict(gitDir, 'k')).toBeUndefined();
  keepVerdict(gitDir, 'k', verdict);
  expect(readVerdict(gitDir, 'k')).toEqual(verdict);
  expect(readVerdict(gitDir, 'other')).toBeUndefined();
  const file = path.join(gitDir, 'brakeline/staged-verdict');
  for (const text of ['', '{"key":"k"', '[]', 'null']) {
    writeFileSync(file, text);
    expect(readVerdict(gitDir, 'k'), text).toBeUndefined();
  }
  const elsewhere = path.join(repository.dir, 'elsewhere');
  writeFileSync(elsewhere, JSON.stringify({ key: 'k', ...verdict }));
  rmSync(file);
  symlinkSync(elsewhere, file);
  expect(readVerdict(gitDir, 'k')).toBeUndefined();
});
