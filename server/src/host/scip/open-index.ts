import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { DamagedIndex } from '../../core/reach/scip/damaged-index.ts';
import type { ByteSource } from '../../core/reach/scip/split-index.ts';

/** What is known of an index file without reading it. */
export interface IndexFile {
  /** One for all links to a file. */
  readonly identity: string;
  readonly size: number;
  readonly modifiedMs: number;
}

/**
 * Looks at a file before it is opened: opening a pipe would wait for whoever writes to it, and a network path would tell a
 * stranger who asks. Links are followed, and files outside the repository are what a list is for. `DamagedIndex` where it is
 * no file.
 */
export function statIndex(file: string): IndexFile {
  if (/^[\\/]{2}/.test(file)) throw new DamagedIndex('expected a SCIP index on a local path, found a network path');
  try {
    // Numbers of files on Windows have more digits than a double.
    const stat = statSync(file, { bigint: true });
    if (stat.isFile()) return { identity: `${stat.dev}:${stat.ino}`, size: Number(stat.size), modifiedMs: Number(stat.mtimeMs) };
    throw new DamagedIndex(`expected a SCIP index, found ${stat.isDirectory() ? 'a folder' : 'no regular file'}`);
  } catch (error) {
    throw asDamaged(error);
  }
}

/** Reads a file by position while `use` runs. `DamagedIndex` where the file system gives none. */
export function withIndex<T>(file: string, use: (source: ByteSource) => T): T {
  statIndex(file);
  const descriptor = opened(file);
  try {
    return use({ size: fstatSync(descriptor).size, read: (at, length) => readAt(descriptor, at, length) });
  } finally {
    closeSync(descriptor);
  }
}

function opened(file: string): number {
  try {
    return openSync(file, 'r');
  } catch (error) {
    throw asDamaged(error);
  }
}

function readAt(descriptor: number, at: number, length: number): Uint8Array {
  const bytes = Buffer.allocUnsafe(length);
  let filled = 0;
  try {
    while (filled < length) {
      const count = readSync(descriptor, bytes, filled, length - filled, at + filled);
      if (count === 0) break;
      filled += count;
    }
  } catch (error) {
    throw asDamaged(error);
  }
  return bytes.subarray(0, filled);
}

function asDamaged(error: unknown): unknown {
  const code = error instanceof Error ? Reflect.get(error, 'code') : undefined;
  if (typeof code !== 'string') return error;
  const found = code === 'ENOENT' || code === 'ENOTDIR' ? 'no file' : code === 'EACCES' ? 'one that may not be read' : code;
  return new DamagedIndex(`expected a SCIP index, found ${found}`);
}
