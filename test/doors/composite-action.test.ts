import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { data, Evaluator, Lexer, Parser } from '@actions/expressions';
import { build } from 'esbuild';
import { beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { parse } from 'yaml';
import { DIST } from '../support/build.ts';
import { runCli } from '../support/cli.ts';
import { makeRepository, repositoryAt, type TestRepository, temporaryFolder } from '../support/git.ts';

// The action itself, not only its script: read by GitHub's own language service, its expressions evaluated by GitHub's own evaluator
// on the events that GitHub sends, and its steps run one after another as a runner runs them. What `uses:` another action is not run.
vi.setConfig({ testTimeout: 120_000 });

const ROOT = path.resolve(import.meta.dirname, '../..');
const text = (name: string): string => readFileSync(path.join(ROOT, name), 'utf8');

interface Step {
  readonly id?: string;
  readonly name?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly shell?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly 'working-directory'?: string;
}

interface Action {
  readonly inputs: Readonly<Record<string, { readonly default?: string }>>;
  readonly outputs: Readonly<Record<string, { readonly value: string }>>;
  readonly runs: { readonly using: string; readonly steps: readonly Step[] };
}

const ACTION: Action = parse(text('action.yml'));

describe('GitHub’s language service', () => {
  let faults: (name: string, source: string) => Promise<readonly string[]>;

  beforeAll(async () => {
    // It imports JSON as bundlers do, and Node 20 does not.
    const outfile = path.join(temporaryFolder('language-service'), 'service.cjs');
    const contents =
      "export { validate } from '@actions/languageservice'; export { TextDocument } from 'vscode-languageserver-textdocument';";
    await build({
      stdin: { contents, resolveDir: ROOT },
      bundle: true,
      platform: 'node',
      format: 'cjs',
      outfile,
      logLevel: 'error',
    });
    const service: Pick<typeof import('@actions/languageservice'), 'validate'> &
      Pick<typeof import('vscode-languageserver-textdocument'), 'TextDocument'> = createRequire(import.meta.url)(outfile);
    let asked = 0;
    // The service keeps what it parsed under its address.
    faults = async (name, source) =>
      (await service.validate(service.TextDocument.create(`file:///${asked++}/${name}`, 'yaml', 1, source))).map(
        ({ message }) => `${message}`,
      );
  });

  test('finds nothing wrong with the action', async () => {
    expect(await faults('action.yml', text('action.yml'))).toEqual([]);
  });

  test.each(readdirSync(path.join(ROOT, '.github/workflows')))('finds nothing wrong with %s', async (name) => {
    expect(await faults(`.github/workflows/${name}`, text(`.github/workflows/${name}`))).toEqual([]);
  });

  test.each(['README.md', 'docs/gates.md'])('finds nothing wrong with the workflow that %s shows', async (page) => {
    const blocks = [...text(page).matchAll(/^```yaml\r?\n([^`]*)^```/gm)].flatMap(([, block = '']) =>
      block.includes('jobs:') ? [block] : [],
    );
    expect(blocks).toHaveLength(1);
    const found = await Promise.all(
      blocks.map((block) => faults('.github/workflows/x.yml', block.replace('OWNER/brakeline@COMMIT', `o/r@${'0'.repeat(40)}`))),
    );
    expect(found.flat()).toEqual([]);
  });

  test('would find a wrong key, a missing one and an unknown context', async () => {
    const broken = text('action.yml').replace('shell: bash', 'shel: bash').replace('inputs.notes', 'input.notes');
    expect(await faults('action.yml', broken)).toEqual([
      "Unexpected value 'shel'",
      'Required property is missing: shell',
      "Unrecognized named-value: 'input'",
    ]);
  });
});

interface GitHubEvent {
  readonly event_name: string;
  /** The commit of the run, and its ref. */
  readonly sha: string;
  readonly ref: string;
  /** The payload, as far as GitHub documents it and the action could read it. */
  readonly event: object;
}

interface Ran {
  readonly status: number;
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
  readonly stdout: string;
  /** Names of the steps whose condition holds, in their order. */
  readonly steps: readonly string[];
}

let origin: TestRepository;
let clone: TestRepository;
let base: string;
let head: string;

const pullRequest = (): GitHubEvent => ({
  event_name: 'pull_request',
  // A merge that GitHub makes for the run and nobody committed.
  sha: '1'.repeat(40),
  ref: 'refs/pull/7/merge',
  event: {
    action: 'synchronize',
    number: 7,
    pull_request: { base: { ref: 'main', sha: base }, head: { ref: 'feature', sha: head }, user: { id: 583_231, login: 'ada' } },
  },
});

describe('the steps of the action', () => {
  /** What a runner has after actions/checkout with `fetch-depth: 0`. */
  beforeEach(() => {
    origin = makeRepository();
    origin.git('config', 'user.email', 'ada@example.invalid');
    runCli(origin.dir, ['init']);
    origin.write('ops/clean.sh', '#!/bin/sh\nset -eu\necho done\n');
    base = origin.commit('base');
    origin.git('checkout', '--quiet', '-b', 'feature');
    origin.write('ops/clean.sh', '#!/bin/sh\nset -eu\nrm -rf "$DIR"/\necho done\n');
    head = origin.commit('risky');
    clone = repositoryAt(path.join(temporaryFolder('workspace'), 'work'));
    expect(spawnSync('git', ['clone', '--quiet', '--branch=feature', origin.dir, clone.dir]).status).toBe(0);
  });

  test('a pull request that nobody answered fails, with outputs and summary', () => {
    const ran = runAction(pullRequest());
    expect(ran).toMatchObject({
      status: 1,
      outputs: { result: 'fail', gaps: '1' },
      steps: ['actions/setup-node', 'Build Brakeline', 'Verify'],
    });
    expect(ran.stdout).toMatch(/^::error file=ops\/clean\.sh,/m);
    expect(ran.summary).toContain('FAIL');
    expect(JSON.parse(readFileSync(ran.outputs.report ?? '', 'utf8'))).toMatchObject({ base, head });
  });

  test('the gaps are uploaded where an input asks for it, after a failure too', () => {
    const { status, steps } = runAction(pullRequest(), { sarif: 'true' });
    expect([status, steps.at(-1)]).toEqual([1, 'Upload the gaps to code scanning']);
  });

  test('a merge group is compared with its base', () => {
    const merge_group = { head_sha: head, head_ref: 'refs/heads/gh-readonly-queue/main/pr-7', base_sha: base, base_ref: 'refs/heads/main' };
    const ref = merge_group.head_ref;
    const ran = runAction({ event_name: 'merge_group', sha: head, ref, event: { action: 'checks_requested', merge_group } });
    expect(ran).toMatchObject({ status: 1, outputs: { result: 'fail', gaps: '1' } });
  });

  test('a push is compared with what was there, and a new branch with the main one', () => {
    clone.git('remote', 'set-head', 'origin', 'main');
    const push = (before: string): Ran =>
      runAction({ event_name: 'push', sha: head, ref: 'refs/heads/feature', event: { before, after: head, ref: 'refs/heads/feature' } });
    for (const before of [base, '0'.repeat(40)]) expect(push(before)).toMatchObject({ status: 1, outputs: { gaps: '1' } });
    expect(push(head)).toMatchObject({ status: 0, outputs: { result: 'pass', gaps: '0' } });
  });

  test('a repository that was checked out elsewhere', () => {
    expect(runAction(pullRequest(), { 'working-directory': 'work' }, path.dirname(clone.dir))).toMatchObject({
      status: 1,
      outputs: { gaps: '1' },
    });
  });

  test('an event that hands over a token is refused', () => {
    const ran = runAction({ ...pullRequest(), event_name: 'pull_request_target' });
    expect(ran).toMatchObject({ status: 2, outputs: { result: 'error' } });
  });
});

/** Runs the composite action as a runner does: conditions, variables and outputs by GitHub's evaluator, each step in a shell of its own. */
function runAction(github: GitHubEvent, given: Readonly<Record<string, string>> = {}, workspace = clone.dir): Ran {
  expect(ACTION.runs.using).toBe('composite');
  const place = temporaryFolder('runner');
  const summary = path.join(place, 'summary');
  const defaults = Object.fromEntries(Object.entries(ACTION.inputs).map(([name, input]) => [name, input.default ?? '']));
  const contexts = { github, inputs: { ...defaults, ...given }, steps: {} as Record<string, { readonly outputs: object }> };
  const names: string[] = [];
  let status = 0;
  let stdout = '';
  for (const [index, step] of ACTION.runs.steps.entries()) {
    const isWanted = step.if === undefined ? status === 0 : isTrue(step.if, contexts, status);
    if (!isWanted) continue;
    names.push(step.name ?? step.uses?.replace(/@.*/, '') ?? '');
    if (step.run === undefined) continue;
    expect(step.shell).toBe('bash');
    const script = path.join(place, `${index}.sh`);
    const output = path.join(place, `${index}.output`);
    mkdirSync(path.join(place, 'temp'), { recursive: true });
    writeFileSync(script, step.run);
    const variables = Object.entries(step.env ?? {}).map(([name, value]) => [name, interpolate(value, contexts)]);
    const ran = spawnSync('bash', ['--noprofile', '--norc', '-eo', 'pipefail', script], {
      cwd: path.resolve(workspace, interpolate(step['working-directory'] ?? '.', contexts)),
      encoding: 'utf8',
      env: {
        PATH: `${path.dirname(process.execPath)}${path.delimiter}${process.env.PATH ?? ''}`,
        HOME: place,
        CI: 'true',
        GITHUB_ACTIONS: 'true',
        GITHUB_ACTION_PATH: path.dirname(DIST),
        GITHUB_OUTPUT: output,
        GITHUB_STEP_SUMMARY: summary,
        RUNNER_TEMP: path.join(place, 'temp'),
        ...Object.fromEntries(variables),
      },
    });
    stdout += ran.stdout;
    status = ran.status ?? 2;
    if (step.id !== undefined) contexts.steps[step.id] = { outputs: outputsIn(output) };
  }
  const outputs = Object.entries(ACTION.outputs).map(([name, { value }]) => [name, interpolate(value, contexts)]);
  return {
    status,
    stdout,
    outputs: Object.fromEntries(outputs),
    summary: existsSync(summary) ? readFileSync(summary, 'utf8') : '',
    steps: names,
  };
}

function outputsIn(file: string): Readonly<Record<string, string>> {
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
  return Object.fromEntries(
    lines.filter((line) => line !== '').map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
}

function interpolate(value: string, contexts: object): string {
  return value.replace(/\$\{\{([^}]*)\}\}/g, (_, expression: string) => evaluate(expression, contexts, 0).coerceString());
}

function isTrue(condition: string, contexts: object, status: number): boolean {
  const expression = /^\s*\$\{\{([^}]*)\}\}\s*$/.exec(condition)?.[1] ?? condition;
  const value = evaluate(expression, contexts, status);
  return value.coerceString() !== '' && value.coerceString() !== 'false';
}

function evaluate(expression: string, contexts: object, status: number): data.ExpressionData {
  const functions = Object.entries({ always: true, success: status === 0, failure: status !== 0 }).map(([name, value]) => ({
    name,
    minArgs: 0,
    maxArgs: 0,
    call: () => new data.BooleanData(value),
  }));
  const { tokens } = new Lexer(expression.trim()).lex();
  const parsed = new Parser(tokens, Object.keys(contexts), functions).parse();
  const known: unknown = JSON.parse(JSON.stringify(contexts), data.reviver);
  if (!(known instanceof data.Dictionary)) throw new Error('expected contexts by name');
  return new Evaluator(parsed, known, new Map(functions.map((one) => [one.name, one]))).evaluate();
}
