import { mkdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { runCli, typeCli } from '../../support/cli.ts';
import { temporaryFolder } from '../../support/git.ts';
import { answerOf, author, commitAs, DEPLOY, edited, ledgerOf, RANGE, RM, requestLast, riskyCommit, senior } from './signoff-clones.ts';

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
