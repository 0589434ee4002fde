import type { RepoPath } from '../model/tree.ts';
import type { FileAnalysis } from './analyse-file.ts';

/**
 * Remembers what was read of a file while its two texts stay the same, so that a keystroke costs one file. Invariant: an
 * answer with a memo equals the answer without (test/properties/warm-equals-cold.test.ts). Holds `limit` files, oldest out.
 */
export interface Memo {
  get(path: RepoPath, before: string | undefined, after: string | undefined): FileAnalysis | undefined;
  set(path: RepoPath, before: string | undefined, after: string | undefined, analysis: FileAnalysis): void;
}

export function createMemo(limit = 512): Memo {
  const entries = new Map<RepoPath, { before: string | undefined; after: string | undefined; analysis: FileAnalysis }>();
  return {
    get(path, before, after) {
      const entry = entries.get(path);
      return entry !== undefined && entry.before === before && entry.after === after ? entry.analysis : undefined;
    },
    set(path, before, after, analysis) {
      entries.delete(path);
      entries.set(path, { before, after, analysis });
      if (entries.size > limit) for (const oldest of entries.keys()) return void entries.delete(oldest);
    },
  };
}
