import type { RepoPath } from '../../core/model/tree.ts';

/** Files that git was asked about and did not list, so that neither a save of one nor its open document asks git again. */
export interface IgnoredFiles {
  /** True for one of them; it then counts as used last. */
  has(path: RepoPath): boolean;
  /** After a listing: takes in the strangers that it does not hold, and lets go of what it does. */
  learn(strangers: Iterable<RepoPath>, isListed: (path: RepoPath) => boolean): void;
  clear(): void;
  readonly size: number;
}

/** A build writes some thousand files again and again; one that was let go costs one more question to git. */
const MOST_CLOSED = 8_192;

/**
 * Remembers every ignored file that is open, whose document would be judged as a new file otherwise, and of the others those that
 * were written last: a build that gives each file a new name must not fill the memory of a long session.
 */
export function createIgnoredFiles(isOpen: (path: RepoPath) => boolean, most: number = MOST_CLOSED): IgnoredFiles {
  /** The one used last stands last. */
  const known = new Set<RepoPath>();
  return {
    has(path) {
      if (!known.delete(path)) return false;
      known.add(path);
      return true;
    },
    learn(strangers, isListed) {
      for (const path of strangers) known.add(path);
      let closed = 0;
      for (const path of known) {
        if (isListed(path)) known.delete(path);
        else if (!isOpen(path)) closed += 1;
      }
      for (const path of known) {
        if (closed <= most) return;
        if (isOpen(path)) continue;
        known.delete(path);
        closed -= 1;
      }
    },
    clear: () => known.clear(),
    get size() {
      return known.size;
    },
  };
}
