import type { RepoPath, Tree } from '../../core/model/tree.ts';
import type { GitPlace } from '../git/git.ts';
import { grepTree } from '../git/grep.ts';
import { listTree, type TreeEntry } from '../git/list-tree.ts';
import type { RepositoryPlace } from '../git/locate.ts';
import { type ObjectView, openObjectView } from '../git/object-view.ts';
import { type Objects, openObjects } from '../git/objects.ts';
import { readAtOnce } from '../git/objects-at-once.ts';
import { type Screen, screenByAttributes } from '../git/tree-attributes.ts';
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
  /** `likely` are the paths that will be read first. With `tip`, only what that commit's attributes hide too is hidden. */
  committed(oid: string, likely: readonly RepoPath[], tip?: string): CommittedTree;
  /** Writes what was found in contents to the cache; `close` does so too. */
  saveScans(): void;
  close(): void;
}

/** Trees kept between changes, so that a save does not list and search the base again. */
const KEPT_TREES = 4;

/** `cache` is what earlier processes found in contents; see `RepositoryOptions`. */
export function openRepositoryTrees(place: RepositoryPlace, maxFileBytes: number, cache?: ScanCache): RepositoryTrees {
  let openView: ObjectView | undefined;
  const view = (): ObjectView => {
    openView ??= openObjectView(place);
    return openView;
  };
  // A partial clone would fetch what it lacks; the view knows no remote.
  const objectsPlace: GitPlace = place.isPartial ? view().git : { cwd: place.git.cwd };
  const objects = readAtOnce(openObjects(objectsPlace, maxFileBytes), objectsPlace, maxFileBytes);
  const contents = blobContents(objects, maxFileBytes);
  const scans = keepScans(objects, maxFileBytes, cache);
  const kept = new Map<string, CommittedTree>();
  const listings = new Map<string, ReadonlyMap<RepoPath, TreeEntry>>();

  const open = (oid: string, likely: readonly RepoPath[], tip: Screen | undefined): CommittedTree => {
    let listed: ReadonlyMap<RepoPath, TreeEntry> | undefined;
    const entries = (): ReadonlyMap<RepoPath, TreeEntry> => {
      listed ??= listings.get(oid) ?? listTree(place, oid);
      remember(listings, oid, listed);
      return listed;
    };
    const own = screenByAttributes(oid, entries, objects, view, likely);
    const screen: Screen = tip === undefined ? own : (path) => (tip(path) === undefined ? undefined : own(path));
    const grep = (word: string, extensions: readonly string[]) => grepTree(objectsPlace, oid, word, extensions);
    return { entries, screen, tree: gitTree({ id: oid, entries, contents, scans, screen, grep }) };
  };
  const committed = (oid: string, likely: readonly RepoPath[], tip?: string): CommittedTree => {
    const isTip = tip === undefined || tip === oid;
    const key = isTip ? oid : `${oid} ${tip}`;
    const found = kept.get(key) ?? open(oid, likely, isTip ? undefined : committed(tip, likely).screen);
    remember(kept, key, found);
    return found;
  };
  return {
    objects,
    contents,
    maxFileBytes,
    committed,
    saveScans: () => scans.save(listings.values()),
    close: () => {
      scans.save(listings.values());
      objects.close();
      openView?.close();
      openView = undefined;
    },
  };
}

/** Puts it behind all others, and drops the first of too many. */
function remember<T>(kept: Map<string, T>, key: string, value: T): void {
  kept.delete(key);
  kept.set(key, value);
  for (const oldest of kept.keys()) if (KEPT_TREES < kept.size) kept.delete(oldest);
}
