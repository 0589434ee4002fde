import path from 'node:path';
import type { Tree } from '../../core/model/tree.ts';
import { DamagedIndex, orProblem } from '../../core/reach/scip/damaged-index.ts';
import { type ByteSource, refusePointer } from '../../core/reach/scip/split-index.ts';
import { placeInside } from '../plain-place.ts';
import { type Committed, committedAt, readCommitted } from './committed-index.ts';
import { INDEX_LIST_PATH, type IndexEntry } from './index-list.ts';
import { statIndex, withIndex } from './open-index.ts';

/** An index that can be read. */
export interface OpenIndex {
  /** Tells one file from another, by whatever name it is reached. */
  readonly identity: string;
  /** Another one where the file was written since. */
  readonly state: string;
  readonly size: number;
  use<T>(read: (source: ByteSource) => T): T;
}

/** Bytes of an index among a commit's files, which are held at once. */
const MOST_COMMITTED = 256 << 20;

/** The file that a path of the list names. */
export function indexFile(root: string, listedPath: string): string {
  return path.resolve(root, path.posix.dirname(INDEX_LIST_PATH), listedPath);
}

/**
 * Opens what the list of a tree names. One among the files of the repository is read as that tree's commit has it, and never as
 * the head left it on disk: a change that replaces an index would otherwise hide what it held. Where the base has none and the
 * head puts something there, that is a problem.
 */
export function openListed(
  root: string,
  entries: readonly IndexEntry[],
  tree: Tree,
  head: Tree,
): readonly (OpenIndex | { readonly problem: string })[] {
  const places = entries.map((entry) => placeInside(root, indexFile(root, entry.path)));
  const inside = places.filter((place) => place !== undefined);
  const at = (commit: string | undefined): ReadonlyMap<string, Committed> =>
    commit === undefined || inside.length === 0 ? new Map() : committedAt({ cwd: root }, commit, inside);
  const own = at(commitOf(tree, tree === head ? undefined : 'HEAD'));
  const later = tree === head ? undefined : at(commitOf(head, 'HEAD'));
  return entries.map((entry, index) =>
    orProblem(() => {
      const file = indexFile(root, entry.path);
      const place = places[index];
      const held = place === undefined ? undefined : own.get(place);
      if (held?.kind === 'blob') return openBlob(root, held.oid, held.size);
      if (held?.kind === 'out') return openFile(path.resolve(root, held.target));
      if (held?.kind === 'other') throw new DamagedIndex('expected a SCIP index, found a link that leads nowhere or no file');
      const added = place === undefined ? undefined : later?.get(place);
      if (held !== undefined && added !== undefined && added.kind !== 'missing')
        throw new DamagedIndex('expected the index that the base names, found one that the change adds in its place');
      return openFile(file);
    }),
  );
}

/** The working tree's own files are those on disk. */
function commitOf({ id }: Tree, otherwise: string | undefined): string | undefined {
  return /^[0-9a-f]{40,64}$/.test(id) ? id : otherwise;
}

function openFile(file: string): OpenIndex {
  const { identity, size, modifiedMs } = statIndex(file);
  return { identity, state: `${size} ${modifiedMs}`, size, use: (read) => withIndex(file, read) };
}

function openBlob(root: string, oid: string, size: number): OpenIndex {
  return {
    identity: oid,
    state: oid,
    size,
    use(read) {
      if (size > MOST_COMMITTED)
        throw new DamagedIndex(`expected at most ${MOST_COMMITTED} bytes of an index in this repository, found ${size}`);
      const bytes = readCommitted({ cwd: root }, oid, MOST_COMMITTED + 1);
      if (bytes === undefined) throw new DamagedIndex('expected a SCIP index, found one that is not in this clone');
      const source: ByteSource = { size: bytes.length, read: (at, length) => bytes.subarray(at, at + length) };
      // A commit has the pointer whatever was fetched.
      refusePointer(source, 'an index of this repository is read from its commits, so keep it out of LFS or list a copy elsewhere');
      return read(source);
    },
  };
}
