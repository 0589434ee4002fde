import type { SourceFacts, SymbolFact } from '../model/facts.ts';
import type { BlastRadius } from '../model/radius.ts';
import type { FileLinks, InTurn, SymbolUse, SymbolUses } from '../model/symbol-uses.ts';
import type { RepoPath, Tree } from '../model/tree.ts';

/** Reads a file that ships with Brakeline (a grammar's WebAssembly) by its name. Given by the host; core has no file system. */
export type ReadAsset = (name: string) => Promise<Uint8Array>;

/**
 * A language is a record of what it can do. A missing function is the answer that it cannot, and the facts room says so
 * as a blind spot. Functions are synchronous and pure once `prepare` has settled.
 */
export interface Language {
  readonly id: string;
  /** Decides by path alone, so that both sides of a change agree. */
  owns(path: RepoPath): boolean;
  /** Languages it finds inside its own files; they are prepared with it. */
  readonly embeds?: readonly EmbeddedLanguage[];
  /** Characters beyond which a line makes the whole file a blind spot, where there is such a limit. */
  readonly longestLine?: number;
  /** Loads grammars or a compiler, once; called by a door before it assesses, and only for languages the change touches. */
  prepare?(readAsset: ReadAsset): Promise<void>;
  /** Everything seen in one file. Must not throw for bad input: what could not be parsed is a blind spot. */
  facts(path: RepoPath, text: string, embed: Embed): SourceFacts;
  /** As `facts`, for texts of one path that come one after another, where it is quicker to look at what is new in each. */
  follow?(path: RepoPath, embed: Embed): FactsReader;
  /** Dependents of an exported symbol of `path` in `tree`; null where this tree cannot answer. */
  reach?(tree: Tree, path: RepoPath, symbol: SymbolFact, precision: ReachPrecision): BlastRadius | null;
  /** Every place that means an exported symbol of `path`, by path, line and character; null where this tree cannot answer. */
  uses?(tree: Tree, path: RepoPath, symbol: SymbolFact): SymbolUses | null;
  /** Who depends on some places of this language's files by the names of what holds them. Without it imports are all that is known. */
  inTurn?(tree: Tree, asked: { readonly path: RepoPath; readonly names: readonly string[] }, uses: readonly SymbolUse[]): InTurn;
  /** Who imports whom among this language's files. Without it nobody knows which tests reach a file. */
  links?(tree: Tree): FileLinks;
}

/** Gives the facts of one text after another. What it keeps between them is let go of with it. */
export type FactsReader = (text: string) => SourceFacts;

/** For what imports and names cannot follow (members): `types` asks a compiler; `names` counts mentions, an upper bound at a fraction of the cost. */
export type ReachPrecision = 'types' | 'names';

export type EmbeddedLanguage = 'sql' | 'shell';

/** A stretch of another language inside a file: SQL in a string, shell in a `run:`. One entry per line of it. */
export interface EmbeddedLine {
  readonly text: string;
  /** 1-based line and 0-based character in the host file at which `text` starts. */
  readonly line: number;
  readonly character: number;
}

/** Facts of an embedded stretch, its ranges mapped to the host file. */
export type Embed = (language: EmbeddedLanguage, lines: readonly EmbeddedLine[], scope: string) => SourceFacts;
