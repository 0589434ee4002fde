import { SCANNER } from './scan-version.ts';
import { hashOfWord } from './words.ts';

/**
 * How scans lie in bytes: a header of 32-bit numbers, then sections of 32-bit numbers, then text. Everything is as the machine
 * orders its bytes; another machine's file is foreign. Numbers that begin something (`…From`) have one entry more than there are
 * such things, the last of which is the end.
 */
export const SECTIONS = [
  /** Of each entry: hash of its key, ascending; its key and marks; where its words, imports and exports begin. */
  'keyHash',
  'key',
  'marks',
  'wordsFrom',
  'importsFrom',
  'exportsFrom',
  'words',
  /** Of each import: its specifier, kind and whether types alone are taken, and where its names begin. */
  'specifier',
  'kind',
  'namesFrom',
  'imported',
  'importedAs',
  'exported',
  'exportedAs',
  /** Of each string: where it begins in the text, with `WIDE` where its units take two bytes. */
  'textFrom',
] as const;
export type Section = (typeof SECTIONS)[number];

/** Numbers in the header: magic, byte order, format, scanner, bytes in all, checksum, bytes of text, then each section's length. */
export const AT = { magic: 0, order: 1, format: 2, scanner: 3, bytes: 4, checksum: 5, text: 6, lengths: 7 } as const;
export const HEADER = AT.lengths + SECTIONS.length;

export const EXPECTED: readonly (readonly [number, number])[] = [
  [AT.magic, hashOfWord('brakeline-scans')],
  [AT.order, 0x01020304],
  [AT.format, 1],
  [AT.scanner, hashOfWord(SCANNER)],
];

/** Set in `textFrom` where a string does not fit into one byte for each unit. */
export const WIDE = 0x80000000;
/** Where no string stands. */
export const NONE = 0xffffffff;
/** In `marks`, beside the bits of `ScanMark`: the file has a module record. */
export const HAS_MODULE = 0x100;
/** In `kind`, beside the place of the kind in `KINDS`. */
export const TYPE_ONLY = 0x10;
export const KINDS = ['import', 'reexport', 'dynamic'] as const;

/** Over all that stands behind the checksum itself. Four lanes, since each step of a lane waits for the one before. */
export function checksum(numbers: Uint32Array): number {
  const mix = 0x9e3779b1;
  let [a, b, c, d] = [1, 2, 3, 4];
  let at = AT.checksum + 1;
  for (; at + 3 < numbers.length; at += 4) {
    a = Math.imul(((a << 5) | (a >>> 27)) ^ (numbers[at] as number), mix);
    b = Math.imul(((b << 5) | (b >>> 27)) ^ (numbers[at + 1] as number), mix);
    c = Math.imul(((c << 5) | (c >>> 27)) ^ (numbers[at + 2] as number), mix);
    d = Math.imul(((d << 5) | (d >>> 27)) ^ (numbers[at + 3] as number), mix);
  }
  for (; at < numbers.length; at += 1) a = Math.imul(((a << 5) | (a >>> 27)) ^ (numbers[at] as number), mix);
  for (const lane of [b, c, d]) a = Math.imul(((a << 5) | (a >>> 27)) ^ lane, mix);
  return a >>> 0;
}
