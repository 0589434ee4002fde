import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { create, toBinary } from '@bufbuild/protobuf';
import { FileDescriptorProtoSchema, FileDescriptorSetSchema, TimestampSchema } from '@bufbuild/protobuf/wkt';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { orProblem } from '../../server/src/core/reach/scip/damaged-index.ts';
import { findUses } from '../../server/src/core/reach/scip/find-uses.ts';
import { inspectIndex } from '../../server/src/core/reach/scip/read-index.ts';
import { packageTarget } from '../../server/src/core/reach/scip/spelling.ts';
import { splitIndex } from '../../server/src/core/reach/scip/split-index.ts';
import { createForeignReader } from '../../server/src/host/scip/foreign.ts';
import { addIndexes, listedIndexes } from '../../server/src/host/scip/list-indexes.ts';
import { repoPath, temporaryFolder } from '../support/git.ts';
import { memoryTree } from '../support/memory-tree.ts';
import { bytesSource, indexBytes } from './scip-world.ts';

const USED = 'scip-typescript npm @acme/shared 1.2.0 src/`pay.ts`/charge().';
const GOOD = indexBytes({
  'src/a.ts': [
    [0, 0, USED],
    [4, 2, 'local 1'],
  ],
  'src/b.ts': [[9, 1, USED]],
});
const FILES = { 'package.json': '{ "name": "@acme/shared" }', 'src/pay.ts': 'export function charge() {}\n' };

/** A repository's folder beside a folder of indexes. */
function world(): { readonly root: string; readonly shelf: string; put(name: string, bytes: Uint8Array | string): string } {
  const [root, shelf] = [temporaryFolder('repo'), temporaryFolder('shelf')];
  return {
    root,
    shelf,
    put(name, bytes) {
      writeFileSync(path.join(shelf, name), bytes);
      return path.join(shelf, name);
    },
  };
}

function refusal(root: string, ...files: string[]): string {
  try {
    addIndexes(root, { files });
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return 'accepted';
}

describe('a file that is no index is refused by one line, and nothing is written', () => {
  const { root, shelf, put } = world();
  mkdirSync(path.join(shelf, 'folder'));
  symlinkSync(path.join(shelf, 'nowhere'), path.join(shelf, 'broken-link'));
  symlinkSync(path.join(shelf, 'loop'), path.join(shelf, 'loop'));
  execFileSync('mkfifo', [path.join(shelf, 'pipe')]);
  put('empty', '');
  put('text', 'version: 1\nindexes: []\n');
  put('random', Buffer.from(Array.from({ length: 4096 }, (_, at) => (at * 193 + 71) & 255)));
  put('zeros', new Uint8Array(4096));
  put('cut', GOOD.slice(0, GOOD.length - 5));
  put('no-tool', toBinary(TimestampSchema, create(TimestampSchema, { seconds: 5n })));
  put(
    'other-message',
    toBinary(
      FileDescriptorSetSchema,
      create(FileDescriptorSetSchema, { file: [create(FileDescriptorProtoSchema, { name: 'a.proto', package: 'a' })] }),
    ),
  );
  put('no-metadata', GOOD.slice(2 + (GOOD[1] ?? 0)));
  put('twice', Buffer.concat([GOOD, GOOD]));

  it.each([
    ['nowhere', 'expected a SCIP index, found no file'],
    ['text/below', 'expected a SCIP index, found no file'],
    ['folder', 'expected a SCIP index, found a folder'],
    ['pipe', 'expected a SCIP index, found no regular file'],
    ['broken-link', 'expected a SCIP index, found no file'],
    ['loop', 'expected a SCIP index, found ELOOP'],
    ['empty', 'expected a SCIP index, found an empty file'],
    ['text', 'expected a field of a SCIP index at byte 0, found other bytes'],
    ['random', 'expected a field of a SCIP index at byte 0, found other bytes'],
    ['zeros', 'expected a field of a SCIP index at byte 0, found other bytes'],
    ['no-tool', 'expected a field of a SCIP index at byte 0, found other bytes'],
    ['other-message', 'expected the metadata of a SCIP index, found other bytes'],
    ['no-metadata', 'expected the metadata of a SCIP index at its start, once, found field 2 there'],
    ['twice', 'expected the metadata of a SCIP index at its start, once, found field 1 again'],
  ])('%s', (name, message) => {
    expect(refusal(root, path.join(shelf, name))).toBe(`${path.join(shelf, name)}: ${message}`);
    expect(listedIndexes(root)).toEqual([]);
  });

  it('cut off', () => {
    expect(refusal(root, path.join(shelf, 'cut'))).toMatch(
      /cut: expected \d+ bytes from byte \d+ on, found \d+ \(is the file cut off\?\)$/,
    );
  });

  it('a good one among bad ones, or one named twice', () => {
    const good = put('good', GOOD);
    expect(refusal(root, good, path.join(shelf, 'empty'))).toContain('found an empty file');
    expect(refusal(root, good, good)).toBe(`expected each file once, found ${good} twice`);
    expect(listedIndexes(root)).toEqual([]);
  });

  it('a network path, before anybody is asked for it', () => {
    expect(refusal(root, '//server/share/index.scip')).toContain('expected a SCIP index on a local path, found a network path');
  });

  it('a list that cannot be read is not written over', () => {
    const other = temporaryFolder('repo');
    mkdirSync(path.join(other, '.brakeline'));
    writeFileSync(path.join(other, '.brakeline/index.yaml'), 'version: 1\nindexs: []\n');
    expect(refusal(other, put('good', GOOD))).toBe(
      '.brakeline/index.yaml:2: the list of indexes: expected one of version, indexes, found the key "indexs"',
    );
    expect(readFileSync(path.join(other, '.brakeline/index.yaml'), 'utf8')).toBe('version: 1\nindexs: []\n');
  });
});

describe('a good index', () => {
  it('may lie outside the repository or behind a link, is listed by a relative path, and renewed in place', () => {
    const { root, shelf, put } = world();
    const file = put('shop.scip', GOOD);
    symlinkSync(file, path.join(shelf, 'link.scip'));
    const [first] = addIndexes(root, { files: [path.join(shelf, 'link.scip')] });
    expect(first).toMatchObject({
      isNew: true,
      entry: { repository: 'shop', bytes: GOOD.length, path: path.relative(path.join(root, '.brakeline'), path.join(shelf, 'link.scip')) },
      summary: { tool: 'scip-test', documents: 2, occurrences: 3 },
    });
    const [again] = addIndexes(root, { files: [path.join(shelf, 'link.scip')], repository: 'till', commit: '0123456789ab' });
    expect(again?.isNew).toBe(false);
    expect(listedIndexes(root)).toMatchObject([{ isSame: true, entry: { repository: 'till', commit: '0123456789ab' } }]);
    writeFileSync(file, indexBytes({ 'src/c.ts': [[0, 0, USED]] }));
    expect(listedIndexes(root)).toMatchObject([{ isSame: false }]);
  });
});

describe('a review', () => {
  const ask = (root: string, base: string, head = base): unknown => {
    const tree = (id: string, list: string) =>
      memoryTree(
        id,
        new Map(
          Object.entries({ ...FILES, ...(list === '' ? {} : { '.brakeline/index.yaml': list }) }).map(([name, text]) => [
            repoPath(name),
            text,
          ]),
        ),
      );
    const before = tree('base', base);
    const range = { start: { line: 1, character: 0 }, end: { line: 1, character: 1 } };
    const charge = {
      name: 'charge',
      kind: 'function',
      exported: true,
      parameters: [],
      type: '',
      async: false,
      range,
      key: '',
      scope: '',
    } as const;
    return createForeignReader(root).of(before, tree('head', head))?.of(before, repoPath('src/pay.ts'), charge);
  };
  const list = (...files: string[]): string =>
    `version: 1\nindexes:\n${files.map((file) => `  - { path: ${JSON.stringify(file)}, repository: shop }\n`).join('')}`;

  it('says of a damaged or missing index that it was not analysed, and counts what the others say', () => {
    const { root, put } = world();
    const [good, cut] = [put('good', GOOD), put('cut', GOOD.slice(0, GOOD.length - 5))];
    expect(ask(root, list(good, cut, '/no/such/file'))).toMatchObject({
      references: 2,
      repositories: 1,
      indexes: [
        { references: 2, files: 2 },
        { references: 0, problem: expect.stringContaining('is the file cut off?') },
        { references: 0, problem: '/no/such/file: expected a SCIP index, found no file' },
      ],
    });
  });

  it('says of a list that cannot be read where and why', () => {
    const { root } = world();
    expect(ask(root, 'version: 1\nindexes: [{ path: a }]\n')).toMatchObject({
      references: 0,
      indexes: [{ repository: '.brakeline/index.yaml', problem: '.brakeline/index.yaml:2: expected the key repository, found none' }],
    });
  });

  it('asks what the base lists, whatever the head took away, and what the head adds', () => {
    const { root, put } = world();
    const [one, two] = [put('one', GOOD), put('two', GOOD)];
    expect(ask(root, list(one), '')).toMatchObject({ references: 2 });
    expect(ask(root, list(one), 'version: 1\nindexes: []\n')).toMatchObject({ references: 2 });
    expect(ask(root, list(one), list(two))).toMatchObject({ references: 4 });
    expect(ask(root, '', list(two))).toMatchObject({ references: 2 });
    expect(ask(root, '')).toBeUndefined();
  });

  it('knows no age of a file that is another than the one listed, and reads a file again that changed', () => {
    const { root, put } = world();
    const file = put('one', GOOD);
    const text = `version: 1\nindexes: [{ path: ${JSON.stringify(file)}, repository: shop, made: 2026-10-01T08:00:00Z, bytes: ${GOOD.length} }]\n`;
    expect(ask(root, text)).toMatchObject({ references: 2, indexes: [{ made: '2026-10-01T08:00:00Z' }] });
    put('one', indexBytes({ 'src/c.ts': [[0, 0, USED]] }));
    const after = ask(root, text);
    expect(after).toMatchObject({ references: 1 });
    expect(after).not.toHaveProperty('indexes.0.made');
  });
});

describe('bytes of any kind', () => {
  const read = (bytes: Uint8Array): unknown => orProblem(() => findUses(bytesSource(bytes), packageTarget('npm', '@acme/shared')));

  it('are an answer or a problem, and never a failure of another kind', () => {
    const flipped = fc
      .tuple(fc.nat(GOOD.length - 1), fc.nat(255))
      .map(([at, byte]) => GOOD.map((old, index) => (index === at ? byte : old)));
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), flipped), (bytes) => {
        expect(read(bytes)).toBeDefined();
        expect(orProblem(() => inspectIndex(bytesSource(bytes)))).toBeDefined();
      }),
      { numRuns: 500 },
    );
  });

  it('cut off anywhere but between two documents are a problem', () => {
    const whole = new Set<number>([GOOD.length]);
    let at = 0;
    for (const { bytes } of splitIndex(bytesSource(GOOD))) {
      at += bytes.length + 2;
      whole.add(at);
    }
    for (let length = 0; length < GOOD.length; length += 1)
      expect(read(GOOD.slice(0, length)), String(length)).toEqual(
        whole.has(length) ? expect.objectContaining({ symbols: expect.anything() }) : { problem: expect.any(String) },
      );
  });
});

it('holds a window of a large index at a time, and decodes no document that cannot answer', () => {
  const filler = Array.from(
    { length: 400 },
    (_, line) => [line, 0, `scip-typescript npm other 1.0.0 src/\`file.ts\`/name${line}().`] as const,
  );
  const documents = Object.fromEntries(
    Array.from({ length: 200 }, (_, at) => [`src/${at}.ts`, at === 150 ? [...filler, [7, 7, USED] as const] : filler]),
  );
  const source = bytesSource(indexBytes(documents));
  expect(source.size).toBeGreaterThan(4_000_000);
  expect(findUses(source, packageTarget('npm', '@acme/shared'))).toMatchObject({ versions: ['1.2.0'], paths: ['src/150.ts'] });
  expect(Math.max(...source.reads)).toBeLessThanOrEqual(1 << 20);
  expect(source.reads.reduce((sum, length) => sum + length, 0)).toBeLessThan(2 * source.size);
});

it('counts what an empty field of two bytes says without holding millions of them', () => {
  const field = (number: number, bytes: Uint8Array): Buffer => {
    const head: number[] = [number * 8 + 2];
    let length = bytes.length;
    for (; length > 127; length = Math.floor(length / 128)) head.push((length % 128) | 128);
    return Buffer.concat([Uint8Array.from([...head, length]), bytes]);
  };
  const metadata = GOOD.slice(0, 2 + (GOOD[1] ?? 0));
  const used = Buffer.concat([field(1, Uint8Array.of(1, 2, 3)), field(2, Buffer.from(USED)), Uint8Array.of(24, 1)]);
  const whole = Buffer.concat([field(1, Uint8Array.of(1, 2, 3)), field(6, Buffer.alloc(0))]);
  const many = Buffer.concat(Array.from({ length: 300_000 }, () => field(2, whole)));
  const bomb = Buffer.concat([metadata, field(2, Buffer.concat([field(1, Buffer.from('a.ts')), field(2, used), many]))]);
  const before = process.memoryUsage().heapUsed;
  const source = bytesSource(bomb);
  const summary = inspectIndex(source);
  const most = process.memoryUsage().heapUsed;
  expect(summary).toMatchObject({ documents: 1, occurrences: 300_001 });
  expect(orProblem(() => findUses(source, packageTarget('npm', '@acme/shared')))).toMatchObject({ paths: [] });
  expect(most - before).toBeLessThan(200_000_000);
  // What no indexer writes: occurrences without a range.
  const empty = Buffer.concat([
    metadata,
    field(2, Buffer.concat([field(1, Buffer.from('a.ts')), field(2, used), Buffer.alloc(200_000, Buffer.from([18, 0]))])),
  ]);
  expect(orProblem(() => findUses(bytesSource(empty), packageTarget('npm', '@acme/shared')))).toEqual({
    problem: 'expected ranges of 3 or 4 numbers in a.ts, found one of 0',
  });
});
