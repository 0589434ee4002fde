import type { ForeignRadius } from './foreign.ts';
import type { RepoPath } from './tree.ts';

/** A place that depends on a changed symbol. */
export interface Dependent {
  readonly path: RepoPath;
  /** 1-based. */
  readonly line: number;
  readonly message: string;
}

/** How far a change of one symbol reaches. Counts are of distinct places outside the declaring file's own declaration. */
export interface BlastRadius {
  readonly references: number;
  readonly files: number;
  /** Files that import those files in turn, without end. */
  readonly transitiveFiles: number;
  readonly packages: number;
  /** Test files among the dependents. */
  readonly tests: number;
  /**
   * Of `references`, those in a file that a test is or reaches by imports: the most that can be tested. Left out where nobody follows
   * the imports of the language.
   */
  readonly tested?: number;
  readonly exported: boolean;
  /** How the number was found: `types` (resolved by the compiler), `imports` (by imports, names and scopes), `names` (mentions alone). */
  readonly method: 'types' | 'imports' | 'names';
  /** True where the count is an upper bound. */
  readonly atMost: boolean;
  /** The first 100 dependents, uses before imports, by path and line; `references` counts all. Doors print the first few. */
  readonly dependents: readonly Dependent[];
  /** Dependents in other repositories, which none of the counts above hold; left out where no index of one is listed, or none can be asked. */
  readonly foreign?: ForeignRadius;
}
