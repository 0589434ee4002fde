import type { ForeignAnswer, ForeignDependent, ForeignIndex, ForeignRadius } from '../../model/foreign.ts';
import type { RepoPath } from '../../model/tree.ts';
import type { PackageTarget, PackageUses } from './find-uses.ts';
import { ownSymbol } from './own-symbol.ts';
import type { OwnSymbol } from './spelling.ts';

/** An index that the list names, opened by the host. */
export interface ListedIndex {
  readonly repository: string;
  readonly commit?: string;
  readonly made?: string;
  /** What it holds of a package, or why it cannot be read. The host keeps answers by the target's key. */
  uses(target: PackageTarget): PackageUses | { readonly problem: string };
}

/** Dependents that an answer names; its counts are of all. */
const MOST_NAMED = 100;

/** Bits of `SymbolRole` in the schema. */
const IMPORT = 2;
const WRITE = 4;
const READ = 8;

/** Answers for the symbols of this repository out of the indexes of others. */
export function createForeignIndex(listedIn: RepoPath, listed: readonly ListedIndex[]): ForeignIndex {
  return {
    listedIn,
    of(tree, path, symbol) {
      const own = ownSymbol(tree, path, symbol);
      if (own === undefined) return undefined;
      const found = listed.map((index) => answerOf(index, own));
      const radius = radiusOf(found);
      // What is only passed on may stand in an index under a name that this file does not tell: nothing found is no answer.
      return symbol.kind === 'export' && radius.references === 0 ? undefined : radius;
    },
  };
}

interface Found {
  readonly answer: ForeignAnswer;
  readonly isLikely: boolean;
  readonly dependents: readonly ForeignDependent[];
}

function answerOf({ repository, commit, made, uses }: ListedIndex, own: OwnSymbol): Found {
  const known = { repository, ...(commit === undefined ? {} : { commit }), ...(made === undefined ? {} : { made }) };
  const held = uses(own.target);
  if ('problem' in held)
    return { answer: { repository, versions: [], references: 0, files: 0, problem: held.problem }, isLikely: false, dependents: [] };
  const dependents: ForeignDependent[] = [];
  let isLikely = false;
  for (const { descriptors, places } of held.symbols) {
    const match = own.match(descriptors);
    if (match === undefined) continue;
    isLikely ||= match === 'likely';
    for (let at = 0; at < places.length; at += 4) {
      const [document = 0, line = 0, character = 0, roles = 0] = places.slice(at, at + 4);
      dependents.push({ repository, path: held.paths[document] ?? '', line: line + 1, character, kind: kindOf(roles) });
    }
  }
  const ordered = [...new Map(dependents.map((one) => [`${one.path}:${one.line}:${one.character}`, one])).values()].sort(byPlace);
  const files = new Set(ordered.map(({ path }) => path)).size;
  return { answer: { ...known, versions: held.versions, references: ordered.length, files }, isLikely, dependents: ordered };
}

function radiusOf(found: readonly Found[]): ForeignRadius {
  const using = found.filter(({ answer }) => answer.references > 0);
  return {
    method: 'index',
    references: using.reduce((sum, { answer }) => sum + answer.references, 0),
    files: using.reduce((sum, { answer }) => sum + answer.files, 0),
    repositories: new Set(using.map(({ answer }) => answer.repository)).size,
    isLikely: found.some((one) => one.isLikely),
    indexes: found.map(({ answer }) => answer),
    dependents: using.flatMap(({ dependents }) => dependents).slice(0, MOST_NAMED),
  };
}

function kindOf(roles: number): ForeignDependent['kind'] {
  if ((roles & IMPORT) !== 0) return 'import';
  if ((roles & WRITE) !== 0) return 'write';
  return (roles & READ) !== 0 ? 'read' : 'reference';
}

function byPlace(a: ForeignDependent, b: ForeignDependent): number {
  if (a.path !== b.path) return a.path < b.path ? -1 : 1;
  return a.line - b.line || a.character - b.character;
}
