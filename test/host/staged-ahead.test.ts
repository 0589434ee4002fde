import { chmodSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { listStaged } from '../../server/src/host/git/changed-paths.ts';
import { entriesBelow, listTree } from '../../server/src/host/git/list-tree.ts';
import { locateRepository } from '../../server/src/host/git/locate.ts';
import { lookAtStaged, type StagedAhead, stampOfIndex } from '../../server/src/host/git/staged-ahead.ts';
import { makeRepository, type TestRepository } from '../support/git.ts';

let repository: TestRepository;

beforeEach(() => {
  repository = makeRepository();
  for (const name of ['a.sh', 'b/c.sh', 'b-c.sh', 'b.sh', 'é/ü.sh', 'empty', 'z/deep/er.sh']) repository.write(name, `echo ${name}\n`);
  repository.write('empty', '');
  symlinkSync('a.sh', path.join(repository.dir, 'link'));
  repository.commit();
});
afterEach(() => repository.dispose());

const at = (name: string): string => path.join(repository.dir, name);

async function look(between: () => void = () => undefined): Promise<StagedAhead> {
  const place = locateRepository(repository.dir);
  const stamp = stampOfIndex(place);
  const listed = listStaged(place, 'HEAD');
  between();
  return lookAtStaged(place, listed, stamp);
}

const listing = (): unknown => [...listTree(locateRepository(repository.dir), 'HEAD')];

/** What the index may do to a path: each leaves the commit below as it was. */
const STAGED: Readonly<Record<string, () => void>> = {
  'nothing at all': () => undefined,
  'another content': () => repository.write('b/c.sh', 'echo other\n'),
  'a new file': () => repository.write('b/new.sh', 'echo new\n'),
  'files that are gone, first and last and between': () => {
    for (const name of ['a.sh', 'b.sh', 'z/deep/er.sh']) rmSync(at(name));
  },
  'everything gone': () => repository.git('rm', '-rq', '--cached', '.'),
  'another mode': () => chmodSync(at('a.sh'), 0o755),
  'a link in place of a file': () => {
    rmSync(at('a.sh'));
    symlinkSync('b.sh', at('a.sh'));
  },
  'a folder in place of a file': () => {
    rmSync(at('b.sh'));
    repository.write('b.sh/inner.sh', 'echo inner\n');
  },
  'a file of another name': () => repository.git('mv', 'é/ü.sh', 'n\nu.sh'),
};

for (const [name, stage] of Object.entries(STAGED)) {
  it(`the commit below is read from the index, with ${name}`, async () => {
    stage();
    if (name !== 'everything gone') repository.git('add', '--all');
    const { entries } = await look();
    expect([...(entries ?? [])]).toEqual(listing());
  });
}

it('a file that is only meant to be added is not in the commit below, though an empty one may be', async () => {
  repository.write('later.sh', '');
  repository.git('add', '--intent-to-add', 'later.sh');
  const { entries } = await look();
  expect([...(entries ?? [])]).toEqual(listing());
});

it('what the commit holds of a file that differs is read ahead', async () => {
  repository.write('a.sh', 'echo other\n');
  repository.write('new.sh', 'echo new\n');
  repository.git('add', '--all');
  const { blobs } = await look();
  expect([...(blobs ?? [])].map(([oid, blob]) => [oid, Buffer.from(blob?.bytes ?? []).toString()])).toEqual([
    [repository.git('rev-parse', 'HEAD:a.sh').trim(), 'echo a.sh\n'],
  ]);
});

it('an index that changed meanwhile says nothing', async () => {
  const { entries } = await look(() => {
    repository.write('a.sh', 'echo other\n');
    repository.git('add', 'a.sh');
  });
  expect(entries).toBeUndefined();
});

it('nor does one that holds a conflict, or a clone that may lack objects', async () => {
  const record = (stage: number): Buffer => Buffer.from(`100644 ${'a'.repeat(40)} ${stage}\ta.sh\0`);
  expect(entriesBelow(record(0), Buffer.alloc(0))?.size).toBe(1);
  expect(entriesBelow(record(2), Buffer.alloc(0))).toBeUndefined();
  const unmerged = Buffer.from(`:100644 000000 ${'a'.repeat(40)} ${'0'.repeat(40)} U\0a.sh\0`);
  expect(entriesBelow(record(0), unmerged)).toBeUndefined();
  repository.git('config', 'remote.origin.promisor', 'true');
  repository.write('a.sh', 'echo other\n');
  repository.git('add', '--all');
  expect(await look()).toMatchObject({ entries: expect.anything() });
  expect((await look()).blobs).toBeUndefined();
});
