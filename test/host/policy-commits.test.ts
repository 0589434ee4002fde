import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { GapCode, VerificationResult } from '../../server/src/core/model/result.ts';
import { readAssetsFrom } from '../../server/src/host/assets.ts';
import { openSession } from '../../server/src/host/session.ts';
import { makeAcknowledgement, makeKey, makeSigner, publicLine, sealLine } from '../support/attest.ts';
import { makeRepository, type TestRepository, temporaryFolder } from '../support/git.ts';

/** Policies as commits: a base, a head that would like to be judged by another one, and what a verification makes of it. */
const ADA = makeKey(1);
const BOB = makeKey(2);
const SIGNERS = `ada@example.invalid namespaces="brakeline-ack" ${publicLine(ADA)}\nbob@example.invalid namespaces="brakeline-ack" ${publicLine(BOB)}\n`;
const POLICY = `version: 1
severities:
  high: { people: 2, self: false }
  critical: { people: 2, self: false }
`;
const CLEAN = '#!/bin/sh\nset -eu\necho done\n';
const RISKY = '#!/bin/sh\nset -eu\nrm -rf "$DIR"/\necho done\n';

let repository: TestRepository;
let base: string;

beforeEach(() => {
  repository = makeRepository();
  repository.write('ops/clean.sh', CLEAN);
  repository.write('.brakeline/policy.yaml', POLICY);
  repository.write('.brakeline/allowed_signers', SIGNERS);
  base = repository.commit('base');
});
afterEach(() => repository.dispose());

async function verify(bundles: readonly string[] = []): Promise<VerificationResult> {
  const session = openSession(repository.dir, { readAsset: readAssetsFrom(path.resolve('dist')), env: {} });
  try {
    return await session.verify({ base, head: 'HEAD', bundles });
  } finally {
    session.close();
  }
}

/** Codes of the gaps of one file. */
async function gapsOf(file: string, bundles: readonly string[] = []): Promise<readonly GapCode[]> {
  const { gaps } = await verify(bundles);
  return gaps.filter((gap) => gap.path === file).map(({ code }) => code);
}

/** Acknowledges everything that is found in `ops/clean.sh`. */
async function acknowledge(key: typeof ADA, id: string): Promise<string> {
  const session = openSession(repository.dir, { readAsset: readAssetsFrom(path.resolve('dist')), env: {} });
  try {
    const { assessment } = await session.review({ base, head: 'HEAD' });
    const findings = assessment.hunks.filter((hunk) => hunk.path === 'ops/clean.sh').flatMap((hunk) => hunk.findings);
    const at = new Date(Date.now() - 1000).toISOString();
    return await sealLine(makeAcknowledgement(findings, { by: { id }, at }), makeSigner(key));
  } finally {
    session.close();
  }
}

describe('attack: a weaker policy in the head', () => {
  test.each<[string, string | undefined]>([
    ['asks for nobody', 'version: 1\nseverities:\n  high: { people: 0 }\n  critical: { people: 0 }\n'],
    ['asks for one person', POLICY.replaceAll('people: 2, self: false', 'people: 1')],
    ['exempts everything', `${POLICY}exemptions:\n  - { match: '**', atMost: critical, until: 2099-12-31, reason: no }\n`],
    ['is gone', undefined],
    ['pins an old rule set', `${POLICY}rulesets: [${'a'.repeat(64)}]\n`],
    ['makes the author a second person', `${POLICY}people:\n  - { id: two, principals: [bob@example.invalid] }\n`],
  ])('one that %s changes nothing, and is a critical finding itself', async (_, policy) => {
    repository.write('ops/clean.sh', RISKY);
    if (policy === undefined) repository.remove('.brakeline/policy.yaml');
    else repository.write('.brakeline/policy.yaml', policy);
    repository.commit('risky');
    const one = await acknowledge(ADA, 'ada@example.invalid');
    const { gaps, passed } = await verify([one]);
    expect(passed).toBe(false);
    expect(gaps.filter((gap) => gap.path === 'ops/clean.sh').map(({ code }) => code)).toEqual(['uncovered']);
    expect(gaps).toContainEqual(
      expect.objectContaining({ path: '.brakeline/policy.yaml', rule: 'safeguard/review-policy-changed', severity: 'critical' }),
    );
  });

  test('signers of the head sign nothing', async () => {
    const eve = makeKey(3);
    repository.write('ops/clean.sh', RISKY);
    repository.write('.brakeline/allowed_signers', `${SIGNERS}eve@example.invalid namespaces="brakeline-ack" ${publicLine(eve)}\n`);
    repository.commit('risky');
    const lines = [await acknowledge(eve, 'eve@example.invalid'), await acknowledge(ADA, 'ada@example.invalid')];
    expect(await gapsOf('ops/clean.sh', lines)).toContain('uncovered');
    expect(await gapsOf('.brakeline/allowed_signers', lines)).toEqual(['uncovered']);
  });

  test('a stricter one counts at once', async () => {
    repository.write('ops/clean.sh', RISKY);
    repository.commit('risky');
    const lines = [await acknowledge(ADA, 'ada@example.invalid'), await acknowledge(BOB, 'bob@example.invalid')];
    expect(await gapsOf('ops/clean.sh', lines)).toEqual([]);
    repository.write('.brakeline/policy.yaml', `${POLICY}signoffs:\n  - { when: { atLeast: high }, require: { people: 3 } }\n`);
    repository.commit('three');
    expect(await gapsOf('ops/clean.sh', lines)).toEqual(['uncovered']);
  });

  test('one that cannot be read fails the run, in the head as in the base', async () => {
    repository.write('.brakeline/policy.yaml', `${POLICY}peple: []\n`);
    repository.commit('slip');
    await expect(verify()).rejects.toMatchObject({ code: 'bad-policy', message: expect.stringContaining('.brakeline/policy.yaml:5') });
    base = repository.git('rev-parse', 'HEAD');
    repository.write('.brakeline/policy.yaml', POLICY);
    repository.commit('mended');
    await expect(verify()).rejects.toMatchObject({ code: 'bad-policy' });
  });
});

describe('attack: a revoked key', () => {
  const revoke = (...keys: readonly (typeof ADA)[]): string => keys.map((key) => `${publicLine(key)}\n`).join('');

  test('of the base, or of the head alone, counts no more', async () => {
    repository.write('ops/clean.sh', RISKY);
    repository.commit('risky');
    const lines = [await acknowledge(ADA, 'ada@example.invalid'), await acknowledge(BOB, 'bob@example.invalid')];
    expect(await gapsOf('ops/clean.sh', lines)).toEqual([]);
    repository.write('.brakeline/revoked_keys', revoke(BOB));
    repository.commit('revoked');
    expect(await gapsOf('ops/clean.sh', lines)).toContain('revoked-key');
  });

  test('stays revoked where the head takes it off the list, and that is a critical finding', async () => {
    repository.write('.brakeline/revoked_keys', revoke(makeKey(9), BOB));
    base = repository.commit('revoked');
    repository.write('ops/clean.sh', RISKY);
    repository.write('.brakeline/revoked_keys', revoke(makeKey(9)));
    repository.commit('risky');
    const lines = [await acknowledge(ADA, 'ada@example.invalid'), await acknowledge(BOB, 'bob@example.invalid')];
    expect(await gapsOf('ops/clean.sh', lines)).toContain('revoked-key');
    expect((await verify(lines)).gaps).toContainEqual(
      expect.objectContaining({ path: '.brakeline/revoked_keys', rule: 'safeguard/review-policy-changed', severity: 'critical' }),
    );
  });

  test('of a binary list made by ssh-keygen: it counts, may grow, and does not shrink unseen', async () => {
    repository.write('.brakeline/revoked_keys', krl(BOB));
    base = repository.commit('revoked');
    repository.write('ops/clean.sh', RISKY);
    repository.write('.brakeline/revoked_keys', krl(BOB, makeKey(9)));
    repository.commit('risky');
    const lines = [await acknowledge(ADA, 'ada@example.invalid'), await acknowledge(BOB, 'bob@example.invalid')];
    expect(await gapsOf('ops/clean.sh', lines)).toContain('revoked-key');
    expect(await gapsOf('.brakeline/revoked_keys', lines)).toEqual([]);
    for (const shorter of [krl(makeKey(9)), revoke(makeKey(9)), undefined]) {
      if (shorter === undefined) repository.remove('.brakeline/revoked_keys');
      else repository.write('.brakeline/revoked_keys', shorter);
      repository.commit('shorter');
      const { gaps } = await verify(lines);
      expect(gaps.filter(({ path: file }) => file === 'ops/clean.sh').map(({ code }) => code)).toContain('revoked-key');
      expect(gaps).toContainEqual(
        expect.objectContaining({
          path: '.brakeline/revoked_keys',
          code: 'unverifiable',
          message: expect.stringContaining('1 revoked key is no longer listed'),
        }),
      );
    }
  });

  test.each<[string, () => string | Uint8Array]>([
    ['a line that is no key', () => `${publicLine(BOB)}\nnot a key\n`],
    ['half a binary list', () => krl(BOB).subarray(0, -3)],
    ['an empty file', () => ''],
    ['other bytes', () => Buffer.from([0xff, 0xfe, 0x00])],
  ])('a list with %s fails the run: nobody knows who is revoked', async (_, content) => {
    repository.write('.brakeline/revoked_keys', content());
    base = repository.commit('bad list');
    repository.write('ops/clean.sh', RISKY);
    repository.commit('risky');
    await expect(verify()).rejects.toMatchObject({ code: 'bad-policy', message: expect.stringContaining('.brakeline/revoked_keys') });
  });

  test('a list longer than any file that is analysed is still read', async () => {
    repository.write('.brakeline/policy.yaml', `${POLICY}maxFileBytes: 200\n`);
    base = repository.commit('short files');
    repository.write('ops/clean.sh', RISKY);
    repository.write('.brakeline/revoked_keys', `# ${'x'.repeat(300)}\n${revoke(BOB)}`);
    repository.commit('revoked');
    const lines = [await acknowledge(ADA, 'ada@example.invalid'), await acknowledge(BOB, 'bob@example.invalid')];
    expect(await gapsOf('ops/clean.sh', lines)).toContain('revoked-key');
  });

  test('a list that is a link fails the run', async () => {
    symlinkSync('allowed_signers', path.join(repository.dir, '.brakeline/revoked_keys'));
    base = repository.commit('link');
    await expect(verify()).rejects.toMatchObject({ code: 'bad-policy', message: expect.stringContaining('found symlink') });
  });
});

/** A list as `ssh-keygen -k` makes it. */
function krl(...keys: readonly (typeof ADA)[]): Buffer {
  const folder = temporaryFolder();
  const files = keys.map((key, index) => {
    writeFileSync(path.join(folder, `${index}.pub`), `${publicLine(key)}\n`);
    return path.join(folder, `${index}.pub`);
  });
  execFileSync('ssh-keygen', ['-q', '-k', '-f', path.join(folder, 'list'), ...files]);
  const bytes = readFileSync(path.join(folder, 'list'));
  rmSync(folder, { recursive: true });
  return bytes;
}
