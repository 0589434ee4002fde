import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { readAssetsFrom } from '../../server/src/host/assets.ts';
import { carrierPath } from '../../server/src/host/carriers/carrier-path.ts';
import { openSession } from '../../server/src/host/session.ts';
import { makeAcknowledgement, makeKey, makeSigner, publicLine, sealLine } from '../support/attest.ts';
import { DIST } from '../support/build.ts';
import { makeRepository, type TestRepository } from '../support/git.ts';

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

const FILES = 1_000;
const COMMITS = 500;
const ALICE = makeKey(1);
const safe = (index: number): string => `#!/bin/sh\nset -eu\necho ${index}\n`;
const risky = (index: number): string => `#!/bin/sh\nset -eu\nrm -rf "$DIR_${index}"/\necho ${index}\n`;
const place = (index: number): string => `ops/${Math.floor(index / 100)}/job-${index}.sh`;

let repository: TestRepository;
/** What one commit changes, that commit with the acknowledgements, and the same in many commits. */
let [base, bare, covered, long] = ['', '', '', ''];

/** Commits through `git fast-import`: a thousand by `git commit` would take longer than everything that is measured. */
function fastImport(branch: string, from: string, commits: readonly (readonly (readonly [file: string, text: string])[])[]): string {
  const stream = commits.flatMap((files, number) => [
    `commit refs/heads/${branch}\ncommitter Bob <bob@example.invalid> ${1_790_000_000 + number} +0000\ndata 1\nx\n`,
    number === 0 && from !== '' ? `from ${from}\n` : '',
    ...files.map(([file, text]) => `M 100644 inline ${file}\ndata ${Buffer.byteLength(text)}\n${text}\n`),
  ]);
  const { status, stderr } = spawnSync('git', ['fast-import', '--quiet', '--force'], {
    cwd: repository.dir,
    input: stream.join(''),
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  return repository.git('rev-parse', branch);
}

beforeAll(async () => {
  repository = makeRepository();
  const indexes = Array.from({ length: FILES }, (_, index) => index);
  const signers = `alice@example.invalid namespaces="brakeline-ack" ${publicLine(ALICE)}\n`;
  base = fastImport('main', '', [
    [
      ['.brakeline/policy.yaml', 'version: 1\n'],
      ['.brakeline/allowed_signers', signers],
      ...indexes.map((index) => [place(index), safe(index)] as const),
    ],
  ]);
  bare = fastImport('bare', base, [indexes.map((index) => [place(index), risky(index)] as const)]);
  const session = openSession(repository.dir, { readAsset: readAssetsFrom(DIST), env: { CI: 'true' } });
  const { assessment } = await session.review({ base, head: bare });
  session.close();
  const carriers = await Promise.all(
    assessment.hunks.flatMap((hunk) =>
      hunk.findings.map(async (finding) => {
        const plain = makeAcknowledgement([finding], { by: { id: 'alice@example.invalid' }, at: new Date().toISOString() });
        const line = await sealLine({ ...plain, findings: plain.findings.map((one) => ({ ...one, path: hunk.path })) }, makeSigner(ALICE));
        return [carrierPath(finding.fingerprint), `${line}\n`] as const;
      }),
    ),
  );
  expect(carriers.length).toBe(FILES);
  covered = fastImport('covered', bare, [carriers]);
  const share = FILES / (COMMITS - 1);
  const steps = Array.from({ length: COMMITS - 1 }, (_, number) =>
    indexes.slice(Math.round(number * share), Math.round((number + 1) * share)).map((index) => [place(index), risky(index)] as const),
  );
  long = fastImport('long', base, [...steps, carriers]);
  expect(repository.git('rev-parse', `${long}^{tree}`)).toBe(repository.git('rev-parse', `${covered}^{tree}`));
});

afterAll(() => repository.dispose());

/** Milliseconds of one verification by an engine that has kept nothing, and how many findings it found covered and open. */
async function verify(head: string): Promise<{ readonly time: number; readonly covered: number; readonly gaps: number }> {
  const started = performance.now();
  const session = openSession(repository.dir, { readAsset: readAssetsFrom(DIST), env: { CI: 'true' } });
  const result = await session.verify({ base, head });
  session.close();
  return { time: performance.now() - started, covered: result.covered.length, gaps: result.gaps.length };
}

/** The quickest of three, one after the other in turn: other work on the machine hits both alike. */
async function compare(a: string, b: string): Promise<{ readonly first: number; readonly second: number }> {
  const times: [number[], number[]] = [[], []];
  for (let run = 0; run < 3; run += 1) {
    times[0].push((await verify(a)).time);
    times[1].push((await verify(b)).time);
  }
  const [first, second] = [Math.min(...times[0]), Math.min(...times[1])];
  if (process.env.BRAKELINE_TIMES !== undefined) process.stderr.write(`${Math.round(first)} ms, ${Math.round(second)} ms\n`);
  return { first, second };
}

test('a thousand acknowledgements take less than twice the time of the same change without one', async () => {
  expect(await verify(bare)).toMatchObject({ covered: 0, gaps: FILES });
  expect(await verify(covered)).toMatchObject({ covered: FILES, gaps: 0 });
  const { first, second } = await compare(bare, covered);
  expect(second / first).toBeLessThan(2);
});

test('a range of five hundred commits takes less than twice the time of the same change in one', async () => {
  expect(Number(repository.git('rev-list', '--count', `${base}..${long}`))).toBe(COMMITS);
  expect(await verify(long)).toMatchObject({ covered: FILES, gaps: 0 });
  const { first, second } = await compare(covered, long);
  expect(second / first).toBeLessThan(2);
});
