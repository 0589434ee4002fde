import type { BlastRadius } from './radius.ts';
import type { RepoPath } from './tree.ts';

/** `export`: the name is passed on. `mention`: the name stands there, and whether it means the symbol is not known. */
export type UseKind = 'call' | 'use' | 'extends' | 'import' | 'export' | 'mention';

/** One place that means a symbol. */
export interface SymbolUse {
  readonly path: RepoPath;
  /** 1-based. */
  readonly line: number;
  /** 0-based, in UTF-16 units. */
  readonly character: number;
  readonly kind: UseKind;
}

/** Every place of a tree that means a symbol, outside its own declaration. */
export interface SymbolUses {
  readonly uses: readonly SymbolUse[];
  readonly method: BlastRadius['method'];
  /** True where some of them may mean something else. */
  readonly atMost: boolean;
}

/** The direct edges between the files of a tree. */
export interface FileLinks {
  /** Files that ask for `path`, itself left out. */
  importersOf(path: RepoPath): readonly RepoPath[];
}
