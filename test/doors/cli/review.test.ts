import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { runCli } from '../../support/cli.ts';
import { makeRepository, repositoryAt, type TestRepository, temporaryFolder } from '../../support/git.ts';

// Each call is a process of its own, and machines differ.
vi.setConfig({ testTimeout: 120_000 });

const RISKY = 'rm -rf "$OLD"/\n';

let repository: TestRepository;
let base: string;
let head: string;

beforeAll(() => {
  repository = makeRepository();
  repository.write('ops/clean.sh', '#!/bin/sh\necho clean\n');
  repository.write('README.md', 'A shop.\n');
  base = repository.commit('base');
  repository.write('ops/clean.sh', `#!/bin/sh\necho clean\n${RISKY}`);
  head = repository.commit('risky');
  repository.write('ops/again.sh', `#!/bin/sh\n${RISKY}`);
});

afterAll(() => repository.dispose());

interface Document {
  readonly base: string;
  readonly head: string;
  readonly severity: string;
  readonly hunkCount: number;
  readonly hunks: readonly {
    readonly path: string;
    readonly acknowledged: boolean;
    readonly findings: readonly { readonly fingerprint: string }[];
  }[];
}

function json(...args: string[]): Document {
  return JSON.parse(runCli(repository.dir, ['review', '--format', 'json', ...args]).stdout);
}

test('by default HEAD is compared with the working tree, untracked files included', () => {
  const document = json();
  expect(document).toMatchObject({ base: head, head: 'worktree', severity: 'critical', hunkCount: 1 });
  expect(document.hunks.map((hunk) => [hunk.path, hunk.acknowledged])).toEqual([['ops/again.sh', false]]);
});

test('with --head commits alone are read, from a bare repository too', () => {
  const bare = repositoryAt(temporaryFolder());
  bare.git('clone', '--quiet', '--bare', repository.dir, '.');
  const { status, stdout } = runCli(bare.dir, ['review', '--base', base, '--head', head, '--format', 'json']);
  expect(status).toBe(1);
  expect(JSON.parse(stdout)).toEqual(json('--base', base, '--head', head));
  expect(json('--base', base, '--head', head)).toMatchObject({ base, head });
  bare.dispose();
});

test('the staged change is what is staged, and nothing else', () => {
  const document = json('--staged');
  expect(document).toMatchObject({ hunkCount: 0, severity: 'none', hunks: [] });
});

test('the exit status is 1 from --fail-on upwards', () => {
  expect(runCli(repository.dir, ['review', '--fail-on', 'critical']).status).toBe(1);
  expect(runCli(repository.dir, ['review', '--base', head, '--head', head]).status).toBe(0);
});

test('a patch is reviewed without touching a file, and agrees with the commit it makes', () => {
  const patch = repository.git('diff', base, head);
  const { status, stdout } = runCli(repository.dir, ['review', '--base', base, '--patch', '-', '--format', 'json'], {
    input: `${patch}\n`,
  });
  expect(status).toBe(1);
  const reviewed: Document = JSON.parse(stdout);
  expect(reviewed.hunks).toEqual(json('--base', base, '--head', head).hunks);
});

test('a patch that does not apply is a failed run that says where', () => {
  const patch = repository.git('diff', base, head).replace(' echo clean', ' echo tidy');
  const { status, stdout, stderr } = runCli(repository.dir, ['review', '--base', base, '--patch', '-'], { input: `${patch}\n` });
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toBe('brakeline: the patch does not apply to ops/clean.sh: expected "echo tidy" on line 2, found "echo clean"\n');
});

test('every format says the same finding', () => {
  const [hunk] = json().hunks;
  const fingerprint = hunk?.findings[0]?.fingerprint ?? '';
  const formats = { text: fingerprint.slice(0, 12), markdown: fingerprint.slice(0, 12), sarif: fingerprint, gitlab: fingerprint };
  for (const [format, expected] of Object.entries(formats)) {
    const { status, stdout, stderr } = runCli(repository.dir, ['review', '--format', format]);
    expect([status, stderr], format).toEqual([1, '']);
    expect(stdout, format).toContain(expected);
  }
});

test('colour is for terminals, and whoever forces it', () => {
  const colourOf = (env: Record<string, string>): boolean => runCli(repository.dir, ['review'], { env }).stdout.includes('\x1b[');
  expect(colourOf({})).toBe(false);
  expect(colourOf({ FORCE_COLOR: '1' })).toBe(true);
  expect(colourOf({ FORCE_COLOR: '0' })).toBe(false);
  expect(colourOf({ NO_COLOR: '1' })).toBe(false);
});

test('explain shows the rule of a finding, by id, by construct and by fingerprint', () => {
  const fingerprint = json().hunks[0]?.findings[0]?.fingerprint ?? '';
  for (const name of ['destroy/shell-rm-rf', 'shell-rm-rf', fingerprint.slice(0, 8)]) {
    const { status, stdout } = runCli(repository.dir, ['explain', name]);
    expect(status, name).toBe(0);
    expect(stdout, name).toContain('destroy/shell-rm-rf');
  }
  expect(runCli(repository.dir, ['explain', fingerprint.slice(0, 8)]).stdout).toContain(RISKY.trim());
  expect(runCli(repository.dir, ['explain', 'list']).stdout).toContain('destroy/shell-rm-rf');
  expect(runCli(repository.dir, ['explain', 'destroy/shell-rm-rf', '--format', 'markdown']).stdout).toMatch(/^# destroy\/shell-rm-rf\n/);
});
