import path from 'node:path';
import type { ForeignIndex } from '../../core/model/foreign.ts';
import type { Tree } from '../../core/model/tree.ts';
import { orProblem } from '../../core/reach/scip/damaged-index.ts';
import { findUses, type PackageUses } from '../../core/reach/scip/find-uses.ts';
import { createForeignIndex, type ListedIndex } from '../../core/reach/scip/foreign-index.ts';
import { INDEX_LIST_PATH, type IndexEntry, parseIndexList } from './index-list.ts';
import { type IndexFile, statIndex, withIndex } from './open-index.ts';

type Answer = PackageUses | { readonly problem: string };

/** Packages whose uses are kept for each file; the one asked for longest ago goes first. */
const MOST_KEPT = 16;

/** Answers out of index files, kept while a file keeps its size and time. For one session, whose answers depend on the disk anyway. */
export interface ForeignReader {
  /** What the lists of two trees name, the base's first: a head adds indexes and takes none away. Undefined where they name none. */
  of(base: Tree, head: Tree): ForeignIndex | undefined;
}

/** `root` is where paths of a list start from: the top of the working tree, or the git folder of a bare repository. */
export function createForeignReader(root: string): ForeignReader {
  const kept = new Map<string, { readonly state: IndexFile; readonly answers: Map<string, Answer> }>();
  const answersOf = (file: string, state: IndexFile): Map<string, Answer> => {
    const known = kept.get(file);
    if (known?.state.size === state.size && known.state.modifiedMs === state.modifiedMs) return known.answers;
    const answers = new Map<string, Answer>();
    kept.set(file, { state, answers });
    return answers;
  };
  const listed = (entry: IndexEntry): ListedIndex => {
    const file = indexFile(root, entry.path);
    const state = orProblem(() => statIndex(file));
    const isSame = !('problem' in state) && (entry.bytes === undefined || entry.bytes === state.size);
    return {
      repository: entry.repository,
      ...(isSame && entry.commit !== undefined ? { commit: entry.commit } : {}),
      ...(isSame && entry.made !== undefined ? { made: entry.made } : {}),
      uses(target) {
        if ('problem' in state) return { problem: `${entry.path}: ${state.problem}` };
        const answers = answersOf(file, state);
        const answer = answers.get(target.key) ?? orProblem(() => withIndex(file, (source) => findUses(source, target)));
        answers.delete(target.key);
        answers.set(target.key, answer);
        for (const oldest of [...answers.keys()].slice(0, -MOST_KEPT)) answers.delete(oldest);
        return 'problem' in answer ? { problem: `${entry.path}: ${answer.problem}` } : answer;
      },
    };
  };
  const lists = createListReader();
  return {
    of(base, head) {
      const found = lists(base, head);
      if (found.every((list) => !('problem' in list) && list.entries.length === 0)) return undefined;
      let index: ForeignIndex | undefined;
      // A keystroke asks for this, and seldom for a symbol: no file is looked at before.
      const open = (): ForeignIndex => {
        const indexes = new Map<string, ListedIndex>();
        for (const list of found) {
          if ('problem' in list) indexes.set(list.problem, { repository: INDEX_LIST_PATH, uses: () => list });
          else for (const entry of list.entries) if (!indexes.has(entry.path)) indexes.set(entry.path, listed(entry));
        }
        return createForeignIndex(INDEX_LIST_PATH, [...indexes.values()]);
      };
      return {
        listedIn: INDEX_LIST_PATH,
        of(tree, path, symbol) {
          index ??= open();
          return index.of(tree, path, symbol);
        },
      };
    },
  };
}

type List = { readonly entries: readonly IndexEntry[] } | { readonly problem: string };

/** Reads the lists of two trees, and remembers the texts read last. */
function createListReader(): (base: Tree, head: Tree) => readonly List[] {
  let known: ReadonlyMap<string, List> = new Map();
  return (base, head) => {
    const texts = [listIn(base), listIn(head)].filter((text) => text !== undefined);
    known = new Map(texts.map((text) => [text, known.get(text) ?? readList(text)]));
    return [...known.values()];
  };
}

/** The file that a path of the list names. */
export function indexFile(root: string, listedPath: string): string {
  return path.resolve(root, path.posix.dirname(INDEX_LIST_PATH), listedPath);
}

function listIn(tree: Tree): string | undefined {
  const content = tree.read(INDEX_LIST_PATH);
  return content?.kind === 'text' ? content.text : content === undefined ? undefined : '';
}

function readList(text: string): List {
  const list = parseIndexList(text);
  if (list.kind === 'list') return list;
  const [first] = list.errors;
  return { problem: `${INDEX_LIST_PATH}:${first?.line ?? 1}: ${first?.message ?? 'expected a list of indexes, found none'}` };
}
