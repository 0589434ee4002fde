import { spawn } from 'node:child_process';
import { AppError } from '../app-error.ts';
import type { Environment } from './choose.ts';

export interface SshKeygenResult {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A person may have to find and touch a hardware key; nobody needs longer than this. */
const PATIENCE = 120_000;

/** Runs `ssh-keygen` from the path with `input` on standard input. No shell, and no value of a repository in its options. */
export function runSshKeygen(args: readonly string[], input: Uint8Array, environment: Environment): Promise<SshKeygenResult> {
  return new Promise((resolve, reject) => {
    const child = spawn('ssh-keygen', args, { env: { ...environment, LC_ALL: 'C' }, timeout: PATIENCE, windowsHide: true });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    child.on('error', (cause) =>
      reject(new AppError('key-refused', `expected ssh-keygen on the path, found: ${cause.message}`, { cause })),
    );
    child.on('close', (status) => {
      const late = status === null ? `no answer within ${PATIENCE / 1000} s\n` : '';
      resolve({
        status: status ?? 1,
        stdout: Buffer.concat(stdout).toString('utf8'),
        stderr: late + Buffer.concat(stderr).toString('utf8'),
      });
    });
    // A key that is refused closes the pipe before it has read the message; the exit status tells, so EPIPE need not.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}
