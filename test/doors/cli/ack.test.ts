import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { runCli, typeCli } from '../../support/cli.ts';
import { makeRepository, type TestRepository } from '../../support/git.ts';

// Each call is a process of its own, and machines differ.
vi.setConfig({ testTimeout: 120_000 });

const DEPLOY = '#!/bin/sh\nset -eu\ncp -R dist "$TARGET"\n';
const WHY = 'Why is it fine?';

let repository: TestRepository;

beforeEach(() => {
  repository = makeRepository();
  repository.git('config', 'user.email', 'ada@example.invalid');
  repository.git('config', 'user.name', 'Ada');
  repository.write('ops/deploy.sh', DEPLOY);
  repository.write('db/0001.sql', 'CREATE TABLE orders (id text, status text);\n');
  expect(runCli(repository.dir, ['init']).status).toBe(0);
  repository.commit('base');
});

afterEach(() => repository.dispose());

function risky(): void {
  repository.write('ops/deploy.sh', `${DEPLOY}rm -rf "$OLD"/\n`);
  repository.write('db/0002.sql', "UPDATE orders SET status = 'closed';\n");
}

test('a line that is longer than the terminal is shown whole: nobody signs what they did not see', async () => {
  const hidden = `${'echo keep && '.repeat(12)}rm -rf "$OLD"/ # the end of it`;
  repository.write('ops/deploy.sh', `${DEPLOY}${hidden}\n`);
  const { screen } = await typeCli(repository.dir, ['ack'], [{ wait: WHY, type: 'q' }]);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours of the terminal.
  expect(screen.replace(/\u001b\[[\d;]*m|\s/g, '')).toContain(hidden.replace(/\s/g, ''));
});

test('a person acknowledges at a terminal, exports with the commit, and a verifier passes', async () => {
  risky();
  const { status, screen } = await typeCli(
    repository.dir,
    ['ack'],
    [
      { wait: WHY, type: 'every order is closed by now, counted twice' },
      { wait: WHY, type: 'OLD is set by the caller, see the pipeline' },
    ],
  );
  expect(status, screen).toBe(0);
  expect(screen).toContain('2 hunks acknowledged');
  expect(screen.indexOf('critical')).toBeLessThan(screen.indexOf('high'));
  expect(runCli(repository.dir, ['review']).status).toBe(0);

  repository.git('add', '--all');
  const exported = runCli(repository.dir, ['export']);
  expect(exported.status, exported.stderr).toBe(0);
  expect(exported.stdout).toContain('2 carriers written, nothing left open');
  repository.commit('risky');
  const verified = runCli(repository.dir, ['verify', '--base', 'HEAD^', '--head', 'HEAD']);
  expect(verified.status, verified.stdout).toBe(0);
  expect(verified.stdout).toMatch(/^PASS {2}2 findings covered/);
});

test('a reason that is none is asked for again, and so is the reason given before', async () => {
  risky();
  const { status, screen } = await typeCli(
    repository.dir,
    ['ack'],
    [
      { wait: WHY, type: 'ok' },
      { wait: 'found 2', type: 'every order is closed by now' },
      { wait: WHY, type: 'every order is closed by now' },
      { wait: 'found the one given before', type: 'OLD is set by the caller' },
    ],
  );
  expect(status, screen).toBe(0);
});

test('an empty answer skips the hunk, signs nothing and leaves status 1', async () => {
  risky();
  const { status, screen } = await typeCli(
    repository.dir,
    ['ack'],
    [
      { wait: WHY, type: '' },
      { wait: WHY, type: '' },
    ],
  );
  expect(status).toBe(1);
  expect(screen).toContain('nothing was signed, 2 hunks left open');
  expect(screen).not.toContain('export');
  expect(runCli(repository.dir, ['review']).status).toBe(1);
});

test('q leaves all that follow open and asks nothing more', async () => {
  risky();
  const { status, screen } = await typeCli(repository.dir, ['ack'], [{ wait: WHY, type: 'q' }]);
  expect(status, screen).toBe(1);
  expect(screen.split(WHY)).toHaveLength(2);
  expect(screen).toContain('nothing was signed, 2 hunks left open');
});

test('one hunk by the start of its fingerprint, with the reason on the command line, and undone again', async () => {
  risky();
  const short = fingerprintOf('db/0002.sql');
  const done = await typeCli(repository.dir, ['ack', short, '--reason', 'every order is closed by now'], []);
  expect(done.screen).toContain(`acknowledged ${short}`);
  // The other hunk still waits, and was not asked about.
  expect(done.status, done.screen).toBe(0);
  const again = await typeCli(repository.dir, ['ack', short], []);
  expect([again.status, again.screen]).toEqual([0, `${short} is acknowledged already\n`]);
  expect(runCli(repository.dir, ['ack', '--list']).stdout).not.toContain(short);
  const undone = await typeCli(repository.dir, ['undo', short], []);
  expect(undone.status, undone.screen).toBe(0);
  expect(runCli(repository.dir, ['ack', '--list']).stdout).toContain(short);
});

test('one reason for several findings says so, and a covered one is named alone', async () => {
  repository.write(
    'migrations/0003.sql',
    'ALTER TABLE orders ADD COLUMN closed_at timestamptz;\nUPDATE orders SET status = 1, closed_at = now();\n',
  );
  const listed = runCli(repository.dir, ['review', '--format', 'json']).stdout;
  const { hunks }: { hunks: { findings: { fingerprint: string }[] }[] } = JSON.parse(listed);
  const [one = '', other = ''] = hunks[0]?.findings.map(({ fingerprint }) => fingerprint.slice(0, 12)) ?? [];
  expect([hunks.length, hunks[0]?.findings.length]).toEqual([1, 2]);
  const { status, screen } = await typeCli(
    repository.dir,
    ['ack'],
    [{ wait: `${WHY} One reason for all 2 findings. (empty: skip, q: quit)`, type: 'the table is empty before the launch' }],
  );
  expect(status, screen).toBe(0);
  for (const short of [one, other]) {
    const again = await typeCli(repository.dir, ['ack', short], []);
    expect([again.status, again.screen]).toEqual([0, `${short} is acknowledged already\n`]);
  }
});

test('an edit after the acknowledgement makes it stale', async () => {
  risky();
  await typeCli(repository.dir, ['ack', fingerprintOf('db/0002.sql'), '--reason', 'every order is closed by now'], []);
  repository.write('db/0002.sql', "UPDATE orders SET status = 'gone';\n");
  expect(runCli(repository.dir, ['review']).stdout).toContain('edited after it was acknowledged');
});

test('a refused reason of the command line is told, and nobody is asked', async () => {
  risky();
  const given = 'every order is closed by now';
  await typeCli(repository.dir, ['ack', fingerprintOf('db/0002.sql'), '--reason', given], []);
  const short = fingerprintOf('ops/deploy.sh');
  const again = await typeCli(repository.dir, ['ack', short, '--reason', given], []);
  expect(again.status, again.screen).toBe(2);
  expect(again.screen).toContain('brakeline: --reason: expected a reason for this change, found the one given before');
  const brief = await typeCli(repository.dir, ['ack', short, '--reason', 'ok'], []);
  expect(brief.status, brief.screen).toBe(2);
  expect(brief.screen).toContain('brakeline: --reason: expected a reason of at least 10 characters, found 2');
  expect(again.screen + brief.screen).not.toContain(WHY);
});

test('what asks nobody is not listed among what waits', () => {
  repository.write(
    '.brakeline/policy.yaml',
    'version: 1\nseverities:\n  high: { people: 1, reason: true }\n  critical: { people: 1, reason: true }\n',
  );
  repository.commit('policy');
  risky();
  repository.write(
    'migrations/0003_close.sql',
    'ALTER TABLE orders ADD COLUMN closed_at timestamptz;\nUPDATE orders SET closed_at = now();\nDROP TABLE orders;\n',
  );
  const review: { hunks: { path: string; findings: { fingerprint: string; severity: string }[] }[] } = JSON.parse(
    runCli(repository.dir, ['review', '--format', 'json']).stdout,
  );
  const findings = review.hunks.flatMap((hunk) => hunk.findings);
  // A hunk that mixes both: otherwise this would show nothing.
  expect(review.hunks.some((hunk) => new Set(hunk.findings.map(({ severity }) => severity === 'medium')).size === 2)).toBe(true);
  const listed = runCli(repository.dir, ['ack', '--list'])
    .stdout.trimEnd()
    .split('\n')
    .map((line) => line.slice(0, 12));
  const asked = findings.filter(({ severity }) => severity === 'high' || severity === 'critical');
  expect(listed.sort()).toEqual(asked.map(({ fingerprint }) => fingerprint.slice(0, 12)).sort());
});

test('a critical finding with dependents asks for their number', async () => {
  repository.write(
    'src/pay.ts',
    'export function pay(cents: number): number {\n  if (cents > 100) throw new Error();\n  return cents;\n}\n',
  );
  repository.write('src/a.ts', "import { pay } from './pay.js';\npay(1);\n");
  repository.write(
    '.brakeline/policy.yaml',
    'version: 1\nseverities:\n  high: { people: 1, reason: true, confirmDependents: true }\n  critical: { people: 1, reason: true, confirmDependents: true }\n',
  );
  repository.commit('pay');
  repository.write(
    'src/pay.ts',
    'export function pay(cents: number, currency: string): number {\n  if (cents > 100) throw new Error();\n  return cents;\n}\n',
  );
  repository.write(
    '.brakeline/policy.yaml',
    'version: 1\nseverities:\n  low: { people: 1, confirmDependents: true }\n  medium: { people: 1, confirmDependents: true }\n  high: { people: 1, reason: true, confirmDependents: true }\n  critical: { people: 1, reason: true, confirmDependents: true }\n',
  );
  const review: { hunks: { path: string; findings: { fingerprint: string; blastRadius: { references: number } }[] }[] } = JSON.parse(
    runCli(repository.dir, ['review', '--format', 'json']).stdout,
  );
  const finding = review.hunks.find((hunk) => hunk.path === 'src/pay.ts')?.findings[0];
  const references = finding?.blastRadius.references ?? 0;
  expect(references).toBeGreaterThan(0);
  const { status, screen } = await typeCli(
    repository.dir,
    ['ack', finding?.fingerprint ?? ''],
    [
      { wait: `Type ${references} to confirm`, type: '999' },
      { wait: `Type ${references} to confirm`, type: String(references) },
      { wait: WHY, type: 'both callers are changed next' },
    ],
  );
  expect(status, screen).toBe(0);
  expect(screen.split('src/a.ts:1').length - 1, screen).toBe(1);
  expect(screen).toContain('1 hunk acknowledged');
});

test('dependents that stand on one line count once, and what was acknowledged is covered', async () => {
  const guard = "  if (user.role !== 'admin') throw new Error('forbidden');\n";
  const close = (text: string): string =>
    `export function close(user: { role: string }): void {\n${text}  drop(user);\n}\nfunction drop(user: unknown): void {\n  console.log(user);\n}\n`;
  repository.write('src/close.ts', close(guard));
  repository.write('src/b.ts', "import { close as shut } from './close.js';\nshut({ role: 'x' });\n");
  repository.commit('close');
  repository.write('src/close.ts', close(''));
  const { status, screen } = await typeCli(
    repository.dir,
    ['ack'],
    [
      { wait: 'Type 2 to confirm', type: '2' },
      { wait: WHY, type: 'who calls it was asked before' },
    ],
  );
  expect(status, screen).toBe(0);
  const after = runCli(repository.dir, ['review']);
  expect(after.status, after.stdout).toBe(0);
});

test.each(['CLAUDECODE', 'CODEX_THREAD_ID', 'CURSOR_AGENT', 'GEMINI_CLI'])('an agent is refused: %s', async (variable) => {
  risky();
  const { status, screen } = await typeCli(repository.dir, ['ack'], [], { [variable]: '1' });
  expect(status).toBe(2);
  expect(screen).toContain(`expected a person to run \`brakeline ack\`, found an agent's environment (${variable} is set)`);
});

test('without a terminal nobody can be asked', () => {
  risky();
  for (const args of [['ack'], ['ack', 'abcd', '--reason', 'because I say so'], ['undo', 'abcd']]) {
    const { status, stderr } = runCli(repository.dir, args);
    expect(status).toBe(2);
    expect(stderr).toMatch(/^brakeline: expected a person at a terminal .*\n$/);
  }
});

/** The short fingerprint of the only finding of a file. */
function fingerprintOf(file: string): string {
  const line = runCli(repository.dir, ['ack', '--list'])
    .stdout.split('\n')
    .find((text) => text.includes(file));
  return line?.slice(0, 12) ?? '';
}
