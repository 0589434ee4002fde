import type { RepoPath } from './tree.ts';

/** One commit of the past, with as much of it as a score needs. */
export interface PastCommit {
  /** The author's address as git has it; compared, and never shown or stored. */
  readonly author: string;
  /** What its subject line says of it. */
  readonly kind: 'revert' | 'fix' | 'other';
  readonly paths: readonly RepoPath[];
}

/** What a repository remembers from before a change: its newest commits, merges left out, newest first. */
export interface History {
  readonly commits: readonly PastCommit[];
  /** False where the history ends before its beginning (a shallow clone): what is missing then counts in full. */
  readonly isWhole: boolean;
  /** Addresses of those who made the change; empty where nobody says. */
  readonly authors: readonly string[];
}

/** One reason for a score, with what it gave and the most that it can give. Points are of 100. */
export interface ScoreFactor {
  readonly name: string;
  readonly points: number;
  readonly most: number;
  /** What was found, in one line without a full stop. */
  readonly found: string;
}
