import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { mayUseKeptCode } from '../../../server/src/doors/cli/kept-code-commands.ts';
import { isDue } from '../../../server/src/host/code-cache/kept-code.ts';
import { DIST } from '../../support/build.ts';
import { type Ran, runCli } from '../../support/cli.ts';
import { makeRepository, type TestRepository, temporaryFolder } from '../../support/git.ts';

// Each test starts several processes, on a machine that may be busy with others.
vi.setConfig({ testTimeout: 240_000 });

let repository: TestRepository;
let caches: string;

beforeAll(() => {
  repository = makeRepository();
  runCli(repository.dir, ['init']);
  repository.write('ops/clean.sh', '#!/bin/sh\nset -eu\necho done\n');
  repository.write('src/pay.ts', 'export function pay(): number {\n  return 1;\n}\n');
  repository.commit('base');
  // A script asks for a grammar, whose library imports Node's modules while it runs; the other file for the compiler.
  repository.write('ops/clean.sh', '#!/bin/sh\nset -eu\nrm -rf "$DIR"/\necho done\n');
  repository.write('src/pay.ts', 'export function pay(): number {\n  return /^(a+)+$/.test(String(process.env.A)) ? 1 : 2;\n}\n');
  repository.git('add', '-A');
});

beforeEach(() => {
  caches = temporaryFolder('caches');
});

const REVIEW = ['review', '--staged', '--format', 'json'];

function run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Ran {
  return runCli(repository.dir, args, { env: { XDG_CACHE_HOME: caches, LOCALAPPDATA: caches, ...env } });
}

function folder(): string {
  return path.join(caches, 'brakeline');
}

function keptFiles(): readonly string[] {
  return existsSync(folder()) ? readdirSync(folder()).map((name) => path.join(folder(), name)) : [];
}

describe('code that was compiled before', () => {
  test('answers as the program does that compiles itself, and is for its owner alone', () => {
    const plain = run(REVIEW, { BRAKELINE_KEPT_CODE: 'off' });
    expect([plain.status, keptFiles()]).toEqual([1, []]);
    expect(run(REVIEW)).toEqual(plain);
    expect(
      keptFiles()
        .map((file) => path.basename(file).replace(/-\w+$/, ''))
        .sort(),
    ).toEqual(['code-command-line', 'code-scslre', 'code-ts-morph']);
    expect(statSync(folder()).mode & 0o777).toBe(0o700);
    for (const file of keptFiles()) expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(run(REVIEW)).toEqual(plain);
    expect(run(['explain', 'destroy/rm-recursive-variable'])).toEqual(
      run(['explain', 'destroy/rm-recursive-variable'], { BRAKELINE_KEPT_CODE: 'off' }),
    );
  });

  test('is used: a second process starts from what the first one left', () => {
    run(REVIEW);
    poison();
    expect(run(REVIEW).stdout).toBe('poisoned\n');
  });

  test('that is damaged, cut short or of another program is made anew, and nobody hears of it', () => {
    const plain = run(REVIEW);
    const spoil: readonly ((bytes: Buffer) => Buffer)[] = [
      (bytes) => bytes.subarray(0, bytes.length - 4096),
      (bytes) => Buffer.concat([bytes.subarray(0, 20_000), Buffer.alloc(4096), bytes.subarray(24_096)]),
      (bytes) => Buffer.from(bytes.toString('latin1').replace(process.version, 'v1.2.3.4'.slice(0, process.version.length)), 'latin1'),
      () => Buffer.alloc(0),
    ];
    for (const change of spoil) {
      const before = keptFiles().map((file) => [file, readFileSync(file)] as const);
      for (const [file, bytes] of before) writeFileSync(file, change(bytes));
      expect(run(REVIEW)).toEqual(plain);
      for (const [file, bytes] of before) expect(Math.abs(statSync(file).size - bytes.length)).toBeLessThan(bytes.length / 10);
    }
  });

  test('lies in no folder that others may write to, or that is a link: there it is neither read nor written', () => {
    mkdirSync(folder());
    chmodSync(folder(), 0o777);
    const answer = run(REVIEW);
    expect([answer.status, keptFiles(), statSync(folder()).mode & 0o777]).toEqual([1, [], 0o777]);
    caches = temporaryFolder('caches');
    const elsewhere = temporaryFolder('elsewhere');
    symlinkSync(elsewhere, folder());
    expect(run(REVIEW)).toEqual(answer);
    expect(readdirSync(elsewhere)).toEqual([]);
  });

  test('is not missed where no folder can be made, and a relative one is never made in a repository', () => {
    const answer = run(REVIEW);
    const file = path.join(caches, 'file');
    writeFileSync(file, '');
    expect(run(REVIEW, { XDG_CACHE_HOME: file, LOCALAPPDATA: file })).toEqual(answer);
    expect(run(REVIEW, { XDG_CACHE_HOME: 'relative', LOCALAPPDATA: 'relative' })).toEqual(answer);
    expect(existsSync(path.join(repository.dir, 'relative'))).toBe(false);
  });

  test('attack: code in its place runs in nothing that signs, decides, verifies or writes, and nothing in CI', () => {
    run(REVIEW);
    poison();
    const said = (args: readonly string[], env: Readonly<Record<string, string>> = {}): string => {
      const { stdout, stderr } = run(args, env);
      return stdout + stderr;
    };
    expect(said(REVIEW)).toBe('poisoned\n');
    for (const args of [
      ['verify', '--base', 'HEAD', '--head', 'HEAD'],
      ['ack', '--staged'],
      ['hooks', 'run', 'pre-push'],
    ])
      expect(said(args), args.join(' ')).not.toContain('poisoned');
    expect(said(REVIEW, { CI: 'true' })).toContain('"findings"');
  });

  test('is for four commands, and for no other that there is', () => {
    const may = (...args: readonly string[]): boolean => mayUseKeptCode(args, {});
    const commands = readdirSync('server/src/doors/cli/commands').map((file) => path.basename(file, '.ts'));
    expect(commands.filter((name) => may(name))).toEqual(['explain', 'graph', 'review']);
    expect([may(), may('--help'), may('hooks'), may('hooks', 'install'), may('hooks', 'run', 'pre-push')]).not.toContain(true);
    expect(may('hooks', 'run', 'pre-commit')).toBe(true);
    expect([mayUseKeptCode(['review'], { CI: '1' }), mayUseKeptCode(['review'], { BRAKELINE_KEPT_CODE: 'off' })]).toEqual([false, false]);
  });

  test('is looked at again after as much time as before, a minute at least and a day at most', () => {
    const made = 1_000_000_000;
    expect(isDue(made + 59_999, made, made)).toBe(false);
    expect(isDue(made + 60_000, made, made)).toBe(true);
    expect(isDue(made + 700_000, made + 360_000, made)).toBe(false);
    expect(isDue(made + 720_000, made + 360_000, made)).toBe(true);
    expect(isDue(made + 900_000_000, made + 800_000_000, made)).toBe(true);
    expect(isDue(made - 1, made, made)).toBe(true);
  });
});

/** Puts the compiled code of another program of the same length in the place of the command line's. */
function poison(): void {
  const file = keptFiles().find((name) => path.basename(name).startsWith('code-command-line-')) ?? '';
  const script = `
    const { readFileSync, writeFileSync } = require('node:fs');
    require('node:v8').setFlagsFromString('--liftoff-only');
    if (process.versions.v8.startsWith('11.'))
      for (const flag of ['--interrupt-budget=300000', '--regexp-tier-up-ticks=10']) require('node:v8').setFlagsFromString(flag);
    const length = readFileSync(${JSON.stringify(path.join(DIST, 'command-line.js'))}).length;
    const evil = require('node:module').wrap("process.stdout.write('poisoned\\\\n');".padEnd(length, ' '));
    const compiled = new (require('node:vm').Script)(evil);
    compiled.runInThisContext();
    const data = compiled.createCachedData();
    const bytes = readFileSync(${JSON.stringify(file)});
    const head = { ...JSON.parse(bytes.toString('latin1', 0, 512)), crc: require('node:zlib').crc32(data), made: Date.now() };
    writeFileSync(${JSON.stringify(file)}, Buffer.concat([Buffer.from(JSON.stringify(head).padEnd(512, '\\n'), 'latin1'), data]));`;
  const { status, stderr } = spawnSync(process.execPath, ['-e', script], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
}
