import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** One process from its start to its end. */
export interface ProcessRun {
  /** Milliseconds, the start of the process included. */
  readonly wall: number;
  /** Most memory it ever held, in MB, without its children; NaN where nobody said. */
  readonly peak: number;
  readonly out: string;
}

export interface ProcessOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Bundle that notes the memory; without it the peak is NaN. */
  readonly noteMemory?: string;
  /** Codes that are no failure; 0 where not given. */
  readonly accept?: readonly number[];
}

/** Runs `node ARGS`. Errors: the process ended with another code than expected; the message holds what it said last. */
export function runNode(args: readonly string[], options: ProcessOptions): Promise<ProcessRun> {
  return runProcess(process.execPath, args, options);
}

export function runProcess(command: string, args: readonly string[], options: ProcessOptions): Promise<ProcessRun> {
  const folder = mkdtempSync(path.join(tmpdir(), 'brakeline-bench-run-'));
  const noted = path.join(folder, 'memory');
  const watch = options.noteMemory === undefined ? {} : { NODE_OPTIONS: `--require=${options.noteMemory}`, BENCH_MEMORY_FILE: noted };
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: { ...process.env, ...watch, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const out: Buffer[] = [];
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString('utf8')).slice(-2000);
    });
    child.on('error', reject);
    child.on('close', (code) => {
      const wall = performance.now() - started;
      const note = `${noted}.${child.pid}`;
      const peak = existsSync(note) ? Number(readFileSync(note, 'utf8')) : Number.NaN;
      rmSync(folder, { recursive: true, force: true });
      if ((options.accept ?? [0]).includes(code ?? -1)) resolve({ wall, peak, out: Buffer.concat(out).toString('utf8') });
      else
        reject(
          new Error(`expected ${path.basename(args[0] ?? command)} to end with ${options.accept ?? 0}, found ${code}: ${said.trim()}`),
        );
    });
  });
}
