import { execFile, execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterAll, describe, expect, test } from 'vitest';
import { type Objects, openObjects } from '../../server/src/host/git/objects.ts';
import { readAtOnce } from '../../server/src/host/git/objects-at-once.ts';
import { makeRepository, type TestRepository, temporaryFolder } from '../support/git.ts';

const made: TestRepository[] = [];
afterAll(() => {
  for (const repository of made) repository.dispose();
});

function repositoryWith(files: Readonly<Record<string, string | Uint8Array>>, ...args: string[]): TestRepository {
  const work = makeRepository(...args);
  made.push(work);
  for (const [file, content] of Object.entries(files)) work.write(file, content);
  work.commit();
  return work;
}

const textOf = (bytes: Uint8Array | undefined): string | undefined => (bytes === undefined ? undefined : Buffer.from(bytes).toString());

describe('objects', () => {
  test('are read byte for byte, one and many, in the order of the question', () => {
    const bytes = Uint8Array.from({ length: 70_000 }, (_, i) => (i * 7) % 256);
    const work = repositoryWith({ a: 'one\n', empty: '', bytes });
    const objects = openObjects({ cwd: work.dir }, 1_000_000);
    const [a, empty, binary] = ['a', 'empty', 'bytes'].map((name) => work.git('rev-parse', `HEAD:${name}`));
    const blobs = objects.readBlobs([binary ?? '', a ?? '', empty ?? '', a ?? '']);
    expect(blobs.map((blob) => blob?.size)).toEqual([70_000, 4, 0, 4]);
    expect(Buffer.from(blobs[0]?.bytes ?? []).equals(Buffer.from(bytes))).toBe(true);
    expect(textOf(objects.readBlob(a ?? '')?.bytes)).toBe('one\n');
    objects.close();
  });

  test('that are missing, no blob, or too large are told apart, and the next one is read', () => {
    const work = repositoryWith({ a: 'one\n', large: 'x'.repeat(300_000) });
    const objects = openObjects({ cwd: work.dir }, 1_000);
    const a = work.git('rev-parse', 'HEAD:a');
    const blobs = objects.readBlobs(['0'.repeat(40), work.git('rev-parse', 'HEAD'), work.git('rev-parse', 'HEAD:large'), a]);
    expect(blobs.slice(0, 3)).toEqual([undefined, undefined, { size: 300_000 }]);
    expect(textOf(blobs[3]?.bytes)).toBe('one\n');
    objects.close();
  });

  test('are read in rounds where there are thousands', () => {
    const names = Array.from({ length: 1_500 }, (_, i) => `f${i}`);
    const work = repositoryWith(Object.fromEntries(names.map((name) => [name, `${name}\n`])));
    const oids = work
      .git('ls-tree', '-r', 'HEAD')
      .split('\n')
      .map((line) => line.slice(12, 52));
    const objects = openObjects({ cwd: work.dir }, 1_000);
    const texts = objects.readBlobs(oids).map((blob) => textOf(blob?.bytes));
    expect(new Set(texts)).toEqual(new Set(names.map((name) => `${name}\n`)));
    objects.close();
  });

  test('are found that were written after git was started', () => {
    const work = repositoryWith({ a: 'one\n' });
    const objects = openObjects({ cwd: work.dir }, 1_000);
    objects.readBlob(work.git('rev-parse', 'HEAD:a'));
    work.write('b', 'later\n');
    expect(textOf(objects.readBlob(work.git('hash-object', '-w', 'b'))?.bytes)).toBe('later\n');
    objects.close();
  });

  test('are read on after git died, and after the reader was closed', () => {
    const work = repositoryWith({ a: 'one\n' });
    const a = work.git('rev-parse', 'HEAD:a');
    const objects = openObjects({ cwd: work.dir }, 1_000);
    expect(objects.readBlob(a)?.size).toBe(4);
    const children = batchChildrenIn(work.dir);
    expect(children).toHaveLength(process.platform === 'linux' ? 1 : 0);
    for (const pid of children) process.kill(pid, 'SIGKILL');
    expect(objects.readBlob(a)?.size).toBe(4);
    objects.close();
    expect(objects.readBlob(a)?.size).toBe(4);
    objects.close();
  });

  test('fail with a code where git cannot be started', () => {
    const objects = openObjects({ cwd: path.join(temporaryFolder(), 'gone') }, 1_000);
    expect(() => objects.readBlob('0'.repeat(40))).toThrow(expect.objectContaining({ code: 'git-failed' }));
    objects.close();
  });

  test('are read by the bundle, which ends by itself and leaves no git behind', async () => {
    const work = repositoryWith({ a: 'one\n' });
    const folder = temporaryFolder();
    const source = path.resolve('server/src/host/git/objects');
    const entry = path.join(folder, 'entry.ts');
    const show = 'process.stdout.write(Buffer.from(objects.readBlob(process.argv[3])?.bytes ?? []))';
    writeFileSync(
      entry,
      `import { openObjects } from '${source}.ts';\nconst objects = openObjects({ cwd: process.argv[2] }, 1_000);\n${show};\n`,
    );
    const common = {
      bundle: true,
      platform: 'node',
      format: 'cjs',
      target: 'node20',
      define: { 'import.meta.dirname': '__dirname' },
    } as const;
    await build({ ...common, entryPoints: { main: entry, 'git-objects': `${source}-worker.mjs` }, outdir: path.join(folder, 'dist') });
    const { stdout } = await promisify(execFile)(process.execPath, [
      path.join(folder, 'dist/main.js'),
      work.dir,
      work.git('rev-parse', 'HEAD:a'),
    ]);
    expect(stdout).toBe('one\n');
    await expect.poll(() => batchChildrenIn(work.dir)).toEqual([]);
  });
});

describe('a few objects, while the thread is not up', () => {
  const open = (dir: string, maxBytes: number): { readonly thread: Objects; readonly few: Objects } => {
    const thread = openObjects({ cwd: dir }, maxBytes);
    return { thread, few: readAtOnce(thread, { cwd: dir }, maxBytes) };
  };

  test('are the same as through it', () => {
    const work = repositoryWith({ a: 'one\n', empty: '', large: 'x'.repeat(300_000), binary: Uint8Array.from([10, 0, 10]) });
    const [a, empty, large, binary] = ['a', 'empty', 'large', 'binary'].map((name) => work.git('rev-parse', `HEAD:${name}`));
    const oids = ['0'.repeat(40), large, a, work.git('rev-parse', 'HEAD'), empty, binary, a].map((oid) => oid ?? '');
    const { thread, few } = open(work.dir, 1_000);
    const found = few.readBlobs(oids);
    expect([found.map((blob) => blob?.size), thread.isUp()]).toEqual([[undefined, 300_000, 4, undefined, 0, 3, 4], false]);
    expect(found).toEqual(thread.readBlobs(oids));
    expect([few.readBlobs([]), thread.isUp()]).toEqual([[], true]);
    few.close();
  });

  test('are left to it where they are too much, where there is no git, and where they are read again and again', async () => {
    const work = repositoryWith({ a: 'one\n', huge: 'x'.repeat(9_000_000) });
    const [a, huge] = ['a', 'huge'].map((name) => work.git('rev-parse', `HEAD:${name}`));
    const { thread, few } = open(work.dir, 10_000_000);
    expect(few.readBlob(huge ?? '')?.bytes?.length).toBe(9_000_000);
    expect(thread.isUp()).toBe(true);
    few.close();
    const again = open(work.dir, 1_000);
    for (let time = 0; time < 4; time += 1) expect(textOf(again.few.readBlob(a ?? '')?.bytes)).toBe('one\n');
    await expect.poll(() => again.thread.isUp()).toBe(true);
    expect(textOf(again.few.readBlob(a ?? '')?.bytes)).toBe('one\n');
    again.few.close();
    const gone = open(path.join(temporaryFolder(), 'gone'), 1_000).few;
    expect(() => gone.readBlob('0'.repeat(40))).toThrow(expect.objectContaining({ code: 'git-failed' }));
    gone.close();
  });
});

/** Processes that run `git cat-file --batch` in a folder of this test; only Linux can be asked. */
function batchChildrenIn(dir: string): number[] {
  if (process.platform !== 'linux') return [];
  const list = execFileSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8' }).split('\n');
  const pids = list.filter((line) => line.includes('cat-file --batch')).map((line) => Number.parseInt(line, 10));
  return pids.filter((pid) => workingFolder(pid) === dir);
}

function workingFolder(pid: number): string | undefined {
  try {
    return execFileSync('readlink', [`/proc/${pid}/cwd`], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return undefined;
  }
}
