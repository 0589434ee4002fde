import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { remoteUri } from '../../server/src/host/describe-source.ts';
import { runCli } from '../support/cli.ts';
import { makeRepository, type TestRepository } from '../support/git.ts';

// Each call of the command line is a process of its own, and machines differ.
vi.setConfig({ testTimeout: 120_000 });

const URI = 'git+https://git.example.invalid/team/shop';
let repository: TestRepository;
let [base, safe, risky] = ['', '', ''];

beforeAll(() => {
  repository = makeRepository();
  repository.git('remote', 'add', 'origin', 'https://ada:secret@git.example.invalid/team/shop.git');
  repository.write('.brakeline/policy.yaml', 'version: 1\n');
  repository.write('ops/clean.sh', '#!/bin/sh\nset -eu\necho done\n');
  base = repository.commit('base');
  repository.write('README.md', 'shop\n');
  safe = repository.commit('safe');
  repository.write('ops/clean.sh', '#!/bin/sh\nset -eu\nrm -rf "$DIR"/\necho done\n');
  risky = repository.commit('risky');
});
afterAll(() => repository.dispose());

describe('a verdict of CI', () => {
  it('is a Simple Verification Result v0.2', () => {
    const { status, statement, report } = verdict('svr', safe);
    expect(status).toBe(0);
    expect(statement).toEqual({
      _type: 'https://in-toto.io/Statement/v1',
      subject: subjects(safe, report),
      predicateType: 'https://in-toto.io/attestation/svr/v0.2',
      predicate: {
        verifier: {
          id: 'https://brakeline.dev/verifier/v0',
          version: { brakeline: expect.stringMatching(/^\d+\.\d+\.\d+/) },
          policies: [
            {
              name: '.brakeline/policy.yaml',
              uri: `${URI}@${base}#.brakeline/policy.yaml`,
              digest: { gitBlob: repository.git('rev-parse', `${base}:.brakeline/policy.yaml`) },
            },
          ],
        },
        timeCreated: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        properties: ['BRAKELINE_HUNK_ACK_COVERED'],
      },
    });
  });

  it('that failed names no property', () => {
    const { status, statement } = verdict('svr', risky);
    expect(status).toBe(1);
    expect(statement.predicate.properties).toEqual([]);
  });

  it.each([
    ['passed', 'PASSED', 'ORG_SOURCE_HUNK_ACK', 0],
    ['failed', 'FAILED', 'FAILED', 1],
  ])('that %s is a Verification Summary Attestation v1', (_, verificationResult, level, exit) => {
    const head = exit === 0 ? safe : risky;
    const { status, statement, report } = verdict('vsa', head);
    expect(status).toBe(exit);
    expect(statement).toEqual({
      _type: 'https://in-toto.io/Statement/v1',
      subject: subjects(head, report),
      predicateType: 'https://slsa.dev/verification_summary/v1',
      predicate: {
        verifier: { id: 'https://brakeline.dev/verifier/v0', version: { brakeline: expect.any(String) } },
        timeVerified: expect.any(String),
        resourceUri: URI,
        policy: { uri: `${URI}@${base}`, digest: { gitCommit: base } },
        verificationResult,
        verifiedLevels: [level],
      },
    });
  });

  it('is of the repository that CI names', () => {
    const env = { GITHUB_SERVER_URL: 'https://github.example.invalid', GITHUB_REPOSITORY: 'team/shop' };
    expect(verdict('vsa', safe, env).statement.predicate.resourceUri).toBe('git+https://github.example.invalid/team/shop');
    expect(verdict('vsa', safe, { CI_PROJECT_URL: 'https://gitlab.example.invalid/a/b' }).statement.predicate.resourceUri).toBe(
      'git+https://gitlab.example.invalid/a/b',
    );
  });

  it('is none where nothing says of what repository', () => {
    repository.git('remote', 'remove', 'origin');
    const { status, stdout, stderr } = runCli(repository.dir, ['verify', '--base', base, '--head', safe, '--format', 'vsa']);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain('expected a repository with a name for a verdict (remote origin, or repository in the policy), found neither');
  });
});

describe('a remote as a URI', () => {
  it.each([
    ['https://ada:secret@host.invalid/a/b.git', 'git+https://host.invalid/a/b'],
    ['git@host.invalid:a/b.git', 'git+ssh://host.invalid/a/b'],
    ['host.invalid:/a/b', 'git+ssh://host.invalid/a/b'],
    ['ssh://git@host.invalid:2222/a/b', 'git+ssh://host.invalid:2222/a/b'],
    ['/srv/git/b.git', undefined],
    ['../b', undefined],
    ['C:\\git\\b', undefined],
    ['file:///srv/git/b', undefined],
    ['', undefined],
  ])('%j is %j', (remote, uri) => {
    expect(remoteUri(remote)).toBe(uri);
  });
});

function verdict(format: string, head: string, env: Readonly<Record<string, string>> = {}) {
  const range = ['verify', '--base', base, '--head', head, '--format'];
  const { status, stdout, stderr } = runCli(repository.dir, [...range, format], { env });
  expect(stderr).toBe('');
  return { status, statement: JSON.parse(stdout), report: runCli(repository.dir, [...range, 'json'], { env }).stdout };
}

function subjects(head: string, report: string): readonly object[] {
  return [
    { name: URI, digest: { gitCommit: head } },
    { name: `${URI}#tree`, digest: { gitTree: repository.git('rev-parse', `${head}^{tree}`) } },
    { name: 'brakeline-verification.json', digest: { sha256: createHash('sha256').update(report).digest('hex') } },
  ];
}
