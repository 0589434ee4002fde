import type { SymbolFact } from './facts.ts';
import type { RepoPath, Tree } from './tree.ts';

/** A place in another repository that uses a symbol of this one, as an index of that repository has it. */
export interface ForeignDependent {
  readonly repository: string;
  /** As the index has it: relative to the root that was indexed, POSIX separators. */
  readonly path: string;
  /** 1-based. */
  readonly line: number;
  /** 0-based, in the units of the index: UTF-16 for TypeScript and Java, bytes for Go and Rust, code points for Python. */
  readonly character: number;
  readonly kind: 'import' | 'write' | 'read' | 'reference';
}

/** What one listed index says. */
export interface ForeignAnswer {
  readonly repository: string;
  /** What the index was made of, where the list says so; what is left out is not known. */
  readonly commit?: string;
  /** When it was made: an ISO 8601 instant, where the list says so. */
  readonly made?: string;
  /** Versions of this repository's package that the index was made against, sorted; empty where it does not use the package. */
  readonly versions: readonly string[];
  readonly references: number;
  readonly files: number;
  /** Why the index could not be read, in one line. Then the counts are 0 and mean nothing. */
  readonly problem?: string;
}

/**
 * Dependents of a symbol in other repositories. The counts are of snapshots and of the listed repositories alone: what has been
 * written since, or elsewhere, is not in them. They are therefore told as "at least" and with their age, and 0 never reads as
 * none. `isLikely` says that some were matched by name, because the index knows the package in its built form.
 */
export interface ForeignRadius {
  readonly method: 'index';
  readonly references: number;
  /** Distinct files, counted in each repository. */
  readonly files: number;
  /** Repositories with at least one reference. */
  readonly repositories: number;
  readonly isLikely: boolean;
  /** One for each listed index, in the order of the list. */
  readonly indexes: readonly ForeignAnswer[];
  /** The first 100, in the order of the list, then by path and line. */
  readonly dependents: readonly ForeignDependent[];
}

/** What the host knows of other repositories. Synchronous, like `Tree.read`; never throws for a bad index. */
export interface ForeignIndex {
  /** The file that lists the indexes: what cannot be read of them is a blind spot there. */
  readonly listedIn: RepoPath;
  /** Undefined where the question cannot be put: no package, or a symbol that an index does not name. */
  of(tree: Tree, path: RepoPath, symbol: SymbolFact): ForeignRadius | undefined;
}
