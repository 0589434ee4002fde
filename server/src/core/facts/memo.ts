import type { SourceFacts } from '../model/facts.ts';
import type { RepoPath } from '../model/tree.ts';
import type { FileAnalysis } from './analyse-file.ts';

/**
 * Remembers what was read while texts stay the same: a whole file while both its sides do, and each side by itself, so that a
 * keystroke reads one side of one file. Invariant: an answer with a memo equals the answer without
 * (test/properties/warm-equals-cold.test.ts). Holds `limit` files; the one read longest ago goes first.
 */
export interface Memo {
  analysis(path: RepoPath, before: string | undefined, after: string | undefined, analyse: () => FileAnalysis): FileAnalysis;
  facts(path: RepoPath, text: string, read: () => SourceFacts | undefined): SourceFacts | undefined;
}

export function createMemo(limit = 4_096): Memo {
  const analyses = createStore<{
    readonly before: string | undefined;
    readonly after: string | undefined;
    readonly analysis: FileAnalysis;
  }>(limit);
  // Two texts a path: the baseline, and the buffer as it was a moment ago.
  const sides = createStore<readonly { readonly text: string; readonly facts: SourceFacts | undefined }[]>(limit);
  return {
    analysis(path, before, after, analyse) {
      const known = analyses.get(path);
      if (known !== undefined && known.before === before && known.after === after) return known.analysis;
      const analysis = analyse();
      analyses.set(path, { before, after, analysis });
      return analysis;
    },
    facts(path, text, read) {
      const known = sides.get(path) ?? [];
      const found = known.find((side) => side.text === text);
      const side = found ?? { text, facts: read() };
      sides.set(path, [side, ...known.filter((other) => other !== side)].slice(0, 2));
      return side.facts;
    },
  };
}

/** A map that forgets the entry written longest ago. */
function createStore<T>(limit: number): { get(path: RepoPath): T | undefined; set(path: RepoPath, value: T): void } {
  const entries = new Map<RepoPath, T>();
  return {
    get: (path) => entries.get(path),
    set(path, value) {
      entries.delete(path);
      entries.set(path, value);
      if (entries.size > limit) for (const oldest of entries.keys()) return void entries.delete(oldest);
    },
  };
}

/** Remembers nothing: for one answer. */
export const NO_MEMO: Memo = {
  analysis: (_path, _before, _after, analyse) => analyse(),
  facts: (_path, _text, read) => read(),
};
