import type { FileContent, RepoPath } from '../../core/model/tree.ts';
import type { TreeEntry } from '../git/list-tree.ts';
import type { Blob, Objects } from '../git/objects.ts';
import { decodeBlob, tooLarge } from './decode.ts';

/** Reads what a tree or index entry points to. */
export interface BlobContents {
  read(path: RepoPath, entry: TreeEntry): FileContent;
  /** Fetches many in one round, so that later reads find them. */
  preload(entries: readonly (readonly [path: RepoPath, entry: TreeEntry])[]): void;
  /** Takes one that somebody read for another purpose, and keeps no hold of its bytes. */
  offer(oid: string, blob: Blob): void;
}

/** Decoded text kept per repository, in UTF-16 units. */
const KEPT_UNITS = 32_000_000;

/** Contents by object id, the most recently fetched kept: one blob is the same in every tree. */
export function blobContents(objects: Objects, maxFileBytes: number): BlobContents {
  const kept = new Map<string, FileContent>();
  let units = 0;
  const keep = (oid: string, blob: Blob | undefined): FileContent => {
    const content = contentOf(blob, maxFileBytes);
    kept.set(oid, content);
    units += weight(content);
    for (const [oldest, old] of kept) {
      if (units <= KEPT_UNITS) break;
      kept.delete(oldest);
      units -= weight(old);
    }
    return content;
  };
  return {
    read: (path, entry) => unreadByMode(entry.mode) ?? kept.get(entry.oid) ?? keep(entry.oid, objects.readBlobs([entry.oid], [path])[0]),
    offer: (oid, blob) => {
      if (!kept.has(oid)) keep(oid, blob);
    },
    preload: (entries) => {
      const wanted = new Map<string, RepoPath>();
      for (const [path, { oid, mode }] of entries) if (unreadByMode(mode) === undefined && !kept.has(oid)) wanted.set(oid, path);
      const oids = [...wanted.keys()];
      objects.readBlobs(oids, [...wanted.values()]).forEach((blob, index) => {
        keep(oids[index] ?? '', blob);
      });
    },
  };
}

/** A symlink's blob is the path it leads to, and a submodule has none. */
export function unreadByMode(mode: string): FileContent | undefined {
  if (mode === '120000') return { kind: 'unread', reason: 'symlink' };
  if (mode === '160000') return { kind: 'unread', reason: 'submodule' };
  return undefined;
}

function contentOf(blob: Blob | undefined, maxFileBytes: number): FileContent {
  if (blob === undefined) return { kind: 'unread', reason: 'missing-object', detail: 'not in this clone' };
  return blob.bytes === undefined ? tooLarge(blob.size, maxFileBytes) : decodeBlob(blob.bytes, maxFileBytes);
}

function weight(content: FileContent): number {
  return content.kind === 'text' ? content.text.length : 1;
}
