import type { Change } from '../core/model/change.ts';
import type { History } from '../core/model/history.ts';
import type { RepoPath, Tree } from '../core/model/tree.ts';
import { AppError } from './app-error.ts';
import { type ChangedPaths, changedBetween, changedInIndex, changedOnDisk, lookOnDisk, parseRaw } from './git/changed-paths.ts';
import { createHistoryReader, ownAddress } from './git/history.ts';
import type { TreeEntry } from './git/list-tree.ts';
import { locateRepository, type RepositoryPlace } from './git/locate.ts';
import {
  type Author,
  emptyTree,
  type Head,
  headCommit,
  holdHead,
  listAuthors,
  mergeBase,
  readHead,
  resolveCommit,
} from './git/revisions.ts';
import type { StagedAhead } from './git/staged-ahead.ts';
import { scansFile } from './scans/cache-file.ts';
import { graphFile, openKeptGraph } from './scans/kept-graph.ts';
import { openScanCache } from './scans/scan-cache.ts';
import { indexTree } from './trees/index-tree.ts';
import { openRepositoryTrees, type RepositoryTrees } from './trees/repository-trees.ts';
import { type WorktreeChange, worktreeChange } from './trees/worktree-change.ts';

/**
 * One git repository, read. Nothing here writes to it but the cache of scans, fetches, or runs what its configuration names.
 */
export interface Repository {
  /** Top of the working tree; undefined where there is none. */
  readonly root: string | undefined;
  readonly gitDir: string;
  readonly commonDir: string;
  readonly isBare: boolean;
  readonly isShallow: boolean;
  readonly objectFormat: 'sha1' | 'sha256';
  /** Errors: `no-commits`. */
  head(): Head;
  /** Object id of the commit that a revision names. Errors: `bad-revision`, `no-commits`, `shallow`. */
  resolveCommit(revision: string): string;
  mergeBase(a: string, b: string): string | undefined;
  /** Tree id without entries, which may stand for a base: the one to compare a first commit with. */
  readonly emptyTree: string;
  commitTree(revision: string): Tree;
  /** From the merge base of the two, or from `base` itself where their histories share nothing. Errors: `shallow`. */
  commitChange(base: string, head: string): Change;
  /** What `git commit` would commit now. The base is HEAD, or the merge base of another revision with HEAD. */
  stagedChange(base?: string): Change;
  /**
   * Lets git go over the saved files while this thread does something else, for which the before side is there at once. The next
   * `worktreeChange` of the same base is of what was saved then; where git fails it asks anew, and says why. Errors: as
   * `worktreeChange`.
   */
  lookAhead(base?: string): { readonly before: Tree; readonly isSeen: Promise<void> };
  /** Saved files, untracked ones included, with unsaved buffers over them. The base is as for the staged change. */
  worktreeChange(base?: string, buffers?: ReadonlyMap<RepoPath, string>): WorktreeChange;
  /** What came before a commit, for a change that is being made here now. */
  history(base: string): History;
  /** Authors, committers and co-authors of the commits after `base` up to `head`. */
  authors(base: string, head: string): readonly Author[];
  /** Who would commit what lies here; empty where git knows no address. */
  committers(): readonly Author[];
  /** Writes the cache of scans, where it is kept. */
  saveScans(): void;
  close(): void;
}

export interface RepositoryOptions {
  /** Larger files are a blind spot; 1,048,576 where not given. */
  readonly maxFileBytes?: number;
  /**
   * True where the scans of earlier processes may be used and this one's be kept for later ones, in git's common directory. Whoever
   * can write there can make the cache lie.
   */
  readonly keepsScans?: boolean;
  /** True where nothing counts for an object but git's own answer, though a file of the working tree may hash to its id. */
  readonly objectsAlone?: boolean;
  /** True where the process ends with its answer: nothing is made ready for a later question. */
  readonly answersOnce?: boolean;
  /** What was found of the repository just now, and is not asked again. */
  readonly found?: FoundStaged;
}

/** A repository, its commit, and in git's words how the index differs from that (git/changed-paths.ts). */
export interface FoundStaged extends StagedAhead {
  readonly place: RepositoryPlace;
  readonly head: string;
  readonly listed: Buffer;
}

/** Opens the repository that a folder belongs to. Errors: `not-a-repository`, `git-missing`. */
export function openRepository(dir: string, options: RepositoryOptions = {}): Repository {
  const { found } = options;
  const place = found?.place ?? locateRepository(dir);
  if (found !== undefined) holdHead(place, found.head);
  const maxFileBytes = options.maxFileBytes ?? 1_048_576;
  const cache = options.keepsScans === true ? openScanCache(scansFile(place.commonDir), maxFileBytes) : undefined;
  const graph = options.keepsScans === true ? openKeptGraph(graphFile(place.commonDir), maxFileBytes) : undefined;
  const trees = openRepositoryTrees(place, maxFileBytes, {
    cache,
    graph,
    objectsAlone: options.objectsAlone,
    answersOnce: options.answersOnce,
    ...(found === undefined ? {} : { known: { blobs: found.blobs, listings: listingOf(found) } }),
  });
  const history = createHistoryReader(place, trees.objects);
  let address: readonly string[] | undefined;
  /** Who would commit what lies here: asked of git once, for it does not change between keystrokes. */
  const own = (): readonly string[] => {
    address ??= ownAddress(place);
    return address;
  };
  let listed: { readonly range: string; readonly authors: readonly Author[] } | undefined;
  /** Of two object ids. A review of two commits asks twice, for the score and for who may not acknowledge. */
  const authorsBetween = (from: string, to: string): readonly Author[] => {
    const range = `${from}..${to}`;
    if (listed?.range !== range) listed = { range, authors: listAuthors(place, from, to) };
    return listed.authors;
  };
  const authorsOf = (from: string, to: string): readonly string[] => authorsBetween(from, to).map(({ email }) => email.toLowerCase());
  let ahead: { readonly base: string | undefined; readonly from: string; readonly changed: ChangedPaths } | undefined;
  /** How often the saved files were asked about: an answer to an earlier question is taken no more. */
  let asked = 0;
  return {
    root: place.root,
    gitDir: place.gitDir,
    commonDir: place.commonDir,
    isBare: place.root === undefined,
    isShallow: place.isShallow,
    objectFormat: place.objectFormat,
    emptyTree: emptyTree(place),
    head: () => readHead(place),
    resolveCommit: (revision) => resolveCommit(place, revision),
    mergeBase: (a, b) => mergeBase(place, resolveCommit(place, a), resolveCommit(place, b)),
    commitTree: (revision) => trees.committed(resolveBase(place, revision), () => []).tree,
    commitChange: (base, head) => {
      trees.expectMuch();
      const to = resolveCommit(place, head);
      const tip = resolveBase(place, base);
      const from = commonBase(place, tip, to, base);
      history.begin(from);
      // An attribute that the base has taken back since must not hide what branched off before.
      const change = gitChange(trees, from, to, changedBetween(place, from, to), tip);
      return { ...change, history: history.of(from, () => authorsOf(from, to)) };
    },
    stagedChange: (base) => {
      askForRoot(place);
      const from = baseOf(place, base);
      return { ...gitChange(trees, from, 'index', stagedOf(place, from, found)), history: history.of(from, own) };
    },
    lookAhead: (base) => {
      askForRoot(place);
      const from = baseOf(place, base);
      asked += 1;
      const question = asked;
      let touched: readonly RepoPath[] = [];
      const keep = (changed: ChangedPaths): void => {
        touched = [...changed.keys()];
        if (question === asked) ahead = { base, from, changed };
      };
      const isSeen = lookOnDisk(place, from).then(keep, () => undefined);
      return { before: trees.committed(from, () => touched).tree, isSeen };
    },
    worktreeChange: (base, buffers) => {
      const root = askForRoot(place);
      const seen = ahead?.base === base ? ahead : undefined;
      ahead = undefined;
      asked += 1;
      if (seen === undefined) trees.expectMuch();
      const from = seen?.from ?? baseOf(place, base);
      const changed = seen === undefined ? changedOnDisk(place, trees.objects, from) : () => seen.changed;
      const change = worktreeChange({ place, root, trees, from, changed, history: history.of(from, own) });
      return buffers === undefined ? change : change.withBuffers(buffers);
    },
    history: (base) => history.of(resolveBase(place, base), own),
    committers: () => own().map((email) => ({ name: email, email })),
    authors: (base, head) => authorsBetween(resolveBase(place, base), resolveCommit(place, head)),
    saveScans: () => trees.saveScans(),
    close: () => trees.close(),
  };
}

function listingOf({ head, entries }: FoundStaged): ReadonlyMap<string, ReadonlyMap<RepoPath, TreeEntry>> {
  return new Map(entries === undefined ? [] : [[head, entries]]);
}

function stagedOf(place: RepositoryPlace, from: string, found: FoundStaged | undefined): ChangedPaths {
  return found?.head === from ? parseRaw(found.listed) : changedInIndex(place, from);
}

/** A change of more files is read one after another. */
const MOST_AT_ONCE = 256;

function gitChange(trees: RepositoryTrees, from: string, to: string, changed: ChangedPaths, tip?: string): Change {
  const touched = [...changed.keys()];
  const { tree, screen, entries } = trees.committed(from, () => touched, tip);
  // Both sides of what changed are read next, whatever the change is opened for: in one go.
  const read: (readonly [RepoPath, TreeEntry])[] = [];
  for (const [path, after] of [...changed].slice(0, MOST_AT_ONCE)) {
    const before = entries().get(path);
    if (before !== undefined) read.push([path, before]);
    if (after.kind === 'blob') read.push([path, after.entry]);
  }
  trees.contents.preload(read);
  const after = indexTree(to, tree, changed, { contents: trees.contents, screen });
  return { before: tree, after, touched, origin: { kind: 'unknown', evidence: 'none' } };
}

function baseOf(place: RepositoryPlace, base: string | undefined): string {
  if (base === undefined) return headCommit(place);
  return base === emptyTree(place) ? base : commonBase(place, base, headCommit(place));
}

/** `name` is what the base was called by whoever asked. */
function commonBase(place: RepositoryPlace, base: string, head: string, name = base): string {
  const from = resolveBase(place, base);
  if (from === emptyTree(place) || from === head) return from;
  const common = mergeBase(place, from, head);
  if (common === undefined && place.isShallow) {
    throw new AppError(
      'shallow',
      `expected a common ancestor of "${name}" and ${head.slice(0, 12)}, found a shallow clone; run git fetch --unshallow (in CI: fetch-depth: 0)`,
    );
  }
  return common ?? from;
}

function resolveBase(place: RepositoryPlace, revision: string): string {
  return revision === emptyTree(place) ? revision : resolveCommit(place, revision);
}

function askForRoot(place: RepositoryPlace): string {
  if (place.root === undefined) throw new AppError('no-working-tree', `expected a working tree, found the bare repository ${place.gitDir}`);
  return place.root;
}
