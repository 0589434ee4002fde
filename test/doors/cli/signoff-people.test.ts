import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { runCli, typeCli } from '../../support/cli.ts';
import { temporaryFolder } from '../../support/git.ts';
import {
  ANSWERS,
  answerOf,
  author,
  become,
  edited,
  importHere,
  ledgerOf,
  POLICY,
  PUBLIC,
  RANGE,
  requestLast,
  riskyCommit,
  senior,
  WRONG,
} from './signoff-clones.ts';

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
