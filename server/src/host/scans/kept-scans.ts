import type { FileScan } from '../../core/model/file-scan.ts';
import type { RepoPath } from '../../core/model/tree.ts';
import { scanFile } from '../../core/scan/scan-file.ts';
import type { CopyWords } from '../../core/scan/words-seen.ts';
import type { TreeEntry } from '../git/list-tree.ts';
import type { Blob, Objects } from '../git/objects.ts';
import { isText } from '../trees/decode.ts';
import { extensionOf } from '../trees/mentions.ts';
import type { ScanCache } from './scan-cache.ts';

/**
 * What is known of a blob at a path: its scan; `no-text` where it has none, being binary, too large or missing; `not-kept` where
 * there were too many to keep them all, and whoever asks has to read the file.
 */
export type KeptScan = FileScan | 'no-text' | 'not-kept';

/** A file of a tree. */
export type PathEntry = readonly [path: RepoPath, entry: TreeEntry];

/** Takes note of a blob that was read for its scan. */
export type MeetBlob = (entry: TreeEntry, blob: Blob, scan: FileScan) => void;

/** Scans by content, shared by all trees of a repository: one blob is scanned once, in whatever commits it stands. */
export interface KeptScans {
  /** True where what is found here is there for the next process. */
  readonly areKept: boolean;
  /** How many of them are not known yet and would have to be read. */
  lacking(wanted: readonly PathEntry[]): number;
  /**
   * In the order of the question. Those that nobody asked for before are read in one go, and nothing of their text is kept but by
   * `meet`, which is told of each that is text; its bytes are those of the next one a moment later.
   */
  of(wanted: readonly PathEntry[], meet?: MeetBlob): readonly KeptScan[];
  /** Writes what is new to the cache, where that is worth it. `trees` are those that were asked last. */
  save(trees: Iterable<Iterable<PathEntry>>): void;
}

/** Words kept, of 4 bytes: thirty thousand files have six million. A repository that has more is read where it matters. */
const MOST_WORDS = 32_000_000;
/** Fewer new ones are read again in less time than it takes to write them all. */
const LEAST_WORTH_SAVING = 256;

/** `cache` is what earlier processes found; undefined where everything is to be read from the objects themselves. */
export function keepScans(objects: Objects, maxFileBytes: number, cache: ScanCache | undefined, mostWords: number = MOST_WORDS): KeptScans {
  const kept = new Map<string, KeptScan>();
  /** Those that the cache does not have. A blob that this clone lacks may come later, and is none of them. */
  const fresh = new Map<string, FileScan | 'no-text'>();
  const shelve = createSlabs();
  let words = 0;
  const find = (key: string): KeptScan | undefined => {
    const known = kept.get(key) ?? cache?.get(key);
    if (known !== undefined) kept.set(key, known);
    return known;
  };
  const keep = (key: string, [path, entry]: PathEntry, blob: Blob | undefined, meet: MeetBlob | undefined): void => {
    if (mostWords <= words) {
      kept.set(key, 'not-kept');
      return;
    }
    const own = scanBlob(path, blob, maxFileBytes, shelve);
    if (own !== 'no-text') words += own.words.length;
    kept.set(key, own);
    if (blob !== undefined) fresh.set(key, own);
    if (blob !== undefined && own !== 'no-text') meet?.(entry, blob, own);
  };
  return {
    areKept: cache !== undefined,
    lacking: (wanted) => wanted.map(keyOf).filter((key) => key !== undefined && find(key) === undefined).length,
    of: (wanted, meet) => {
      const keys = wanted.map(keyOf);
      const missing = new Map<string, PathEntry>();
      for (const [index, one] of wanted.entries()) {
        const key = keys[index];
        if (key !== undefined && find(key) === undefined) missing.set(key, one);
      }
      const asked = [...missing];
      objects.visitBlobs(
        asked.map(([, [, { oid }]]) => oid),
        (blob, index) => {
          const [key, one] = asked[index] as (typeof asked)[number];
          keep(key, one, blob, meet);
        },
        asked.map(([, [path]]) => path),
      );
      return keys.map((key) => (key === undefined ? 'no-text' : (kept.get(key) ?? 'not-kept')));
    },
    save: (trees) => {
      if (cache === undefined || fresh.size < LEAST_WORTH_SAVING) return;
      const named = new Set<string>();
      for (const tree of trees) for (const one of tree) named.add(keyOf(one) ?? '');
      cache.save(fresh, named);
      fresh.clear();
    },
  };
}

/** A scan is a function of the content and of what the name of the file says it is. Undefined for what is no file. */
function keyOf([path, { mode, oid }]: PathEntry): string | undefined {
  return mode.startsWith('100') ? oid + extensionOf(path) : undefined;
}

function scanBlob(path: RepoPath, blob: Blob | undefined, maxFileBytes: number, shelve: CopyWords): FileScan | 'no-text' {
  return blob?.bytes !== undefined && isText(blob.bytes, maxFileBytes) ? scanFile(path, blob.bytes, shelve) : 'no-text';
}

/** Words of a slab. A typed array with memory of its own costs as much as those of a small file. */
const SLAB = 262_144;

/** Copies words into memory that many files share. */
function createSlabs(): CopyWords {
  let slab = new Uint32Array(0);
  let used = 0;
  return (words) => {
    if (SLAB < words.length) return words.slice();
    if (slab.length < used + words.length) {
      slab = new Uint32Array(SLAB);
      used = 0;
    }
    const place = slab.subarray(used, used + words.length);
    place.set(words);
    used += words.length;
    return place;
  };
}
