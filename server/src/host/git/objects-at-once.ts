import { AppError } from '../app-error.ts';
import { type GitPlace, runGit } from './git.ts';
import type { Blob, Objects } from './objects.ts';

/** More are quicker through the thread, even while it starts. */
const MOST_OBJECTS = 64;
/** Whoever reads more often than that has use for the thread. */
const TIMES_WITHOUT_THREAD = 3;
/** More output than that is left to the thread, which keeps no more of it than it must. */
const MOST_BYTES = 8_388_608;

/**
 * The same objects, but that a few which are needed before the reading thread is up are read by a git of their own: the start of a
 * thread takes ten times as long. What goes wrong here is left to the thread, which knows what to make of it. `answersOnce` says that
 * no later question is waited for, which would find the thread up.
 */
export function readAtOnce(objects: Objects, place: GitPlace, maxBytes: number, answersOnce = false): Objects {
  let times = 0;
  let waking: NodeJS.Immediate | undefined;
  const visitBlobs: Objects['visitBlobs'] = (oids, visit) => {
    times += 1;
    if (TIMES_WITHOUT_THREAD < times) objects.wake();
    // A server that has gone to rest finds the thread up at the next keystroke, which is to start no process.
    if (!answersOnce) waking ??= setImmediate(() => wakeQuietly(objects));
    const blobs = 0 < oids.length && oids.length <= MOST_OBJECTS && !objects.isUp() ? readFew(place, oids, maxBytes) : undefined;
    if (blobs === undefined) objects.visitBlobs(oids, visit);
    else for (const [index, blob] of blobs.entries()) visit(blob, index);
  };
  const readBlobs: Objects['readBlobs'] = (oids) => {
    const blobs: (Blob | undefined)[] = [];
    visitBlobs(oids, (blob) => blobs.push(blob));
    return blobs;
  };
  const close = (): void => {
    clearImmediate(waking);
    waking = undefined;
    objects.close();
  };
  return { ...objects, visitBlobs, readBlobs, readBlob: (oid) => readBlobs([oid])[0], close };
}

/** What keeps the thread from starting is said by the next read, to somebody who hears it. */
function wakeQuietly(objects: Objects): void {
  try {
    objects.wake();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
  }
}

function readFew(place: GitPlace, oids: readonly string[], maxBytes: number): readonly (Blob | undefined)[] | undefined {
  try {
    const { stdout } = runGit(place, ['cat-file', '--batch'], { input: `${oids.join('\n')}\n`, maxOutputBytes: MOST_BYTES });
    return blobsIn(stdout, oids.length, maxBytes);
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  }
}

/** `<oid> <type> <size>` and the object, each with a line end, or `<oid> missing`. Undefined where there is less than was asked for. */
function blobsIn(output: Buffer, count: number, maxBytes: number): readonly (Blob | undefined)[] | undefined {
  const blobs: (Blob | undefined)[] = [];
  let at = 0;
  while (blobs.length < count) {
    const end = output.indexOf(10, at);
    if (end === -1) return undefined;
    const [, type, length] = output.toString('latin1', at, end).split(' ');
    at = end + 1;
    if (length === undefined) {
      blobs.push(undefined);
      continue;
    }
    const size = Number(length);
    if (output.length <= at + size) return undefined;
    const bytes = size <= maxBytes ? { bytes: Uint8Array.from(output.subarray(at, at + size)) } : {};
    blobs.push(type === 'blob' ? { size, ...bytes } : undefined);
    at += size + 1;
  }
  return blobs;
}
