import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { addToNote } from '../../server/src/host/carriers/merge-notes.ts';
import { DIST } from '../support/build.ts';
import { runCli, typeCli } from '../support/cli.ts';
import { makeRepository, repositoryAt, type TestRepository, temporaryFolder } from '../support/git.ts';

vi.setConfig({ testTimeout: 120_000 });

const ROOT = path.resolve(import.meta.dirname, '../..');
const text = (name: string): string => readFileSync(path.join(ROOT, name), 'utf8');
const SAFE = '#!/bin/sh\nset -eu\necho done\n';
const RISKY = '#!/bin/sh\nset -eu\nrm -rf "$DIR"/\necho done\n';
/** A name that a shell would run, if it were ever read by one. */
const EVIL = 'x$(touch${IFS}pwned)`touch${IFS}pwned`;touch${IFS}pwned';

let origin: TestRepository;
let clone: TestRepository;
let base: string;
let head: string;

/** What a runner has: a full clone of the remote with the head of the request checked out. */
beforeEach(() => {
  const author = makeRepository();
  author.git('config', 'user.name', 'Ada');
  author.git('config', 'user.email', 'ada@example.invalid');
  runCli(author.dir, ['init']);
  author.write('ops/clean.sh', SAFE);
  base = author.commit('base');
  author.git('checkout', '--quiet', '-b', 'feature');
  author.write('ops/clean.sh', RISKY);
  head = author.commit('risky');
  origin = author;
  clone = repositoryAt(path.join(temporaryFolder('runner'), 'work'));
  spawnSync('git', ['clone', '--quiet', '--branch=feature', author.dir, clone.dir]);
});

interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
}

/** Runs what action.yml runs, in the environment that it makes. */
function runAction(variables: Readonly<Record<string, string>>, at = clone): Ran {
  const place = temporaryFolder('action');
  const files = { GITHUB_OUTPUT: path.join(place, 'output'), GITHUB_STEP_SUMMARY: path.join(place, 'summary') };
  const { status, stdout, stderr } = spawnSync('bash', [path.join(ROOT, 'templates/github-verify.sh')], {
    cwd: at.dir,
    encoding: 'utf8',
    env: {
      PATH: process.env.PATH ?? '',
      HOME: place,
      CI: 'true',
      RUNNER_TEMP: place,
      GITHUB_ACTION_PATH: path.dirname(DIST),
      BRAKELINE_NODE: process.execPath,
      BRAKELINE_NOTES: 'true',
      ...files,
      ...variables,
    },
  });
  const read = (file: string): string => (existsSync(file) ? readFileSync(file, 'utf8') : '');
  const outputs = Object.fromEntries(
    read(files.GITHUB_OUTPUT)
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
  return { status, stdout, stderr, outputs, summary: read(files.GITHUB_STEP_SUMMARY) };
}

const pullRequest = (more: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> => ({
  BRAKELINE_EVENT: 'pull_request',
  BRAKELINE_BASE: base,
  BRAKELINE_HEAD: head,
  BRAKELINE_TARGET: 'main',
  BRAKELINE_OPENER: '8928778',
  ...more,
});

/** Acknowledges the whole branch at a terminal, and sends the record as a note. */
async function acknowledge(): Promise<void> {
  const range = ['--base', 'main', '--head', 'feature'];
  const { status, screen } = await typeCli(
    origin.dir,
    ['ack', ...range],
    [{ wait: 'Why is it fine?', type: 'DIR is set two lines above' }],
  );
  expect(status, screen).toBe(0);
  expect(runCli(origin.dir, ['export', ...range, '--to', 'notes']).status).toBe(0);
}

describe('the GitHub action', () => {
  test('fails an unanswered pull request, with summary, annotation, SARIF and outputs', () => {
    const { status, stdout, outputs, summary } = runAction(pullRequest());
    expect([status, outputs.result, outputs.gaps]).toEqual([1, 'fail', '1']);
    expect(summary).toContain('## Brakeline: FAIL');
    expect(stdout).toMatch(/^::error file=ops\/clean.sh,line=3,title=Brakeline%3A destroy\//m);
    expect(JSON.parse(readFileSync(outputs.report ?? '', 'utf8'))).toMatchObject({ base, head, passed: false });
    expect(JSON.parse(readFileSync(outputs.sarif ?? '', 'utf8')).runs[0].results).toHaveLength(1);
  });

  test('passes an acknowledged one, whose note it fetches', async () => {
    await acknowledge();
    const { status, outputs, summary, stdout } = runAction(pullRequest());
    expect([status, outputs.result, outputs.gaps, stdout]).toEqual([0, 'pass', '0', '']);
    expect(summary).toContain('## Brakeline: PASS');
    expect(runAction(pullRequest({ BRAKELINE_NOTES: 'false' })).status, 'the note was fetched into the clone').toBe(0);
  });

  test('takes base and head of a merge group and of a push from the event', () => {
    const group = { BRAKELINE_EVENT: 'merge_group', BRAKELINE_BASE: base, BRAKELINE_HEAD: head };
    expect(runAction(group).outputs).toMatchObject({ result: 'fail', gaps: '1' });
    expect(runAction({ ...group, BRAKELINE_EVENT: 'push' }).outputs).toMatchObject({ result: 'fail', gaps: '1' });
    clone.git('remote', 'set-head', 'origin', 'main');
    expect(runAction({ ...group, BRAKELINE_EVENT: 'push', BRAKELINE_BASE: '0'.repeat(40) }).outputs).toMatchObject({ gaps: '1' });
  });

  test('reads policy and signers of the target as it is now, not as it was when the request was opened', async () => {
    await acknowledge();
    origin.git('checkout', '--quiet', 'main');
    origin.write('.brakeline/allowed_signers', '# nobody any more\n');
    origin.commit('strike the signer off');
    clone.git('fetch', '--quiet', 'origin');
    expect(runAction(pullRequest()).status).toBe(1);
  });

  test.each([
    ['pull_request_target', 'expected pull_request, found pull_request_target'],
    ['issue_comment', 'expected pull_request, merge_group or push, found issue_comment'],
    [`$(touch pwned)`, 'found ??touch?pwned?'],
  ])('refuses the event %s', (event, message) => {
    const { status, stdout, outputs } = runAction(pullRequest({ BRAKELINE_EVENT: event }));
    expect([status, outputs.result]).toEqual([2, 'error']);
    expect(stdout).toContain(message);
  });

  test('fields of an event are words and never commands', () => {
    for (const field of ['BRAKELINE_TARGET', 'BRAKELINE_OPENER', 'BRAKELINE_NOTES', 'BRAKELINE_ALLOW_OVERRIDDEN'])
      expect(runAction(pullRequest({ [field]: EVIL })).status, field).toBe(1);
    for (const field of ['BRAKELINE_BASE', 'BRAKELINE_HEAD', 'BRAKELINE_EVENT'])
      for (const value of [EVIL, '--help', '-c core.pager=x', `${base}\n::add-mask::x`])
        expect(runAction(pullRequest({ [field]: value, BRAKELINE_TARGET: '' })).status, `${field} ${value}`).toBe(2);
    expect(existsSync(path.join(clone.dir, 'pwned'))).toBe(false);
  });

  test('a file name cannot write a command of the runner', () => {
    const name = 'ops/a\n::stop-commands::x\r%0A::error::y.sh';
    origin.write(name, RISKY);
    head = origin.commit('evil name');
    clone.git('fetch', '--quiet', 'origin');
    const { stdout, outputs } = runAction(pullRequest());
    expect(outputs.gaps).toBe('2');
    for (const line of stdout.split('\n').filter((one) => one !== '')) expect(line).toMatch(/^::error file=/);
  });

  test('says what to fetch where the clone is shallow', () => {
    const shallow = repositoryAt(path.join(temporaryFolder('shallow'), 'work'));
    spawnSync('git', ['clone', '--quiet', '--depth=1', '--branch=feature', `file://${origin.dir}`, shallow.dir]);
    const { status, stdout } = runAction(pullRequest(), shallow);
    expect(status).toBe(2);
    expect(stdout).toContain('fetch-depth: 0');
  });

  test('a remote that cannot be asked for notes is a warning, and no pass', () => {
    clone.git('remote', 'set-url', 'origin', '/nowhere');
    const { status, stdout } = runAction(pullRequest());
    expect(status).toBe(1);
    expect(stdout).toMatch(/^::warning title=Brakeline::notes were not read: /m);
  });
});

describe('action.yml', () => {
  const action: { runs: { steps: readonly Readonly<Record<string, unknown>>[] }; inputs: object; outputs: object } = parse(
    text('action.yml'),
  );

  test('puts no expression of the event into a shell', () => {
    for (const step of action.runs.steps) expect(String(step.run ?? '')).not.toContain('${{');
  });

  test('gives the script every variable that it reads, and no token', () => {
    const env = Object.keys((action.runs.steps.find(({ id }) => id === 'verify')?.env ?? {}) as object);
    const read = new Set([...text('templates/github-verify.sh').matchAll(/\bBRAKELINE_[A-Z_]+/g)].map(([name]) => name));
    read.delete('BRAKELINE_NODE');
    expect([...read].sort()).toEqual([...env].sort());
    expect(text('action.yml')).not.toMatch(/github\.token|secrets\./);
  });

  test('promises the outputs that the script writes', () => {
    const written = [...text('templates/github-verify.sh').matchAll(/printf '(\w+)=/g)].map(([, name]) => name);
    for (const name of Object.keys(action.outputs)) expect(written).toContain(name);
  });
});

describe('the GitLab component', () => {
  function runJob(variables: Readonly<Record<string, string>>): Pick<Ran, 'status' | 'stdout' | 'stderr'> {
    const { status, stdout, stderr } = spawnSync('bash', [path.join(ROOT, 'templates/gitlab-verify.sh'), path.join(DIST, 'cli.js')], {
      cwd: clone.dir,
      encoding: 'utf8',
      env: {
        PATH: process.env.PATH ?? '',
        HOME: temporaryFolder('job'),
        CI: 'true',
        BRAKELINE_NODE: process.execPath,
        CI_COMMIT_SHA: head,
        CI_MERGE_REQUEST_TARGET_BRANCH_NAME: 'main',
        CI_MERGE_REQUEST_DIFF_BASE_SHA: base,
        ...variables,
      },
    });
    return { status, stdout, stderr };
  }

  test('fails with a Code Quality report of the gaps, and passes once they are answered', async () => {
    const { status, stdout } = runJob({});
    expect([status, stdout.startsWith('FAIL')]).toEqual([1, true]);
    const report: readonly Readonly<Record<string, unknown>>[] = JSON.parse(
      readFileSync(path.join(clone.dir, 'brakeline-reports/brakeline.gitlab.json'), 'utf8'),
    );
    expect(report).toMatchObject([
      { severity: expect.stringMatching(/critical|blocker/), location: { path: 'ops/clean.sh', lines: { begin: 3 } } },
    ]);
    await acknowledge();
    expect(runJob({}).status).toBe(0);
    expect(JSON.parse(readFileSync(path.join(clone.dir, 'brakeline-reports/brakeline.gitlab.json'), 'utf8'))).toEqual([]);
  });

  test('follows no link that a request commits in the place of a report', () => {
    const victim = path.join(temporaryFolder('victim'), 'profile');
    writeFileSync(victim, 'mine\n');
    symlinkSync(path.dirname(victim), path.join(clone.dir, 'brakeline-reports'));
    expect(runJob({}).status).toBe(1);
    expect(existsSync(path.join(path.dirname(victim), 'brakeline.json'))).toBe(false);
    unlinkSync(path.join(clone.dir, 'brakeline-reports/brakeline.json'));
    symlinkSync(victim, path.join(clone.dir, 'brakeline-reports/brakeline.json'));
    const { status, stderr } = runCli(clone.dir, ['verify', '--base', base, '--head', head, '--reports', 'brakeline-reports']);
    expect([status, stderr]).toEqual([2, expect.stringMatching(/^brakeline: expected to write .*brakeline.json, found /)]);
    expect(readFileSync(victim, 'utf8')).toBe('mine\n');
  });

  test('takes the head of the branch in a pipeline of merged results', () => {
    expect(runJob({ CI_COMMIT_SHA: base, CI_MERGE_REQUEST_SOURCE_BRANCH_SHA: head }).status).toBe(1);
  });

  test('names of branches are words and never commands', () => {
    expect(runJob({ CI_MERGE_REQUEST_TARGET_BRANCH_NAME: EVIL }).status).toBe(1);
    expect(runJob({ CI_MERGE_REQUEST_TARGET_BRANCH_NAME: EVIL, CI_MERGE_REQUEST_DIFF_BASE_SHA: EVIL }).status).toBe(2);
    expect(existsSync(path.join(clone.dir, 'pwned'))).toBe(false);
  });

  test('is a component: a header of inputs, and a job that uses each of them', () => {
    const documents = parseAllDocuments(text('templates/verify.yml'));
    expect(documents.map(({ errors }) => errors)).toEqual([[], []]);
    const [header, job] = documents.map((document) => document.toJS()) as [
      { readonly spec: { readonly inputs: object } },
      { readonly brakeline: { readonly script: readonly string[] } },
    ];
    const inputs = Object.keys(header.spec.inputs);
    for (const name of inputs) expect(text('templates/verify.yml')).toContain(`$[[ inputs.${name} ]]`);
    for (const line of job.brakeline.script) expect(line, 'an input in a script line would be read by the shell').not.toContain('$[[');
  });
});

test('.pre-commit-hooks.yaml names commands that are there', () => {
  const hooks: readonly { id: string; entry: string; stages: readonly string[]; pass_filenames: boolean }[] = parse(
    text('.pre-commit-hooks.yaml'),
  );
  expect(hooks.map(({ id }) => id)).toEqual(['brakeline-pre-commit', 'brakeline-pre-push']);
  for (const { entry, stages, pass_filenames } of hooks) {
    expect(entry).toBe(`brakeline hooks run ${stages[0]}`);
    expect(pass_filenames).toBe(false);
    expect(runCli(clone.dir, ['hooks', 'print']).stdout).toContain(hooks[0]?.id);
  }
});

test('what the pre-commit framework says in variables is verified like a push', () => {
  const env = {
    PRE_COMMIT_TO_REF: head,
    PRE_COMMIT_FROM_REF: base,
    PRE_COMMIT_REMOTE_BRANCH: 'refs/heads/feature',
    PRE_COMMIT_REMOTE_NAME: 'origin',
  };
  clone.git('remote', 'set-head', 'origin', 'main');
  const { status, stderr } = runCli(clone.dir, ['hooks', 'run', 'pre-push'], { env });
  expect([status, stderr]).toEqual([1, expect.stringContaining('feature has 1 gap as CI will see it, against origin/main')]);
});

test('a note of a stranger counts for nothing in the action', () => {
  origin.git('config', 'user.name', 'Eve');
  addToNote({ cwd: origin.dir }, head, ['{"payloadType":"x"}', 'x'.repeat(10_000)]);
  expect(runAction(pullRequest()).outputs).toMatchObject({ result: 'fail', gaps: '1' });
});
