import type { RepoPath, Tree } from '../../../model/tree.ts';
import type { Meaning } from './export-walk.ts';
import type { Graph } from './graph.ts';

/** How a file gets hold of names that it does not write down: it passes a module on, holds the whole of one, or asks for one on the spot. */
const WHOLE = ['export *', '* as', 'import(', 'import (', 'require'];
/** Answers kept for a tree: the same symbol is asked for at every keystroke. */
const MOST_KEPT = 1_024;

const KEPT = new WeakMap<Tree, Map<string, readonly RepoPath[]>>();

/**
 * Which of the files that could not be read may hold places of a symbol. One that is only too large may not where its bytes say none
 * of the names by which the symbol is known and nothing that takes a module as a whole: a table of test data is no dependent of
 * everything. A name that such a file spells with `\u` escapes is not seen. What is unread for another reason may hold anything.
 */
export function unreadWith(tree: Tree, { unread }: Graph, names: ReadonlySet<string>): readonly RepoPath[] {
  const [large, other] = [unread.filter((path) => isTooLarge(tree, path)), unread.filter((path) => !isTooLarge(tree, path))];
  // Whoever imports a default calls it as they like.
  if (large.length === 0 || tree.saying === undefined || names.size === 0 || names.has('default') || names.has('=')) return unread;
  const kept = KEPT.get(tree) ?? new Map<string, readonly RepoPath[]>();
  KEPT.set(tree, kept);
  const key = [...names].sort().join(' ');
  const found = kept.get(key) ?? tree.saying([...names, ...WHOLE], large);
  if (kept.size >= MOST_KEPT) kept.clear();
  kept.set(key, found);
  return [...other, ...found].sort();
}

/** Every name by which somebody may ask for the symbol. */
export function namesOfMeanings(meanings: Iterable<Meaning>, exported: readonly string[]): ReadonlySet<string> {
  const all = new Set(exported);
  for (const { names, aliases, clauses, chains, spots } of meanings) {
    for (const name of [...names, ...aliases, ...[...clauses.values()].flatMap((some) => [...some])]) all.add(name);
    for (const { path } of [...chains, ...spots]) for (const name of path) all.add(name);
  }
  return all;
}

function isTooLarge(tree: Tree, path: RepoPath): boolean {
  const content = tree.read(path);
  return content?.kind === 'unread' && content.reason === 'too-large';
}
