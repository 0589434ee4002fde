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

/** A file that depends on some places: it holds one, or its code names something that does. */
export interface FileInTurn {
  readonly path: RepoPath;
  /** 0: the file of the symbol itself. 1: it holds one of the places. It grows by one with each name of another file on the way. */
  readonly steps: number;
  /** Files that are nearer by a step and whose names it asks for. */
  readonly through: readonly RepoPath[];
  /** Where it names what is nearer, besides the places that were asked about. */
  readonly places: readonly SymbolUse[];
  /** True where nothing but loading leads there. */
  readonly onlyLoads: boolean;
}

/** Who depends on some places, however far. */
export interface InTurn {
  /** The files of the places and those further away, in no order; that of the symbol where it holds a place or depends on one. */
  readonly files: readonly FileInTurn[];
  /** Files that offer to others what holds one of the places, or depends on it. */
  readonly offering: ReadonlySet<RepoPath>;
}
