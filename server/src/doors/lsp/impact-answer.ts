import { askImpact, impactPaths } from '../../core/ask-impact.ts';
import { type FoundSymbol, nameAt, symbolAround, symbolOfFinding } from '../../core/find-symbols.ts';
import { prepareLanguages } from '../../core/languages/prepare.ts';
import type { AssessedHunk } from '../../core/model/assessment.ts';
import type { Change } from '../../core/model/change.ts';
import type { Position } from '../../core/model/range.ts';
import type { RepoPath } from '../../core/model/tree.ts';
import type { Impact } from '../../core/reach/impact.ts';
import { readAssetsFrom } from '../../host/assets.ts';
import type { Analysis } from './analysis.ts';
import { toRepoPath } from './places.ts';
import { type TypesLink, withTypes } from './types-link.ts';

/** Who depends on a symbol, for the main thread to show. Plain data. */
export interface ImpactAnswer {
  readonly symbol: string;
  readonly path: RepoPath;
  /** Null where the language cannot answer, which is never read as nobody. */
  readonly impact: Impact | null;
  /** True where the tree that was asked is the base: lines of files that the change touches are those of the base. */
  readonly isOfBase: boolean;
  /** Where the symbol's name stands in the file as it is now; undefined where it is gone. */
  readonly position: Position | undefined;
}

/** Steps to list files for: those that use the symbol, and those that import these. */
const DEPTH = 2;

/** Null where the hunk is about no exported symbol, or none is at the line. */
export async function answerImpact(
  analysis: Analysis,
  of: AssessedHunk | { readonly file: string; readonly line: number },
  types: TypesLink,
): Promise<ImpactAnswer | null> {
  const change = analysis.change();
  const readAsset = readAssetsFrom(import.meta.dirname);
  const path = 'file' in of ? toRepoPath(analysis.places, of.file) : of.path;
  if (path === undefined) return null;
  await prepareLanguages([path], readAsset);
  const found = 'file' in of ? symbolAround(change.after, path, of.line) : symbolOfHunk(change, of);
  if (found === undefined) return null;
  await prepareLanguages(impactPaths(found.tree, found.path), readAsset);
  const { symbol, tree } = found;
  return {
    symbol: symbol.name,
    path: found.path,
    impact: await withTypes(types, () => askImpact({ ...found, base: change.before, depth: DEPTH })),
    isOfBase: tree === change.before,
    position: nameAt(change.after, path, symbol.name),
  };
}

/** Of the finding that reaches furthest, as the lens shows it; else of the first that is about a symbol. */
function symbolOfHunk(change: Change, hunk: AssessedHunk): FoundSymbol | undefined {
  const widest = hunk.findings.toSorted((a, b) => (b.blastRadius?.references ?? 0) - (a.blastRadius?.references ?? 0));
  for (const finding of widest) {
    const found = symbolOfFinding(change, hunk, finding);
    if (found !== undefined) return found;
  }
  return undefined;
}
