import { expect, test, vi } from 'vitest';
import { runCli } from '../../support/cli.ts';
import { temporaryFolder } from '../../support/git.ts';

// Each call is a process of its own, and machines differ.
vi.setConfig({ testTimeout: 120_000 });

const WRONG: readonly (readonly [args: readonly string[], message: RegExp])[] = [
  [['revew'], /^expected one of review explain graph ack .*, found "revew"$/],
  [['__proto__'], /^expected one of review .*, found "__proto__"$/],
  [
    ['review', '--fail-onn', 'high'],
    /^expected one of --base --head --staged --patch --format --fail-on --suppressions, found "--fail-onn"$/,
  ],
  [['review', '-f'], /^expected one of --base .*, found "-f"$/],
  [['review', '--fail-on', 'severe'], /^expected --fail-on low\|medium\|high\|critical, found "severe"$/],
  [['review', '--format=xml'], /^expected --format text\|json\|sarif\|gitlab\|markdown, found "xml"$/],
  [['review', '--base'], /^expected REV after --base, found nothing$/],
  [['review', '--base', '--head', 'x'], /^expected REV after --base, found "--head"$/],
  [['review', '--base', 'a', '--base', 'b'], /^expected --base once, found it twice$/],
  [['review', '--staged=yes'], /^expected --staged without a value, found "yes"$/],
  [['review', 'HEAD'], /^expected no argument after `review`, found "HEAD"$/],
  [['review', '--head', 'x', '--staged'], /^expected one of --head --staged --patch, found --head and --staged$/],
  [['explain'], /^expected RULE\|FINGERPRINT\|list\|score after `explain`, found nothing$/],
  [['explain', 'nonsense'], /^expected a rule of `brakeline explain list` or 4 to 64 hex digits of a fingerprint, found "nonsense"$/],
  [['demo', '--edit-only'], /^expected --keep DIR beside --edit-only, found none$/],
  [['lsp'], /^expected --stdio after `lsp`, found nothing$/],
  [['help', 'nothing'], /^expected one of review .*, found "nothing"$/],
];

test.each(WRONG)('%j is one line and status 2', (args, message) => {
  const dir = temporaryFolder();
  const { status, stdout, stderr } = runCli(dir, args);
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr.endsWith('\n')).toBe(true);
  expect(stderr.slice('brakeline: '.length, -1)).toMatch(message);
});

test('help names every command, and each command explains itself', () => {
  const dir = temporaryFolder();
  const help = runCli(dir, ['help']);
  expect(help.status).toBe(0);
  const names = [...help.stdout.matchAll(/^ {2}(\w+) {2,}/gm)].map((match) => match[1] ?? '');
  expect(names).toEqual([
    'review',
    'explain',
    'graph',
    'ack',
    'undo',
    'override',
    'export',
    'signoff',
    'verify',
    'sync',
    'hooks',
    'learn',
    'policy',
    'rules',
    'index',
    'init',
    'demo',
    'lsp',
  ]);
  for (const name of names) {
    const page = runCli(dir, [name, '--help']);
    expect([page.status, page.stdout.startsWith(`usage: brakeline ${name}`)], name).toEqual([0, true]);
    expect(runCli(dir, ['help', name]).stdout).toBe(page.stdout);
    expect(
      page.stdout.split('\n').filter((line) => line.length > 80),
      name,
    ).toEqual([]);
  }
});

test('the version is one line', () => {
  expect(runCli(temporaryFolder(), ['--version']).stdout).toMatch(/^brakeline \d+\.\d+\.\d+\n$/);
});
