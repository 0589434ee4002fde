import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { runCli, typeCli } from '../../support/cli.ts';
import { temporaryFolder } from '../../support/git.ts';
import {
  ANSWERS,
  answerOf,
  author,
  commitAs,
  DEPLOY,
  exportAndVerify,
  importHere,
  ledgerOf,
  type OpenFile,
  RANGE,
  RM,
  requestLast,
  riskyCommit,
  SAY,
  STANDS,
  senior,
  WHY,
  WRONG,
} from './signoff-clones.ts';

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

  test('a change whose file this clone does not have, which is said beside the hunk', async () => {
    author.write('notes.md', 'a commit that nobody has fetched\n');
    commitAs(author, 'ada@example.invalid', 'ahead');
    author.write('ops/deploy.sh', `${DEPLOY}${RM}`);
    author.git('add', '--all');
    const file = requestLast('--staged');
    senior.git('rm', '--quiet', 'ops/deploy.sh');
    commitAs(senior, 'bob@example.invalid', 'deploys by other means');
    const { screen } = await typeCli(senior.dir, ['signoff', 'open', file], [{ wait: SAY, type: 'q' }]);
    expect(screen).toContain('  not what the author saw: HEAD of this clone has no such file\n');
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
    expect(verified.stdout.replace(/\s+/g, ' ')).toContain('found one by bob because "an empty OLD removes the root folder"');
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
    const whole = file.replace('change.signoff.json', 'whole.jsonl');
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
    const again = file.replace('change.signoff.json', 'again.jsonl');
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
