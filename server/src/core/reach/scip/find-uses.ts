import { DamagedIndex } from './damaged-index.ts';
import { documentsWith, type UsingDocument } from './read-index.ts';
import { type Descriptor, parseDescriptors, type ScipSymbol, splitSymbol } from './scip-symbol.ts';
import type { ByteSource } from './split-index.ts';

/** Symbols that are looked for together: those of one package of this repository, or of one folder where packages say nothing. */
export interface PackageTarget {
  /** Tells one target from another; answers are kept by it. */
  readonly key: string;
  /** Stands in every symbol of the package, and in few others. */
  readonly needle: string;
  /** Says of a symbol that holds the needle whether it is one. */
  owns(symbol: { readonly manager: string; readonly packageName: string; readonly descriptors: string }): boolean;
}

/** What an index holds of one package. */
export interface PackageUses {
  /** Sorted. */
  readonly versions: readonly string[];
  /** Paths of documents; a place names one by its position here. */
  readonly paths: readonly string[];
  readonly symbols: readonly SymbolUses[];
}

export interface SymbolUses {
  readonly descriptors: readonly Descriptor[];
  /** Four numbers a place: document, line (0-based), character, roles. Packed: a popular package has a million of them. */
  readonly places: readonly number[];
}

/** Bits of `SymbolRole` in the schema. */
const DEFINITION = 1;
/** More than a library is used in one repository; beyond it an answer would be held in too much memory. */
const MOST_PLACES = 4_000_000;

/**
 * Everything in an index that uses a package. Documents of the package itself, which the index of a monorepo may hold,
 * are left out. `DamagedIndex` where the file cannot be read to its end: a part of it is no answer.
 */
export function findUses(source: ByteSource, target: PackageTarget): PackageUses {
  const versions = new Set<string>();
  const paths: string[] = [];
  const symbols = new Map<string, number[]>();
  let count = 0;
  for (const document of documentsWith(source, target.needle)) {
    const own = ownSymbols(document, target);
    if (own === undefined) continue;
    const at = paths.length;
    paths.push(document.path);
    for (const { range, symbol, symbolRoles } of document.occurrences) {
      const parts = own.get(symbol);
      if (parts === undefined || (symbolRoles & DEFINITION) !== 0) continue;
      versions.add(parts.version);
      const places = symbols.get(parts.descriptors) ?? [];
      if (places.length === 0) symbols.set(parts.descriptors, places);
      places.push(at, range[0] ?? 0, range[1] ?? 0, symbolRoles);
      count += 1;
    }
    if (count > MOST_PLACES) throw new DamagedIndex(`expected at most ${MOST_PLACES} uses of ${target.key.trim()}, found more`);
  }
  versions.delete('');
  return {
    versions: [...versions].sort(),
    paths,
    symbols: [...symbols].flatMap(([text, places]) => {
      const descriptors = parseDescriptors(text);
      return descriptors === undefined ? [] : [{ descriptors, places }];
    }),
  };
}

type OwnSymbols = ReadonlyMap<string, ScipSymbol>;

/**
 * The symbols of the package that a document uses; undefined where it uses none, or is part of the package itself. A document
 * that only adds to the package's declarations has more declarations of its own.
 */
function ownSymbols(document: UsingDocument, target: PackageTarget): OwnSymbols | undefined {
  const own = new Map<string, ScipSymbol>();
  const others = new Set<string>();
  let defined = 0;
  for (const { symbol, symbolRoles } of document.occurrences) {
    if (others.has(symbol)) continue;
    const parts = own.get(symbol) ?? (symbol.includes(target.needle) ? splitSymbol(symbol) : undefined);
    if (parts === undefined || !target.owns(parts)) {
      others.add(symbol);
      continue;
    }
    own.set(symbol, parts);
    if ((symbolRoles & DEFINITION) !== 0) defined += 1;
  }
  if (own.size === 0) return undefined;
  // Only where it declares some of them is it worth to ask how many it declares besides.
  return defined > 0 && 2 * defined > document.definitions() ? undefined : own;
}
