import { execFileSync } from 'node:child_process';
import { appendFileSync, chmodSync, existsSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { HOME, runCli, typeCli } from '../support/cli.ts';
import { makeRepository, type TestRepository, temporaryFolder } from '../support/git.ts';

// Whatever happens to a key or to the ledger, no acknowledgement is lost and none is made up.

const WHY = 'the caller sets OLD, looked it up';

// Each review is a process of its own, and machines differ.
vi.setConfig({ testTimeout: 120_000 });

let repository: TestRepository;
let ledger: string;

beforeEach(() => {
  repository = makeRepository();
  repository.git('config', 'user.email', 'ada@example.invalid');
  repository.write('one.sh', 'echo\n');
  repository.write('two.sh', 'echo\n');
  repository.commit('base');
  repository.write('one.sh', 'rm -rf "$OLD"/\n');
  repository.write('two.sh', 'rm -rf "$NEW"/\n');
  ledger = path.join(repository.dir, '.git', 'brakeline', 'ledger.jsonl');
});

afterEach(() => repository.dispose());

function waiting(): readonly string[] {
  return runCli(repository.dir, ['ack', '--list'])
    .stdout.split('\n')
    .filter(Boolean)
    .map((line) => line.slice(0, 12));
}

/** Makes the git signing key one that ssh-keygen cannot use without asking. */
function usePassphraseKey(passphrase: string): void {
  const key = path.join(temporaryFolder(), 'id');
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', passphrase, '-C', '', '-f', key]);
  repository.git('config', 'gpg.format', 'ssh');
  repository.git('config', 'user.signingkey', `${key}.pub`);
}

async function acknowledge(fingerprint: string, reason: string): Promise<string> {
  return (await typeCli(repository.dir, ['ack', fingerprint, '--reason', reason], [])).screen;
}

test('a ledger line that a crash cut short costs that line alone, and says so', async () => {
  const [first = '', second = ''] = waiting();
  await acknowledge(first, WHY);
  const whole = statSync(ledger).size;
  await acknowledge(second, `${WHY} too`);
  truncateSync(ledger, whole + 100);
  const { stdout, stderr } = runCli(repository.dir, ['ack', '--list']);
  expect(stdout.startsWith(second)).toBe(true);
  expect(stdout).not.toContain(first);
  expect(stderr).toMatch(/^brakeline: [^\n]*line 2[^\n]*\n$/);

  // The next record starts on a line of its own, so both now stand.
  await acknowledge(second, `${WHY} again`);
  expect(waiting()).toEqual(['no hunk wait']);
  expect(readFileSync(ledger, 'utf8').trimEnd().split('\n')).toHaveLength(3);
});

test('junk in the ledger is named and passed by', async () => {
  const [first = ''] = waiting();
  await acknowledge(first, WHY);
  appendFileSync(ledger, 'not json\n{"payloadType":"x"}\n');
  const { status, stdout, stderr } = runCli(repository.dir, ['ack', '--list']);
  expect(status).toBe(0);
  expect(stdout).not.toContain(first);
  expect(stderr.trimEnd().split('\n')).toHaveLength(2);
  expect(stderr).not.toMatch(/^\s+at /m);
});

test('a ledger line changed by one byte does not count', async () => {
  const [first = ''] = waiting();
  await acknowledge(first, WHY);
  const line = readFileSync(ledger, 'utf8');
  const at = line.indexOf('"payload":"') + 40;
  writeFileSync(ledger, `${line.slice(0, at)}${line[at] === 'A' ? 'B' : 'A'}${line.slice(at + 1)}`);
  expect(waiting()).toContain(first);
});

test('a key whose passphrase is not known is refused in one line, and nothing is signed', async () => {
  usePassphraseKey('secret');
  const [first = ''] = waiting();
  const { status, screen } = await typeCli(repository.dir, ['ack', first, '--reason', WHY], [{ wait: 'passphrase', type: 'wrong' }]);
  expect(status, screen).toBe(2);
  expect(screen).toMatch(/^brakeline: expected ssh-keygen to sign with [^\n]+, found: [^\n]+$/m);
  expect(screen).not.toMatch(/^\s+at /m);
  expect(existsSync(ledger)).toBe(false);
  expect(waiting()).toContain(first);
});

test('a passphrase typed at the terminal reaches ssh-keygen, also after a question of ours', async () => {
  usePassphraseKey('secret');
  const [first = ''] = waiting();
  const turns = [
    { wait: 'Why is it fine?', type: WHY },
    { wait: 'passphrase', type: 'secret' },
  ];
  const { status, screen } = await typeCli(repository.dir, ['ack', first], turns);
  expect(status, screen).toBe(0);
  expect(screen).toContain(`acknowledged ${first}`);
  expect(waiting()).not.toContain(first);
});

test('a configured key that is not there is refused and not replaced by another', async () => {
  repository.git('config', 'gpg.format', 'ssh');
  repository.git('config', 'user.signingkey', '/nowhere/id_ed25519.pub');
  const { status, screen } = await typeCli(repository.dir, ['ack', waiting()[0] ?? '', '--reason', WHY], []);
  expect(status).toBe(2);
  expect(screen).toContain('/nowhere/id_ed25519.pub');
  expect(existsSync(ledger)).toBe(false);
});

test('a Brakeline key that others can read is refused', async () => {
  const [first = '', second = ''] = waiting();
  await acknowledge(first, WHY);
  const key = path.join(HOME, 'brakeline', 'brakeline.key');
  chmodSync(key, 0o644);
  try {
    const { status, screen } = await typeCli(repository.dir, ['ack', second, '--reason', `${WHY} too`], []);
    expect(status).toBe(2);
    expect(screen).toMatch(/^brakeline: expected [^\n]*$/m);
  } finally {
    chmodSync(key, 0o600);
  }
  expect(waiting()).toEqual([second]);
});

test('an acknowledgement of another file or scope is none of this one', async () => {
  const [first = ''] = waiting();
  await acknowledge(first, WHY);
  repository.write('three.sh', 'rm -rf "$OLD"/\n');
  expect(runCli(repository.dir, ['ack', '--list']).stdout).toContain('three.sh');
});

test('a file that is edited while the person thinks is not signed', async () => {
  const before = waiting();
  const { status, screen } = await typeCli(
    repository.dir,
    ['ack', before[0] ?? ''],
    [
      {
        wait: 'Why is it fine?',
        get type() {
          repository.write('one.sh', 'rm -rf "$OTHER"/\n');
          return WHY;
        },
      },
    ],
  );
  expect(status).toBe(1);
  expect(screen).toContain('nothing was signed: expected the hunk as it was shown, found that it has changed since');
  expect(existsSync(ledger)).toBe(false);
});

test('the end of the input ends the questions, and what was signed before stands', async () => {
  const turns = [
    { wait: 'Why is it fine?', type: WHY },
    { wait: 'Why is it fine?', type: '\x04' },
  ];
  const { status, screen } = await typeCli(repository.dir, ['ack'], turns);
  expect(status, screen).toBe(2);
  expect(screen).toContain('brakeline: expected an answer, found the end of the input; nothing more was signed');
  expect(waiting()).toHaveLength(1);
});
