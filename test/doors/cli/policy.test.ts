import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { keyFingerprint } from '../../../server/src/core/attest/ssh-key.ts';
import { makeKey, publicLine } from '../../support/attest.ts';
import { runCli } from '../../support/cli.ts';
import { makeRepository, type TestRepository } from '../../support/git.ts';

vi.setConfig({ testTimeout: 120_000 });

const NS = 'namespaces="brakeline-ack"';
const SIGNERS = ['ada', 'bob', 'cid'].map((name, index) => `${name}@example.invalid ${NS} ${publicLine(makeKey(index + 1))}\n`).join('');
const POLICY = `version: 1
severities:
  high: { people: 1, reason: true }
  critical: { people: 2, reason: true, self: false }
signoffs:
  - when: { author: [junior, mid], origin: [ai, unknown] }
    require: { roles: [senior] }
exemptions:
  - match: 'old/**'
    until: 2099-12-31
    reason: goes in spring
people:
  - { id: ada, roles: [junior], principals: [ada@example.invalid] }
  - { id: bob, roles: [senior], principals: [bob@example.invalid] }
  - { id: cid, roles: [mid], principals: [cid@example.invalid] }
`;

let repository: TestRepository;

beforeEach(() => {
  repository = makeRepository();
  repository.write('ops/clean.sh', '#!/bin/sh\nset -eu\necho done\n');
  repository.write('.brakeline/policy.yaml', POLICY);
  repository.write('.brakeline/allowed_signers', SIGNERS);
  repository.commit('base');
});
afterEach(() => repository.dispose());

function risky(file = 'ops/clean.sh'): void {
  repository.write(file, '#!/bin/sh\nset -eu\nrm -rf "$DIR"/\necho done\n');
}

describe('policy check', () => {
  test('says what holds and who may sign where no fault is found', () => {
    const { status, stdout } = runCli(repository.dir, ['policy', 'check']);
    expect(stdout).toContain('warning  .brakeline/policy.yaml:10: ends in ');
    expect(stdout).toContain('critical  2 people, not an author, a reason, the dependents confirmed\n');
    expect(stdout).toContain('sign-off 1  by junior or mid, made by ai or unknown: 1 person, who is senior\n');
    expect(stdout).toContain('exempt until 2099-12-31  old/**, up to high: goes in spring\n');
    expect(stdout).toContain('may sign  ada (junior), bob (senior), cid (mid)\n');
    expect(stdout).toMatch(/rule set {2}[0-9a-f]{64}\n/);
    expect(stdout, 'a senior is asked by no sign-off of juniors').not.toContain('made by bob');
    expect(status).toBe(0);
  });

  test('names every error by file and line, and exits with 1', () => {
    repository.write('.brakeline/policy.yaml', POLICY.replace('until: 2099-12-31', 'until: some day').replace('match:', 'matches:'));
    repository.write('.brakeline/allowed_signers', `${SIGNERS}eve ${publicLine(makeKey(9))}\n`);
    repository.write('.brakeline/revoked_keys', 'nobody\n');
    const { status, stdout } = runCli(repository.dir, ['policy', 'check']);
    expect(status).toBe(1);
    expect(stdout.split('\n').filter((line) => line.startsWith('error'))).toEqual([
      'error  .brakeline/policy.yaml:9: an entry of exemptions: expected one of match, rules, atMost, until, reason, found the key "matches"',
      'error  .brakeline/policy.yaml:9: expected the key match, found none',
      'error  .brakeline/policy.yaml:10: until: expected a day as YYYY-MM-DD, found "some day"',
      'error  .brakeline/allowed_signers:4: expected namespaces="brakeline-ack" before the key, found no options',
      'error  .brakeline/revoked_keys:1: expected a public key, found "nobody"',
    ]);
    expect(stdout).toContain('5 errors');
  });

  test('finds a quorum that nobody can meet, a key that nobody lists, and says so as JSON', () => {
    const hardware = keyFingerprint(publicLine(makeKey(9)));
    const text = POLICY.replace('people: 2,', 'people: 4,').replace(
      '[bob@example.invalid] }',
      `[bob@example.invalid], hardware: ['${hardware}'] }`,
    );
    repository.write('.brakeline/policy.yaml', text);
    const { status, stdout } = runCli(repository.dir, ['policy', 'check', '--format', 'json']);
    expect(status).toBe(1);
    const document = JSON.parse(stdout);
    expect(document).toMatchObject({ schemaVersion: 1, valid: false, files: ['.brakeline/policy.yaml', '.brakeline/allowed_signers'] });
    expect(document.faults.filter((fault: { kind: string }) => fault.kind === 'error')).toEqual([
      {
        kind: 'error',
        path: '.brakeline/policy.yaml',
        line: 4,
        message: 'critical: nobody can meet this: expected at least 4 people with a key, found ada, bob, cid',
      },
      expect.objectContaining({ line: 7, message: expect.stringContaining('critical: nobody can meet this') }),
      expect.objectContaining({ line: 14, message: expect.stringContaining(`found ${hardware}, which is not listed there`) }),
    ]);
    expect(document.signers[0]).toMatchObject({ id: 'ada', roles: ['junior'], keys: [{ hardware: false }] });
  });

  test('reads another file, and the signers beside that one', () => {
    repository.write('draft/policy.yaml', POLICY);
    const { status, stdout } = runCli(repository.dir, ['policy', 'check', 'draft/policy.yaml']);
    expect(status).toBe(1);
    expect(stdout).toContain('error  draft/policy.yaml:3: high: nobody can meet this: expected at least 1 person with a key, found nobody');
    const missing = runCli(repository.dir, ['policy', 'check', 'draft/none.yaml']);
    expect([missing.status, missing.stderr]).toEqual([2, 'brakeline: expected a policy file at draft/none.yaml, found none\n']);
  });

  test('an option of the other verb, and a verb that is none, are told', () => {
    expect(runCli(repository.dir, ['policy', 'check', '--as', 'ada']).stderr).toContain('found "--as"');
    expect(runCli(repository.dir, ['policy', 'chek']).stderr).toContain('expected check or test after `policy`, found "chek"');
    expect(runCli(repository.dir, ['policy', 'test', 'x', '--as', 'ada']).status).toBe(2);
    expect(runCli(repository.dir, ['policy', 'test']).stderr).toContain('expected --as AUTHOR or --head REV');
  });
});

describe('policy test', () => {
  test('what a junior’s change needs, of whom, and with which command', () => {
    risky();
    const { status, stdout } = runCli(repository.dir, ['policy', 'test', '--as', 'ada@example.invalid']);
    expect(status, stdout).toBe(0);
    expect(stdout).toContain('as ada@example.invalid (junior)\n');
    expect(stdout).toMatch(/^high {6}ops\/clean\.sh:3 {2}destroy\/\S+ /m);
    expect(stdout).toContain('  needs     1 person, who is senior, a reason (with sign-off 1)\n');
    expect(stdout).toContain('  from      ada (junior), bob (senior), cid (mid)\n');
    expect(stdout).toMatch(/ {2}by {8}brakeline ack [0-9a-f]{12} && git add --all && brakeline export && git commit\n/);
    expect(stdout).toContain('1 finding of 1 hunk would need somebody\n');
  });

  test('a senior’s asks for less, and a stranger’s is gated like a junior’s', () => {
    risky();
    expect(runCli(repository.dir, ['policy', 'test', '--as', 'bob']).stdout).toContain('  needs     1 person, a reason\n');
    const stranger = runCli(repository.dir, ['policy', 'test', '--as', 'eve@example.invalid']).stdout;
    expect(stranger).toContain('as eve@example.invalid (not among the people of the policy)\n');
    expect(stranger).toContain('who is senior');
  });

  test('judges commits by the policy of their base, whoever weakened it', () => {
    risky();
    repository.write('.brakeline/policy.yaml', 'version: 1\nseverities: { high: { people: 0 }, critical: { people: 0 } }\n');
    repository.commit('risky');
    const { status, stdout } = runCli(repository.dir, [
      'policy',
      'test',
      '--base',
      'HEAD^',
      '--head',
      'HEAD',
      '--as',
      'ada',
      '--format',
      'json',
    ]);
    expect(status, stdout).toBe(0);
    const { authors, needs } = JSON.parse(stdout);
    expect(authors).toEqual([{ id: 'ada', roles: ['junior'] }]);
    expect(needs.map((need: { rule: string }) => need.rule)).toContain('safeguard/review-policy-changed');
    const policy = needs.find((need: { rule: string }) => need.rule === 'safeguard/review-policy-changed');
    expect(policy).toMatchObject({
      severity: 'critical',
      requirement: { people: 2, self: false, roles: [['senior']], presence: 'none' },
      signoffs: [1],
      able: [{ id: 'bob' }, { id: 'cid' }],
      command: expect.stringMatching(
        /^brakeline ack [0-9a-f]{12} --base 'HEAD\^' --head HEAD && brakeline export --base 'HEAD\^' --head HEAD && git commit$/,
      ),
    });
    const unnamed = runCli(repository.dir, ['policy', 'test', '--base', 'HEAD^', '--head', 'HEAD']).stdout;
    expect(unnamed).toContain('as t@example.invalid (not among the people of the policy)');
  });

  test('says who is missing, with status 1', () => {
    repository.write('.brakeline/allowed_signers', SIGNERS.split('\n').slice(0, 1).join('\n'));
    repository.commit('fewer');
    risky();
    const { status, stdout } = runCli(repository.dir, ['policy', 'test', '--as', 'ada']);
    expect(status).toBe(1);
    expect(stdout).toContain(
      '  nobody    expected somebody with a key and the role senior, found ada (junior) without\n'.replace(' (junior)', ''),
    );
    expect(stdout).toContain('would need somebody, and nobody can give it');
  });

  test('of what is not committed yet, it is the change of whoever would commit it', () => {
    risky();
    repository.git('config', 'user.email', 'cid@example.invalid');
    expect(runCli(repository.dir, ['policy', 'test']).stdout).toContain('as cid@example.invalid (mid)\n');
  });

  test('a base alone is the change of whoever made the commits, and of whoever has more on the disk', () => {
    repository.git('config', 'user.email', 'bob@example.invalid');
    risky();
    repository.git('-c', 'user.email=ada@example.invalid', 'commit', '--quiet', '--all', '--message=risky');
    const made = runCli(repository.dir, ['policy', 'test', '--base', 'HEAD^']).stdout;
    expect(made).toContain('as ada@example.invalid (junior)\n');
    expect(made).toMatch(
      / {2}by {8}brakeline ack [0-9a-f]{12} --base 'HEAD\^' --head HEAD && brakeline export --base 'HEAD\^' --head HEAD && git commit\n/,
    );
    repository.write('ops/clean.sh', '#!/bin/sh\nset -eu\nrm -rf "$DIR"/\necho done\necho more\n');
    const more = runCli(repository.dir, ['policy', 'test', '--base', 'HEAD^']).stdout;
    expect(more).toContain('as ada@example.invalid (junior), bob@example.invalid (senior)\n');
    expect(more).toMatch(/ --base 'HEAD\^' && git add --all && brakeline export --base 'HEAD\^' --staged && git commit\n/);
  });

  test('what is not committed and no author may answer for goes to somebody else by a file', () => {
    repository.write('.brakeline/policy.yaml', POLICY.replace('people: 1, reason: true', 'people: 1, reason: true, self: false'));
    repository.commit('stricter');
    risky();
    const { stdout } = runCli(repository.dir, ['policy', 'test', '--as', 'ada']);
    expect(stdout).toContain('  from      bob (senior), cid (mid)\n  by        brakeline signoff request --output change.signoff.json\n');
  });

  test('names what is exempt, and until when', () => {
    risky('old/clean.sh');
    const { status, stdout } = runCli(repository.dir, ['policy', 'test', '--as', 'ada']);
    expect([status, stdout]).toEqual([0, expect.stringContaining('  exempt until 2099-12-31: goes in spring\n')]);
    expect(stdout).toContain('0 findings of 1 hunk would need somebody\n');
    const { hunks } = JSON.parse(runCli(repository.dir, ['review', '--format', 'json']).stdout);
    expect(hunks).toHaveLength(1);
    expect(runCli(repository.dir, ['ack', '--list']).stdout).toBe('no hunk waits for a person\n');
  });
});
