import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';

/** A file that holds what can be made anew at any time. Nothing here throws: without it everything is slower and nothing else. */
export interface CacheFile {
  /** Its bytes; undefined where there is none, or none that is ours to read. */
  read(): Uint8Array | undefined;
  /** Puts other bytes in its place, whole or not at all; false where that was not possible. */
  write(bytes: Uint8Array): boolean;
  /** True where somebody wrote it since this process read or wrote it last. */
  isNewer(): boolean;
}

/** Larger ones are nobody's cache. */
const MOST_BYTES = 134_217_728;
/** Age in milliseconds after which what a writer left behind has no writer any more. */
const ABANDONED_AFTER = 3_600_000;

/** `commonDir` is git's common directory: what is kept of the content of objects lies beside the ledger, for all worktrees. */
export function scansFile(commonDir: string): string {
  return path.join(commonDir, 'brakeline', 'scans');
}

/**
 * A regular file of the person who runs this, in a folder that is no symlink; a symlink in its place is not followed, and is
 * replaced. Only its owner may read it.
 */
export function openCacheFile(file: string): CacheFile {
  let seen: string | undefined;
  return {
    read: () => {
      const found = quietly(() => readOwn(file));
      seen = found?.identity;
      return found?.bytes;
    },
    write: (bytes) => {
      const written = bytes.length <= MOST_BYTES && quietly(() => replace(file, bytes)) === true;
      if (written) seen = quietly(() => identityOf(statSync(file)));
      return written;
    },
    isNewer: () => {
      const now = quietly(() => identityOf(lstatSync(file)));
      return now !== undefined && now !== seen;
    },
  };
}

function readOwn(file: string): { readonly bytes: Uint8Array; readonly identity: string } | undefined {
  if (!lstatSync(path.dirname(file)).isDirectory()) return undefined;
  const descriptor = openSync(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
  try {
    const stat = fstatSync(descriptor);
    // Windows has no such number, and there the folder's own rights decide.
    const isOwn = process.getuid === undefined || stat.uid === process.getuid();
    // Without the flag, as on Windows, the name is looked at once more.
    if (!stat.isFile() || !isOwn || MOST_BYTES < stat.size || lstatSync(file).isSymbolicLink()) return undefined;
    const bytes = new Uint8Array(stat.size);
    let read = 0;
    for (let more = 1; more > 0 && read < bytes.length; read += more) more = readSync(descriptor, bytes, read, bytes.length - read, read);
    return { bytes: bytes.subarray(0, read), identity: identityOf(stat) };
  } finally {
    closeSync(descriptor);
  }
}

/** Written beside and renamed: whoever reads meanwhile has the old one or the new one, and of two writers the last one wins. */
function replace(file: string, bytes: Uint8Array): true | undefined {
  const folder = path.dirname(file);
  mkdirSync(folder, { recursive: true });
  if (!lstatSync(folder).isDirectory()) return undefined;
  sweep(file);
  const aside = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    const descriptor = openSync(aside, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600);
    try {
      for (let written = 0; written < bytes.length; ) written += writeSync(descriptor, bytes, written);
    } finally {
      closeSync(descriptor);
    }
    renameSync(aside, file);
    return true;
  } catch (error) {
    rmSync(aside, { force: true });
    throw error;
  }
}

/** Takes away what writers left that died while they wrote. */
function sweep(file: string): void {
  const [folder, prefix] = [path.dirname(file), `${path.basename(file)}.`];
  for (const name of readdirSync(folder).filter((one) => one.startsWith(prefix))) {
    const left = path.join(folder, name);
    if (ABANDONED_AFTER < Date.now() - lstatSync(left).mtimeMs) rmSync(left, { force: true });
  }
}

function identityOf({
  dev,
  ino,
  size,
  mtimeMs,
}: {
  readonly dev: number;
  readonly ino: number;
  readonly size: number;
  readonly mtimeMs: number;
}): string {
  return `${dev} ${ino} ${size} ${mtimeMs}`;
}

/** No file, no rights, no room, a folder in its place: all of it means that there is no cache. */
function quietly<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
