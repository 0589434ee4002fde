import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../app-error.ts';
import { withLock } from './lock.ts';

/** What the ledger holds: one envelope a line, in the order in which they were written. */
export interface LedgerContent {
  readonly lines: readonly string[];
  readonly warnings: readonly string[];
}

/** `commonDir` is git's common directory, so that all worktrees of a repository share one ledger. */
export function ledgerFile(commonDir: string): string {
  return join(commonDir, 'brakeline', 'ledger.jsonl');
}

/**
 * Adds lines at the end and returns once they are on disk. Nothing is ever changed or removed: undo is a new record. All lines
 * go out in one write to a file opened for appending, under a lock, so that processes which write at once lose nothing
 * (test/host/ledger.test.ts); a line that a crash cut short is closed first, so that the next one starts on its own.
 */
export async function appendLedger(commonDir: string, lines: readonly string[]): Promise<void> {
  const broken = lines.find((line) => line === '' || /[\r\n]/.test(line));
  if (broken !== undefined) throw new AppError('bad-usage', 'expected ledger lines without line ends, found an empty or a broken one');
  if (lines.length === 0) return;
  const file = ledgerFile(commonDir);
  await mkdir(join(commonDir, 'brakeline'), { recursive: true });
  await withLock(`${file}.lock`, async () => {
    const handle = await open(file, constants.O_RDWR | constants.O_APPEND | constants.O_CREAT, 0o600);
    try {
      const separator = (await endsInLineEnd(handle)) ? '' : '\n';
      await writeAll(handle, Buffer.from(`${separator}${lines.join('\n')}\n`, 'utf8'));
      await handle.sync();
    } finally {
      await handle.close();
    }
  });
}

/** Reads without a lock: a reader sees whole lines, or at most one that is being written, which it skips with a warning. */
export async function readLedger(commonDir: string): Promise<LedgerContent> {
  const text = await readIfThere(ledgerFile(commonDir));
  const lines: string[] = [];
  const warnings: string[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    if (isWholeObject(line)) lines.push(line);
    else
      warnings.push(
        `ledger line ${index + 1} skipped: expected one whole JSON object, found ${line.length} characters cut short or garbled`,
      );
  }
  return { lines, warnings };
}

async function readIfThere(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  }
}

function isWholeObject(line: string): boolean {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null;
  } catch {
    // The caller names the line in a warning.
    return false;
  }
}

async function endsInLineEnd(handle: FileHandle): Promise<boolean> {
  const { size } = await handle.stat();
  if (size === 0) return true;
  const last = Buffer.alloc(1);
  await handle.read(last, 0, 1, size - 1);
  return last[0] === 0x0a;
}

async function writeAll(handle: FileHandle, bytes: Buffer): Promise<void> {
  let written = 0;
  while (written < bytes.length) written += (await handle.write(bytes, written)).bytesWritten;
}
