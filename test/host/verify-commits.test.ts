import { symlinkSync, unlinkSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { VerificationResult } from '../../server/src/core/model/result.ts';
import { readAssetsFrom } from '../../server/src/host/assets.ts';
import { openSession, type Session } from '../../server/src/host/session.ts';
import { makeAcknowledgement, makeKey, makeSigner, publicLine, sealLine } from '../support/attest.ts';
import { makeRepository, type TestRepository } from '../support/git.ts';

const ALICE = makeKey(1);
const CLEAN = '#!/bin/sh\nset -eu\necho done\n';
const RISKY = '#!/bin/sh\nset -eu\nrm -rf "$DIR"/\necho done\n';

let repository: TestRepository;
let base: string;
const sessions: Session[] = [];

beforeEach(() => {
  repository = makeRepository();
  repository.write('ops/clean.sh', CLEAN);
  repository.write('media/logo.png', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0]));
  repository.write('data/old.json', `"${'x'.repeat(2_000)}"\n`);
  repository.write('.gitattributes', 'data/*.yaml -diff\nops/crypt.sh filter=crypt\n');
  repository.write(
    '.brakeline/policy.yaml',
    'version: 1\nmaxFileBytes: 1024\nseverities:\n  high: { people: 1, self: false }\n  critical: { people: 1, self: false }\n',
  );
  repository.write('.brakeline/allowed_signers', `alice@example.invalid namespaces="brakeline-ack" ${publicLine(ALICE)}\n`);
  base = repository.commit('base');
});

afterEach(() => {
  for (const session of sessions.splice(0)) session.close();
  repository.dispose();
});

function open(): Session {
  const session = openSession(repository.dir, { readAsset: readAssetsFrom(path.resolve('dist')), env: {} });
  sessions.push(session);
  return session;
}

function verify(bundles: readonly string[] = []): Promise<VerificationResult> {
  return open().verify({ base, head: 'HEAD', bundles });
}

describe('a head that makes a file unreadable', () => {
  test.each([
    ['grows past the limit', `${RISKY}# ${'x'.repeat(1_100)}\n`, 'too-large'],
    ['gets a byte that is no UTF-8', Buffer.concat([Buffer.from(RISKY), Buffer.from([0xff])]), 'not-utf8'],
    ['gets a NUL', Buffer.concat([Buffer.from(RISKY), Buffer.from([0])]), 'binary'],
  ] as const)('hides nothing where it %s', async (_, content, reason) => {
    repository.write('ops/clean.sh', content);
    repository.write('ops/fresh.sh', content);
    repository.commit('hide');
    const { passed, gaps, warnings } = await verify();
    expect(passed).toBe(false);
    expect(gaps.map(({ code, path: file }) => `${code} ${file}`)).toEqual(['unverifiable ops/clean.sh', 'unverifiable ops/fresh.sh']);
    expect(gaps[0]?.message).toContain(reason);
    expect(warnings.filter((warning) => warning.includes('ops/'))).toEqual([]);
  });

  test('hides nothing where a script loses the line that names its shell', async () => {
    repository.write('packaging/after-remove', CLEAN);
    base = repository.commit('a script');
    repository.write('packaging/after-remove', RISKY.replace('#!/bin/sh\n', ''));
    repository.commit('hide');
    expect((await verify()).gaps).toMatchObject([{ code: 'unverifiable', path: 'packaging/after-remove' }]);
  });

  test('hides nothing behind a nest that no parser here follows', async () => {
    const nest = (depth: number, open: string, close: string): string => `${`${open}\n`.repeat(depth)}${`${close}\n`.repeat(depth)}`;
    repository.write('.brakeline/policy.yaml', 'version: 1\n');
    repository.write('src/refund.ts', 'export const cap = 10;\n');
    repository.write('data/deep.json', '{}\n');
    base = repository.commit('readable');
    repository.write('src/refund.ts', `export const cap = 10;\n${nest(30_000, 'f(', ')')}`);
    repository.write('data/deep.json', nest(30_000, '[', ']'));
    repository.commit('hide');
    const { gaps } = await verify();
    expect(gaps.map(({ code, path: file }) => `${code} ${file}`)).toEqual(['unverifiable data/deep.json', 'unverifiable src/refund.ts']);
    expect(gaps[0]?.message).toContain('too-complex');
    // What the base has so already is nothing that this head hides.
    base = repository.git('rev-parse', 'HEAD');
    repository.write('data/deep.json', nest(30_001, '[', ']'));
    repository.commit('as before');
    expect((await verify()).gaps).toEqual([]);
  });

  test('hides nothing behind a symbolic link', async () => {
    unlinkSync(path.join(repository.dir, 'ops/clean.sh'));
    symlinkSync('../data/old.json', path.join(repository.dir, 'ops/clean.sh'));
    repository.commit('link');
    expect((await verify()).gaps).toMatchObject([{ code: 'unverifiable', path: 'ops/clean.sh' }]);
  });

  test('is warned of, and not failed, where the base read the file as little or no language would', async () => {
    repository.write('media/logo.png', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 1]));
    repository.write('media/new.png', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 1]));
    repository.write('data/old.json', `"${'y'.repeat(2_000)}"\n`);
    repository.write('data/new.yaml', 'a: 1\n');
    repository.write('ops/crypt.sh', RISKY);
    repository.commit('as before');
    const { passed, warnings } = await verify();
    expect(passed).toBe(true);
    expect(warnings.join('\n')).toContain('data/old.json: too-large');
  });
});

/** What Alice signs of everything that the last commits hold. */
async function acknowledgedByAlice(session: ReturnType<typeof open>): Promise<string> {
  const { assessment } = await session.review({ base, head: 'HEAD' });
  const findings = assessment.hunks.flatMap((hunk) => hunk.findings);
  expect(findings.length).toBeGreaterThan(0);
  return await sealLine(
    makeAcknowledgement(findings, { by: { id: 'alice@example.invalid' }, at: new Date().toISOString() }),
    makeSigner(ALICE),
  );
}

test('who commits the work of another is its author too', async () => {
  repository.git('config', 'user.email', 'alice@example.invalid');
  repository.write('ops/clean.sh', RISKY);
  repository.git('add', '--all');
  repository.git(
    '-c',
    'user.name=Alice',
    '-c',
    'user.email=alice@example.invalid',
    'commit',
    '--quiet',
    '--author=Bob <bob@example.invalid>',
    '-mx',
  );
  const session = open();
  const line = await acknowledgedByAlice(session);
  expect((await session.verify({ base, head: 'HEAD', bundles: [line] })).gaps.map(({ code }) => code)).toEqual(['self-approval']);
});

test('who commits nothing but acknowledgements is no author of the change', async () => {
  const commitAs = (name: string): void => {
    repository.git('add', '--all');
    repository.git('-c', `user.name=${name}`, '-c', `user.email=${name}@example.invalid`, 'commit', '--quiet', '-mx');
  };
  repository.write('ops/clean.sh', RISKY);
  commitAs('bob');
  repository.write('.brakeline/acks/00/00.jsonl', '\n');
  commitAs('alice');
  const session = open();
  const line = await acknowledgedByAlice(session);
  expect((await session.verify({ base, head: 'HEAD', bundles: [line] })).gaps).toEqual([]);

  // A commit that touches anything else makes its author one, acknowledgements or not.
  repository.write('.brakeline/acks/00/00.jsonl', '\n\n');
  repository.write('notes.txt', 'x\n');
  commitAs('alice');
  expect((await open().verify({ base, head: 'HEAD', bundles: [line] })).gaps.map(({ code }) => code)).toEqual(['self-approval']);
});
