import type { Hunk } from '../../core/model/hunk.ts';
import type { Tree } from '../../core/model/tree.ts';
import { splitLines } from '../../core/split-lines.ts';

/**
 * True where a tree holds what a hunk removes, at the very lines that it names, and where nobody can tell: a hunk that only adds removes
 * nothing, and a file may be too large to be read here.
 */
export function removesFrom(tree: Tree, { path, previousPath, before, removed }: Hunk): boolean {
  if (removed.length === 0) return true;
  const content = tree.read(previousPath ?? path);
  if (content?.kind !== 'text') return content !== undefined;
  const lines = splitLines(content.text).slice(before.start - 1, before.start - 1 + removed.length);
  return lines.join('') === removed.join('');
}

/**
 * Where this clone is not what the author saw, in one line for whoever answers; undefined where nothing speaks against it. `tree` is the
 * base of the request, or HEAD where that is not here; `name` says which.
 */
export function cloneNote(hunk: Hunk, tree: Tree, name: string): string | undefined {
  const { path, previousPath, before, removed } = hunk;
  const content = tree.read(previousPath ?? path);
  if (content === undefined) return removed.length === 0 && before.start === 0 ? undefined : `${name} has no such file`;
  if (content.kind !== 'text') return `${name} has this file, and it cannot be read here as text`;
  if (removed.length === 0)
    return splitLines(content.text).length < before.start ? `${name} has fewer lines than the author's file` : undefined;
  if (removesFrom(tree, hunk)) return undefined;
  return content.text.includes(removed.join(''))
    ? `${name} has the removed lines in another place of this file`
    : `${name} has other lines here than those that the author's file removes`;
}
