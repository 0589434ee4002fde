import type { RepoPath } from './tree.ts';

/** As in a unified diff without context: `start` is 1-based; with `lines: 0` it names the line after which the gap lies. */
export interface LineSpan {
  readonly start: number;
  readonly lines: number;
}

/** One run of removed lines and the added lines that stand in their place, without context. */
export interface Hunk {
  /** SHA-256 (hex) over path, removed and added text, and the ordinal among equal hunks; no line numbers. See core/identity.ts. */
  readonly id: string;
  readonly path: RepoPath;
  readonly previousPath?: RepoPath;
  readonly before: LineSpan;
  readonly after: LineSpan;
  /** Whole lines with their terminators; the last line of a file may have none. */
  readonly removed: readonly string[];
  readonly added: readonly string[];
}
