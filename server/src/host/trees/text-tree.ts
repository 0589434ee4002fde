import type { RepoPath, Tree } from '../../core/model/tree.ts';
import { hasExtension, mentionsWord, sortPaths } from './mentions.ts';

/** A tree of texts at hand: both sides of a fixture. */
export function textTree(id: string, files: ReadonlyMap<RepoPath, string>): Tree {
  const paths = sortPaths(files.keys());
  return {
    id,
    paths: () => paths,
    read: (path) => {
      const text = files.get(path);
      return text === undefined ? undefined : { kind: 'text', text };
    },
    mentioning: (word, extensions) => paths.filter((path) => hasExtension(path, extensions) && mentionsWord(files.get(path) ?? '', word)),
  };
}
