import { hash as digestOf } from 'node:crypto';
import { closeSync, constants, openSync, readSync } from 'node:fs';
import type { Blob, Objects } from './objects.ts';

/** Where objects may lie as they were checked out: the top of a working tree, and the hash that makes their ids. */
export interface DiskPlace {
  readonly root: string;
  readonly hash: 'sha1' | 'sha256';
}

/** Objects looked for in one go. */
const ROUND = 256;
/** Room to begin with: the files of a round, more often than not. */
const ROOM = 1_048_576;
/** In front of each file is room for what its id is a hash of besides: `blob <size>` and a zero. One call takes both. */
const HEAD = 24;

/**
 * The same objects, but that those which lie in the working tree are read there, in a fraction of the time. A file counts only where
 * its bytes hash to the id that was asked for: then they are that object, whatever stands at the path a moment later, and through
 * whatever filter it was checked out (test/host/objects-on-disk.test.ts). `disk` is undefined where there is no such place.
 */
export function readFromDisk(objects: Objects, disk: () => DiskPlace | undefined, maxBytes: number): Objects {
  let read: ReadDisk | undefined;
  const visitBlobs: Objects['visitBlobs'] = (oids, visit, paths) => {
    const place = paths === undefined ? undefined : disk();
    if (place === undefined || paths === undefined) {
      objects.visitBlobs(oids, visit);
      return;
    }
    if (read === undefined) {
      read = createReader(place, maxBytes);
      // What does not lie here will be read of git sooner or later, and then no process is to be started any more.
      objects.visitBlobs([], () => undefined);
    }
    for (let start = 0; start < oids.length; start += ROUND) {
      const round = oids.slice(start, start + ROUND);
      const found = read(round, paths.slice(start, start + ROUND));
      const others = round.filter((_, index) => found[index] === undefined);
      let next = 0;
      const blobs = others.length === 0 ? [] : objects.readBlobs(others);
      for (const [index, blob] of found.entries()) visit(blob ?? blobs[next++], start + index);
    }
  };
  const readBlobs: Objects['readBlobs'] = (oids, paths) => {
    const blobs: (Blob | undefined)[] = [];
    visitBlobs(oids, (blob) => blobs.push(blob?.bytes === undefined ? blob : { ...blob, bytes: blob.bytes.slice() }), paths);
    return blobs;
  };
  return { ...objects, visitBlobs, readBlobs };
}

/** Undefined for each object that does not lie at its path. The bytes hold until the next question. */
type ReadDisk = (oids: readonly string[], paths: readonly string[]) => readonly (Blob | undefined)[];

/** Reads files into one stretch of bytes, which is used again for the next ones. */
function createReader({ root, hash }: DiskPlace, maxBytes: number): ReadDisk {
  let bytes = new Uint8Array(ROOM);
  const widen = (): void => {
    const wider = new Uint8Array(2 * bytes.length);
    wider.set(bytes);
    bytes = wider;
  };
  /** Puts a file at a place in `bytes`; its size, or undefined where it is larger than anybody reads or cannot be read. */
  const load = (file: string, at: number): number | undefined => {
    let descriptor: number | undefined;
    try {
      // Opening waits for nobody, and follows no link at the end: what such a file leads to is never the object.
      descriptor = openSync(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
      for (let size = 0; ; ) {
        const room = bytes.length - at - size;
        const count = readSync(descriptor, bytes, at + size, room, null);
        size += count;
        if (maxBytes < size) return undefined;
        if (count < room) return size;
        widen();
      }
    } catch {
      return undefined;
    } finally {
      if (descriptor !== undefined) closeSync(descriptor);
    }
  };
  return (oids, paths) => {
    let filled = 0;
    const places = oids.map((oid, index): { readonly at: number; readonly size: number } | undefined => {
      const at = filled + HEAD;
      if (bytes.length <= at) widen();
      const size = load(`${root}/${paths[index]}`, at);
      if (size === undefined) return undefined;
      const head = `blob ${size}\0`;
      const start = at - head.length;
      for (let unit = 0; unit < head.length; unit += 1) bytes[start + unit] = head.charCodeAt(unit);
      if (digestOf(hash, bytes.subarray(start, at + size), 'hex') !== oid) return undefined;
      filled = at + size;
      return { at, size };
    });
    return places.map((place) => place && { size: place.size, bytes: bytes.subarray(place.at, place.at + place.size) });
  };
}
