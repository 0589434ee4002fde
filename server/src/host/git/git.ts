import { type ExecFileException, execFile, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { AppError } from '../app-error.ts';

/** Where a git command runs, and what its environment adds. */
export interface GitPlace {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
}

export interface GitOptions {
  readonly input?: string | Uint8Array;
  /** Exit statuses that are answers; 0 alone where not given. */
  readonly accept?: readonly number[];
  /** More output is a failure; 1 GiB where not given. */
  readonly maxOutputBytes?: number;
}

export interface GitAnswer {
  readonly status: number;
  readonly stdout: Buffer;
}

/** Settings that a command must not inherit from the user's configuration: each would start a program or change an output. */
const SETTINGS = ['core.quotePath=false', 'core.fsmonitor=false', 'core.hooksPath=/dev/null'].flatMap((setting) => ['-c', setting]);

/** Set by git for its hooks; they would point a command at another repository than the one at `cwd`. */
const INHERITED = ['GIT_DIR', 'GIT_WORK_TREE', 'GIT_COMMON_DIR', 'GIT_PREFIX', 'GIT_NAMESPACE', 'GIT_INDEX_FILE'];

const MAX_OUTPUT_BYTES = 1_073_741_824;

/** Runs one short-lived git and waits for it. It runs no hook and asks nothing; what it writes is the caller's word. Errors: `git-missing`, `git-failed` with git's own first line. */
export function runGit(place: GitPlace, args: readonly string[], options: GitOptions = {}): GitAnswer {
  const done = spawnSync('git', gitArguments(args), {
    cwd: place.cwd,
    env: gitEnvironment(place.env),
    input: options.input,
    maxBuffer: options.maxOutputBytes ?? MAX_OUTPUT_BYTES,
    windowsHide: true,
  });
  if (done.error !== undefined) throw spawnFailure(done.error, place.cwd);
  const status = done.status ?? -1;
  if (!(options.accept ?? [0]).includes(status)) {
    const ending = done.signal === null ? `status ${status}` : done.signal;
    throw failure(args, firstLine(done.stderr) ?? ending);
  }
  return { status, stdout: done.stdout };
}

/** Runs one that asks and changes nothing, beside whatever this thread does. Errors: as `runGit`, where any status but 0 is one. */
export function startGit(place: GitPlace, args: readonly string[], input?: string): Promise<Buffer> {
  const options = {
    cwd: place.cwd,
    env: gitEnvironment(place.env),
    maxBuffer: MAX_OUTPUT_BYTES,
    windowsHide: true,
    encoding: 'buffer',
  } as const;
  return new Promise((resolve, reject) => {
    const child = execFile('git', gitArguments(args), options, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else if (typeof error.code === 'string') reject(spawnFailure(error, place.cwd));
      else reject(failure(args, firstLine(stderr) ?? error.signal ?? `status ${error.code}`));
    });
    if (input === undefined) return;
    // A git that ended before it had read everything says why by its status.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
  });
}

function failure(args: readonly string[], found: string): AppError {
  return new AppError('git-failed', `expected an answer of git ${args[0] ?? ''}, found ${found}`);
}

/** What stands before every command. */
export function gitArguments(args: readonly string[]): string[] {
  return ['--no-pager', ...SETTINGS, ...args];
}

/** The answer as text without its last line end. */
export function gitText(place: GitPlace, args: readonly string[], options: GitOptions = {}): string {
  return runGit(place, args, options).stdout.toString('utf8').replace(/\n$/, '');
}

/** The environment of every git that we start: it asks nothing, locks nothing, fetches nothing and follows no replacements. */
export function gitEnvironment(more: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { ...process.env };
  for (const name of INHERITED) delete env[name];
  return {
    ...env,
    LC_ALL: 'C',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_TERMINAL_PROMPT: '0',
    GIT_NO_LAZY_FETCH: '1',
    // Older than GIT_NO_LAZY_FETCH (2.45): a partial clone that wants to fetch finds no protocol it may use.
    GIT_ALLOW_PROTOCOL: 'none',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_LITERAL_PATHSPECS: '1',
    ...more,
  };
}

/**
 * Fields of a NUL-terminated list. A path need not be UTF-8: in such a field every byte above ASCII becomes a lone surrogate,
 * which no UTF-8 name can hold, so that no two paths become one. A tree gives such a path as unread (trees/git-tree.ts).
 */
export function splitNul(bytes: Buffer): string[] {
  const text = bytes.toString('utf8');
  if (text === '') return [];
  const fields = text.replace(/\0$/, '').split('\0');
  if (!text.includes(REPLACEMENT)) return fields;
  let start = 0;
  return fields.map((field) => {
    const end = bytes.indexOf(0, start);
    const raw = bytes.subarray(start, end === -1 ? bytes.length : end);
    start += raw.length + 1;
    return Buffer.from(field).equals(raw)
      ? field
      : raw.toString('latin1').replace(/[\x80-\xff]/g, (byte) => String.fromCharCode(0xdc00 + byte.charCodeAt(0)));
  });
}

const REPLACEMENT = '\ufffd';

function spawnFailure(error: Pick<ExecFileException, 'code' | 'message'>, cwd: string): AppError {
  if (error.code !== 'ENOENT') return new AppError('git-failed', `expected git to run, found ${error.message}`, { cause: error });
  if (!existsSync(cwd))
    return new AppError('not-a-repository', `expected a git repository at ${cwd}, found no such folder`, { cause: error });
  return new AppError('git-missing', 'expected git on the PATH, found none', { cause: error });
}

/** Git's own words, without its prefix, when it said something. */
export function firstLine(stderr: Buffer): string | undefined {
  const line = stderr
    .toString('utf8')
    .split('\n', 1)[0]
    ?.replace(/^(fatal|error|warning): /, '');
  return line === '' ? undefined : line;
}
