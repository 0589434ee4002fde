import { appendFileSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { runCli, typeCli } from '../../support/cli.ts';
import { repositoryAt, type TestRepository, temporaryFolder } from '../../support/git.ts';
import {
  ANSWERS,
  answerOf,
  author,
  become,
  commitAs,
  DEPLOY,
  exportAndVerify,
  importHere,
  POLICY,
  PUBLIC,
  RANGE,
  RM,
  requestLast,
  riskyCommit,
  SAY,
  senior,
  WHY,
  WRONG,
} from './signoff-clones.ts';

// Two or three people and their clones: some twenty processes in a test.
vi.setConfig({ testTimeout: 600_000 });

const ACKS = [
  { wait: WHY, type: 'every order is closed by now' },
  { wait: WHY, type: 'OLD is set by the caller, I looked' },
];

function typeRisk(repository: TestRepository): void {
  repository.write('ops/deploy.sh', `${DEPLOY}${RM}`);
  repository.write('db/0002.sql', "UPDATE orders SET status = 'closed';\n");
}

function fingerprintsOf(said: string): readonly string[] {
  return said.match(/\b[0-9a-f]{12}\b/g) ?? [];
}

function cloneOf({ dir }: TestRepository, name: keyof typeof PUBLIC): TestRepository {
  const clone = path.join(temporaryFolder(name), 'clone');
  author.git('clone', '--quiet', dir, clone);
  const repository = repositoryAt(clone);
  become(repository, name, `${name}@example.invalid`);
  return repository;
}

describe('somebody whose key the base does not list', () => {
  test('is told before they sign whose key is missing where, and what mends it; and again by the export', async () => {
    become(senior, 'eve', 'eve@example.invalid');
    typeRisk(senior);
    const { screen } = await typeCli(senior.dir, ['ack'], ACKS);
    const line = screen.split('\n').find((one) => one.startsWith('brakeline: ')) ?? '';
    expect(line).toMatch(
      /\.brakeline\/allowed_signers of HEAD lacks the key of eve@example\.invalid \(SHA256:[^)]+\): verify will not count/,
    );
    expect(line).toContain(
      'add the line that `brakeline init` prints, or ask them: brakeline signoff request --output change.signoff.json',
    );
    expect(screen.indexOf(line)).toBeLessThan(screen.indexOf(WHY));
    senior.git('add', '--all');
    const { stdout, stderr, status } = runCli(senior.dir, ['export']);
    expect([status, stderr]).toEqual([0, `${line.replace(' --output', ' --staged --output')}\n`]);
    expect(stdout).toContain('2 carriers written, 2 findings still open\n');
    expect(stdout).toContain('    untrusted-signer: expected a key of .brakeline/allowed_signers of the base, found SHA256:');
    // They may commit what others will answer for.
    const gate = runCli(senior.dir, ['hooks', 'run', 'pre-commit']);
    expect([gate.status, gate.stderr]).toEqual([
      0,
      expect.stringContaining('verify will not count what is on record here: expected a key of'),
    ]);
  });

  test('and who is listed under another address is told which one', async () => {
    become(senior, 'bob', 'robert@example.invalid');
    typeRisk(senior);
    const { screen } = await typeCli(senior.dir, ['ack'], [{ wait: WHY, type: 'q' }]);
    expect(screen).toContain(
      'brakeline: verify will not count what you sign here: expected the statement to name bob, whose key signed it, found robert@',
    );
    // `brakeline init` prints the line that mends the other case.
    become(senior, 'eve', 'eve@example.invalid');
    expect(runCli(senior.dir, ['init']).stdout).toContain(`\n  eve@example.invalid namespaces="brakeline-ack" ${PUBLIC.eve.split(' ')[0]}`);
  });
});

describe('an author whom the policy wants somebody else beside', () => {
  test('is told by ack, export and the gate as by the verification, and what they print closes it', async () => {
    typeRisk(author);
    author.git('add', '--all');
    const { status, screen } = await typeCli(author.dir, ['ack', '--staged'], ACKS);
    expect(status, screen).toBe(0);
    const asking = 'brakeline signoff request --staged --output change.signoff.json';
    expect(screen).toContain(`2 hunks wait for somebody else: ${asking}\n`);
    expect(runCli(author.dir, ['ack', '--staged', '--list']).stdout).toBe(
      `no hunk waits for you\n2 hunks wait for somebody else: ${asking}\n`,
    );
    const exported = runCli(author.dir, ['export']);
    expect(exported.stdout).toContain('2 carriers written, 2 findings still open\n');
    expect(exported.stdout).toContain(
      '    self-approval: expected somebody other than the author, found ada, who is ada@example.invalid\n',
    );
    expect(exported.stdout).toContain(`  to ask somebody else: ${asking}\n`);
    const gates = [0, 1].map(() => runCli(author.dir, ['hooks', 'run', 'pre-commit']));
    for (const { status: code, stderr } of gates) {
      expect(code, 'they need the commit to look at').toBe(0);
      expect(stderr).toContain('2 findings of this commit wait for somebody else, which stops no commit\n');
      expect(stderr).toContain('  self-approval  expected somebody other than the author, found ada');
      expect(stderr).toContain(`  ask them by a file:  ${asking}\n`);
      expect(stderr).not.toContain('look at it');
    }
    const file = requestLast('--staged');
    expect((await typeCli(senior.dir, ['signoff', 'open', file], ANSWERS)).status).toBe(0);
    expect(importHere(answerOf(file), '--staged').status).toBe(0);
    expect(runCli(author.dir, ['export']).stdout).toContain('2 carriers written, nothing left open\n');
    expect(runCli(author.dir, ['hooks', 'run', 'pre-commit']).stderr).toBe('');
    commitAs(author, 'ada@example.invalid', 'risky');
    expect(runCli(author.dir, ['verify', ...RANGE]).stdout).toMatch(/^PASS {2}2 findings covered/);
  });

  test('may push a branch for them to look at, and not the branch that it would be merged into', async () => {
    const push = (to: string): ReturnType<typeof runCli> =>
      runCli(senior.dir, ['hooks', 'run', 'pre-push', '--', 'origin', author.dir], {
        input: `refs/heads/main ${senior.git('rev-parse', 'HEAD')} refs/heads/${to} ${'0'.repeat(40)}\n`,
      });
    typeRisk(senior);
    commitAs(senior, 'bob@example.invalid', 'risky');
    expect(push('topic'), 'nobody has answered').toMatchObject({ status: 1 });
    await typeCli(senior.dir, ['ack', '--base', 'HEAD^'], ACKS);
    expect(push('topic'), 'what is on the ledger alone goes nowhere').toMatchObject({ status: 1 });
    runCli(senior.dir, ['export', '--base', 'HEAD^']);
    commitAs(senior, 'bob@example.invalid', 'acknowledgements');
    const { status, stderr } = push('topic');
    expect([status, stderr]).toEqual([
      0,
      expect.stringContaining('topic has 2 findings for somebody else to answer, which stops no push\n'),
    ]);
    expect(stderr).toContain('  self-approval  ');
    expect(push('main')).toMatchObject({ status: 1, stderr: expect.stringContaining('main has 2 gaps as CI will see it') });
    expect(push('release/1.2'), 'nobody is asked after that one either').toMatchObject({ status: 1 });
    senior.git('update-ref', 'refs/remotes/origin/old', 'refs/remotes/origin/main');
    senior.git('symbolic-ref', 'refs/remotes/origin/HEAD', 'refs/remotes/origin/old');
    expect(push('main'), 'the default was renamed since').toMatchObject({ status: 1 });
    await typeCli(senior.dir, ['undo', ...fingerprintsOf(stderr).slice(0, 1), '--base', 'HEAD~2'], []);
    runCli(senior.dir, ['export', '--base', 'HEAD~2']);
    commitAs(senior, 'bob@example.invalid', 'taken back');
    expect(push('topic'), 'what was taken back is answered by nobody').toMatchObject({ status: 1 });
  });

  test('and nobody takes commits off the branch that others are merged into without a word', () => {
    const push = (to: string, local: string, remote: string): ReturnType<typeof runCli> =>
      runCli(senior.dir, ['hooks', 'run', 'pre-push', '--', 'origin', author.dir], {
        input: `refs/heads/main ${senior.git('rev-parse', local)} refs/heads/${to} ${senior.git('rev-parse', remote)}\n`,
      });
    for (const subject of ['one', 'two']) senior.git('commit', '--quiet', '--allow-empty', '--no-verify', '-m', subject);
    const { status, stderr } = push('main', 'HEAD~2', 'HEAD');
    expect([status, stderr]).toEqual([1, expect.stringContaining('main would lose 2 commits that origin has, and what they guard\n')]);
    expect(stderr).toContain('git push --force-with-lease --no-verify\n');
    expect(push('main', 'HEAD', 'HEAD~2'), 'what only goes on loses nothing').toMatchObject({ status: 0, stderr: '' });
    expect(push('topic', 'HEAD~1', 'HEAD'), 'a branch on its way is its own').toMatchObject({ status: 0 });
  });

  test('and the remedy of the verification names a request that has something to ask', () => {
    riskyCommit();
    const { stdout } = runCli(author.dir, ['verify', ...RANGE, '--format', 'json']);
    const { gaps }: { gaps: { code: string; remedy: string }[] } = JSON.parse(stdout);
    expect(gaps.map(({ code }) => code)).toEqual(['uncovered', 'uncovered']);
    expect(requestLast('--base', 'HEAD^', '--head', 'HEAD')).toContain('change.signoff.json');
  });
});

describe('a second clone', () => {
  test.each(['tree', 'notes'])('asks nobody about what the %s carries acknowledgements of', async (carrier) => {
    riskyCommit();
    author.git('branch', 'before', 'HEAD^');
    senior.git('pull', '--quiet', 'origin', 'main');
    const base = ['--base', senior.git('rev-parse', 'HEAD^')];
    const { status, screen } = await typeCli(senior.dir, ['ack', ...base], ACKS);
    expect(status, screen).toBe(0);
    expect(screen, 'who looks at a branch that they fetched is no author of it').not.toContain('somebody else');
    expect(runCli(senior.dir, ['export', ...base, '--to', carrier]).status).toBe(0);
    if (carrier === 'tree') commitAs(senior, 'bob@example.invalid', 'acknowledgements');
    const third = cloneOf(senior, 'adaLaptop');
    if (carrier === 'notes') third.git('fetch', '--quiet', 'origin', 'refs/notes/*:refs/notes/*');
    expect(runCli(third.dir, ['ack', '--list', ...base]).stdout).toBe('no hunk waits for a person\n');
    const overridden = await typeCli(third.dir, ['override', ...base], []);
    expect([overridden.status, overridden.screen]).toEqual([0, 'no hunk waits for a person: there is nothing to override\n']);
    expect(runCli(third.dir, ['review', ...base]).status).toBe(0);
    if (carrier === 'notes') return;
    // A squash that is made by hand stages the carriers with the lines.
    third.git('checkout', '--quiet', '-b', 'squashed', base[1] ?? '');
    third.git('merge', '--quiet', '--squash', 'main');
    for (const kept of [false, true])
      expect(runCli(third.dir, ['hooks', 'run', 'pre-commit']), `kept: ${kept}`).toMatchObject({ status: 0, stderr: '' });
  });

  test('an acknowledgement by a key that nobody lists asks again there', async () => {
    become(senior, 'eve', 'eve@example.invalid');
    typeRisk(senior);
    await typeCli(senior.dir, ['ack'], ACKS);
    senior.git('add', '--all');
    runCli(senior.dir, ['export']);
    commitAs(senior, 'eve@example.invalid', 'risky');
    const third = cloneOf(senior, 'bob');
    expect(runCli(third.dir, ['ack', '--list', '--base', 'HEAD^']).stdout.split('\n')).toHaveLength(3);
  });
});

describe('a rejection', () => {
  /** A request for what is staged, one hunk of which the senior rejected, where the author may answer as well. */
  async function rejectedRequest(): Promise<string> {
    author.write('.brakeline/policy.yaml', POLICY.replaceAll('self: false', 'self: true'));
    author.commit('the author may answer');
    senior.git('pull', '--quiet', 'origin', 'main');
    typeRisk(author);
    author.git('add', '--all');
    const file = requestLast('--staged');
    const no = [
      { wait: SAY, type: 'r' },
      { wait: WRONG, type: 'every order, on a Friday?' },
    ];
    expect((await typeCli(senior.dir, ['signoff', 'open', file], [...no, ...ANSWERS.slice(2)])).status).toBe(0);
    return file;
  }

  test('that came with the carriers stops a commit, though the author has answered and the index was looked at before', async () => {
    const file = await rejectedRequest();
    await typeCli(author.dir, ['ack', '--staged'], ACKS);
    runCli(author.dir, ['export']);
    const gate = (): ReturnType<typeof runCli> => runCli(author.dir, ['hooks', 'run', 'pre-commit']);
    expect([gate().status, gate().status]).toEqual([0, 0]);
    const [rejection = ''] = readFileSync(answerOf(file), 'utf8').split('\n');
    const { payload }: { payload: string } = JSON.parse(rejection);
    const carriers = author.git('ls-files', '--', '.brakeline/acks').split('\n');
    const carrier = carriers.find((one) => Buffer.from(payload, 'base64').toString().includes(path.basename(one, '.jsonl'))) ?? '';
    appendFileSync(path.join(author.dir, carrier), `${rejection}\n`);
    author.git('add', '--all');
    for (const kept of [false, true])
      expect(gate(), `kept: ${kept}`).toMatchObject({ status: 1, stderr: expect.stringContaining('rejected') });
  });

  test('that HEAD has the carrier of stops a commit that deletes it, though the author has answered and the index was looked at before', async () => {
    const file = await rejectedRequest();
    expect(importHere(answerOf(file), '--staged').status).toBe(0);
    expect(runCli(author.dir, ['ack', '--list', '--staged']).stdout).toMatch(
      /\n[0-9a-f]{12} {2}rejected {2}expected no standing rejection, found one by bob because "every order, on a Friday\?"\nchange what is rejected, or ask/,
    );
    const asked = await typeCli(author.dir, ['ack', '--staged'], ACKS.slice(0, 1), { COLUMNS: '120' });
    expect(asked.screen.match(/found one by bob because "every order, on a Friday\?"/g), 'before it is asked, and after').toHaveLength(2);
    const left = runCli(author.dir, ['ack', '--list', '--staged']).stdout;
    expect(left).toMatch(/^no hunk waits for you\n[0-9a-f]{12} {2}rejected {2}/);
    expect(left).not.toContain('somebody else');
    rmSync(path.join(author.dir, '.git/brakeline/ledger.jsonl'));
    await typeCli(author.dir, ['ack', '--staged'], ACKS);
    const [rejection = ''] = readFileSync(answerOf(file), 'utf8').split('\n');
    const { payload }: { payload: string } = JSON.parse(rejection);
    const digests =
      Buffer.from(payload, 'base64')
        .toString()
        .match(/\b[0-9a-f]{64}\b/g) ?? [];
    author.git('stash', '--quiet');
    for (const digest of new Set(digests)) author.write(`.brakeline/acks/${digest.slice(0, 2)}/${digest}.jsonl`, `${rejection}\n`);
    author.commit('what bob said');
    author.git('stash', 'pop', '--quiet', '--index');
    author.git('rm', '--quiet', '-r', '.brakeline/acks');
    for (const kept of [false, true])
      expect(runCli(author.dir, ['hooks', 'run', 'pre-commit']), `kept: ${kept}`).toMatchObject({
        status: 1,
        stderr: expect.stringContaining('rejected'),
      });
  });

  test('is taken back by the command that the verification names, by whoever made it and nobody else', async () => {
    riskyCommit();
    const file = requestLast();
    const no = [
      { wait: SAY, type: 'r' },
      { wait: WRONG, type: 'every order, on a Friday?' },
    ];
    expect((await typeCli(senior.dir, ['signoff', 'open', file], [...no, ...ANSWERS.slice(2)])).status).toBe(0);
    expect(importHere(answerOf(file)).status).toBe(0);
    const verified = exportAndVerify();
    expect(verified.stdout).toContain('expected no standing rejection, found one by bob');
    const [, short = '', base = ''] =
      /brakeline undo ([0-9a-f]{12}) --base (\S+) --head HEAD && brakeline export --base \S+ --head HEAD && git commit\n/.exec(
        verified.stdout,
      ) ?? [];
    const refused = await typeCli(author.dir, ['undo', short, '--base', base], []);
    expect([refused.status, refused.screen]).toEqual([
      2,
      `brakeline: expected something of your own to take back of ${short}, found what bob said\n`,
    ]);
    senior.git('pull', '--quiet', 'origin', 'main');
    const undone = await typeCli(senior.dir, ['undo', short, '--base', base], []);
    expect(undone.screen).toContain(`took back the rejection of ${short}\n`);
    const again = await typeCli(senior.dir, ['undo', short, '--base', base], []);
    expect([again.status, again.screen]).toEqual([2, expect.stringContaining('found nothing on record')]);
    await typeCli(senior.dir, ['ack', '--base', base], [{ wait: WHY, type: 'Friday is over' }]);
    expect(runCli(senior.dir, ['export', '--base', base]).stdout).toContain('nothing left open');
    commitAs(senior, 'bob@example.invalid', 'taken back');
    expect(runCli(senior.dir, ['verify', '--base', base]).stdout).toMatch(/^PASS/);
    // The author's ledger has the rejection and not what lifted it: that lies in the carriers of the squash.
    author.git('checkout', '--quiet', '-b', 'squashed', base);
    author.git('pull', '--quiet', '--no-rebase', '--squash', senior.dir, 'main');
    expect(runCli(author.dir, ['hooks', 'run', 'pre-commit'])).toMatchObject({ status: 0, stderr: '' });
  });
});

describe('a quorum of two people', () => {
  test.each([
    ['people: 2, reason: true', 1],
    ['people: 2, reason: true, self: false', 0],
    ['people: 1, reason: true, roles: [mid]', 0],
    ['people: 1, reason: true, roles: [junior]', 0],
  ])('of which one has answered (%s) stops the commit of an author whose own answer would count: %i', async (asks, status) => {
    author.write(
      '.brakeline/policy.yaml',
      POLICY.replace(/high: .*/, `high: { ${asks} }`).replace(/critical: .*/, `critical: { ${asks} }`),
    );
    author.commit('two people');
    senior.git('pull', '--quiet', 'origin', 'main');
    typeRisk(author);
    author.git('add', '--all');
    const file = requestLast('--staged');
    expect((await typeCli(senior.dir, ['signoff', 'open', file], ANSWERS)).status).toBe(0);
    expect(importHere(answerOf(file), '--staged').status).toBe(0);
    const gate = (): ReturnType<typeof runCli> => runCli(author.dir, ['hooks', 'run', 'pre-commit']);
    const before = [gate(), gate()];
    expect(before.map((one) => one.status)).toEqual([status, status]);
    for (const { stderr } of before)
      expect(stderr).toContain(`wait for ${status === 1 ? 'a person' : 'somebody else, which stops no commit'}`);
    if (status === 0) return;
    expect(before[0]?.stderr).toContain('found bob');
    const { status: done, screen } = await typeCli(author.dir, ['ack', '--staged'], ACKS);
    expect(done, screen).toBe(0);
    expect(gate()).toMatchObject({ status: 0, stderr: '' });
  });

  test('is met by two answers through files, and by neither alone', async () => {
    author.write(
      '.brakeline/policy.yaml',
      `${POLICY.replaceAll('people: 1', 'people: 2')}  - { id: eve, roles: [mid], principals: [eve@example.invalid] }\n`,
    );
    const signers = ['ada', 'bob', 'eve'].map((name) => `${name}@example.invalid namespaces="brakeline-ack" ${PUBLIC[name as 'bob']}\n`);
    author.write('.brakeline/allowed_signers', signers.join(''));
    author.commit('two people');
    riskyCommit();
    senior.git('pull', '--quiet', 'origin', 'main');
    const other = cloneOf(author, 'eve');
    const file = requestLast();
    expect((await typeCli(senior.dir, ['signoff', 'open', file], ANSWERS)).status).toBe(0);
    expect(importHere(answerOf(file)).stdout).toContain('2 records imported');
    const half = exportAndVerify();
    expect(half.status).toBe(1);
    expect(half.stdout).toContain('expected acknowledgements of 2 people, found bob');
    expect(half.stdout).toMatch(
      /let somebody other than bob \(brakeline signoff request --base [0-9a-f]+ --head HEAD --output change\.signoff\.json asks/,
    );
    // What still waits is asked about once more, and bob is not asked again.
    const base = author.git('rev-parse', 'HEAD~2');
    const again = requestLast('--base', base, '--head', 'HEAD^');
    const bobs = runCli(author.dir, ['ack', '--list', '--base', base]).stdout;
    expect(bobs, 'the author has answered for nothing').toContain('db/0002.sql');
    const second = await typeCli(other.dir, ['signoff', 'open', again], ANSWERS);
    expect(second.status, second.screen).toBe(0);
    expect(importHere(answerOf(again), '--base', base).stdout).toContain('2 records imported');
    expect(runCli(author.dir, ['export', '--base', base]).stdout).toContain('nothing left open');
    commitAs(author, 'ada@example.invalid', 'the second person');
    const whole = runCli(author.dir, ['verify', '--base', base]);
    expect(whole.status, whole.stdout).toBe(0);
    expect(whole.stdout).toContain('by bob, eve\n');
  });
});
