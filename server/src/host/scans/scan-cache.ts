import type { FileScan } from '../../core/model/file-scan.ts';
import { openPack, type Pack } from '../../core/scan/pack.ts';
import { packScans } from '../../core/scan/pack-write.ts';
import { openCacheFile } from './cache-file.ts';

/**
 * Scans that earlier processes made, by content. A key names an object, so that no branch switch, rename or mass change can make
 * an entry wrong. Whoever can write the file can make it lie, and so `verify` goes without it (host/session.ts).
 */
export interface ScanCache {
  /** Whether there is a file to look into. */
  isThere(): boolean;
  get(key: string): FileScan | 'no-text' | undefined;
  /** Adds these. Where what is kept grew far beyond `named`, the rest of it is dropped. */
  save(fresh: ReadonlyMap<string, FileScan | 'no-text'>, named: ReadonlySet<string>): void;
}

/** A larger cache than twice what the newest trees name, and this many more, is mostly of the past. */
const SLACK = 4_096;
const NOTHING: FileScan = { words: new Uint32Array(0), marks: 0, module: undefined };
/** Begins the key of what has no text. */
const TEXTLESS = '-';

/** Opened at the first question. What is damaged, foreign or made with another limit is as good as none, and replaced. */
export function openScanCache(file: string, maxFileBytes: number): ScanCache {
  const onDisk = openCacheFile(file);
  /** A file that is larger than the limit has no text, so that one limit's answers are wrong for another. */
  const limit = `limit ${maxFileBytes}`;
  const load = (): Pack | undefined => {
    const bytes = onDisk.read();
    const pack = bytes === undefined ? undefined : openPack(bytes);
    return pack?.get(limit) === undefined ? undefined : pack;
  };
  let loaded: { readonly pack: Pack | undefined } | undefined;
  return {
    isThere: () => loaded !== undefined || onDisk.isNewer(),
    get: (key) => {
      loaded ??= { pack: load() };
      return loaded.pack?.get(key) ?? (loaded.pack?.get(TEXTLESS + key) === undefined ? undefined : 'no-text');
    },
    save: (fresh, named) => {
      const old = loaded === undefined || onDisk.isNewer() ? load() : loaded.pack;
      const keys = old?.keys() ?? [];
      const isSmall = keys.length + fresh.size <= 2 * named.size + SLACK;
      const all = new Map([[limit, NOTHING]]);
      for (const key of keys) if (isSmall || named.has(key.replace(/^-/, ''))) all.set(key, old?.get(key) ?? NOTHING);
      for (const [key, scan] of fresh) all.set(scan === 'no-text' ? TEXTLESS + key : key, scan === 'no-text' ? NOTHING : scan);
      onDisk.write(packScans(all));
    },
  };
}
