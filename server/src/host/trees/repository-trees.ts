import type { RepoPath, Tree } from '../../core/model/tree.ts';
import type { GitPlace } from '../git/git.ts';
import { grepTree } from '../git/grep.ts';
import { listTree, type TreeEntry } from '../git/list-tree.ts';
import type { RepositoryPlace } from '../git/locate.ts';
import { type ObjectView, openObjectView } from '../git/object-view.ts';
import { type Objects, openObjects } from '../git/objects.ts';
import { type Screen, screenByAttributes } from '../git/tree-attributes.ts';
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
  close(): void;
}

/** Trees kept between changes, so that a save does not list and search the base again. */
const KEPT_TREES = 4;

export function openRepositoryTrees(place: RepositoryPlace, maxFileBytes: number): RepositoryTrees {
  let openView: ObjectView | undefined;
  const view = (): ObjectView => {
    openView ??= openObjectView(place);
    return openView;
  };
  // A partial clone would fetch what it lacks; the view knows no remote.
  const objectsPlace: GitPlace = place.isPartial ? view().git : { cwd: place.git.cwd };
  const objects = openObjects(objectsPlace, maxFileBytes);
  const contents = blobContents(objects, maxFileBytes);
  const kept = new Map<string, CommittedTree>();

  const open = (oid: string, likely: readonly RepoPath[], tip: Screen | undefined): CommittedTree => {
    let listed: ReadonlyMap<RepoPath, TreeEntry> | undefined;
    const entries = (): ReadonlyMap<RepoPath, TreeEntry> => {
      listed ??= listTree(place, oid);
      return listed;
    };
    const own = screenByAttributes(oid, entries, objects, view, likely);
    const screen: Screen = tip === undefined ? own : (path) => (tip(path) === undefined ? undefined : own(path));
    const grep = (word: string, extensions: readonly string[]) => grepTree(objectsPlace, oid, word, extensions);
    return { entries, screen, tree: gitTree({ id: oid, entries, contents, screen, grep }) };
  };
  const committed = (oid: string, likely: readonly RepoPath[], tip?: string): CommittedTree => {
    const isTip = tip === undefined || tip === oid;
    const key = isTip ? oid : `${oid} ${tip}`;
    const found = kept.get(key) ?? open(oid, likely, isTip ? undefined : committed(tip, likely).screen);
    kept.delete(key);
    kept.set(key, found);
    for (const oldest of kept.keys()) if (KEPT_TREES < kept.size) kept.delete(oldest);
    return found;
  };
  return {
    objects,
    contents,
    maxFileBytes,
    committed,
    close: () => {
      objects.close();
      openView?.close();
      openView = undefined;
    },
  };
}
