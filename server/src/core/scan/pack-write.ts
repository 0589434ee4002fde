import type { FileScan } from '../model/file-scan.ts';
import { AT, checksum, EXPECTED, HAS_MODULE, HEADER, KINDS, NONE, SECTIONS, type Section, TYPE_ONLY, WIDE } from './pack-format.ts';
import { hashOfWord } from './words.ts';

/**
 * Writes scans into one stretch of bytes, each under a key of its own (of two with one key, the last is kept). Equal entries give
 * equal bytes, in whatever order they come. Read again with `openPack`.
 */
export function packScans(entries: Iterable<readonly [key: string, scan: FileScan]>): Uint8Array {
  const sorted = [...new Map(entries)]
    .map(([key, scan]) => ({ key, scan, hash: hashOfWord(key) }))
    .sort((a, b) => a.hash - b.hash || (a.key < b.key ? -1 : 1));
  const strings = new Strings();
  const to = Object.fromEntries(SECTIONS.map((section) => [section, []])) as unknown as Record<Section, number[]>;
  const words = new Uint32Array(sorted.reduce((sum, { scan }) => sum + scan.words.length, 0));
  let wordCount = 0;
  for (const { key, scan, hash } of sorted) {
    to.keyHash.push(hash);
    to.key.push(strings.id(key));
    to.marks.push(scan.marks | (scan.module === undefined ? 0 : HAS_MODULE));
    to.wordsFrom.push(wordCount);
    to.importsFrom.push(to.specifier.length);
    to.exportsFrom.push(to.exported.length);
    words.set(scan.words, wordCount);
    wordCount += scan.words.length;
    for (const { specifier, kind, typeOnly, names } of scan.module?.imports ?? []) {
      to.specifier.push(strings.id(specifier));
      to.kind.push(KINDS.indexOf(kind) | (typeOnly ? TYPE_ONLY : 0));
      to.namesFrom.push(to.imported.length);
      for (const { imported, local } of names) {
        to.imported.push(strings.id(imported));
        to.importedAs.push(strings.id(local));
      }
    }
    for (const { exported, local } of scan.module?.exports ?? []) {
      to.exported.push(strings.id(exported));
      to.exportedAs.push(local === undefined ? NONE : strings.id(local));
    }
  }
  to.wordsFrom.push(wordCount);
  to.importsFrom.push(to.specifier.length);
  to.exportsFrom.push(to.exported.length);
  to.namesFrom.push(to.imported.length);
  const text = strings.written(to.textFrom);
  return joined({ ...to, words }, text);
}

function joined(sections: Readonly<Record<Section, ArrayLike<number>>>, text: Buffer): Uint8Array {
  const before = HEADER + SECTIONS.reduce((sum, section) => sum + sections[section].length, 0);
  const numbers = new Uint32Array(before + Math.ceil(text.length / 4));
  const bytes = new Uint8Array(numbers.buffer);
  for (const [at, value] of EXPECTED) numbers[at] = value;
  numbers[AT.bytes] = bytes.length;
  numbers[AT.text] = text.length;
  let at = HEADER;
  for (const [index, section] of SECTIONS.entries()) {
    numbers[AT.lengths + index] = sections[section].length;
    numbers.set(sections[section], at);
    at += sections[section].length;
  }
  bytes.set(text, at * 4);
  numbers[AT.checksum] = checksum(numbers);
  return bytes;
}

const BEYOND_ONE_BYTE = /[^\0-\xff]/;

/** Every string once, by number. */
class Strings {
  readonly #ids = new Map<string, number>();

  id(string: string): number {
    const known = this.#ids.get(string);
    if (known !== undefined) return known;
    const id = this.#ids.size;
    this.#ids.set(string, id);
    return id;
  }

  /** The text of all, and in `textFrom` where each begins. A unit takes one byte where it can, so that nothing is lost either way. */
  written(textFrom: number[]): Buffer {
    let length = 0;
    for (const string of this.#ids.keys()) length += string.length * 2;
    const text = Buffer.alloc(length);
    let at = 0;
    for (const string of this.#ids.keys()) {
      const wide = BEYOND_ONE_BYTE.test(string);
      textFrom.push(wide ? at + WIDE : at);
      at += text.write(string, at, wide ? 'utf16le' : 'latin1');
    }
    textFrom.push(at);
    return text.subarray(0, at);
  }
}
