import { statSync } from 'node:fs';
import path from 'node:path';
import type { RepoPath, Tree } from '../../core/model/tree.ts';
import type { GitPlace } from '../git/git.ts';
import { grepFiles, grepTree } from '../git/grep.ts';
import { listTree, type TreeEntry } from '../git/list-tree.ts';
import type { RepositoryPlace } from '../git/locate.ts';
import { type ObjectView, openObjectView } from '../git/object-view.ts';
import { type Objects, openObjects } from '../git/objects.ts';
import { type KnownBlobs, readAtOnce } from '../git/objects-at-once.ts';
import { type DiskPlace, readFromDisk } from '../git/objects-on-disk.ts';
import { type Screen, screenByAttributes } from '../git/tree-attributes.ts';
import type { KeptGraph } from '../scans/kept-graph.ts';
import { keepScans } from '../scans/kept-scans.ts';
import type { ScanCache } from '../scans/scan-cache.ts';
import { type BlobContents, blobContents } from './blob-content.ts';
import { gitTree } from './git-tree.ts';

/** A commit's tree, and the screen that its attributes make for both sides of a change that starts from it. */
export interface CommittedTree {
  readonly tree: Tree;
  readonly screen: Screen;
  readonly entries: () => ReadonlyMap<RepoPath, TreeEntry>;
}

/** The trees of one repository, and what they share: one git for objects, decoded contents, the last few trees. */
export interface RepositoryTrees {
  readonly objects: Objects;
  readonly contents: BlobContents;
  readonly maxFileBytes: number;
  /** Says that much may be read soon: in a large repository of which nothing is known yet, what reads it starts now. */
  expectMuch(): void;
  /** `likely` are the paths that will be read first. With `tip`, only what that commit's attributes hide too is hidden. */
  committed(oid: string, likely: () => readonly RepoPath[], tip?: string): CommittedTree;
  /** Writes what was found in contents, and how files import each other, to the caches; `close` does so too. */
  saveScans(): void;
  close(): void;
}

/** Trees kept between changes, so that a save does not list and search the base again. */
const KEPT_TREES = 4;

/** Bytes of git's index where there are five thousand files, more or less. A smaller repository is read before a thread is up. */
const LARGE_INDEX = 524_288;

export interface RepositoryTreesOptions {
  /** What earlier processes found in contents; see `RepositoryOptions`. */
  readonly cache?: ScanCache | undefined;
  /** The graph that earlier processes linked. */
  readonly graph?: KeptGraph | undefined;
  /** True where git alone says what an object holds, though the same may lie in the working tree. */
  readonly objectsAlone?: boolean | undefined;
  /** True where the process ends with its answer. */
  readonly answersOnce?: boolean | undefined;
  /** What git has said already. */
  readonly known?: { readonly blobs?: KnownBlobs | undefined; readonly listings?: ReadonlyMap<string, ReadonlyMap<RepoPath, TreeEntry>> };
}

export function openRepositoryTrees(
  place: RepositoryPlace,
  maxFileBytes: number,
  { cache, graph, objectsAlone, answersOnce = false, known: said = {} }: RepositoryTreesOptions = {},
): RepositoryTrees {
  let openView: ObjectView | undefined;
  const view = (): ObjectView => {
    openView ??= openObjectView(place);
    return openView;
  };
  let known: GitPlace | undefined;
  // A partial clone would fetch what it lacks; the view knows no remote.
  const borrowed = (): GitPlace => {
    known ??= place.isPartial ? view().git : { cwd: place.git.cwd };
    return known;
  };
  const objectsPlace: GitPlace = {
    get cwd() {
      return borrowed().cwd;
    },
    get env() {
      return borrowed().env ?? {};
    },
  };
  // What a partial clone lacks is lacking everywhere, though it may have been checked out.
  const disk = (): DiskPlace | undefined =>
    objectsAlone === true || place.root === undefined || place.isPartial ? undefined : { root: place.root, hash: place.objectFormat };
  const stored = readAtOnce(openObjects(objectsPlace, maxFileBytes), objectsPlace, maxFileBytes, { answersOnce, known: said.blobs });
  const objects = readFromDisk(stored, disk, maxFileBytes);
  const contents = blobContents(objects, maxFileBytes);
  const scans = keepScans(objects, maxFileBytes, cache);
  const kept = new Map<string, CommittedTree>();
  const listings = new Map(said.listings);

  const open = (oid: string, likely: () => readonly RepoPath[], tip: Screen | undefined): CommittedTree => {
    let listed: ReadonlyMap<RepoPath, TreeEntry> | undefined;
    const entries = (): ReadonlyMap<RepoPath, TreeEntry> => {
      listed ??= listings.get(oid) ?? listTree(place, oid);
      remember(listings, oid, listed);
      return listed;
    };
    const own = screenByAttributes(oid, entries, objects, view, likely);
    const screen: Screen = tip === undefined ? own : (path) => (tip(path) === undefined ? undefined : own(path));
    // With the screen of another commit it is another tree; so is one of a clone that lacks objects.
    const kept = tip === undefined && graph !== undefined && !place.isPartial ? graph.of(oid) : undefined;
    const grep = (word: string, extensions: readonly string[]) => grepTree(objectsPlace, oid, word, extensions);
    const grepIn = (texts: readonly string[], among: readonly RepoPath[]) => grepFiles(objectsPlace, oid, texts, among);
    return { entries, screen, tree: gitTree({ id: oid, entries, contents, scans, screen, kept, grep, grepIn }) };
  };
  const committed = (oid: string, likely: () => readonly RepoPath[], tip?: string): CommittedTree => {
    const isTip = tip === undefined || tip === oid;
    const key = isTip ? oid : `${oid} ${tip}`;
    const found = kept.get(key) ?? open(oid, likely, isTip ? undefined : committed(tip, likely).screen);
    remember(kept, key, found);
    return found;
  };
  const save = (): void => {
    scans.save(listings.values());
    graph?.save();
  };
  return {
    objects,
    contents,
    maxFileBytes,
    expectMuch: () => {
      if (cache?.isThere() !== true && LARGE_INDEX <= sizeOf(path.join(place.gitDir, 'index'))) objects.wake();
    },
    committed,
    saveScans: save,
    close: () => {
      save();
      objects.close();
      openView?.close();
      openView = undefined;
    },
  };
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

/** Puts it behind all others, and drops the first of too many. */
function remember<T>(kept: Map<string, T>, key: string, value: T): void {
  kept.delete(key);
  kept.set(key, value);
  for (const oldest of kept.keys()) if (KEPT_TREES < kept.size) kept.delete(oldest);
}
