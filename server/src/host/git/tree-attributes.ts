import path from 'node:path';
import type { FileContent, RepoPath } from '../../core/model/tree.ts';
import { type Attributes, checkAttributes, FILTERS, isFiltered } from './attributes.ts';
import { type GitPlace, runGit } from './git.ts';
import type { TreeEntry } from './list-tree.ts';
import type { ObjectView } from './object-view.ts';
import type { Objects } from './objects.ts';

/** Says of a path why its content is not to be analysed, or undefined. */
export type Screen = (path: RepoPath) => FileContent | undefined;

const NAMES = ['linguist-generated', 'linguist-vendored', 'diff', ...FILTERS] as const;

/** Words without which no `.gitattributes` can set one of NAMES, macros included: `binary` is built in and means `-diff`. */
const WORDS = [...NAMES, 'binary'];

/**
 * The screen that a tree's own `.gitattributes` make. One tree screens both sides of a change, in every door, and it is the
 * before side: a change must not hide itself (law 7). Git 2.39 reads attributes from no tree, so they go into an index that
 * holds nothing else. `likely` are the paths that will be asked for first; any other path asks for all of the tree at once.
 */
export function screenByAttributes(
  treeId: string,
  entries: () => ReadonlyMap<RepoPath, TreeEntry>,
  objects: Objects,
  view: () => ObjectView,
  likely: () => readonly RepoPath[],
): Screen {
  let answers: Map<RepoPath, Attributes> | undefined;
  let isEverythingAsked = false;
  let hasAttributes: boolean | undefined;
  const git = (): GitPlace => placeWithIndex(view(), treeId);
  const ask = (paths: readonly RepoPath[]): void => {
    answers ??= new Map();
    for (const [path, attributes] of checkAttributes(git(), NAMES, paths, 'index')) answers.set(path, attributes);
  };
  return (path) => {
    // Policy, signers and carriers are read whatever an attribute says of them.
    if (path.startsWith('.brakeline/')) return undefined;
    hasAttributes ??= fillIndex(entries(), objects, git);
    if (!hasAttributes) return undefined;
    if (answers === undefined) ask(likely());
    if (answers?.has(path) !== true && !isEverythingAsked) {
      isEverythingAsked = true;
      ask([...entries().keys()]);
    }
    if (answers?.has(path) !== true) ask([path]);
    return unreadBy(answers?.get(path) ?? new Map());
  };
}

/** One index for each tree, so that two changes that are open at once do not see each other's attributes. */
function placeWithIndex(view: ObjectView, treeId: string): GitPlace {
  return { cwd: view.git.cwd, env: { ...view.git.env, GIT_INDEX_FILE: path.join(view.dir, `attributes-${treeId}`) } };
}

/** Puts the attribute files into that index; false where none of them says anything that matters here. */
function fillIndex(entries: ReadonlyMap<RepoPath, TreeEntry>, objects: Objects, git: () => GitPlace): boolean {
  const files = [...entries].filter(
    ([file, entry]) => (file === '.gitattributes' || file.endsWith('/.gitattributes')) && entry.mode.startsWith('100'),
  );
  const blobs = objects.readBlobs(
    files.map(([, entry]) => entry.oid),
    files.map(([file]) => file),
  );
  // An attribute file that the clone lacks can hide nothing then: every file is read.
  const present = files.filter((_, index) => blobs[index] !== undefined);
  const matters = blobs.some((blob) => blob !== undefined && mentionsAny(blob.bytes));
  if (!matters) return false;
  const lines = present.map(([file, entry]) => `${entry.mode} ${entry.oid}\t${file}\0`);
  runGit(git(), ['read-tree', '--empty']);
  runGit(git(), ['update-index', '-z', '--index-info'], { input: lines.join('') });
  return true;
}

function mentionsAny(bytes: Uint8Array | undefined): boolean {
  if (bytes === undefined) return true;
  const text = Buffer.from(bytes).toString('latin1');
  return WORDS.some((word) => text.includes(word));
}

function unreadBy(attributes: Attributes): FileContent | undefined {
  if (isFiltered(attributes)) return { kind: 'unread', reason: 'filtered', detail: 'by .gitattributes' };
  if (isSet(attributes.get('linguist-generated'))) return { kind: 'unread', reason: 'generated', detail: 'by .gitattributes' };
  if (isSet(attributes.get('linguist-vendored'))) return { kind: 'unread', reason: 'vendored', detail: 'by .gitattributes' };
  if (attributes.get('diff') === 'unset') return { kind: 'unread', reason: 'binary', detail: 'by .gitattributes' };
  return undefined;
}

function isSet(value: string | undefined): boolean {
  return value === 'set' || value === 'true';
}
