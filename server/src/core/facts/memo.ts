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
  /** `follow` gives a reader of one text of the path after another, where its language has one; `read` reads this text alone. */
  facts(path: RepoPath, text: string, read: Read, follow: () => FollowingReader | undefined): SourceFacts | undefined;
}

type Read = () => SourceFacts | undefined;
/** Reads the texts of one path one after another. */
export type FollowingReader = (text: string) => SourceFacts | undefined;

/** A reader that follows a file holds its syntax tree, a hundred times as large as its text. */
const MOST_FOLLOWED = 6;
const MOST_CHARACTERS_FOLLOWED = 600_000;

export function createMemo(limit = 4_096): Memo {
  const analyses = createStore<{
    readonly before: string | undefined;
    readonly after: string | undefined;
    readonly analysis: FileAnalysis;
  }>(limit);
  // Two texts a path: the baseline, and the buffer as it was a moment ago.
  const sides = createStore<readonly { readonly text: string; readonly facts: SourceFacts | undefined }[]>(limit);
  const followed = createFollowed();
  return {
    analysis(path, before, after, analyse) {
      const known = analyses.get(path);
      if (known !== undefined && known.before === before && known.after === after) return known.analysis;
      const analysis = analyse();
      analyses.set(path, { before, after, analysis });
      return analysis;
    },
    facts(path, text, read, follow) {
      const known = sides.get(path) ?? [];
      const found = known.find((side) => side.text === text);
      const side = found ?? { text, facts: followed.readerOf(path, text, follow)?.(text) ?? read() };
      sides.set(path, [side, ...known.filter((other) => other !== side)].slice(0, 2));
      return side.facts;
    },
  };
}

/** The readers of the files that were read last. */
function createFollowed(): {
  readerOf(path: RepoPath, text: string, follow: () => FollowingReader | undefined): FollowingReader | undefined;
} {
  const readers = new Map<RepoPath, { readonly characters: number; readonly reader: FollowingReader }>();
  return {
    readerOf(path, text, follow) {
      const reader = readers.get(path)?.reader ?? follow();
      readers.delete(path);
      if (reader === undefined || text.length > MOST_CHARACTERS_FOLLOWED) return undefined;
      readers.set(path, { characters: text.length, reader });
      let characters = 0;
      for (const held of readers.values()) characters += held.characters;
      for (const [oldest, held] of readers) {
        if (readers.size <= MOST_FOLLOWED && characters <= MOST_CHARACTERS_FOLLOWED) break;
        readers.delete(oldest);
        characters -= held.characters;
      }
      return reader;
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
