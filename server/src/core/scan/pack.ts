import type { ExportRecord, FileScan, ImportRecord, ModuleRecord } from '../model/file-scan.ts';
import { AT, checksum, EXPECTED, HAS_MODULE, HEADER, KINDS, NONE, SECTIONS, type Section, TYPE_ONLY, WIDE } from './pack-format.ts';
import { hashOfWord } from './words.ts';

/** Many scans in one stretch of bytes, read where they lie. */
export interface Pack {
  /** The scan kept under a key; its words are a view of the pack, and its module record is made when it is first looked at. */
  get(key: string): FileScan | undefined;
  /** Every key, in no order. */
  keys(): readonly string[];
}

/**
 * Opens what `packScans` wrote. Undefined where the bytes are cut short, damaged, of another scanner or of another machine.
 * Bytes that do not begin at a multiple of four are copied; others are kept and must not change.
 */
export function openPack(bytes: Uint8Array): Pack | undefined {
  if (bytes.length < HEADER * 4 || bytes.length % 4 !== 0) return undefined;
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
  const numbers = new Uint32Array(aligned.buffer, aligned.byteOffset, aligned.length / 4);
  if (EXPECTED.some(([at, expected]) => numbers[at] !== expected) || numbers[AT.bytes] !== bytes.length) return undefined;
  let at = HEADER;
  const found: Partial<Record<Section, Uint32Array>> = {};
  for (const [index, section] of SECTIONS.entries()) {
    const length = numbers[AT.lengths + index] as number;
    found[section] = numbers.subarray(at, at + length);
    at += length;
  }
  const text = numbers[AT.text] as number;
  if (at * 4 + text > bytes.length || at * 4 + text + 4 <= bytes.length || numbers[AT.checksum] !== checksum(numbers)) return undefined;
  if (!isSound(found as Record<Section, Uint32Array>, text)) return undefined;
  return read(found as Record<Section, Uint32Array>, Buffer.from(aligned.buffer, aligned.byteOffset + at * 4, text));
}

/**
 * Whether sections fit each other. The checksum says that nothing was damaged, and not who wrote it: numbers that begin something
 * must rise and end where that ends, or reading one record would go on for ever (test/scan/pack.test.ts).
 */
function isSound(sections: Readonly<Record<Section, Uint32Array>>, text: number): boolean {
  const { keyHash, key, marks, wordsFrom, importsFrom, exportsFrom, words, specifier, kind, namesFrom } = sections;
  const { imported, importedAs, exported, exportedAs, textFrom } = sections;
  return (
    key.length === keyHash.length &&
    marks.length === keyHash.length &&
    kind.length === specifier.length &&
    importedAs.length === imported.length &&
    exportedAs.length === exported.length &&
    rises(wordsFrom, keyHash.length, words.length) &&
    rises(importsFrom, keyHash.length, specifier.length) &&
    rises(exportsFrom, keyHash.length, exported.length) &&
    rises(namesFrom, specifier.length, imported.length) &&
    rises(textFrom, textFrom.length - 1, text, ~WIDE)
  );
}

/** Whether `count` stretches lie one behind the other up to `end`; `mask` has the bits that are the place. */
function rises(from: Uint32Array, count: number, end: number, mask = -1): boolean {
  if (from.length !== count + 1) return false;
  let last = 0;
  for (let at = 0; at < from.length; at += 1) {
    const place = ((from[at] as number) & mask) >>> 0;
    if (place < last) return false;
    last = place;
  }
  return last === end;
}

function read(sections: Readonly<Record<Section, Uint32Array>>, text: Buffer): Pack {
  const { keyHash, key, marks, wordsFrom, importsFrom, exportsFrom, words, textFrom } = sections;
  const { specifier, kind, namesFrom, imported, importedAs, exported, exportedAs } = sections;
  const strings: (string | undefined)[] = [];

  const number = (numbers: Uint32Array, at: number): number => numbers[at] as number;
  const string = (id: number): string => {
    const known = strings[id];
    if (known !== undefined) return known;
    const from = number(textFrom, id);
    const to = number(textFrom, id + 1) & ~WIDE;
    const made = from >= WIDE ? text.toString('utf16le', from - WIDE, to) : text.toString('latin1', from, to);
    strings[id] = made;
    return made;
  };
  const importAt = (at: number): ImportRecord => {
    const names = [];
    for (let name = number(namesFrom, at); name < number(namesFrom, at + 1); name += 1)
      names.push({ imported: string(number(imported, name)), local: string(number(importedAs, name)) });
    const flags = number(kind, at);
    return {
      specifier: string(number(specifier, at)),
      kind: KINDS[flags & (TYPE_ONLY - 1)] ?? 'dynamic',
      typeOnly: (flags & TYPE_ONLY) !== 0,
      names,
    };
  };
  const moduleOf = (entry: number): ModuleRecord => {
    const imports: ImportRecord[] = [];
    const exports: ExportRecord[] = [];
    for (let at = number(importsFrom, entry); at < number(importsFrom, entry + 1); at += 1) imports.push(importAt(at));
    for (let at = number(exportsFrom, entry); at < number(exportsFrom, entry + 1); at += 1) {
      const local = number(exportedAs, at);
      exports.push({ exported: string(number(exported, at)), local: local === NONE ? undefined : string(local) });
    }
    return { imports, exports };
  };
  const entryOf = (wanted: string): number => {
    const hash = hashOfWord(wanted);
    let [low, high] = [0, keyHash.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (number(keyHash, middle) < hash) low = middle + 1;
      else high = middle;
    }
    for (; keyHash[low] === hash; low += 1) if (string(number(key, low)) === wanted) return low;
    return -1;
  };

  return {
    get(wanted) {
      const entry = entryOf(wanted);
      if (entry < 0) return undefined;
      const flags = number(marks, entry);
      let made: ModuleRecord | undefined;
      return {
        words: words.subarray(number(wordsFrom, entry), number(wordsFrom, entry + 1)),
        marks: flags & ~HAS_MODULE,
        // Whoever looks for a word opens thousands of scans and not one of their records.
        get module() {
          if ((flags & HAS_MODULE) !== 0) made ??= moduleOf(entry);
          return made;
        },
      };
    },
    keys: () => Array.from(key, string),
  };
}
