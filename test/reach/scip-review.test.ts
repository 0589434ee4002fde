import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { Readable } from 'node:stream';
import { beforeAll, describe, expect, it } from 'vitest';
import { runCommandLine } from '../../server/src/doors/cli/dispatch.ts';
import { assetFile } from '../../server/src/host/assets.ts';
import { openSession } from '../../server/src/host/session.ts';
import { makeRepository, type TestRepository, temporaryFolder } from '../support/git.ts';
import { indexBytes, indexProject, SHARED, writeTwo } from './scip-world.ts';

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
    expect(out).toContain('`Session.verify` now needs `token`; no dependent here, at least 1 elsewhere');
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

  it('is told by a graph too, of a symbol and of a finding, in every format', async () => {
    const { dir } = library();
    await run(dir, 'index', '--scip', index);
    const [finding] = JSON.parse((await run(dir, 'review', '--format', 'json')).out).hunks[0].findings;
    for (const subject of [finding.fingerprint.slice(0, 12), 'src/pay.ts#Session.verify']) {
      const { out } = await run(dir, 'graph', subject);
      expect(out).toMatch(/\n {2}elsewhere at least 1 dependent in 1 file of shop \(1\.1\.0, as of \d{4}-\d\d-\d\d\)\n/);
      expect(out).toContain('\nelsewhere\n  shop: src/cart.ts:5\n');
      for (const format of ['mermaid', 'dot', 'svg'])
        expect((await run(dir, 'graph', subject, '--format', format)).out).toContain('at least 1 dependent in 1 file of shop');
      expect(JSON.parse((await run(dir, 'graph', subject, '--format', 'json')).out).foreign).toEqual(finding.blastRadius.foreign);
    }
  });

  it('says of an index that is gone that it was not analysed, where a symbol was asked for', async () => {
    const { dir, write } = library();
    write('.brakeline/index.yaml', 'version: 1\nindexes: [{ path: gone.scip, repository: shop }]\n');
    const { out, status } = await run(dir, 'review');
    expect(status).toBe(0);
    expect(out.replace(/\s+/g, ' ')).toContain(
      'shop: gone.scip: expected a SCIP index, found none that can be read; `brakeline index` says why',
    );
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

describe('a list in the hands of whoever proposes a change', () => {
  const USED = 'scip-typescript npm @acme/shared 1.2.0 src/`pay.ts`/Session#verify().';
  const listOf = (...paths: string[]): string =>
    `version: 1\nindexes:\n${paths.map((one) => `  - { path: ${JSON.stringify(one)}, repository: shop, made: 2026-10-01T08:00:00Z, bytes: 4 }\n`).join('')}`;
  const put = ({ dir }: TestRepository, name: string, bytes: Uint8Array): void => {
    mkdirSync(path.dirname(path.join(dir, name)), { recursive: true });
    writeFileSync(path.join(dir, name), bytes);
  };
  /** A commit with an index among its files, and `change` in the next one beside a change of `Session.verify`. */
  const foreignOf = async (list: string, change: (repository: TestRepository) => void, later = list) => {
    const repository = makeRepository();
    for (const [name, text] of Object.entries(SHARED)) repository.write(name, text);
    put(repository, 'indexes/shop.scip', indexBytes({ 'src/a.ts': [[0, 0, USED]] }));
    symlinkSync('shop.scip', path.join(repository.dir, 'indexes/link.scip'));
    if (list !== '') repository.write('.brakeline/index.yaml', list);
    repository.commit();
    if (later !== list) repository.write('.brakeline/index.yaml', later);
    change(repository);
    repository.write('src/pay.ts', (SHARED['src/pay.ts'] ?? '').replace('verify(): boolean', 'verify(token: string): boolean'));
    repository.commit();
    const session = openSession(repository.dir, { readAsset, env: {} });
    try {
      const { assessment } = await session.review({ base: 'HEAD~1', head: 'HEAD' });
      const [told] = assessment.blindSpots.filter(({ path: at }) => at === '.brakeline/index.yaml');
      return {
        told: told?.detail,
        counts: assessment.hunks.flatMap(({ findings }) => findings.map((one) => one.blastRadius?.foreign?.references)),
      };
    } finally {
      session.close();
    }
  };

  it('reads an index among the files as the base has it, whatever the head put in its place', async () => {
    const found = { told: undefined, counts: [1] };
    const list = listOf('../indexes/shop.scip');
    expect(await foreignOf(list, () => {})).toEqual(found);
    expect(await foreignOf(list, (repository) => put(repository, 'indexes/shop.scip', indexBytes({ 'src/a.ts': [] })))).toEqual(found);
    expect(await foreignOf(list, ({ dir }) => execFileSync('rm', [path.join(dir, 'indexes/shop.scip')]))).toEqual(found);
    expect(
      await foreignOf(listOf('../indexes/link.scip'), ({ dir }) =>
        execFileSync('ln', ['-sf', '/dev/null', path.join(dir, 'indexes/link.scip')]),
      ),
    ).toEqual(found);
  });

  it('tells of a pointer of Git LFS that it is one, and what helps', async () => {
    const pointer = Buffer.from(`version https://git-lfs.github.com/spec/v1\noid sha256:${'4d'.repeat(32)}\nsize 12345\n`);
    const outside = path.join(temporaryFolder('outside'), 'shop.scip');
    writeFileSync(outside, pointer);
    const fetched = 'expected a SCIP index, found a pointer of Git LFS: `git lfs pull` fetches what it stands for';
    expect((await foreignOf(listOf(outside), () => {})).told).toBe(`shop: ${outside}: ${fetched}`);
    const { dir, write, commit } = library();
    expect(await run(dir, 'index', '--scip', outside)).toEqual({ status: 2, out: '', err: `brakeline: ${outside}: ${fetched}\n` });
    write('.brakeline/index.yaml', listOf(outside));
    expect(await run(dir, 'index')).toEqual({ status: 1, out: `not analysed  shop: ${outside}: ${fetched}\n`, err: '' });
    write('indexes/own.scip', pointer.toString());
    write('.brakeline/index.yaml', listOf('../indexes/own.scip'));
    commit();
    write('src/pay.ts', (SHARED['src/pay.ts'] ?? '').replace('verify(): boolean', 'verify(token: string, more: string): boolean'));
    expect((await run(dir, 'review')).out.replace(/\s+/g, ' ')).toContain(
      'found a pointer of Git LFS: an index of this repository is read from its commits',
    );
  });

  it('tells of an index that the base names and lacks, and the head adds', async () => {
    const { told } = await foreignOf(listOf('../indexes/till.scip'), (repository) =>
      put(repository, 'indexes/till.scip', indexBytes({ 'src/a.ts': [] })),
    );
    expect(told).toContain('found one that the change adds in its place');
  });

  it('counts a file once, by whatever links it is listed', async () => {
    expect((await foreignOf(listOf('../indexes/shop.scip', '../indexes/link.scip'), () => {})).counts).toEqual([1]);
    const outside = temporaryFolder('outside');
    writeFileSync(path.join(outside, 'a.scip'), indexBytes({ 'src/a.ts': [[0, 0, USED]] }));
    symlinkSync('a.scip', path.join(outside, 'b.scip'));
    expect((await foreignOf(listOf(`${outside}/a.scip`, `${outside}/b.scip`), () => {})).counts).toEqual([1]);
  });

  it('says the same of every file of the machine that the head alone lists', async () => {
    const outside = temporaryFolder('outside');
    writeFileSync(path.join(outside, 'four'), 'abcd');
    writeFileSync(path.join(outside, 'cut'), indexBytes({ 'src/a.ts': [[0, 0, USED]] }).slice(0, -3));
    const tellings = [];
    for (const name of ['four', 'cut', 'none', '.']) {
      const { told } = await foreignOf('', () => {}, listOf(`${outside}/${name}`));
      tellings.push(told?.replace(`${outside}/${name}`, 'FILE'));
    }
    expect(new Set(tellings).size).toBe(1);
    expect(tellings[0]).toContain('FILE: expected a SCIP index, found none that can be read');
  });

  it('never writes the list through a link, and waits for no pipe', async () => {
    const { dir } = library();
    const victim = temporaryFolder('victim');
    symlinkSync(victim, path.join(dir, '.brakeline'));
    expect(await run(dir, 'index', '--scip', index)).toMatchObject({
      status: 2,
      out: '',
      err: expect.stringContaining('at .brakeline, found a link'),
    });
    expect(existsSync(path.join(victim, 'index.yaml'))).toBe(false);
    execFileSync('rm', [path.join(dir, '.brakeline')]);
    mkdirSync(path.join(dir, '.brakeline'));
    execFileSync('mkfifo', [path.join(dir, '.brakeline/index.yaml')]);
    for (const args of [['index'], ['index', '--scip', index]])
      expect(await run(dir, ...args)).toMatchObject({
        status: 2,
        err: expect.stringContaining('at .brakeline/index.yaml, found a link or another kind'),
      });
  });
});
