import { AppError } from '../app-error.ts';
import { type GitPlace, runGit, startGit } from './git.ts';
import type { Blob, Objects } from './objects.ts';

/** More are quicker through the thread, even while it starts. */
export const MOST_OBJECTS = 64;
/** Whoever reads more often than that has use for the thread. */
const TIMES_WITHOUT_THREAD = 3;
/** More output than that is left to the thread, which keeps no more of it than it must. */
const MOST_BYTES = 8_388_608;

/**
 * The same objects, but that a few which are needed before the reading thread is up are read by a git of their own: the start of a
 * thread takes ten times as long. What goes wrong here is left to the thread, which knows what to make of it. `answersOnce` says that
 * no later question is waited for, which would find the thread up; `known` is what was read already.
 */
export function readAtOnce(
  objects: Objects,
  place: GitPlace,
  maxBytes: number,
  { answersOnce = false, known }: { readonly answersOnce?: boolean; readonly known?: KnownBlobs | undefined } = {},
): Objects {
  let times = 0;
  let waking: NodeJS.Immediate | undefined;
  const visitBlobs: Objects['visitBlobs'] = (oids, visit) => {
    if (known !== undefined && oids.every((oid) => known.has(oid))) {
      for (const [index, oid] of oids.entries()) visit(withinLimit(known.get(oid), maxBytes), index);
      return;
    }
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

/** By object id; undefined is an object that is not there. */
export type KnownBlobs = ReadonlyMap<string, Blob | undefined>;

/** Begins to read a few; `takeBlobs` makes of the answer what there is. Errors: as `startGit`. */
export function askForBlobs(place: GitPlace, oids: readonly string[]): Promise<Buffer> {
  return startGit(place, BATCH, inLines(oids));
}

export function takeBlobs(output: Buffer, oids: readonly string[]): KnownBlobs | undefined {
  const blobs = MOST_BYTES < output.length ? undefined : blobsIn(output, oids.length, MOST_BYTES);
  return blobs && new Map(oids.map((oid, index) => [oid, blobs[index]]));
}

function withinLimit(blob: Blob | undefined, maxBytes: number): Blob | undefined {
  return blob === undefined || blob.size <= maxBytes ? blob : { size: blob.size };
}

const BATCH = ['cat-file', '--batch'];
const inLines = (oids: readonly string[]): string => `${oids.join('\n')}\n`;

function readFew(place: GitPlace, oids: readonly string[], maxBytes: number): readonly (Blob | undefined)[] | undefined {
  try {
    const { stdout } = runGit(place, BATCH, { input: inLines(oids), maxOutputBytes: MOST_BYTES });
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
