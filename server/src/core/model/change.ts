import type { ForeignIndex } from './foreign.ts';
import type { History } from './history.ts';
import type { FileContent, RepoPath, Tree } from './tree.ts';

/** Who made a change, as evidence with a rank and never as a fact (law 9): unknown is gated like AI. */
export interface Origin {
  readonly kind: 'ai' | 'human' | 'unknown';
  readonly evidence: 'exact' | 'scheme' | 'heuristic' | 'none';
  readonly tool?: string;
}

/** Two trees and the paths in which they may differ. Everything the engine sees of the world. */
export interface Change {
  readonly before: Tree;
  readonly after: Tree;
  /** Every path added, removed or modified; a superset is harmless, a missing path is not. */
  readonly touched: readonly RepoPath[];
  readonly origin: Origin;
  /** What the repository remembers; where it is left out, every factor of the score that asks it counts in full. */
  readonly history?: History;
  /** What indexes of other repositories say; left out where none is listed. */
  readonly foreign?: ForeignIndex;
}

/** One file of a change after renames were followed. `path` is the new path, or the old one where the file is gone. */
export interface FileChange {
  readonly path: RepoPath;
  readonly previousPath?: RepoPath;
  readonly before: FileContent | undefined;
  readonly after: FileContent | undefined;
}
