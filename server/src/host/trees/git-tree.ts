import type { FileScan } from '../../core/model/file-scan.ts';
import type { FileContent, KeptOfTree, RepoPath, Tree } from '../../core/model/tree.ts';
import { holdersOf, type Shelf } from '../../core/scan/holders.ts';
import { scanFile } from '../../core/scan/scan-file.ts';
import { hashOfWord, runsOf } from '../../core/scan/words.ts';
import type { TreeEntry } from '../git/list-tree.ts';
import type { Screen } from '../git/tree-attributes.ts';
import type { KeptScan, KeptScans, MeetBlob, PathEntry } from '../scans/kept-scans.ts';
import type { BlobContents } from './blob-content.ts';
import { extensionOf, hasExtension, mentionsWord, sortPaths } from './mentions.ts';

/** What a tree of git objects needs of its repository. */
export interface GitTreeSource {
  readonly id: string;
  /** Listed once, at the first need. */
  readonly entries: () => ReadonlyMap<RepoPath, TreeEntry>;
  readonly contents: BlobContents;
  readonly scans: KeptScans;
  readonly screen: Screen;
  /** Where the graph of the tree is kept, if it is. */
  readonly kept: KeptOfTree | undefined;
  /** Paths that hold `word`, by git's own notion of a word, which lets more through than ours. */
  readonly grep: (word: string, extensions: readonly string[]) => readonly RepoPath[];
  /** Those of some files that hold one of some texts. */
  readonly grepIn: (texts: readonly string[], among: readonly RepoPath[]) => readonly RepoPath[];
}

/** Answers kept: a name is asked of the same commit at every letter while it is typed. */
const MOST_MENTIONS = 4_096;
/** Sets of extensions for which it is kept what words their files hold. */
const MOST_SHELVES = 64;
/**
 * A tree of which more files than these are not known is asked for its first word through git, which takes a fraction of the time
 * of scanning them all; so is a name that no scan can rule out anywhere, such as `404`. All else is answered from the scans, with the
 * same answer (test/host/scans.test.ts).
 */
const MOST_LOOKED_THROUGH = 500;
/** Words that are looked for in each scan. */
const MOST_EXPECTED = 64;
/** Files opened in one go: what is fetched and not decoded yet stays small. */
const ROUND = 256;

/** The tree of a commit, read from git objects alone: no checkout is needed. */
export function gitTree(source: GitTreeSource): Tree {
  let paths: readonly RepoPath[] | undefined;
  const mentions = new Map<string, readonly RepoPath[]>();
  const shelves = new Map<string, Shelf | 'asked-of-git'>();
  const scans = new Map<RepoPath, KeptScan>();
  let byExtension: ReadonlyMap<string, readonly PathEntry[]> | undefined;
  /** Hashes of words whose files are read soon. */
  const expected = new Set<number>();
  const meet: MeetBlob = ({ oid }, blob, { words }) => {
    for (const hash of expected) if (words.includes(hash)) return source.contents.offer(oid, blob);
  };
  const read = (path: RepoPath): FileContent | undefined => {
    const entry = source.entries().get(path);
    return entry === undefined ? undefined : readEntry(path, entry, source);
  };
  const preload = (wanted: readonly RepoPath[]): void =>
    source.contents.preload(
      wanted.flatMap((path) => {
        const entry = source.entries().get(path);
        return entry === undefined ? [] : [[path, entry] as const];
      }),
    );
  const candidatesOf = (word: string, extensions: readonly string[]): readonly RepoPath[] => {
    const question = extensions.join('\0');
    const askGit = () => source.grep(word, extensions).filter((path) => hasExtension(path, extensions));
    let shelf = shelves.get(question);
    if (shelf === undefined || shelf === 'asked-of-git') {
      const entries = [...source.entries()].filter(([path]) => hasExtension(path, extensions));
      if (shelves.size >= MOST_SHELVES) shelves.clear();
      // One word may be all that is asked, and nobody asks after this process where nothing is kept for the next one.
      if (shelf === undefined && !source.scans.areKept && !word.includes('\n') && source.scans.lacking(entries) > MOST_LOOKED_THROUGH) {
        shelves.set(question, 'asked-of-git');
        return askGit();
      }
      shelf = shelve(entries, source.scans.of(entries, meet));
      shelves.set(question, shelf);
    }
    const holders = holdersOf(shelf, word);
    const isEverywhere = holders.length === shelf.paths.length && MOST_LOOKED_THROUGH < holders.length;
    return isEverywhere && !word.includes('\n') ? askGit() : holders;
  };
  /** A name is a candidate by its words; only its text says whether they stand there as asked. */
  const search = (word: string, extensions: readonly string[]): readonly RepoPath[] => {
    // A file with a NUL is no text, and no argument of git's may hold one.
    if (word === '' || word.includes('\0') || extensions.length === 0) return [];
    const candidates = candidatesOf(word, extensions);
    const found: RepoPath[] = [];
    for (let start = 0; start < candidates.length; start += ROUND) {
      const round = candidates.slice(start, start + ROUND);
      preload(round);
      for (const path of round) {
        const content = read(path);
        if (content?.kind === 'text' && mentionsWord(content.text, word)) found.push(path);
      }
    }
    return sortPaths(found);
  };
  const scanEntry = (path: RepoPath): KeptScan | undefined => {
    if (!source.entries().has(path)) return undefined;
    if (!scans.has(path)) {
      // Whoever asks for one file's scan asks for those of its kind next, and in one go they are ten times quicker.
      const extension = extensionOf(path);
      byExtension ??= groupByExtension(source.entries());
      const alike = byExtension.get(extension) ?? [];
      for (const [index, scan] of source.scans.of(alike, meet).entries()) scans.set((alike[index] as (typeof alike)[number])[0], scan);
    }
    return scans.get(path);
  };
  return {
    id: source.id,
    ...(source.kept === undefined ? {} : { kept: source.kept }),
    paths: () => {
      paths ??= sortPaths(source.entries().keys());
      return paths;
    },
    read,
    expect: (wanted) => {
      for (const run of wanted.flatMap(runsOf)) if (expected.size < MOST_EXPECTED) expected.add(hashOfWord(run));
    },
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
    saying: source.grepIn,
    scan: (path) => {
      const scan = scanEntry(path);
      if (scan === undefined || scan === 'no-text') return undefined;
      if (scan === 'not-kept') return scanContent(path, read(path));
      return unreadByScreen(path, source) === undefined ? scan : undefined;
    },
  };
}

function groupByExtension(entries: Iterable<PathEntry>): ReadonlyMap<string, readonly PathEntry[]> {
  const groups = new Map<string, PathEntry[]>();
  for (const entry of entries) {
    const extension = extensionOf(entry[0]);
    const group = groups.get(extension);
    if (group === undefined) groups.set(extension, [entry]);
    else group.push(entry);
  }
  return groups;
}

/** Those that have no text mention nothing and are left out; those of which no scan is kept may mention everything. */
function shelve(entries: readonly PathEntry[], scans: readonly KeptScan[]): Shelf {
  const paths: RepoPath[] = [];
  const words: (Uint32Array | undefined)[] = [];
  for (const [index, scan] of scans.entries()) {
    if (scan === 'no-text') continue;
    paths.push((entries[index] as (typeof entries)[number])[0]);
    words.push(scan === 'not-kept' ? undefined : scan.words);
  }
  return { paths, words };
}

/** The scan of what a tree gives at a path, made anew. */
export function scanContent(path: RepoPath, content: FileContent | undefined): FileScan | undefined {
  return content?.kind === 'text' ? scanFile(path, content.text) : undefined;
}

/** What kind of entry it is goes before what attributes say, and attributes before the content. */
export function readEntry(path: RepoPath, entry: TreeEntry, source: Pick<GitTreeSource, 'contents' | 'screen'>): FileContent {
  if (!hasUnicodeName(path)) return UNNAMEABLE;
  const content = source.contents.read(path, entry);
  if (content.kind === 'unread' && (content.reason === 'symlink' || content.reason === 'submodule')) return content;
  return source.screen(path) ?? content;
}

function unreadByScreen(path: RepoPath, { screen }: Pick<GitTreeSource, 'screen'>): FileContent | undefined {
  return hasUnicodeName(path) ? screen(path) : UNNAMEABLE;
}

/** Such a path has no bytes that a fingerprint could hold. */
const UNNAMEABLE: FileContent = { kind: 'unread', reason: 'unreadable', detail: 'its name is not UTF-8' };

function hasUnicodeName(path: RepoPath): boolean {
  return !/[\udc80-\udcff]/.test(path) || Buffer.from(path).toString() === path;
}
