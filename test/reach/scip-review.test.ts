import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { Readable } from 'node:stream';
import { beforeAll, describe, expect, it } from 'vitest';
import { runCommandLine } from '../../server/src/doors/cli/dispatch.ts';
import { assetFile } from '../../server/src/host/assets.ts';
import { openSession } from '../../server/src/host/session.ts';
import { makeRepository, type TestRepository, temporaryFolder } from '../support/git.ts';
import { indexProject, SHARED, writeTwo } from './scip-world.ts';

const readAsset = async (name: string): Promise<Uint8Array> => readFileSync(assetFile(name, createRequire(import.meta.url).resolve));

/** The command line in this process, without a terminal. */
async function run(cwd: string, ...args: string[]): Promise<{ readonly status: number; readonly out: string; readonly err: string }> {
  const written = { out: '', err: '' };
  const to = (name: 'out' | 'err') => ({
    write: (text: string) => {
      written[name] += text;
    },
    isTerminal: false,
    columns: undefined,
  });
  const input = Object.assign(Readable.from([]), { isTTY: false });
  const status = await runCommandLine(args, { cwd, env: {}, input, out: to('out'), err: to('err'), readAsset });
  return { status, ...written };
}

let index = '';
beforeAll(() => {
  index = indexProject(writeTwo(temporaryFolder('two'), 'declarations').shop);
});

/** The library in a repository of its own, where nobody calls `Session.verify`, which then changes. */
function library(): TestRepository {
  const repository = makeRepository();
  for (const [name, text] of Object.entries(SHARED)) repository.write(name, text);
  repository.commit();
  repository.write('src/pay.ts', (SHARED['src/pay.ts'] ?? '').replace('verify(): boolean', 'verify(token: string): boolean'));
  return repository;
}

describe('brakeline index', () => {
  it('lists an index, says what it is, and shows the list with its age', async () => {
    const { dir } = library();
    expect(await run(dir, 'index')).toEqual({
      status: 0,
      out: 'no index of another repository is listed; brakeline index --scip FILE lists one\n',
      err: '',
    });
    const listed = await run(dir, 'index', '--scip', index);
    expect(listed.status).toBe(0);
    expect(listed.out).toMatch(
      /^listed shop: \S*index\.scip\n {2}scip-typescript 0\.4\.0, of file:\/\/\/\S+\/shop\n {2}1 document, \d+ symbols, \d+ occurrences\nwrote \.brakeline\/index\.yaml; commit it, /,
    );
    expect((await run(dir, 'index')).out).toMatch(/^shop: \S+index\.scip {2}0 days old\n$/);
    expect((await run(dir, 'index', '--scip', index, '--repository', 'till', '--commit', '0123456789')).out).toMatch(/^renewed till: /);
    expect((await run(dir, 'index')).out).toMatch(/^till: \S+ {2}at 0123456789, 0 days old\n$/);
  });

  it.each([
    [['index', 'a.scip'], 'expected --scip FILE before it, found "a.scip"'],
    [['index', '--commit', '0123456'], 'expected --scip FILE before it, found "--commit"'],
    [['index', '--scip', 'a', 'b', '--repository', 'x'], 'expected one FILE with --repository or --commit, found "2 files"'],
    [['index', '--scip', 'a', '--commit', 'main'], 'expected --commit with 7 to 64 hexadecimal digits, found "main"'],
    [['index', '--scip'], 'expected FILE after --scip, found nothing'],
  ])('refuses %j', async (args, message) => {
    expect(await run(library().dir, ...args)).toEqual({ status: 2, out: '', err: `brakeline: ${message}\n` });
  });

  it('refuses a bad file by one line, and a listed one that went by status 1', async () => {
    const { dir } = library();
    const copy = path.join(temporaryFolder('copy'), 'shop.scip');
    writeFileSync(copy, readFileSync(index).subarray(0, 900));
    expect(await run(dir, 'index', '--scip', copy)).toMatchObject({
      status: 2,
      err: expect.stringMatching(/^brakeline: \S+shop\.scip: expected \d+ bytes .*\n$/),
    });
    writeFileSync(copy, readFileSync(index));
    await run(dir, 'index', '--scip', copy);
    writeFileSync(copy, '');
    expect((await run(dir, 'index')).out).toContain('of unknown age: the file has changed since it was listed');
    const gone = path.join(dir, '.brakeline/index.yaml');
    writeFileSync(gone, readFileSync(gone, 'utf8').replace('shop.scip', 'none.scip'));
    expect(await run(dir, 'index')).toMatchObject({ status: 1, out: expect.stringContaining('not analysed') });
  });
});

describe('brakeline review', () => {
  it('flags what nobody here uses and the shop does, and names the place', async () => {
    const { dir } = library();
    expect((await run(dir, 'review')).out).toContain('no rule saw a risk');
    await run(dir, 'index', '--scip', index);
    const { out } = await run(dir, 'review');
    expect(out).toContain('`Session.verify` now needs `token`; no use here, at least 1 elsewhere');
    expect(out).toMatch(/elsewhere at least 1 dependent in 1 file of shop \(1\.1\.0, as of \d{4}-\d\d-\d\d\)/);
    expect(out).toContain('shop: src/cart.ts:5');
    const json = JSON.parse((await run(dir, 'review', '--format', 'json')).out);
    expect(json.hunks[0].findings[0].blastRadius).toMatchObject({
      references: 0,
      foreign: {
        method: 'index',
        references: 1,
        files: 1,
        repositories: 1,
        atLeast: true,
        likely: false,
        indexes: [{ repository: 'shop', made: expect.any(String), versions: ['1.1.0'], references: 1, files: 1, analysed: true }],
        dependents: [{ repository: 'shop', path: 'src/cart.ts', line: 5, character: 2, kind: 'reference' }],
      },
    });
  });

  it('keeps the fields of a radius as they are where no index is listed', async () => {
    const repository = library();
    repository.write('src/pay.ts', (SHARED['src/pay.ts'] ?? '').replace('export function charge', 'function charge'));
    const { out } = await run(repository.dir, 'review', '--format', 'json');
    const radius = JSON.parse(out).hunks[0].findings[0].blastRadius;
    expect(Object.keys(radius)).toEqual(['references', 'files', 'transitiveFiles', 'packages', 'tests', 'exported', 'method', 'atMost']);
  });

  it('says of an index that is gone that it was not analysed, where a symbol was asked for', async () => {
    const { dir, write } = library();
    write('.brakeline/index.yaml', 'version: 1\nindexes: [{ path: gone.scip, repository: shop }]\n');
    const { out, status } = await run(dir, 'review');
    expect(status).toBe(0);
    expect(out.replace(/\s+/g, ' ')).toContain('shop: gone.scip: expected a SCIP index, found no file');
    expect(out).toContain('1 not analysed');
  });

  it('reads commits as it reads the working tree, and a verification asks no index', async () => {
    const repository = library();
    await run(repository.dir, 'index', '--scip', index);
    repository.commit();
    const session = openSession(repository.dir, { readAsset, env: {} });
    try {
      const { assessment } = await session.review({ base: 'HEAD~1', head: 'HEAD' });
      expect(assessment.hunks.flatMap(({ findings }) => findings.map(({ blastRadius }) => blastRadius?.foreign?.references))).toEqual([1]);
      expect((await session.verify({ base: 'HEAD~1', head: 'HEAD' })).gaps).toEqual([]);
    } finally {
      session.close();
    }
  });
});
