import { spawn } from 'node:child_process';
import { AppError } from '../app-error.ts';
import type { Environment } from './choose.ts';

export interface SshKeygenResult {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A person may have to find and touch a hardware key; nobody needs longer than this. Milliseconds. */
const PATIENCE = 120_000;
/** A signature has a few hundred bytes, of the largest RSA key a few thousand. */
const MOST_BYTES = 65_536;

/**
 * Runs `ssh-keygen` from the path with `input` on standard input. No shell, and no value of a repository in its options. What
 * does not end, or does not end to talk, is killed and left behind: its children may hold the pipes for ever, so nothing waits
 * for these. It keeps our terminal, at which it may ask for a passphrase, and so it is no group of processes of its own.
 */
export function runSshKeygen(
  args: readonly string[],
  input: Uint8Array,
  environment: Environment,
  patience: number = PATIENCE,
): Promise<SshKeygenResult> {
  return new Promise((resolve, reject) => {
    const child = spawn('ssh-keygen', args, { env: { ...environment, LC_ALL: 'C' }, windowsHide: true });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    let bytes = 0;
    const end = (status: number, note = ''): void => {
      clearTimeout(timer);
      for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
      child.unref();
      resolve({ status, stdout: Buffer.concat(stdout).toString('utf8'), stderr: note + Buffer.concat(stderr).toString('utf8') });
    };
    const giveUp = (note: string): void => {
      child.kill('SIGKILL');
      end(1, `${note}\n`);
    };
    const timer = setTimeout(() => giveUp(`no answer within ${patience / 1000} s`), patience);
    const collect = (chunks: Buffer[]) => (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > MOST_BYTES) giveUp(`more than ${MOST_BYTES} bytes`);
      else chunks.push(chunk);
    };
    child.stdout.on('data', collect(stdout));
    child.stderr.on('data', collect(stderr));
    child.on('error', (cause) => {
      clearTimeout(timer);
      reject(new AppError('key-refused', `expected ssh-keygen on the path, found: ${cause.message}`, { cause }));
    });
    child.on('close', (status) => end(status ?? 1));
    // A key that is refused closes the pipe before it has read the message; the exit status tells, so EPIPE need not.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}
