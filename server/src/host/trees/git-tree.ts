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

/**
 * Words of files with the same extensions that a git process each answers. A change that takes away a package asks for dozens,
 * and so many processes are seconds: from the next word on the files are opened once and searched here, with the same answer
 * (test/host/trees.test.ts). Where they are more than BlobContents keeps between two questions, git goes on answering.
 */
const ASKED_OF_GIT = 1;
const MOST_OPENED = 12_000;
const MOST_UNITS = 28_000_000;
/** Answers kept: a name is asked of the same commit at every letter while it is typed. */
const MOST_MENTIONS = 4_096;
/** Files opened before the last limit is looked at. */
const ROUND = 1_024;

/** The tree of a commit, read from git objects alone: no checkout is needed. */
export function gitTree(source: GitTreeSource): Tree {
  let paths: readonly RepoPath[] | undefined;
  const mentions = new Map<string, readonly RepoPath[]>();
  const asked = new Map<string, number>();
  const opened = new Map<string, readonly RepoPath[] | undefined>();
  const read = (path: RepoPath): FileContent | undefined => {
    const entry = source.entries().get(path);
    return entry === undefined ? undefined : readEntry(path, entry, source);
  };
  const preload = (wanted: readonly RepoPath[]): void =>
    source.contents.preload(wanted.flatMap((path) => source.entries().get(path) ?? []));
  const open = (extensions: readonly string[]): readonly RepoPath[] | undefined => {
    const wanted = [...source.entries().keys()].filter((path) => hasExtension(path, extensions));
    if (wanted.length > MOST_OPENED) return undefined;
    let units = 0;
    for (let start = 0; start < wanted.length; start += ROUND) {
      const round = wanted.slice(start, start + ROUND);
      preload(round);
      for (const path of round) units += lengthOf(read(path));
      if (units > MOST_UNITS) return undefined;
    }
    return wanted;
  };
  const candidates = (word: string, extensions: readonly string[]): readonly RepoPath[] => {
    const question = extensions.join('\0');
    const times = (asked.get(question) ?? 0) + 1;
    asked.set(question, times);
    if (times > ASKED_OF_GIT && !opened.has(question)) opened.set(question, open(extensions));
    return opened.get(question) ?? source.grep(word, extensions).filter((path) => hasExtension(path, extensions));
  };
  const search = (word: string, extensions: readonly string[]): readonly RepoPath[] => {
    const looked = candidates(word, extensions);
    preload(looked);
    return sortPaths(
      looked.filter((path) => {
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
    // In rounds, so that what is fetched and not decoded yet stays small.
    prefetch: (wanted) => {
      for (let start = 0; start < wanted.length; start += ROUND) preload(wanted.slice(start, start + ROUND));
    },
    mentioning: (word, extensions) => {
      const key = `${word}\0${extensions.join('\0')}`;
      const found = mentions.get(key) ?? search(word, extensions);
      if (mentions.size >= MOST_MENTIONS) mentions.clear();
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

function lengthOf(content: FileContent | undefined): number {
  return content?.kind === 'text' ? content.text.length : 0;
}
