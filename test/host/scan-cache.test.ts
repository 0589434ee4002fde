import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { FileScan } from '../../server/src/core/model/file-scan.ts';
import type { Tree } from '../../server/src/core/model/tree.ts';
import { openPack } from '../../server/src/core/scan/pack.ts';
import { packScans } from '../../server/src/core/scan/pack-write.ts';
import { openRepository } from '../../server/src/host/repository.ts';
import { openCacheFile, scansFile } from '../../server/src/host/scans/cache-file.ts';
import { openScanCache } from '../../server/src/host/scans/scan-cache.ts';
import { makeRepository, repositoryAt, type TestRepository, temporaryFolder } from '../support/git.ts';

/** So many that they are worth a cache. */
const FILES = 300;
const LIMIT = 1_048_576;

let made: TestRepository;
let work: TestRepository;
let file: string;
beforeAll(() => {
  made = makeRepository();
  for (let index = 0; index < FILES; index += 1) made.write(`f${index}.ts`, `export const word${index} = shared${index % 3};\n`);
  made.write('binary.ts', Uint8Array.from([1, 0, 2]));
  made.commit();
  made.git('repack', '-adq');
});
afterAll(() => made.dispose());
beforeEach(() => {
  work = repositoryAt(temporaryFolder());
  cpSync(made.dir, work.dir, { recursive: true });
  file = scansFile(path.join(work.dir, '.git'));
});
afterEach(() => work.dispose());

/** What a process answers that comes, asks and goes. */
function inAProcess<T>(
  ask: (tree: Tree) => T,
  options: { readonly keepsScans?: boolean; readonly maxFileBytes?: number } = { keepsScans: true },
): T {
  const repository = openRepository(work.dir, options);
  try {
    return ask(repository.commitTree('HEAD'));
  } finally {
    repository.close();
  }
}
const askWords = (tree: Tree) => ['word7', 'shared1', 'binary', 'nowhere', 'late'].map((word) => tree.mentioning(word, ['.ts']));
const askScans = (tree: Tree) => tree.paths().map((one) => [one, plain(tree.scan?.(one))]);
const plain = (scan: FileScan | undefined) => (scan === undefined ? undefined : { ...scan, words: [...scan.words].sort() });
const keysIn = (cache: string): readonly string[] => openPack(readFileSync(cache))?.keys() ?? [];
const oidOf = (name: string): string => work.git('rev-parse', `HEAD:${name}`);

/** The same cache, but for one file, of which it says that it holds no word at all. */
function lieAbout(name: string): Uint8Array {
  inAProcess(askWords);
  const oid = oidOf(name);
  const pack = openPack(readFileSync(file));
  const entries = (pack?.keys() ?? []).map((key) => [key, pack?.get(key)] as const);
  const lying = entries.map(([key, scan]) => [key, key.startsWith(oid) || scan === undefined ? NOTHING : scan] as const);
  return packScans(lying);
}
const NOTHING: FileScan = { words: new Uint32Array(0), marks: 0, module: undefined };

describe('the cache of scans', () => {
  test('is one file of its owner beside the ledger, and answers for the next process', () => {
    const cold = inAProcess(askWords);
    expect(readdirSync(path.dirname(file))).toEqual(['scans']);
    if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(keysIn(file)).toContain(`${oidOf('f7.ts')}.ts`);
    expect(inAProcess(askWords)).toEqual(cold);
    expect(inAProcess(askScans)).toEqual(inAProcess(askScans, {}));
    // Only who believes the file can be lied to by it, so this shows that it was read.
    writeFileSync(file, lieAbout('f7.ts'));
    expect(inAProcess((tree) => tree.mentioning('word7', ['.ts']))).toEqual([]);
  });

  test('is neither read nor written where it is not asked for', () => {
    const cold = inAProcess(askWords, {});
    expect(existsSync(file)).toBe(false);
    const lie = lieAbout('f7.ts');
    writeFileSync(file, lie);
    expect(inAProcess(askWords, {})).toEqual(cold);
    expect(readFileSync(file).equals(lie)).toBe(true);
  });

  test('is not written for a few files', () => {
    work.git('rm', '--quiet', 'f1*', 'f2*');
    work.commit();
    inAProcess(askWords);
    expect(existsSync(file)).toBe(false);
  });

  const DAMAGE: Readonly<Record<string, (whole: Buffer) => Uint8Array>> = {
    'is empty': () => Buffer.alloc(0),
    'is cut short': (whole) => whole.subarray(0, whole.length >> 1),
    'has a byte flipped': (whole) => Buffer.from(whole.map((byte, index) => (index === whole.length >> 1 ? byte ^ 1 : byte))),
    'is something else': () => Buffer.from('#!/bin/sh\nexit 1\n'.repeat(500)),
    'lacks the limit it was made with': () => packScans([[`${oidOf('f7.ts')}.ts`, NOTHING]]),
  };
  test.each(Object.entries(DAMAGE))('that %s is made anew', (_, damage) => {
    const cold = inAProcess(askWords);
    const whole = readFileSync(file);
    writeFileSync(file, damage(whole));
    expect(inAProcess(askWords)).toEqual(cold);
    expect(readFileSync(file).equals(whole)).toBe(true);
  });

  test('made with another limit of size is made anew', () => {
    work.write('large.ts', `${'late '.repeat(1_000)}\n`);
    work.commit();
    const ask = (tree: Tree) => tree.mentioning('late', ['.ts']);
    for (const maxFileBytes of [1_000, LIMIT, 1_000]) {
      const expected = maxFileBytes === LIMIT ? ['large.ts'] : [];
      expect(inAProcess(ask, { keepsScans: true, maxFileBytes })).toEqual(expected);
    }
  });

  test('may be a folder, or have a file where its folder should be: then there is none', () => {
    const cold = inAProcess(askWords, {});
    mkdirSync(path.join(file, 'inside'), { recursive: true });
    expect(inAProcess(askWords)).toEqual(cold);
    expect(readdirSync(path.dirname(file))).toEqual(['scans']);
    rmSync(path.dirname(file), { recursive: true });
    writeFileSync(path.dirname(file), 'a file');
    expect(inAProcess(askWords)).toEqual(cold);
    expect(readFileSync(path.dirname(file), 'utf8')).toBe('a file');
  });

  test('is not followed where it is a symlink, and is put in its place', () => {
    const elsewhere = path.join(temporaryFolder(), 'scans');
    const lie = lieAbout('f7.ts');
    writeFileSync(elsewhere, lie);
    rmSync(file);
    symlinkSync(elsewhere, file);
    expect(inAProcess(askWords)).toEqual(inAProcess(askWords, {}));
    expect(readFileSync(elsewhere).equals(lie)).toBe(true);
    expect(lstatSync(file).isSymbolicLink()).toBe(false);
  });

  test('is neither read nor written where its folder is a symlink', () => {
    const elsewhere = temporaryFolder();
    const lie = lieAbout('f7.ts');
    writeFileSync(path.join(elsewhere, 'scans'), lie);
    rmSync(path.dirname(file), { recursive: true });
    symlinkSync(elsewhere, path.dirname(file));
    expect(inAProcess(askWords)).toEqual(inAProcess(askWords, {}));
    expect(readFileSync(path.join(elsewhere, 'scans')).equals(lie)).toBe(true);
    expect(readdirSync(elsewhere)).toEqual(['scans']);
  });

  test('takes in what another process wrote meanwhile', () => {
    const [one, other] = [0, 1].map(() => openRepository(work.dir, { keepsScans: true }));
    for (const [branch, repository] of [
      ['a', one],
      ['b', other],
    ] as const) {
      work.git('switch', '--quiet', '--create', branch, 'main');
      for (let index = 0; index < FILES; index += 1) work.write(`${branch}${index}.ts`, `${branch}${index}\n`);
      work.commit();
      askWords((repository as NonNullable<typeof repository>).commitTree('HEAD'));
    }
    const last = oidOf('b7.ts');
    one?.close();
    other?.close();
    work.git('switch', '--quiet', 'a');
    expect(keysIn(file)).toEqual(expect.arrayContaining([`${oidOf('f7.ts')}.ts`, `${oidOf('a7.ts')}.ts`, `${last}.ts`]));
  });

  test('forgets what no tree names any more, once that is more than all else', () => {
    const roundOf = (round: number) => new Map(Array.from({ length: 2_400 }, (_, index) => [`${round} ${index}`, 'no-text' as const]));
    for (const round of [0, 1, 2, 3]) {
      const cache = openScanCache(file, LIMIT);
      cache.save(roundOf(round), new Set(roundOf(round).keys()));
      const rounds = new Set(keysIn(file).map((key) => key.slice(0, 2)));
      expect([...rounds].sort()).toEqual([['-0'], ['-0', '-1'], ['-0', '-1', '-2'], ['-3']][round]?.concat('li'));
    }
  });

  test('leaves no file of a writer that died', () => {
    mkdirSync(path.dirname(file), { recursive: true });
    for (const [name, age] of [
      ['scans.0123456789ab', 7_200],
      ['scans.ba9876543210', 60],
    ] as const) {
      writeFileSync(path.join(path.dirname(file), name), 'half');
      const then = Date.now() / 1_000 - age;
      utimesSync(path.join(path.dirname(file), name), then, then);
    }
    inAProcess(askWords);
    expect(readdirSync(path.dirname(file)).sort()).toEqual(['scans', 'scans.ba9876543210']);
  });
});

describe('a file that can be made anew', () => {
  test.skipIf(process.platform === 'win32')('stays as it was where there is no room for another, and nothing is left behind', async () => {
    const folder = temporaryFolder();
    const place = path.join(folder, 'brakeline', 'scans');
    expect(openCacheFile(place).write(Uint8Array.from([1, 2, 3]))).toBe(true);
    const contents = `import { openCacheFile } from '${path.resolve('server/src/host/scans/cache-file.ts')}';
      process.stdout.write(String(openCacheFile(process.argv[2]).write(new Uint8Array(Number(process.argv[3])))));`;
    const outfile = path.join(folder, 'write.cjs');
    await build({ stdin: { contents, resolveDir: folder }, bundle: true, platform: 'node', format: 'cjs', outfile });
    // The shell lets no file grow beyond so many blocks, which to whoever writes is a full disk.
    const write = (size: number): string =>
      execFileSync('sh', ['-c', `ulimit -f 100; exec "$0" "$@"`, process.execPath, outfile, place, String(size)], { encoding: 'utf8' });
    expect(write(1_000_000)).toBe('false');
    expect([...readFileSync(place)]).toEqual([1, 2, 3]);
    expect(readdirSync(path.dirname(place))).toEqual(['scans']);
    expect(write(10)).toBe('true');
  });

  test('is none where its name cannot be one', () => {
    const cache = openCacheFile(path.join(temporaryFolder(), 'a\0b', 'scans'));
    expect([cache.write(new Uint8Array(1)), cache.read(), cache.isNewer()]).toEqual([false, undefined, false]);
  });

  test('is read back whole, and known to be newer when another wrote it', () => {
    const place = path.join(temporaryFolder(), 'brakeline', 'scans');
    const [one, other] = [openCacheFile(place), openCacheFile(place)];
    expect(one.write(Uint8Array.from([1, 2, 3]))).toBe(true);
    expect([one.isNewer(), other.isNewer()]).toEqual([false, true]);
    expect([...(other.read() ?? [])]).toEqual([1, 2, 3]);
    expect(other.isNewer()).toBe(false);
    expect(other.write(Uint8Array.from([4]))).toBe(true);
    expect(one.isNewer()).toBe(true);
  });
});
