import type { RepoPath, Tree } from '../../../model/tree.ts';
import { type Code, readCode } from './code.ts';
import { scriptsAlone, scriptsIn } from './script-parts.ts';

/** Texts whose code is kept for the next question, in characters. */
const MOST_KEPT = 24_000_000;

class CodeShelf {
  private readonly kept = new Map<RepoPath, Code>();
  private size = 0;

  get(path: RepoPath, read: () => Code | undefined): Code | undefined {
    const known = this.kept.get(path);
    if (known !== undefined) return known;
    const fresh = read();
    if (fresh === undefined) return undefined;
    this.kept.set(path, fresh);
    this.size += fresh.text.length;
    for (const [oldest, code] of this.kept) {
      if (this.size <= MOST_KEPT) break;
      this.kept.delete(oldest);
      this.size -= code.text.length;
    }
    return fresh;
  }
}

const SHELVES = new WeakMap<Tree, CodeShelf>();

/** The code of a file of a tree; undefined where there is no text. */
export function codeOf(tree: Tree, path: RepoPath): Code | undefined {
  if (tree.over !== undefined && !tree.over.differing.has(path)) return codeOf(tree.over.base, path);
  const shelf = SHELVES.get(tree) ?? new CodeShelf();
  SHELVES.set(tree, shelf);
  return shelf.get(path, () => {
    const content = tree.read(path);
    if (content?.kind !== 'text') return undefined;
    if (/\.(?:vue|svelte|astro)$/.test(path))
      return { ...readCode(scriptsAlone(content.text), false), text: content.text, scripts: scriptsIn(content.text) };
    return readCode(content.text, /\.(?:[cm]?js|[jt]sx)$/.test(path));
  });
}
