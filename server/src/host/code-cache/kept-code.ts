import { readdirSync, rmSync, statSync, utimesSync } from 'node:fs';
import path from 'node:path';
import { cachedDataVersionTag } from 'node:v8';
import { crc32 } from 'node:zlib';
import { openCacheFile } from '../scans/cache-file.ts';

/** Compiled code of one text, as an earlier process left it. */
export interface KeptCode {
  /** V8's own form; undefined where there is none for just this text and this program. */
  readonly data: Buffer | undefined;
  /** Puts what this process compiled in its place, where that is worth it. `wasTaken` is false where V8 had no use for the data. */
  keep(make: () => Buffer, wasTaken: boolean): void;
}

/** Behind this many bytes begins what V8 reads: in place, so at a length that leaves numbers aligned. */
const HEAD_BYTES = 512;
/** Milliseconds. A look whether more was compiled by now comes when as much time has gone by as before the last one, in these limits. */
const SOONEST_LOOK = 60_000;
const LATEST_LOOK = 86_400_000;
/** Fewer new functions are compiled in less time than it takes to read them all. */
const WORTH_WRITING = 1.03;
/** What is in use is looked at once a day. Milliseconds. */
const ABANDONED_AFTER = 5_184_000_000;
const PREFIX = 'code-';

/** What a file says of itself, in its first bytes. */
interface Head {
  /** Node and V8 with their settings, and the text. */
  readonly of: string;
  /** Of everything behind the head: V8 itself takes damaged code for sound. */
  readonly crc: number;
  /** When it was written first; milliseconds since 1970. */
  readonly made: number;
}

/**
 * `folder` is one that nobody else can write to (code-folder.ts), `bundle` the path of the text that was, or will be, compiled: several
 * installations lie side by side. A file that is foreign, damaged or of another text or program is as good as none. Nothing here throws.
 */
export function openKeptCode(folder: string, bundle: string, source: Buffer): KeptCode {
  const program = `${process.version} ${process.arch} ${cachedDataVersionTag()}`;
  const of = `${program} ${source.length} ${crc32(source)}`;
  const file = path.join(folder, `${PREFIX}${path.basename(bundle, '.js')}-${crc32(`${program} ${bundle}`).toString(16)}`);
  const onDisk = openCacheFile(file);
  const found = unpack(onDisk.read(), of);
  return {
    data: found?.data,
    keep: (make, wasTaken) => {
      const now = Date.now();
      const old = wasTaken ? found : undefined;
      if (old !== undefined && !isDue(now, changedAt(file) ?? 0, old.made)) return;
      const data = make();
      if (old !== undefined && data.length <= old.data.length * WORTH_WRITING) quietly(() => utimesSync(file, now / 1_000, now / 1_000));
      else if (onDisk.write(pack({ of, crc: crc32(data), made: old?.made ?? now }, data))) sweep(folder, now);
    },
  };
}

/** The first runs do not go through all that later ones do; after a while there is nothing more to come. */
export function isDue(now: number, looked: number, made: number): boolean {
  const pause = Math.min(Math.max(looked - made, SOONEST_LOOK), LATEST_LOOK);
  // A clock that was set back must not put the next look off.
  return now < looked || pause <= now - looked;
}

function pack(head: Head, data: Buffer): Buffer {
  return Buffer.concat([Buffer.from(JSON.stringify(head).padEnd(HEAD_BYTES, '\n'), 'latin1'), data]);
}

function unpack(bytes: Uint8Array | undefined, of: string): { readonly data: Buffer; readonly made: number } | undefined {
  if (bytes === undefined || bytes.length <= HEAD_BYTES) return undefined;
  const data = Buffer.from(bytes.buffer, bytes.byteOffset + HEAD_BYTES, bytes.length - HEAD_BYTES);
  try {
    const head: Partial<Head> = JSON.parse(Buffer.from(bytes.subarray(0, HEAD_BYTES)).toString('latin1'));
    return head.of === of && head.crc === crc32(data) && typeof head.made === 'number' ? { data, made: head.made } : undefined;
  } catch {
    return undefined;
  }
}

/** Takes away what no program asked for in a long time: of an older version, or of a folder that is gone. */
function sweep(folder: string, now: number): void {
  for (const name of quietly(() => readdirSync(folder)) ?? []) {
    const old = path.join(folder, name);
    if (name.startsWith(PREFIX) && ABANDONED_AFTER < now - (changedAt(old) ?? now)) quietly(() => rmSync(old, { force: true }));
  }
}

function changedAt(file: string): number | undefined {
  return quietly(() => statSync(file).mtimeMs);
}

/** Without what is kept everything is slower and nothing else. */
function quietly<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
