import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { DIST } from './build.ts';
import { temporaryFolder } from './git.ts';

export interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
}

const CLI = path.join(DIST, 'cli.js');

/** A home without keys or configuration, so that no test depends on whose machine it runs on, or changes it. */
export const HOME = temporaryFolder('home');

/** Runs the bundled command line without a terminal, as a script or CI would. */
export function runCli(cwd: string, args: readonly string[], options: RunOptions = {}): Ran {
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, ...args], {
    cwd,
    env: environment(options.env),
    input: options.input ?? '',
    encoding: 'utf8',
    maxBuffer: 64_000_000,
  });
  return { status, stdout, stderr };
}

/** As `runCli`, without waiting for it. */
export async function startCli(cwd: string, args: readonly string[]): Promise<Ran> {
  const child = spawn(process.execPath, [CLI, ...args], { cwd, env: environment(), stdio: ['ignore', 'pipe', 'pipe'] });
  const [stdout, stderr, status] = await Promise.all([text(child.stdout), text(child.stderr), ended(child)]);
  return { status, stdout, stderr };
}

/** What a person does at one prompt: waits until it has been printed, and types a line. */
export interface Turn {
  readonly wait: string;
  readonly type: string;
}

/**
 * Runs the command line under a real pseudo-terminal and plays a person. The pseudo-terminal comes from `script` of
 * util-linux, or from Python's `pty`; a machine with neither cannot run this test, and the test fails with that line.
 */
export async function typeCli(
  cwd: string,
  args: readonly string[],
  turns: readonly Turn[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly status: number | null; readonly screen: string }> {
  const [program = '', ...rest] = underTerminal([process.execPath, CLI, ...args]);
  const child = spawn(program, rest, {
    cwd,
    env: { ...environment(env), TERM: 'xterm', SHELL: '/bin/sh' },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const left = [...turns];
  let screen = '';
  let read = 0;
  const turn = (): void => {
    for (let next = left[0]; next !== undefined; next = left[0]) {
      const at = screen.indexOf(next.wait, read);
      if (at < 0) return;
      read = at + next.wait.length;
      left.shift();
      child.stdin.write(`${next.type}\n`);
    }
  };
  child.stdout.on('data', (chunk: Buffer) => {
    screen += chunk.toString('utf8');
    turn();
  });
  const status = await ended(child);
  if (left.length > 0) throw new Error(`expected the prompt ${JSON.stringify(left[0]?.wait)}, found the screen:\n${screen}`);
  return { status, screen: screen.replaceAll('\r\n', '\n') };
}

/** The command that runs another one under a pseudo-terminal and passes on its exit status. */
function underTerminal(command: readonly string[]): readonly string[] {
  if (process.platform === 'linux' && has('script')) return ['script', '-qec', command.map(quote).join(' '), '/dev/null'];
  if (has('python3'))
    return ['python3', '-c', 'import os,pty,sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))', ...command];
  throw new Error('expected `script` of util-linux or python3 to open a pseudo-terminal, found neither: install one');
}

function has(program: string): boolean {
  return (process.env.PATH ?? '').split(path.delimiter).some((folder) => existsSync(path.join(folder, program)));
}

function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

function ended(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
}

/** The variables of this process without those that change what is tested; agents run tests too. */
function environment(more: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) =>
      !/^(GIT_|GITHUB_|CI|VITEST|NODE_OPTIONS|NO_COLOR|FORCE_COLOR|SSH_AUTH_SOCK|CLAUDE|CODEX|CURSOR|GEMINI|DEVIN|AI_AGENT|AUGMENT|OPENCODE|BRAKELINE_)/.test(
        name,
      ),
  );
  return {
    ...Object.fromEntries(kept),
    HOME,
    BRAKELINE_CONFIG_HOME: path.join(HOME, 'brakeline'),
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    ...more,
  };
}
