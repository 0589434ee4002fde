import { cpSync, existsSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Tree } from '../../server/src/core/model/tree.ts';
import { scanOf } from '../../server/src/core/scan/scan-of.ts';
import { reviewReport } from '../../server/src/doors/cli/review-report-of.ts';
import { renderJson } from '../../server/src/doors/reporters/json.ts';
import { readAssetsFrom } from '../../server/src/host/assets.ts';
import { openRepository, type Repository } from '../../server/src/host/repository.ts';
import { scansFile } from '../../server/src/host/scans/cache-file.ts';
import { openSession, type Session } from '../../server/src/host/session.ts';
import { makeRepository, repositoryAt, type TestRepository, temporaryFolder } from '../support/git.ts';

/** So many files that their scans are worth a cache, and that a change of all of them is. */
const FILES = 270;
const WORDS = ['charge', 'refund', 'größe', 'mass', 'step3', 'shared1', 'nowhere'];
const EXTENSIONS = ['.ts', '.py'];
const TEXTS = [
  "import { charge } from './f1';\nexport const refund = charge;\n",
  'export function charge(): number {\n  return 1;\n}\n',
  'export const größe = 1;\n',
  'def charge():\n    return refund\n',
  '',
  'binary\0\n',
];

let made: TestRepository;
beforeAll(() => {
  made = makeRepository();
  for (let index = 0; index < FILES; index += 1) made.write(`src/f${index}.ts`, `${TEXTS[index % 5]}shared${index % 4} + only${index};\n`);
  made.commit();
  made.git('repack', '-adq');
});
afterAll(() => made.dispose());

type Step =
  | { readonly do: 'edit'; readonly file: number; readonly text: number }
  | { readonly do: 'rename'; readonly file: number; readonly to: string }
  | { readonly do: 'remove'; readonly file: number }
  | { readonly do: 'commit' | 'change everything' }
  | { readonly do: 'switch'; readonly branch: string };

const file = fc.nat(400);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('edit' as const), file, text: fc.nat(TEXTS.length - 1) }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('rename' as const), file, to: fc.constantFrom('moved.ts', 'Moved.ts', 'sp ace/größe.py', 'x') }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('remove' as const), file }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('commit' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('change everything' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('switch' as const), branch: fc.constantFrom('main', 'side', 'other') }) },
);

function filesIn(work: TestRepository): readonly string[] {
  return readdirSync(path.join(work.dir, 'src'), { recursive: true, encoding: 'utf8' })
    .map((name) => `src/${name.replaceAll('\\', '/')}`)
    .filter((name) => /\.\w+$|\/x$/.test(name))
    .sort();
}

function take(work: TestRepository, number: number, one: Step): void {
  const files = filesIn(work);
  const chosen = 'file' in one ? (files[one.file % files.length] ?? '') : '';
  if (one.do === 'edit') work.write(one.file < files.length ? chosen : `src/new${one.file}.ts`, `${TEXTS[one.text]}step${number};\n`);
  if (one.do === 'remove') work.remove(chosen);
  if (one.do === 'rename') {
    const content = readFileSync(path.join(work.dir, chosen));
    work.remove(chosen);
    work.write(`src/${one.to}`, content);
  }
  if (one.do === 'change everything')
    for (const name of files)
      work.write(name, Buffer.concat([readFileSync(path.join(work.dir, name)), Buffer.from(`// mass ${number}\n`)]));
  if (one.do === 'commit' || one.do === 'switch') work.commit();
  if (one.do === 'switch')
    work.git('switch', '--quiet', ...(work.git('branch', '--list', one.branch) === '' ? ['--create'] : []), one.branch);
}

function answersOf(repository: Repository): unknown {
  const { before, after } = repository.worktreeChange();
  return [before, after].map((tree: Tree) => ({
    mentioning: WORDS.map((word) => tree.mentioning(word, EXTENSIONS)),
    scans: tree.paths().map((one) => {
      const scan = scanOf(tree, one);
      return [one, scan === undefined ? undefined : { ...scan, words: [...scan.words].sort() }];
    }),
  }));
}

const openFor = (work: TestRepository): Session => openSession(work.dir, { readAsset: readAssetsFrom(path.resolve('dist')), env: {} });
const reviewOf = async (session: Session): Promise<string> => renderJson(reviewReport(await session.review()));

it('a tree whose scans are kept answers as one that reads everything, over any sequence of edits, renames and branch switches', async () => {
  let caches = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 7 }), async (steps) => {
      const work = repositoryAt(temporaryFolder());
      cpSync(made.dir, work.dir, { recursive: true });
      const cache = scansFile(path.join(work.dir, '.git'));
      const staying = openRepository(work.dir, { keepsScans: true });
      const stayingSession = openFor(work);
      for (const [number, one] of steps.entries()) {
        take(work, number, one);
        const cold = openRepository(work.dir);
        const warm = openRepository(work.dir, { keepsScans: true });
        const expected = answersOf(cold);
        expect(answersOf(warm)).toEqual(expected);
        expect(answersOf(staying)).toEqual(expected);
        for (const repository of [cold, warm]) repository.close();
        if (existsSync(cache)) caches += 1;
      }
      const warmSession = openFor(work);
      const warmReviews = [await reviewOf(stayingSession), await reviewOf(warmSession)];
      for (const session of [stayingSession, warmSession]) session.close();
      if (existsSync(cache)) renameSync(cache, `${cache}.away`);
      const coldSession = openFor(work);
      expect(warmReviews).toEqual(Array(2).fill(await reviewOf(coldSession)));
      coldSession.close();
      staying.close();
      work.dispose();
    }),
    { numRuns: 6, seed: 20260404 },
  );
  expect(caches).toBeGreaterThan(8);
}, 300_000);
