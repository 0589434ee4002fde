import type { FileInTurn, InTurn, SymbolUse } from '../model/symbol-uses.ts';
import type { RepoPath } from '../model/tree.ts';
import type { EntryKind, EntryPoint } from './entry-points/entry-point.ts';

/** An entry point that a symbol is reached from. */
export interface ReachedEntry extends EntryPoint {
  /** True where its file is reached and nobody can tell whether its own code is. */
  readonly atMost: boolean;
}

export interface EntryParts {
  readonly subject: { readonly path: RepoPath; readonly name: string };
  readonly inTurn: InTurn;
  /** The places that mean the symbol itself. */
  readonly uses: readonly SymbolUse[];
  /** Names of the code around a place, outermost first; undefined where nobody read the file for them. */
  scopesAt(use: SymbolUse): readonly string[] | undefined;
  /** True where names are followed through the file's language: then a helper's callers are among the places. */
  follows(path: RepoPath): boolean;
}

/** What a platform or a framework asks a file for by what it is called: nobody else need name it. */
const BY_CONVENTION: ReadonlySet<EntryKind> = new Set(['page', 'route', 'function', 'job']);

/**
 * Of the entry points of some files those that lead to the symbol, surest first. One with code of its own is reached where that code
 * holds a place, or is declared in its line; where a place stands at the top of the file, or elsewhere in its class, it may be. One that
 * runs or offers the whole file is reached with the file.
 */
export function reachedEntries(entries: readonly EntryPoint[], parts: EntryParts): readonly ReachedEntry[] {
  const files = new Map(parts.inTurn.files.map((file) => [file.path, file]));
  const places = new Map<RepoPath, SymbolUse[]>();
  for (const use of [...parts.uses, ...parts.inTurn.files.flatMap((file) => file.places)]) {
    if (use.kind === 'import' || use.kind === 'export') continue;
    const known = places.get(use.path);
    if (known === undefined) places.set(use.path, [use]);
    else known.push(use);
  }
  const found = entries.flatMap((entry): readonly ReachedEntry[] => {
    const own = places.get(entry.path) ?? [];
    const certainty = entry.scope === undefined ? ofFile(entry, files.get(entry.path), parts) : ofCode(entry, entry.scope, own, parts);
    return certainty === 'none' ? [] : [{ ...entry, atMost: certainty === 'maybe' }];
  });
  return [...found.filter(({ atMost }) => !atMost), ...found.filter(({ atMost }) => atMost)];
}

type Certainty = 'sure' | 'maybe' | 'none';

function ofFile({ kind, path }: EntryPoint, file: FileInTurn | undefined, { subject, inTurn, follows }: EntryParts): Certainty {
  const isOffered = inTurn.offering.has(path);
  if (kind === 'export')
    return !isOffered && (file === undefined || file.steps === 0) ? 'none' : isOffered && follows(path) ? 'sure' : 'maybe';
  if (path === subject.path && isOffered && BY_CONVENTION.has(kind)) return 'sure';
  if (file === undefined) return path === subject.path ? 'maybe' : 'none';
  return file.onlyLoads ? 'maybe' : 'sure';
}

function ofCode(
  { path, declared }: EntryPoint,
  scope: string,
  places: readonly SymbolUse[],
  { subject, scopesAt, follows }: EntryParts,
): Certainty {
  const covers = (name: string): boolean => name === scope || name.endsWith(`.${scope}`);
  if (path === subject.path && covers(subject.name)) return 'sure';
  if (places.length === 0) return 'none';
  let certainty: Certainty = follows(path) ? 'none' : 'maybe';
  // Places of one line have the same code around them.
  for (const place of new Map(places.map((one) => [one.line, one])).values()) {
    const inside = scopesAt(place);
    if (inside === undefined) certainty = 'maybe';
    else if (inside.some(covers) || (declared.path === path && declared.line === place.line)) return 'sure';
    else if (inside.length === 0 || isOfClass(inside[0] ?? '', scope)) certainty = 'maybe';
  }
  return certainty;
}

/** `Cats` and `Cats.all`: what a class says of itself, or does in another method. */
function isOfClass(outer: string, scope: string): boolean {
  return scope.startsWith(`${outer}.`);
}
