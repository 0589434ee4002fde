import path from 'node:path';
import type { KeptOfTree } from '../../core/model/tree.ts';
import { openCacheFile } from './cache-file.ts';

/**
 * The graph of the tree that was linked last, kept from process to process. A commit names its tree, so that no branch switch, rename
 * or mass change can make the file wrong; whoever can write it can make it lie, as with scans.
 */
export interface KeptGraph {
  of(commit: string): KeptOfTree;
  /** Writes what was left since it was written last. */
  save(): void;
}

/** `commonDir` is git's common directory. */
export function graphFile(commonDir: string): string {
  return path.join(commonDir, 'brakeline', 'graph');
}

/** What is larger than the limit is not linked, so that one limit's graph is wrong for another. */
export function openKeptGraph(file: string, maxFileBytes: number): KeptGraph {
  const onDisk = openCacheFile(file);
  let loaded: { readonly bytes: Uint8Array | undefined } | undefined;
  let left: { readonly commit: string; readonly make: () => Uint8Array | undefined } | undefined;
  return {
    of: (commit) => ({
      read: () => {
        loaded ??= { bytes: onDisk.read() };
        return loaded.bytes === undefined ? undefined : behind(headOf(commit, maxFileBytes), loaded.bytes);
      },
      write: (make) => {
        left = { commit, make };
      },
    }),
    save: () => {
      const made = left?.make();
      if (left !== undefined && made !== undefined) onDisk.write(Buffer.concat([headOf(left.commit, maxFileBytes), made]));
      left = undefined;
    },
  };
}

/** Names what follows, at a length that leaves numbers where they can be read in place. */
function headOf(commit: string, maxFileBytes: number): Buffer {
  return Buffer.from(`${commit} ${maxFileBytes}`.padEnd(128, '\n'), 'latin1');
}

function behind(head: Buffer, bytes: Uint8Array): Uint8Array | undefined {
  return head.equals(bytes.subarray(0, head.length)) ? bytes.subarray(head.length) : undefined;
}
