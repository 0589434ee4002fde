/**
 * What one pass over a file finds, without a syntax tree: which words it holds, and which other files it asks for and what it
 * offers them. A function of path and content alone, so that it can be kept by the content's object id, in memory and on disk.
 * The workspace index is made of these (docs/architecture.md, "Reach").
 */
export interface FileScan {
  /**
   * A 32-bit hash of every distinct word (`hashOfWord` in core/scan/words.ts), in no order. Words in remarks and strings count:
   * the set says where a look is worth it, never that something is there. Invariant: no word that a compiler sees as an
   * identifier is missing (test/scan/every-identifier.test.ts).
   */
  readonly words: Uint32Array;
  /** What words cannot say; see `ScanMark`. Bits or-ed together. */
  readonly marks: number;
  /** Imports and exports, for the languages that are read for them. */
  readonly module: ModuleRecord | undefined;
}

/** Files with such a mark are candidates for every name, since a name in them may be spelt in a way that `words` does not see. */
export const ScanMark = {
  /** Holds bytes beyond ASCII: a name may be made of them alone. */
  beyondAscii: 1,
  /** Holds `\u` escapes: an identifier may be written with them. */
  escapes: 2,
  /** The pass lost its place (a string, a template or a bracket that never ends, or ends that nothing opened): imports may be missing. */
  lost: 4,
} as const;

/** Whom a file asks, and what it offers. The order is that of the file. */
export interface ModuleRecord {
  readonly imports: readonly ImportRecord[];
  readonly exports: readonly ExportRecord[];
}

/** One import, re-export, `require` or dynamic import; also Python's `import`, Go's, Java's and Rust's `use`. */
export interface ImportRecord {
  readonly specifier: string;
  /**
   * - `import`: names are bound in this file; no names is an import for its effects.
   * - `reexport`: names are passed on and not bound here.
   * - `dynamic`: `import(…)`, `require(…)`, a mock of a test runner, `import('x').Type`, `declare module 'x'` or
   *   `new URL('./x', import.meta.url)` that binds nothing on the spot. Its names are what is used there and then, with an empty
   *   `local`; without names, anything of the module may be used.
   */
  readonly kind: 'import' | 'reexport' | 'dynamic';
  /** True where only types are taken (`import type`, or each name a `type`). */
  readonly typeOnly: boolean;
  readonly names: readonly ImportedName[];
}

export interface ImportedName {
  /** As the other module offers it: a name, `default`, or `*` for all of it (`* as ns`, and what a `require` answers). */
  readonly imported: string;
  /**
   * Bound in this file, or, for `reexport`, offered by it; `*` for `export * from`, `=` for `module.exports = require('x').a`. Empty
   * where only a part of it is bound (`const { a: { b } } = require('x')`), or nothing.
   */
  readonly local: string;
}

/** A name that the file itself declares and offers. What it passes on stands among the imports as `reexport`. */
export interface ExportRecord {
  /** A name, `default`, or `=` where the whole module is one thing (`export =`, `module.exports =`). */
  readonly exported: string;
  /** What it is called inside; undefined for an expression without a name. */
  readonly local: string | undefined;
}
