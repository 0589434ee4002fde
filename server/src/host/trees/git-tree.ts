import type { FileContent, RepoPath, Tree } from '../../core/model/tree.ts';
import type { TreeEntry } from '../git/list-tree.ts';
import type { Screen } from '../git/tree-attributes.ts';
import type { BlobContents } from './blob-content.ts';
import { hasExtension, mentionsWord, sortPaths } from './mentions.ts';

/** What a tree of git objects needs of its repository. */
export interface GitTreeSource {
  readonly id: string;
  /** Listed once, at the first need. */
  readonly entries: () => ReadonlyMap<RepoPath, TreeEntry>;
  readonly contents: BlobContents;
  readonly screen: Screen;
  /** Paths that hold `word`, by git's own notion of a word, which lets more through than ours. */
  readonly grep: (word: string, extensions: readonly string[]) => readonly RepoPath[];
}

/** The tree of a commit, read from git objects alone: no checkout is needed. */
export function gitTree(source: GitTreeSource): Tree {
  let paths: readonly RepoPath[] | undefined;
  const mentions = new Map<string, readonly RepoPath[]>();
  const read = (path: RepoPath): FileContent | undefined => {
    const entry = source.entries().get(path);
    return entry === undefined ? undefined : readEntry(path, entry, source);
  };
  const search = (word: string, extensions: readonly string[]): readonly RepoPath[] => {
    const candidates = source.grep(word, extensions).filter((path) => hasExtension(path, extensions));
    source.contents.preload(candidates.flatMap((path) => source.entries().get(path) ?? []));
    return sortPaths(
      candidates.filter((path) => {
        const content = read(path);
        return content?.kind === 'text' && mentionsWord(content.text, word);
      }),
    );
  };
  return {
    id: source.id,
    paths: () => {
      paths ??= sortPaths(source.entries().keys());
      return paths;
    },
    read,
    mentioning: (word, extensions) => {
      const key = `${word}\0${extensions.join('\0')}`;
      const found = mentions.get(key) ?? search(word, extensions);
      mentions.set(key, found);
      return found;
    },
  };
}

/** What kind of entry it is goes before what attributes say, and attributes before the content. */
export function readEntry(path: RepoPath, entry: TreeEntry, source: Pick<GitTreeSource, 'contents' | 'screen'>): FileContent {
  // Such a path has no bytes that a fingerprint could hold.
  if (/[\udc80-\udcff]/.test(path) && Buffer.from(path).toString() !== path)
    return { kind: 'unread', reason: 'unreadable', detail: 'its name is not UTF-8' };
  const content = source.contents.read(entry);
  if (content.kind === 'unread' && (content.reason === 'symlink' || content.reason === 'submodule')) return content;
  return source.screen(path) ?? content;
}
