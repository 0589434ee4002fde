import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { VerificationResult } from '../../server/src/core/model/result.ts';
import { readAssetsFrom } from '../../server/src/host/assets.ts';
import { carrierPath } from '../../server/src/host/carriers/carrier-path.ts';
import { addToNote } from '../../server/src/host/carriers/merge-notes.ts';
import { NOTES_REF } from '../../server/src/host/carriers/read-notes.ts';
import { openSession, type Session } from '../../server/src/host/session.ts';
import { makeAcknowledgement, makeKey, makeSigner, publicLine, sealLine } from '../support/attest.ts';
import { DIST } from '../support/build.ts';
import { makeRepository, type TestRepository } from '../support/git.ts';

vi.setConfig({ testTimeout: 120_000 });

const [ALICE, MALLORY] = [makeKey(1), makeKey(9)];
const SAFE = '#!/bin/sh\nset -eu\necho done\n';
const RISKY = '#!/bin/sh\nset -eu\nrm -rf "$DIR"/\necho done\n';
const signers = (...keys: readonly (readonly [string, ReturnType<typeof makeKey>])[]): string =>
  keys.map(([name, key]) => `${name} namespaces="brakeline-ack" ${publicLine(key)}\n`).join('');

let repository: TestRepository;
let base: string;
let head: string;
const sessions: Session[] = [];

beforeEach(() => {
  repository = makeRepository();
  repository.git('config', 'user.name', 'Alice');
  repository.git('config', 'user.email', 'alice@example.invalid');
  repository.write('ops/clean.sh', SAFE);
  repository.write('.brakeline/policy.yaml', 'version: 1\n');
  repository.write('.brakeline/allowed_signers', signers(['alice@example.invalid', ALICE]));
  base = repository.commit('base');
  repository.git('checkout', '--quiet', '-b', 'feature');
  repository.write('ops/clean.sh', RISKY);
  head = repository.commit('risky');
});

afterEach(() => {
  for (const session of sessions.splice(0)) session.close();
  repository.dispose();
});

function open(): Session {
  const session = openSession(repository.dir, { readAsset: readAssetsFrom(DIST), env: { CI: 'true' } });
  sessions.push(session);
  return session;
}

function verify(bundles: readonly string[] = [], to = 'HEAD'): Promise<VerificationResult> {
  return open().verify({ base, head: to, bundles });
}

const codes = ({ gaps }: VerificationResult): readonly string[] => gaps.map(({ code }) => code);

/** An acknowledgement of everything that a commit holds against the base, by whoever. */
async function acknowledge(
  commit = 'HEAD',
  key = ALICE,
  id = 'alice@example.invalid',
  from = base,
): Promise<{ line: string; fingerprint: string }> {
  const { assessment } = await open().review({ base: from, head: commit });
  const [hunk] = assessment.hunks.filter((one) => one.path === 'ops/clean.sh');
  const [finding] = hunk?.findings ?? [];
  if (hunk === undefined || finding === undefined) throw new Error('expected a finding, found none');
  const acknowledgement = makeAcknowledgement([finding], { by: { id }, at: new Date().toISOString() });
  const findings = acknowledgement.findings.map((one) => ({ ...one, path: hunk.path }));
  return { line: await sealLine({ ...acknowledgement, findings }, makeSigner(key)), fingerprint: finding.fingerprint };
}

function junk(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) =>
    JSON.stringify({ payloadType: 'application/vnd.in-toto+json', payload: `${index}`, signatures: [] }),
  );
}

describe('whoever can write a carrier', () => {
  test('ten thousand junk lines in every carrier neither pass, nor fail, nor stall a change', async () => {
    const { line, fingerprint } = await acknowledge();
    const quiet = await verify([line]);
    expect(quiet.passed).toBe(true);
    repository.write(
      carrierPath(fingerprint),
      junk(10_000)
        .map((one) => `${one}\n`)
        .join(''),
    );
    repository.write(
      '.brakeline/acks/00/junk.jsonl',
      junk(10_000)
        .map((one) => `${one}\n`)
        .join(''),
    );
    repository.commit('flood the tree');
    addToNote({ cwd: repository.dir }, repository.git('rev-parse', 'HEAD'), junk(10_000));
    const started = performance.now();
    const flooded = await verify([`${junk(10_000).join('\n')}\n${line}`]);
    expect(performance.now() - started).toBeLessThan(60_000);
    expect([flooded.passed, flooded.covered]).toEqual([true, quiet.covered]);
    expect(flooded.warnings.length).toBeGreaterThan(0);
    expect(flooded.warnings.length).toBeLessThan(40);
    expect(codes(await verify([junk(10_000).join('\n')]))).toEqual(['uncovered']);
  });

  test('a file of junk of its own for every acknowledgement cannot push out the one that counts', async () => {
    const { line, fingerprint } = await acknowledge();
    for (let index = 0; index < 1_200; index += 1) {
      const name = index.toString(16).padStart(64, '0');
      repository.write(carrierPath(name), `${line.replace('payload', 'payloaf')}\n`);
    }
    repository.write(carrierPath(fingerprint), `${line}\n`);
    repository.commit('flood by files');
    expect((await verify()).passed).toBe(true);
  });

  test('a note that is kept over an amend with changed content covers nothing of the new content', async () => {
    repository.git('config', 'notes.rewriteRef', NOTES_REF);
    repository.git('config', 'notes.rewrite.amend', 'true');
    const { line } = await acknowledge();
    addToNote({ cwd: repository.dir }, head, [line]);
    expect((await verify()).passed).toBe(true);
    repository.write('ops/clean.sh', RISKY.replace('"$DIR"/', '"$DIR"/*'));
    repository.git('commit', '--quiet', '--all', '--amend', '--no-edit');
    expect(repository.git('notes', `--ref=${NOTES_REF}`, 'show', 'HEAD'), 'git kept the note').toBe(line);
    const result = await verify();
    expect(codes(result)).toEqual(['stale']);
    expect(result.gaps[0]?.remedy).toMatch(/^brakeline ack [0-9a-f]{12} && brakeline export$/);
  });

  test('a note that somebody took away is a gap, and never a pass', async () => {
    const { line } = await acknowledge();
    addToNote({ cwd: repository.dir }, head, [line]);
    expect((await verify()).passed).toBe(true);
    repository.git('update-ref', '-d', NOTES_REF);
    expect(codes(await verify())).toEqual(['uncovered']);
  });

  test('a rejection that reached the base is not lifted by deleting its carrier in the head', async () => {
    const { line, fingerprint } = await acknowledge();
    const { line: rejection } = await reject(fingerprint);
    repository.git('checkout', '--quiet', 'main');
    repository.write(carrierPath(fingerprint), `${rejection}\n`);
    base = repository.commit('rejected, on the base');
    repository.git('checkout', '--quiet', 'feature');
    repository.git('rebase', '--quiet', 'main');
    repository.remove(carrierPath(fingerprint));
    repository.commit('take the rejection away');
    expect(codes(await verify([line]))).toEqual(['rejected']);
  });
});

async function reject(fingerprint: string): Promise<{ line: string }> {
  const { assessment } = await open().review({ base, head: 'HEAD' });
  const finding = assessment.hunks.flatMap((hunk) => hunk.findings).find((one) => one.fingerprint === fingerprint);
  if (finding === undefined) throw new Error('expected the finding, found none');
  const said = {
    decision: 'rejected',
    by: { id: 'alice@example.invalid' },
    at: new Date().toISOString(),
    reason: 'not on my watch',
  } as const;
  return { line: await sealLine(makeAcknowledgement([finding], said), makeSigner(ALICE)) };
}

describe('whoever can write the head', () => {
  test('a weaker policy in the head weakens nothing, and is itself asked about', async () => {
    repository.write(
      '.brakeline/policy.yaml',
      'version: 1\nseverities:\n  high: { people: 0 }\n  critical: { people: 0 }\nmaxFileBytes: 10\n',
    );
    repository.commit('weaken');
    const { gaps } = await verify();
    expect(gaps.filter(({ path: file }) => file === 'ops/clean.sh').map(({ code }) => code)).toEqual(['uncovered']);
    expect(gaps.some(({ path: file }) => file === '.brakeline/policy.yaml')).toBe(true);
  });

  test('a head that lists its own key as a signer is trusted no more for it', async () => {
    repository.write('.brakeline/allowed_signers', signers(['alice@example.invalid', ALICE], ['mallory@example.invalid', MALLORY]));
    repository.commit('list myself');
    const { line } = await acknowledge('HEAD', MALLORY, 'mallory@example.invalid');
    const { gaps } = await verify([line]);
    expect(gaps.filter(({ path: file }) => file === 'ops/clean.sh').map(({ code }) => code)).toEqual(['untrusted-signer']);
    expect(gaps.some(({ path: file }) => file === '.brakeline/allowed_signers')).toBe(true);
  });

  test('a policy of the head that cannot be read stops the run, and passes nothing', async () => {
    repository.write('.brakeline/policy.yaml', 'version: 1\nseverities: { hihg: {} }\n');
    repository.commit('break it');
    await expect(verify()).rejects.toMatchObject({ code: 'bad-policy', message: expect.stringMatching(/policy\.yaml:2 of commit/) });
  });

  test('an acknowledgement of another branch off another base counts by its content alone', async () => {
    const { line } = await acknowledge();
    repository.git('checkout', '--quiet', '-b', 'other', base);
    repository.write('ops/other.sh', RISKY);
    repository.commit('the same lines elsewhere');
    expect(codes(await verify([line], 'other'))).toEqual(['uncovered']);
  });
});

describe('a ledger that somebody edited', () => {
  const ledger = (): string => path.join(repository.dir, '.git', 'brakeline', 'ledger.jsonl');

  test('cut short, reordered or changed it makes no finding count that nobody signed', async () => {
    const { line, fingerprint } = await acknowledge();
    const other = JSON.stringify({
      ...JSON.parse(line),
      payload: Buffer.from(`${Buffer.from(JSON.parse(line).payload, 'base64')} `).toString('base64'),
    });
    mkdirSync(path.dirname(ledger()), { recursive: true });
    const covered = async (text: string): Promise<readonly boolean[]> => {
      writeFileSync(ledger(), text);
      const { coverage } = await open().review({ base, head: 'HEAD' });
      return coverage.findings.filter((one) => one.fingerprint === fingerprint).map(({ acknowledged }) => acknowledged);
    };
    expect(await covered(`${line}\n`)).toEqual([true]);
    expect(await covered(`${line.slice(0, -40)}\n`)).toEqual([false]);
    expect(await covered(`${other}\n`)).toEqual([false]);
    expect(await covered(`{"half":\n\n${line}\n${junk(3).join('\n')}`)).toEqual([true]);
    const { line: rejection } = await reject(fingerprint);
    for (const text of [`${line}\n${rejection}\n`, `${rejection}\n${line}\n`]) expect(await covered(text)).toEqual([false]);
    expect(readFileSync(ledger(), 'utf8')).toBe(`${rejection}\n${line}\n`);
  });
});
