import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeSshsig } from '../../server/src/core/attest/write-sshsig.ts';
import type { FileContent } from '../../server/src/core/model/tree.ts';
import { DEFAULT_POLICY } from '../../server/src/core/policy/default-policy.ts';
import { initPolicy } from '../../server/src/host/policy/init-policy.ts';
import { loadPolicy, loadTrust, POLICY_PATH, SIGNERS_PATH } from '../../server/src/host/policy/load-policy.ts';
import { makeKey, publicLine } from '../support/attest.ts';
import { temporaryFolder } from '../support/git.ts';
import { memoryTree } from '../support/memory-tree.ts';

const EMPTY = memoryTree('empty', new Map());
const KEY = publicLine(makeKey(1));

function treeWith(file: typeof POLICY_PATH, content: string | FileContent) {
  return memoryTree('t', new Map([[file, content]]));
}

describe('loadPolicy and loadTrust', () => {
  it('a tree without files has the default policy and trusts nobody', () => {
    expect(loadPolicy(EMPTY)).toBe(DEFAULT_POLICY);
    expect(loadTrust(EMPTY)).toEqual({ signers: [] });
  });

  it('read what is there', () => {
    expect(loadPolicy(treeWith(POLICY_PATH, 'version: 1\nseverities: { low: { people: 1 } }\n')).severities.low.people).toBe(1);
    expect(loadTrust(treeWith(SIGNERS_PATH, `ada namespaces="brakeline-ack" ${KEY}\n`)).signers).toEqual([
      { principals: ['ada'], publicKey: KEY },
    ]);
  });

  it.each([
    [
      'version: 1\nfoo: 1\nbar: 2\n',
      '.brakeline/policy.yaml:2: the policy: expected one of version, repository, bindBranch, maxFileBytes, rulesets, severities, paths, signoffs, exemptions, people, found the key "foo" (and 1 more)',
    ],
    ['', '.brakeline/policy.yaml:1: the policy: expected a mapping, found nothing'],
  ])('say file and line of a bad policy %j', (text, message) => {
    expect(() => loadPolicy(treeWith(POLICY_PATH, text))).toThrowError(expect.objectContaining({ code: 'bad-policy', message }));
  });

  it('say of which commit a bad policy is', () => {
    const tree = memoryTree('5f'.repeat(20), new Map([[POLICY_PATH, '']]));
    expect(() => loadPolicy(tree)).toThrowError(/^\.brakeline\/policy\.yaml:1 of commit 5f5f5f5f5f5f: /);
  });

  it('say file and line of a bad signer', () => {
    const message = '.brakeline/allowed_signers:2: expected namespaces="brakeline-ack" before the key, found no options';
    expect(() => loadTrust(treeWith(SIGNERS_PATH, `# x\nada ${KEY}\n`))).toThrowError(
      expect.objectContaining({ code: 'bad-policy', message }),
    );
  });

  it('never take a file they cannot read for one that is not there', () => {
    const unread: FileContent = { kind: 'unread', reason: 'symlink' };
    expect(() => loadPolicy(treeWith(POLICY_PATH, unread))).toThrowError(
      expect.objectContaining({ code: 'bad-policy', message: '.brakeline/policy.yaml: expected a text file, found symlink' }),
    );
    expect(() => loadTrust(treeWith(SIGNERS_PATH, { ...unread, reason: 'missing-object', detail: 'abc' }))).toThrowError(
      expect.objectContaining({ code: 'bad-policy' }),
    );
  });
});

describe('initPolicy', () => {
  const files = initPolicy({ principal: 'ada@example.invalid', publicKey: KEY });

  it('says the default and a fresh identity', () => {
    const { digest: _, repositoryId, ...policy } = loadPolicy(treeWith(POLICY_PATH, files.policy));
    const { digest: __, ...expected } = DEFAULT_POLICY;
    expect(policy).toEqual({ ...expected, source: 'file' });
    expect(repositoryId).toMatch(/^[0-9a-f-]{36}$/);
    expect(initPolicy({ principal: 'a', publicKey: KEY }).policy).not.toBe(files.policy);
  });

  it('the examples in its comments parse, too', () => {
    const text = files.policy
      .replace(/^(paths|people): \[\]$/gm, '')
      .replace(/^# {3}- match/m, 'paths:\n  - match')
      .replace(/^# {3}- id/m, 'people:\n  - id')
      .replace(/^# {5}(atLeast|roles|principals)/gm, '    $1');
    expect(loadPolicy(treeWith(POLICY_PATH, text))).toMatchObject({
      paths: [{ match: 'infra/**', atLeast: 'high' }],
      people: [{ id: 'github:1234567', roles: ['senior'] }],
    });
  });

  it('trusts the key for our namespace, in the words of ssh-keygen', () => {
    expect(loadTrust(treeWith(SIGNERS_PATH, files.allowedSigners)).signers).toEqual([
      { principals: ['ada@example.invalid'], publicKey: KEY },
    ]);
    const folder = temporaryFolder();
    const message = Buffer.from('hello');
    writeFileSync(path.join(folder, 'signers'), files.allowedSigners);
    writeFileSync(path.join(folder, 'sig'), writeSshsig(makeKey(1), message));
    const args = [
      '-Y',
      'verify',
      '-f',
      path.join(folder, 'signers'),
      '-I',
      'ada@example.invalid',
      '-n',
      'brakeline-ack',
      '-s',
      path.join(folder, 'sig'),
    ];
    expect(spawnSync('ssh-keygen', args, { input: message }).status).toBe(0);
    rmSync(folder, { recursive: true });
  });

  it.each(['', 'two words', 'a,b', '*@example.invalid', 'a"b'])('refuses the principal %j', (principal) => {
    expect(() => initPolicy({ principal, publicKey: KEY })).toThrowError(expect.objectContaining({ code: 'bad-usage' }));
  });
});
