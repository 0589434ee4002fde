import type { RepoPath } from '../../core/model/tree.ts';

/** Whether `text` holds `word` with no identifier character (`A-Z a-z 0-9 _ $`) on either side. */
export function mentionsWord(text: string, word: string): boolean {
  if (word === '') return false;
  for (let at = text.indexOf(word); at !== -1; at = text.indexOf(word, at + 1)) {
    if (!isIdentifierUnit(text.charCodeAt(at - 1)) && !isIdentifierUnit(text.charCodeAt(at + word.length))) return true;
  }
  return false;
}

export function hasExtension(path: RepoPath, extensions: readonly string[]): boolean {
  return extensions.some((extension) => path.endsWith(extension));
}

/** With its dot; empty where the name has none. */
export function extensionOf(path: RepoPath): string {
  const dot = path.lastIndexOf('.');
  return dot <= path.lastIndexOf('/') ? '' : path.slice(dot);
}

/** By UTF-16 code unit, as `Tree.paths` promises: no locale decides what comes first. */
export function sortPaths(paths: Iterable<RepoPath>): RepoPath[] {
  return [...paths].sort((a, b) => (a < b ? -1 : b < a ? 1 : 0));
}

/** `NaN`, past either end of the text, is no identifier. */
function isIdentifierUnit(unit: number): boolean {
  return (48 <= unit && unit <= 57) || (65 <= unit && unit <= 90) || (97 <= unit && unit <= 122) || unit === 95 || unit === 36;
}
