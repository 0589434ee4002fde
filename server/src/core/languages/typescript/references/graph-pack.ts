import type { RepoPath, Tree } from '../../../model/tree.ts';
import { checksum } from '../../../scan/pack-format.ts';
import { SCANNER } from '../../../scan/scan-version.ts';
import { hashOfWord } from '../../../scan/words.ts';
import { VERSION } from '../../../version.ts';
import { createResolver } from '../resolve/resolve.ts';
import type { Graph } from './graph.ts';
import { turn } from './graph-edges.ts';
import { recordsOf } from './graph-link.ts';

/**
 * Which linker made a graph. Whoever changes which file an import means, or what else a graph says, gives it a new name here: graphs
 * of another linker are not read (test/languages/typescript-graph-pack.test.ts).
 */
const LINKER = 'linker 1';

/** Numbers in the header: magic (the linker and all that it rests on), checksum (where `checksum` expects it), bytes of text, lengths. */
const AT = { magic: 0, order: 1, text: 2, files: 3, edges: 4, checksum: 5, unread: 6, lost: 7, linked: 8 } as const;
const HEADER = 9;
const MAGIC = hashOfWord(`brakeline-graph ${VERSION} ${SCANNER} ${LINKER}`);
const ORDER = 0x01020304;
const BETWEEN = '\0';

/**
 * A graph in bytes, as the machine orders its own: header, rows of 32-bit numbers, then the paths. Undefined for one that cannot be
 * written so, since a path of it is no text.
 */
export function packGraph(graph: Graph): Uint8Array | undefined {
  const paths = graph.files.join(BETWEEN);
  const text = Buffer.from(paths);
  if (text.toString() !== paths) return undefined;
  const numbersOf = (some: readonly RepoPath[]): readonly number[] => some.map((path) => graph.numberOf.get(path) ?? 0);
  const rows: readonly ArrayLike<number>[] = [
    graph.starts,
    graph.targets,
    graph.wanted,
    numbersOf(graph.unread),
    numbersOf(graph.lost),
    graph.linked.flatMap(({ file, index }) => [file, index]),
  ];
  const before = rows.reduce((sum, row) => sum + row.length, HEADER);
  const numbers = new Uint32Array(before + Math.ceil(text.length / 4));
  numbers[AT.magic] = MAGIC;
  numbers[AT.order] = ORDER;
  numbers[AT.text] = text.length;
  numbers[AT.files] = graph.files.length;
  numbers[AT.edges] = graph.targets.length;
  numbers[AT.unread] = graph.unread.length;
  numbers[AT.lost] = graph.lost.length;
  numbers[AT.linked] = graph.linked.length;
  let at = HEADER;
  for (const row of rows) {
    numbers.set(row, at);
    at += row.length;
  }
  new Uint8Array(numbers.buffer).set(text, before * 4);
  numbers[AT.checksum] = checksumOf(numbers);
  return new Uint8Array(numbers.buffer);
}

/**
 * The graph of a tree that `packGraph` wrote for it; undefined where the bytes are damaged, of another program or machine, or do not
 * fit together. They say nothing of which tree they are of: whoever keeps them knows.
 */
export function unpackGraph(bytes: Uint8Array, tree: Tree): Graph | undefined {
  if (bytes.length < HEADER * 4 || bytes.length % 4 !== 0) return undefined;
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : new Uint8Array(bytes);
  const numbers = new Uint32Array(aligned.buffer, aligned.byteOffset, aligned.length / 4);
  if (numbers[AT.magic] !== MAGIC || numbers[AT.order] !== ORDER || numbers[AT.checksum] !== checksumOf(numbers)) return undefined;
  const length = (of: number): number => numbers[of] ?? 0;
  let at = HEADER;
  const row = (count: number): Int32Array => {
    const begin = at;
    at += count;
    return new Int32Array(aligned.buffer, aligned.byteOffset + begin * 4, count);
  };
  const lengths = [length(AT.files) + 1, length(AT.edges), length(AT.edges), length(AT.unread), length(AT.lost), 2 * length(AT.linked)];
  const rows = lengths.reduce((sum, count) => sum + count, HEADER);
  if (rows + Math.ceil(length(AT.text) / 4) !== numbers.length) return undefined;
  const [starts, targets, wanted, unread, lost, linked] = lengths.map(row) as [Int32Array, Int32Array, Int32Array, ...Int32Array[]];
  const paths = Buffer.from(aligned.buffer, aligned.byteOffset + rows * 4, length(AT.text)).toString();
  const files = (paths === '' ? [] : paths.split(BETWEEN)) as RepoPath[];
  const few = [unread, lost, linked] as const;
  if (files.length !== length(AT.files) || !isSound(starts, targets, few, files.length)) return undefined;
  const named = (some: Int32Array | undefined): readonly RepoPath[] => [...(some ?? [])].map((file) => files[file] as RepoPath);
  return {
    files,
    numberOf: new Map(files.map((path, number) => [path, number])),
    starts,
    targets,
    wanted,
    ...turn(starts, targets, wanted),
    // A graph that is only looked at has no use for it.
    get resolver() {
      return createResolver(tree);
    },
    unread: named(unread),
    lost: named(lost),
    linked: Array.from({ length: length(AT.linked) }, (_, index) => ({
      file: linked?.[2 * index] ?? 0,
      index: linked?.[2 * index + 1] ?? 0,
    })),
    recordOf: recordsOf(tree, files),
  };
}

/** The checksum says that nothing was damaged, and not who wrote it: numbers that name files or begin something are looked at. */
function isSound(
  starts: Int32Array,
  targets: Int32Array,
  [unread, lost, linked]: readonly [Int32Array | undefined, Int32Array | undefined, Int32Array | undefined],
  files: number,
): boolean {
  const isFile = (number: number): boolean => 0 <= number && number < files;
  if (starts[0] !== 0 || starts[files] !== targets.length) return false;
  for (let file = 0; file < files; file += 1) if ((starts[file] ?? 0) > (starts[file + 1] ?? 0)) return false;
  return targets.every(isFile) && [unread, lost].every((some) => some?.every(isFile)) && (linked?.every((number) => 0 <= number) ?? false);
}

/** Over all but itself: `checksum` begins behind its own place, and what stands before is added. */
function checksumOf(numbers: Uint32Array): number {
  return (checksum(numbers) ^ numbers.subarray(0, AT.checksum).reduce((sum, number) => Math.imul(sum ^ number, 0x01000193), 1)) >>> 0;
}
