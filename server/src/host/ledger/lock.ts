import { open, readFile, rename, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { AppError } from '../app-error.ts';

/** A holder writes for milliseconds; one that holds longer than this has died or was suspended. */
const STALE_AFTER = 10_000;
const GIVE_UP_AFTER = 30_000;
const RELEASE_ATTEMPTS = 100;

/**
 * Runs `work` while holding a lock file. A lock whose process is gone, or that is too old, is taken over. The lock orders
 * writers; it is not what keeps their lines whole (one append is one write), so a takeover that errs costs an empty line at
 * most. AppError `ledger-busy` where it stays held.
 */
export async function withLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  const owner = `${process.pid} ${hostname()}\n`;
  const start = performance.now();
  while (!(await tryLock(path, owner))) {
    if (performance.now() - start > GIVE_UP_AFTER) {
      throw new AppError('ledger-busy', `expected to hold ${path} within ${GIVE_UP_AFTER / 1000} s, found it held`);
    }
    if (await isStale(path)) await takeAway(path);
    await pause(2 + Math.random() * 8);
  }
  try {
    return await work();
  } finally {
    await release(path, owner);
  }
}

async function tryLock(path: string, owner: string): Promise<boolean> {
  try {
    const handle = await open(path, 'wx', 0o600);
    await handle.writeFile(owner);
    await handle.close();
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST' || isBusy(error)) return false;
    throw error;
  }
}

async function isStale(path: string): Promise<boolean> {
  try {
    const [text, { mtimeMs }] = await Promise.all([readFile(path, 'utf8'), stat(path)]);
    if (Date.now() - mtimeMs > STALE_AFTER) return true;
    const [pid, host] = text.trim().split(' ');
    return host === hostname() && !isAlive(Number(pid));
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || isBusy(error)) return false;
    throw error;
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) !== 'ESRCH';
  }
}

/** Of several that find the lock stale, one renames it away and the others find it gone, or busy and look again. */
async function takeAway(path: string): Promise<void> {
  const aside = `${path}.${process.pid}`;
  try {
    await rename(path, aside);
    await rm(aside, { force: true });
  } catch (error) {
    if (codeOf(error) !== 'ENOENT' && !isBusy(error)) throw error;
  }
}

/**
 * Removes the lock only while it is our own: it may have been taken over meanwhile. One that stays busy is left behind: the work
 * is done, and others take it over once it is stale.
 */
async function release(path: string, owner: string): Promise<void> {
  for (let attempt = 0; attempt < RELEASE_ATTEMPTS; attempt += 1) {
    try {
      if ((await readFile(path, 'utf8')) === owner) await rm(path, { force: true });
      return;
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return;
      if (!isBusy(error)) throw error;
      await pause(2 + Math.random() * 8);
    }
  }
}

/** Windows answers so while another process has the file open, or removes it. */
function isBusy(error: unknown): boolean {
  return codeOf(error) === 'EPERM' || codeOf(error) === 'EBUSY';
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
