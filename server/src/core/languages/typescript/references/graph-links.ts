import type { RepoPath, Tree } from '../../../model/tree.ts';
import { scanOf } from '../../../scan/scan-of.ts';
import { directory, joined } from '../resolve/folders.ts';
import type { Graph } from './graph.ts';

/** An import by a relative path that leads to no file. */
export interface OpenImport {
  readonly path: RepoPath;
  readonly specifier: string;
  /** Which of the file's imports it is. */
  readonly index: number;
}

export function isLink(tree: Tree, path: RepoPath): boolean {
  const content = tree.read(path);
  return content?.kind === 'unread' && content.reason === 'symlink';
}

/**
 * Imports that go through a symbolic link: the file is one, or a folder of its path. A tree does not say where a link leads, so that
 * any file whose name fits may be meant. Where nothing is open nothing is read for this.
 */
export function linkedImports(
  tree: Tree,
  files: readonly RepoPath[],
  { turned, askers, asked }: Pick<Graph, 'turned' | 'askers' | 'asked'>,
  open: readonly OpenImport[],
): Graph['linked'] {
  const found: { readonly file: number; readonly index: number }[] = [];
  files.forEach((path, number) => {
    const [from, to] = [turned[number] ?? 0, turned[number + 1] ?? 0];
    if (from === to || scanOf(tree, path) !== undefined || !isLink(tree, path)) return;
    for (let edge = from; edge < to; edge += 1) found.push({ file: askers[edge] ?? 0, index: asked[edge] ?? 0 });
  });
  if (open.length === 0) return found;
  const paths: ReadonlySet<string> = new Set(tree.paths());
  const known = new Map<string, boolean>();
  const numbers = new Map(files.map((path, number) => [path, number]));
  for (const { path, specifier, index } of open) {
    const target = joined(directory(path), specifier);
    const file = numbers.get(path);
    if (file !== undefined && target !== undefined && isBehindLink(target)) found.push({ file, index });
  }
  return found;

  /** What has an ending and is there is another kind of file: a style, a picture. */
  function isBehindLink(target: string): boolean {
    const name = target.slice(target.lastIndexOf('/') + 1);
    for (let end = name.includes('.') ? target.lastIndexOf('/') : target.length; end > 0; end = target.lastIndexOf('/', end - 1)) {
      const front = target.slice(0, end);
      // A path of the tree is what RepoPath promises.
      const isOne = known.get(front) ?? (paths.has(front) && isLink(tree, front as RepoPath));
      known.set(front, isOne);
      if (isOne) return true;
    }
    return false;
  }
}

/** Whether a specifier that goes through a link may mean a file: by its last name, or as what a folder offers. */
export function mayBeBehind(specifier: string, path: RepoPath): boolean {
  const name = plain(path.slice(path.lastIndexOf('/') + 1));
  return name === 'index' || name === plain(specifier.slice(specifier.lastIndexOf('/') + 1));
}

function plain(name: string): string {
  return name.split('.', 1)[0] ?? '';
}
