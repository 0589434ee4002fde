import type { FileScan } from './file-scan.ts';

declare const repoPath: unique symbol;

/** A path inside the repository: relative, POSIX separators, no leading `./`, byte-for-byte what git stores. */
export type RepoPath = string & { readonly [repoPath]: true };

/** Why a file, or a part of the analysis, could not be seen. The set is closed: every code has a line in docs/blind-spots.md. */
export type BlindReason =
  | 'binary'
  | 'too-large'
  | 'not-utf8'
  | 'symlink'
  | 'submodule'
  | 'generated'
  | 'vendored'
  | 'filtered'
  | 'missing-object'
  | 'unreadable'
  | 'parse-error'
  /** The change made it deeper or longer than is read. Where the base was so already it is a `parse-error`. */
  | 'too-complex'
  /** The change put a line end into a line that other readers see. Where the base was so already it is a `parse-error`. */
  | 'stray-line-end'
  | 'no-language'
  | 'grammar-missing'
  | 'rule-crashed'
  | 'rules-not-read'
  | 'diff-capped'
  /** More files of the change took code from one another than are read together. */
  | 'pairs-capped'
  /** More new functions speak of what others lost than are followed to their calls. */
  | 'calls-capped'
  | 'reach-capped';

/** Something Brakeline did not analyse. It may raise a score and never lowers one (law 3). */
export interface BlindSpot {
  readonly path: RepoPath;
  readonly reason: BlindReason;
  /** What was found, in a few words: `2.1 MB, limit 1 MB`. */
  readonly detail?: string;
}

/**
 * What a tree holds at a path. `text` is the exact UTF-8 of the git blob form (a byte-order mark kept, line ends as git
 * would store them), so that a buffer, a saved file, the index and a commit read the same (law 2).
 */
export type FileContent =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'unread'; readonly reason: BlindReason; readonly detail?: string };

/** A place for what was made of one tree, and can be made anew at any time. */
export interface KeptOfTree {
  /** What an earlier process left for this very tree; undefined where there is none. Anybody may have written it. */
  read(): Uint8Array | undefined;
  /** Leaves something in its place, made when it is written down; undefined where it cannot be. */
  write(make: () => Uint8Array | undefined): void;
}

/** Immutable, synchronous, read-only files by path. Hosts gather first, then hand over a tree; core never awaits. */
export interface Tree {
  /** Object id of the commit or tree, or `index`, or `worktree`. */
  readonly id: string;
  /** Every path of the tree, sorted by code unit. */
  paths(): readonly RepoPath[];
  /** The file at `path`, or undefined where the tree has none. Never throws: what cannot be read is `unread`. */
  read(path: RepoPath): FileContent | undefined;
  /**
   * Says that the files which hold one of these words are read soon: whoever goes over all files for their scans may keep the texts of
   * those. Changes no answer.
   */
  expect?(words: readonly string[]): void;
  /** Says that these are read next, for a tree that is quicker when it reads many at once. Changes no answer. */
  prefetch?(paths: readonly RepoPath[]): void;
  /** Paths whose text holds `word` between word boundaries, and whose extension (with the dot) is listed; sorted. */
  mentioning(word: string, extensions: readonly string[]): readonly RepoPath[];
  /**
   * Of some files that are too large to be read, those whose bytes hold one of these texts between ends of words, as git's `-w`
   * understands them. Absent where nobody can look: then all of them may.
   */
  saying?(texts: readonly string[], among: readonly RepoPath[]): readonly RepoPath[];
  /**
   * What a pass over the file's words found, where this tree keeps such; otherwise `scanOf` (core/scan/scan-of.ts) makes it from
   * `read`. Undefined where the file has no text. Equal contents at equal paths give equal scans, whoever made them.
   */
  scan?(path: RepoPath): FileScan | undefined;
  /** Set where the graph of imports is kept from process to process. */
  readonly kept?: KeptOfTree;
  /** Set where this tree is another one but for some paths, so that what is known of the other one holds for all the rest. */
  readonly over?: { readonly base: Tree; readonly differing: ReadonlySet<RepoPath> };
}
