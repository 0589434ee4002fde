import type { ForeignIndex } from '../../core/model/foreign.ts';
import type { Tree } from '../../core/model/tree.ts';
import { orProblem } from '../../core/reach/scip/damaged-index.ts';
import { findUses, type PackageUses } from '../../core/reach/scip/find-uses.ts';
import { createForeignIndex, type ListedIndex } from '../../core/reach/scip/foreign-index.ts';
import { INDEX_LIST_PATH, type IndexEntry, parseIndexList } from './index-list.ts';
import { type OpenIndex, openListed } from './listed-index.ts';

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
  const kept = new Map<string, { readonly state: string; readonly answers: Map<string, Answer> }>();
  const answersOf = ({ identity, state }: OpenIndex): Map<string, Answer> => {
    const known = kept.get(identity);
    if (known?.state === state) return known.answers;
    const answers = new Map<string, Answer>();
    kept.set(identity, { state, answers });
    return answers;
  };
  const listed = (entry: IndexEntry, opened: OpenIndex | { readonly problem: string }, isAdded: boolean): ListedIndex => {
    // Whoever proposes a change may name any file of the machine that reviews it, and learns no more of it than this.
    const told = (problem: string) => ({
      problem: `${entry.path}: ${isAdded ? 'expected a SCIP index, found none that can be read; `brakeline index` says why' : problem}`,
    });
    if ('problem' in opened) return { repository: entry.repository, uses: () => told(opened.problem) };
    const isSame = entry.bytes === undefined || entry.bytes === opened.size;
    return {
      repository: entry.repository,
      ...(isSame && entry.commit !== undefined ? { commit: entry.commit } : {}),
      ...(isSame && entry.made !== undefined ? { made: entry.made } : {}),
      uses(target) {
        const answers = answersOf(opened);
        const answer = answers.get(target.key) ?? orProblem(() => opened.use((source) => findUses(source, target)));
        answers.delete(target.key);
        answers.set(target.key, answer);
        for (const oldest of [...answers.keys()].slice(0, -MOST_KEPT)) answers.delete(oldest);
        return 'problem' in answer ? told(answer.problem) : answer;
      },
    };
  };
  const lists = createListReader();
  return {
    of(base, head) {
      const found = lists(base, head);
      if (found.every(({ list }) => !('problem' in list) && list.entries.length === 0)) return undefined;
      let index: ForeignIndex | undefined;
      // A keystroke asks for this, and seldom for a symbol: no file is looked at before.
      const open = (): ForeignIndex => {
        const paths = new Set<string>();
        const identities = new Set<string>();
        const indexes: ListedIndex[] = [];
        for (const { list, tree } of found) {
          if ('problem' in list) {
            indexes.push({ repository: INDEX_LIST_PATH, uses: () => list });
            continue;
          }
          const entries = list.entries.filter(({ path }) => !paths.has(path));
          for (const [at, opened] of openListed(root, entries, tree, head).entries()) {
            const entry = entries[at] as IndexEntry;
            paths.add(entry.path);
            // One file counts once, whatever links lead to it.
            if (!('problem' in opened) && identities.has(opened.identity)) continue;
            if (!('problem' in opened)) identities.add(opened.identity);
            indexes.push(listed(entry, opened, tree !== base));
          }
        }
        return createForeignIndex(INDEX_LIST_PATH, indexes);
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

interface TreeList {
  readonly list: List;
  /** Whose list it is: the base's where both have the same. */
  readonly tree: Tree;
}

/** Reads the lists of two trees, and remembers the texts read last. */
function createListReader(): (base: Tree, head: Tree) => readonly TreeList[] {
  let known: ReadonlyMap<string, List> = new Map();
  return (base, head) => {
    const trees = new Map<string, Tree>();
    for (const tree of [base, head]) {
      const text = listIn(tree);
      if (text !== undefined && !trees.has(text)) trees.set(text, tree);
    }
    known = new Map([...trees.keys()].map((text) => [text, known.get(text) ?? readList(text)]));
    return [...trees].map(([text, tree]) => ({ list: known.get(text) ?? readList(text), tree }));
  };
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
