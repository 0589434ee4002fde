import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Ran, runCli, type Turn, typeCli } from '../../support/cli.ts';
import { makeRepository, repositoryAt, type TestRepository, temporaryFolder } from '../../support/git.ts';

// Each call is a process of its own, and machines differ.
vi.setConfig({ testTimeout: 120_000 });

const DEPLOY = '#!/bin/sh\nset -eu\ncp -R dist "$TARGET"\n';
const RM = 'rm -rf "$OLD"/\n';
const ORDERS = "UPDATE orders SET status = 'closed';\n";
const SAY = 'What do you say?';
const WHY = 'Why is it fine?';
const STANDS = 'Does it stand?';
const WRONG = 'What is wrong with it?';
const ANSWERS: readonly Turn[] = [
  { wait: SAY, type: 'a' },
  { wait: WHY, type: 'every order is closed by now' },
  { wait: SAY, type: 'a' },
  { wait: WHY, type: 'OLD is set by the caller, I looked' },
];

const KEYS = temporaryFolder('keys');
function sshKey(name: string): string {
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', path.join(KEYS, name)]);
  return readFileSync(path.join(KEYS, `${name}.pub`), 'utf8').trim();
}
const PUBLIC = { ada: sshKey('ada'), adaLaptop: sshKey('adaLaptop'), bob: sshKey('bob'), eve: sshKey('eve') };

const POLICY = `version: 1
repository: 0b9d7a3e-5a51-4b0c-9a55-3b1a2f1c0d11
severities:
  high: { people: 1, reason: true, self: false, roles: [senior] }
  critical: { people: 1, reason: true, self: false }
people:
  - { id: ada, roles: [junior], principals: [ada@example.invalid, ada@home.invalid] }
  - { id: bob, roles: [senior], principals: [bob@example.invalid] }
`;
const SIGNERS = `ada@example.invalid namespaces="brakeline-ack" ${PUBLIC.ada}
ada@home.invalid namespaces="brakeline-ack" ${PUBLIC.adaLaptop}
bob@example.invalid namespaces="brakeline-ack" ${PUBLIC.bob}
`;

let author: TestRepository;
let senior: TestRepository;

/** Whose clone it is: the address that git would commit with, and the key that git would sign with. */
function become(repository: TestRepository, name: keyof typeof PUBLIC, email: string): void {
  repository.git('config', 'user.name', name);
  repository.git('config', 'user.email', email);
  repository.git('config', 'gpg.format', 'ssh');
  repository.git('config', 'user.signingkey', path.join(KEYS, name));
}

function commitAs(repository: TestRepository, email: string, message: string): string {
  repository.git('add', '--all');
  repository.git('-c', `user.email=${email}`, 'commit', '--quiet', `--message=${message}`);
  return repository.git('rev-parse', 'HEAD');
}

beforeEach(() => {
  author = makeRepository();
  become(author, 'ada', 'ada@example.invalid');
  author.write('ops/deploy.sh', DEPLOY);
  author.write('db/0001.sql', 'CREATE TABLE orders (id text, status text);\n');
  author.write('.brakeline/policy.yaml', POLICY);
  author.write('.brakeline/allowed_signers', SIGNERS);
  author.commit('base');
  const dir = temporaryFolder('clone');
  author.git('clone', '--quiet', author.dir, dir);
  senior = repositoryAt(dir);
  become(senior, 'bob', 'bob@example.invalid');
});

afterEach(() => {
  author.dispose();
  senior.dispose();
});

function riskyCommit(): string {
  author.write('ops/deploy.sh', `${DEPLOY}${RM}`);
  author.write('db/0002.sql', ORDERS);
  return commitAs(author, 'ada@example.invalid', 'risky');
}

/** Asks about the last commit, and gives the file. */
function requestLast(...args: string[]): string {
  const file = path.join(temporaryFolder('request'), 'change.json');
  const asked = runCli(author.dir, ['signoff', 'request', ...(args.length > 0 ? args : RANGE), '--output', file]);
  expect(asked.status, asked.stderr).toBe(0);
  return file;
}
const RANGE = ['--base', 'HEAD^', '--head', 'HEAD'];

function answerOf(file: string): string {
  return file.replace(/\.json$/, '.answer.jsonl');
}

function importHere(file: string, ...args: string[]): Ran {
  return runCli(author.dir, ['signoff', 'import', file, ...(args.length > 0 ? args : RANGE)]);
}

/** Commits what the ledger holds, as the author, and asks the verifier. */
function exportAndVerify(): Ran {
  const base = author.git('rev-parse', 'HEAD^');
  const exported = runCli(author.dir, ['export', '--base', base]);
  expect(exported.status, exported.stderr).toBe(0);
  commitAs(author, 'ada@example.invalid', 'acknowledgements');
  return runCli(author.dir, ['verify', '--base', base, '--head', 'HEAD']);
}

function ledgerOf(repository: TestRepository): string {
  const file = path.join(repository.dir, '.git/brakeline/ledger.jsonl');
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}

interface OpenFile {
  hunks: { path: string; added: string[]; removed: string[]; severity: string; findings: { fingerprint: string; severity: string }[] }[];
  [key: string]: unknown;
}

function edited(file: string, edit: (request: OpenFile) => void): string {
  const request: OpenFile = JSON.parse(readFileSync(file, 'utf8'));
  edit(request);
  const other = path.join(temporaryFolder('edited'), 'change.json');
  writeFileSync(other, JSON.stringify(request));
  return other;
}

describe('the whole way', () => {
  test('request, open without the head commit, import, export, verify PASS', async () => {
    riskyCommit();
    const base = author.git('rev-parse', 'HEAD^');
    expect(runCli(author.dir, ['verify', '--base', base, '--head', 'HEAD']).status).toBe(1);
    const file = requestLast();
    const { status, screen } = await typeCli(senior.dir, ['signoff', 'open', file], ANSWERS);
    expect(status, screen).toBe(0);
    expect(screen).toContain('ada <ada@example.invalid> asked about 2 hunks');
    expect(screen).toContain('The change is not in this clone.');
    expect(screen).toContain('rm -rf "$OLD"/');
    // A line above that did not change: what the author saw around it.
    expect(screen).toContain('cp -R dist "$TARGET"');
    expect(screen).toContain('2 records by bob written to');

    const imported = importHere(answerOf(file));
    expect(imported.status, imported.stderr + imported.stdout).toBe(0);
    expect(imported.stdout).toContain('2 records imported');
    const verified = exportAndVerify();
    expect(verified.status, verified.stdout).toBe(0);
    expect(verified.stdout).toMatch(/^PASS {2}2 findings covered/);
    expect(verified.stdout).toContain('bob');
  });

  test('where the commits are there the findings are found anew, and the same records come of it', async () => {
    riskyCommit();
    const file = requestLast();
    senior.git('fetch', '--quiet', 'origin');
    const { status, screen } = await typeCli(senior.dir, ['signoff', 'open', file, '--output', answerOf(file)], ANSWERS);
    expect(status, screen).toBe(0);
    expect(screen).toContain('Both commits are in this clone');
    expect(importHere(answerOf(file)).status).toBe(0);
    expect(exportAndVerify().stdout).toMatch(/^PASS {2}2 findings covered/);
  });

  test('the staged change, before there is a commit', async () => {
    author.write('ops/deploy.sh', `${DEPLOY}${RM}`);
    author.git('add', '--all');
    const file = requestLast('--staged');
    const { screen, status } = await typeCli(senior.dir, ['signoff', 'open', file], ANSWERS.slice(2));
    expect(status, screen).toBe(0);
    expect(importHere(answerOf(file), '--staged').stdout).toContain('1 record imported');
    expect(runCli(author.dir, ['export']).status).toBe(0);
    commitAs(author, 'ada@example.invalid', 'risky');
    expect(runCli(author.dir, ['verify', '--base', 'HEAD^', '--head', 'HEAD']).stdout).toMatch(/^PASS/);
  });

  test('a rejection with words, which fails the verification and shows them', async () => {
    riskyCommit();
    const file = requestLast();
    const { status, screen } = await typeCli(
      senior.dir,
      ['signoff', 'open', file],
      [
        ...ANSWERS.slice(0, 2),
        { wait: SAY, type: 'r' },
        { wait: WRONG, type: 'no' },
        { wait: 'found 2', type: 'an empty OLD removes the root folder' },
      ],
    );
    expect(status, screen).toBe(0);
    const imported = importHere(answerOf(file));
    expect(imported.status, imported.stderr).toBe(0);
    expect(imported.stdout).toContain('rejected by bob: ops/deploy.sh');
    expect(imported.stdout).toContain('an empty OLD removes the root folder');
    const verified = exportAndVerify();
    expect(verified.status).toBe(1);
    expect(verified.stdout).toContain('found one by bob');
    const [, rejection = ''] = readFileSync(answerOf(file), 'utf8').trimEnd().split('\n');
    const { payload }: { payload: string } = JSON.parse(rejection);
    expect(Buffer.from(payload, 'base64').toString()).toContain('I have read this change and I do not accept its effect.');
  });

  test('q keeps what was signed, and the next time asks about the rest alone', async () => {
    riskyCommit();
    const file = requestLast();
    const first = await typeCli(senior.dir, ['signoff', 'open', file], [...ANSWERS.slice(0, 2), { wait: SAY, type: 'q' }]);
    expect(first.status, first.screen).toBe(1);
    expect(first.screen).toContain('1 record by bob written to');
    expect(importHere(answerOf(file)).stdout).toContain('1 record imported');
    const taken = await typeCli(senior.dir, ['signoff', 'open', file], []);
    expect([taken.status, taken.screen]).toEqual([2, expect.stringContaining('found one that is there already')]);
    const whole = file.replace('change.json', 'whole.jsonl');
    const second = await typeCli(
      senior.dir,
      ['signoff', 'open', file, '--output', whole],
      [{ wait: STANDS, type: '' }, ...ANSWERS.slice(2)],
    );
    expect(second.status, second.screen).toBe(0);
    expect(second.screen).toContain('acknowledged by you before');
    const imported = importHere(whole);
    expect(imported.stdout).toContain('here already');
    expect(imported.stdout).toContain('1 record imported');
    expect(ledgerOf(author).trimEnd().split('\n')).toHaveLength(2);
    expect(exportAndVerify().stdout).toMatch(/^PASS/);
  });

  test('a rejection is taken back by whoever made it, and by nothing else', async () => {
    riskyCommit();
    const file = requestLast();
    const no = [
      { wait: SAY, type: 'r' },
      { wait: WRONG, type: 'who counted the orders?' },
    ];
    await typeCli(senior.dir, ['signoff', 'open', file], [...no, ...ANSWERS.slice(2)]);
    expect(importHere(answerOf(file)).stdout).toContain('2 records imported');
    const again = file.replace('change.json', 'again.jsonl');
    const second = await typeCli(
      senior.dir,
      ['signoff', 'open', file, '--output', again],
      [{ wait: STANDS, type: 'u' }, ...ANSWERS.slice(0, 2), { wait: STANDS, type: '' }],
    );
    expect(second.status, second.screen).toBe(0);
    expect(second.screen).toContain('rejected by you before: who counted the orders?');
    expect(runCli(author.dir, ['review', ...RANGE]).status).toBe(1);
    expect(importHere(again).stdout).toContain('2 records imported');
    expect(exportAndVerify().stdout).toMatch(/^PASS/);
  });

  test('lines that changed since invalidate their own hunk alone', async () => {
    riskyCommit();
    const file = requestLast();
    await typeCli(senior.dir, ['signoff', 'open', file], ANSWERS);
    author.write('db/0002.sql', "UPDATE orders SET status = 'gone';\n");
    author.git('add', '--all');
    author.git('-c', 'user.email=ada@example.invalid', 'commit', '--quiet', '--amend', '--no-edit');
    const imported = importHere(answerOf(file));
    expect(imported.status, imported.stdout).toBe(1);
    expect(imported.stdout).toMatch(
      /left out {2}acknowledged by bob: db\/0002\.sql .*\n {2}expected lines of this change, found none of them/,
    );
    expect(imported.stdout).toContain('1 record imported, 1 left out');
    const verified = exportAndVerify();
    expect(verified.stdout).toContain('db/0002.sql');
    expect(verified.stdout).not.toContain('ops/deploy.sh:4');
  });

  test('the author’s own acknowledgement is not enough, so the hunk is still asked about', async () => {
    riskyCommit();
    await typeCli(
      author.dir,
      ['ack', ...RANGE],
      [
        { wait: WHY, type: 'every order is closed by now' },
        { wait: WHY, type: 'OLD is set by the caller' },
      ],
    );
    const request: OpenFile = JSON.parse(readFileSync(requestLast(), 'utf8'));
    expect(request.hunks.map((hunk) => hunk.path).sort()).toEqual(['db/0002.sql', 'ops/deploy.sh']);
  });

  test('a request holds the lines of its hunks and their context, and nothing else of the change', () => {
    author.write('notes.md', 'a secret that nobody asked about\n');
    riskyCommit();
    expect(readFileSync(requestLast(), 'utf8')).not.toContain('secret');
  });

  test('nothing waits: nothing is asked and nothing written', () => {
    author.write('README.md', 'hello\n');
    commitAs(author, 'ada@example.invalid', 'safe');
    const file = path.join(temporaryFolder(), 'none.json');
    const asked = runCli(author.dir, ['signoff', 'request', ...RANGE, '--output', file]);
    expect([asked.status, asked.stdout]).toEqual([0, 'no hunk waits for a person: there is nothing to ask\n']);
    expect(existsSync(file)).toBe(false);
  });
});

describe('who may answer', () => {
  test('attack: the author signs for themself with another key, under another address', async () => {
    riskyCommit();
    const file = requestLast();
    become(senior, 'adaLaptop', 'ada@home.invalid');
    const { status, screen } = await typeCli(senior.dir, ['signoff', 'open', file], []);
    expect(status, screen).toBe(2);
    expect(screen).toContain('expected somebody other than the author, found ada, who is ada@example.invalid');
    expect(ledgerOf(senior)).toBe('');
  });

  test('attack: the author strikes their own name from the request: the import and the verification know it', async () => {
    riskyCommit();
    const file = edited(requestLast(), (request) => {
      request.author = { name: 'Zed', email: 'zed@example.invalid' };
      request.authors = [];
    });
    become(senior, 'adaLaptop', 'ada@home.invalid');
    const { status, screen } = await typeCli(senior.dir, ['signoff', 'open', file], ANSWERS);
    expect(status, screen).toBe(0);
    const imported = importHere(answerOf(file));
    expect(imported.status, imported.stdout).toBe(1);
    expect(imported.stdout).toContain('expected somebody other than the author, found ada, who is ada@example.invalid');
    expect(ledgerOf(author)).toBe('');
    const verified = runCli(author.dir, ['verify', ...RANGE, '--bundle', answerOf(file), '--format', 'json']);
    expect(verified.stdout).toContain('self-approval');
  });

  test('a key that the base does not list is told before anything is asked', async () => {
    riskyCommit();
    const file = requestLast();
    become(senior, 'eve', 'eve@example.invalid');
    const { status, screen } = await typeCli(senior.dir, ['signoff', 'open', file], []);
    expect(status, screen).toBe(2);
    expect(screen).toContain('expected a key of .brakeline/allowed_signers of the base, found SHA256:');
    expect(existsSync(answerOf(file))).toBe(false);
  });

  test('attack: a stranger’s answer, or one whose signature does not hold, is not taken in', async () => {
    riskyCommit();
    const file = requestLast();
    // A stranger’s clone lists their own key; the author’s base does not.
    senior.write('.brakeline/allowed_signers', `eve@example.invalid namespaces="brakeline-ack" ${PUBLIC.eve}\n`);
    senior.commit('eve trusts eve');
    const request = edited(file, (one) => {
      one.base = senior.git('rev-parse', 'HEAD');
    });
    become(senior, 'eve', 'eve@example.invalid');
    const { status, screen } = await typeCli(senior.dir, ['signoff', 'open', request], ANSWERS);
    expect(status, screen).toBe(0);
    const imported = importHere(answerOf(request));
    expect(imported.status, imported.stdout).toBe(1);
    expect(imported.stdout).toContain('0 records imported, 2 left out');
    const lines = readFileSync(answerOf(request), 'utf8').split('\n');
    const envelope: { payload: string } = JSON.parse(lines[0] ?? '');
    const forged = Buffer.from(envelope.payload, 'base64').toString().replaceAll('eve@example.invalid', 'bob@example.invalid');
    const bad = path.join(temporaryFolder(), 'forged.jsonl');
    writeFileSync(bad, `${JSON.stringify({ ...envelope, payload: Buffer.from(forged).toString('base64') })}\n`);
    const refused = importHere(bad);
    expect([refused.status, refused.stderr]).toEqual([2, expect.stringContaining('found one that does not verify')]);
    expect(ledgerOf(author)).toBe('');
  });

  test('a key file cannot acknowledge where the author’s role asks for a touch; it may still say no', async () => {
    const touch = '\nsignoffs:\n  - when: { author: [junior], match: "ops/**" }\n    require: { presence: touch }\npeople:\n';
    author.write('.brakeline/policy.yaml', POLICY.replace('\npeople:\n', touch));
    author.commit('ask for a touch');
    riskyCommit();
    const file = requestLast();
    senior.git('pull', '--quiet', 'origin', 'main');
    const { status, screen } = await typeCli(
      senior.dir,
      ['signoff', 'open', file],
      [
        ...ANSWERS.slice(0, 2),
        { wait: 'not to be acknowledged here: expected a key that the policy lists as hardware', type: 'a' },
        { wait: 'expected r or q, found a', type: 'r' },
        { wait: WRONG, type: 'nobody says what OLD is' },
      ],
    );
    expect(status, screen).toBe(0);
    expect(importHere(answerOf(file)).stdout).toContain('2 records imported');
  });

  test.each(['CLAUDECODE', 'AI_AGENT'])('attack: an agent opens a request through a pseudo-terminal: %s', async (variable) => {
    riskyCommit();
    const file = requestLast();
    const { status, screen } = await typeCli(senior.dir, ['signoff', 'open', file], [], { [variable]: '1' });
    expect(status, screen).toBe(2);
    expect(screen).toContain(`expected a person to run \`brakeline signoff open\`, found an agent's environment (${variable} is set)`);
  });

  test('without a terminal nobody can be asked', () => {
    riskyCommit();
    const { status, stderr } = runCli(senior.dir, ['signoff', 'open', requestLast()]);
    expect(status).toBe(2);
    expect(stderr).toMatch(/^brakeline: expected a person at a terminal .*\n$/);
  });
});

describe('bad input is one line, and nothing is signed', () => {
  async function refused(file: string, expected: string): Promise<void> {
    const { status, screen } = await typeCli(senior.dir, ['signoff', 'open', file], []);
    expect(status, screen).toBe(2);
    expect(screen).toContain(expected);
    expect(screen.trimEnd().split('\n')).toHaveLength(1);
    expect(ledgerOf(senior)).toBe('');
  }

  test('a request that is not what it was', async () => {
    riskyCommit();
    const file = requestLast();
    const cut = path.join(temporaryFolder(), 'cut.json');
    writeFileSync(cut, readFileSync(file, 'utf8').slice(0, -200));
    await refused(cut, 'found expected JSON, found something else');
    await refused(
      edited(file, (request) => request.hunks.forEach((hunk) => void hunk.added.fill('echo harmless\n'))),
      'the file was edited',
    );
    await refused(
      edited(file, (request) => {
        request.schemaVersion = 2;
      }),
      'expected schemaVersion 1, found 2, which a newer Brakeline wrote',
    );
    await refused(
      edited(file, (request) => {
        request.repository = '11111111-5a51-4b0c-9a55-3b1a2f1c0d11';
      }),
      'expected a request of this repository (0b9d7a3e-5a51-4b0c-9a55-3b1a2f1c0d11), found one of 11111111',
    );
  });

  test('a request that hides something, is too large, or is no file of its own', async () => {
    riskyCommit();
    const file = requestLast();
    await refused(
      edited(file, (request) => {
        request.author = { name: 'Ada\u202egnp', email: 'ada@example.invalid' };
      }),
      'found U+202E',
    );
    const large = path.join(temporaryFolder(), 'large.json');
    writeFileSync(large, '{}');
    truncateSync(large, 100_000_000);
    await refused(large, 'found 100000000 bytes, more than 4194304');
    const link = path.join(temporaryFolder(), 'link.json');
    symlinkSync(file, link);
    await refused(link, 'found a link');
    await refused(path.dirname(file), 'found a folder');
    await refused(path.join(path.dirname(file), 'none.json'), 'found none');
  });

  test('where the commits are there, a request that says less than they do', async () => {
    author.write('ops/deploy.sh', `${DEPLOY}${RM}`);
    author.write(
      'migrations/0003.sql',
      'ALTER TABLE orders ADD COLUMN closed_at timestamptz;\nUPDATE orders SET status = 1;\nDROP TABLE orders;\n',
    );
    commitAs(author, 'ada@example.invalid', 'risky');
    const file = requestLast();
    senior.git('fetch', '--quiet', 'origin');
    await refused(
      edited(file, (request) => request.hunks.forEach((hunk) => void hunk.findings.splice(1))),
      'as its commits give them here, found other findings: the request was edited',
    );
  });

  test('nothing is overwritten', async () => {
    riskyCommit();
    const file = requestLast();
    const again = runCli(author.dir, ['signoff', 'request', ...RANGE, '--output', file]);
    expect([again.status, again.stderr]).toEqual([2, expect.stringContaining('found one that is there already')]);
    mkdirSync(answerOf(file));
    await refused(file, 'found one that is there already');
  });

  test('words that are none of the command’s', () => {
    for (const args of [
      ['sign'],
      ['open'],
      ['import'],
      ['request', 'x.json'],
      ['open', 'x', '--staged'],
      ['import', 'x', '--output', 'y'],
    ]) {
      const { status, stderr } = runCli(author.dir, ['signoff', ...args]);
      expect([args, status, stderr]).toEqual([args, 2, expect.stringMatching(/^brakeline: expected .*\n$/)]);
    }
  });
});
