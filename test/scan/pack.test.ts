import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FileScan, ImportRecord } from '../../server/src/core/model/file-scan.ts';
import type { RepoPath } from '../../server/src/core/model/tree.ts';
import { openPack } from '../../server/src/core/scan/pack.ts';
import { AT, checksum, HEADER, SECTIONS } from '../../server/src/core/scan/pack-format.ts';
import { packScans } from '../../server/src/core/scan/pack-write.ts';
import { scanFile } from '../../server/src/core/scan/scan-file.ts';

/** Any string at all, halves of surrogate pairs among them. */
const string = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.nat(0xffff).map((unit) => String.fromCharCode(unit)) }),
);
const importRecord: fc.Arbitrary<ImportRecord> = fc.record({
  specifier: string,
  kind: fc.constantFrom('import', 'reexport', 'dynamic'),
  typeOnly: fc.boolean(),
  names: fc.array(fc.record({ imported: string, local: string }), { maxLength: 4 }),
});
const scan: fc.Arbitrary<FileScan> = fc.record({
  words: fc.uniqueArray(fc.nat(0xffffffff), { maxLength: 30 }).map((words) => Uint32Array.from(words)),
  marks: fc.nat(7),
  module: fc.option(
    fc.record({
      imports: fc.array(importRecord, { maxLength: 4 }),
      exports: fc.array(fc.record({ exported: string, local: fc.option(string, { nil: undefined }) }), { maxLength: 4 }),
    }),
    { nil: undefined },
  ),
});
const entries = fc.uniqueArray(fc.tuple(fc.oneof(fc.stringMatching(/^[\da-f]{40}$/), string), scan), {
  maxLength: 12,
  selector: ([key]) => key,
});

describe('a pack of scans', () => {
  it('gives back what was put into it, and nothing else', () => {
    fc.assert(
      fc.property(entries, string, (put, other) => {
        const pack = openPack(packScans(put));
        for (const [key, expected] of put) expect(pack?.get(key)).toEqual(expected);
        expect([...(pack?.keys() ?? [])].sort()).toEqual(put.map(([key]) => key).sort());
        if (!put.some(([key]) => key === other)) expect(pack?.get(other)).toBeUndefined();
      }),
    );
  });

  it('is the same bytes in whatever order its entries come', () => {
    fc.assert(
      fc.property(entries, (put) => {
        expect(packScans(put.toReversed())).toEqual(packScans(put));
      }),
    );
  });

  it('is not read where one bit is other than it was written', () => {
    fc.assert(
      fc.property(entries, fc.nat(), fc.nat(7), (put, place, bit) => {
        const bytes = packScans(put);
        const at = place % bytes.length;
        bytes[at] = (bytes[at] as number) ^ (1 << bit);
        expect(openPack(bytes)).toBeUndefined();
      }),
      { numRuns: 1_000 },
    );
  });

  it('is not read where a number that begins something is out of its section, whoever made the checksum', () => {
    const scan = scanFile('a.ts' as RepoPath, "import { a, b } from './a';\nexport const c = a;\n");
    const bytes = packScans([['key', scan]]);
    const lengths = new Uint32Array(bytes.buffer).slice(AT.lengths, HEADER);
    let at = HEADER;
    for (const [index, section] of SECTIONS.entries()) {
      const length = lengths[index] as number;
      for (let place = at; section.endsWith('From') && place < at + length; place += 1)
        for (const wrong of [0x7fffffff, 0xffffffff]) {
          const damaged = bytes.slice();
          const numbers = new Uint32Array(damaged.buffer);
          numbers[place] = wrong;
          numbers[AT.checksum] = checksum(numbers);
          expect(openPack(damaged), `${section} ${place - at}`).toBeUndefined();
        }
      at += length;
    }
  });

  it('is not read where its end is missing, or something follows it', () => {
    fc.assert(
      fc.property(entries, fc.nat(), (put, length) => {
        const bytes = packScans(put);
        expect(openPack(bytes.subarray(0, length % bytes.length))).toBeUndefined();
        expect(openPack(Uint8Array.from([...bytes, 0, 0, 0, 0]))).toBeUndefined();
      }),
    );
  });

  it('is not read where it is none', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        expect(openPack(bytes)).toBeUndefined();
      }),
    );
    expect(openPack(new Uint8Array(4096))).toBeUndefined();
  });

  it('is not read where another scanner, another format or another machine wrote it', () => {
    for (const at of [AT.order, AT.format, AT.scanner]) {
      const bytes = packScans([['key', { words: Uint32Array.of(1), marks: 0, module: undefined }]]);
      const numbers = new Uint32Array(bytes.buffer);
      expect(openPack(bytes)).toBeDefined();
      numbers[at] = (numbers[at] as number) + 1;
      numbers[AT.checksum] = checksum(numbers);
      expect(openPack(bytes)).toBeUndefined();
    }
  });

  it('is read wherever it lies in memory', () => {
    const bytes = packScans([['key', scanFile('a.ts' as RepoPath, "import { a } from './größe';\nexport const 日本 = a;\n")]]);
    for (let shift = 0; shift < 8; shift += 1) {
      const around = new Uint8Array(bytes.length + 16);
      around.set(bytes, shift);
      expect(openPack(around.subarray(shift, shift + bytes.length))?.get('key')?.module).toEqual({
        imports: [{ specifier: './größe', kind: 'import', typeOnly: false, names: [{ imported: 'a', local: 'a' }] }],
        exports: [{ exported: '日本', local: '日本' }],
      });
    }
  });
});
