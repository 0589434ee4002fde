import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openPack } from '../../server/src/core/scan/pack.ts';
import { packScans } from '../../server/src/core/scan/pack-write.ts';
import { readAssetsFrom } from '../../server/src/host/assets.ts';
import { scansFile } from '../../server/src/host/scans/cache-file.ts';
import { openSession, type Session } from '../../server/src/host/session.ts';
import { makeRepository, type TestRepository } from '../support/git.ts';

let work: TestRepository;
beforeEach(() => {
  work = makeRepository();
});
afterEach(() => work.dispose());

/** As a command does: opens, asks one thing, and closes. */
async function ask<T>(question: (session: Session) => Promise<T>, env: Readonly<Record<string, string>> = {}): Promise<T> {
  const session = openSession(work.dir, { readAsset: readAssetsFrom(path.resolve('dist')), env });
  try {
    return await question(session);
  } finally {
    session.close();
  }
}

test('a cache that lies changes no verdict, and a verification leaves none behind', async () => {
  for (let index = 0; index < 300; index += 1) work.write(`src/use${index}.ts`, `import { charge } from './pay';\ncharge(${index});\n`);
  work.write('src/pay.ts', 'export function charge(amount: number): number {\n  return amount;\n}\n\nexport const other = 1;\n');
  const base = work.commit();
  work.write('src/pay.ts', 'export const other = 1;\n');
  const head = work.commit();
  const file = scansFile(path.join(work.dir, '.git'));
  const verify = () => ask((session) => session.verify({ base, head }));
  const rulesFound = async () => {
    const { assessment } = await ask((session) => session.review({ base, head }));
    return assessment.hunks.flatMap((hunk) => hunk.findings.map((finding) => finding.rule));
  };

  const verdict = await verify();
  expect(verdict.passed).toBe(false);
  expect(verdict.gaps.map(({ rule }) => rule)).toContain('contract/export-removed');
  expect(() => readFileSync(file)).toThrow(expect.objectContaining({ code: 'ENOENT' }));

  expect(await rulesFound()).toContain('contract/export-removed');
  const nothing = { words: new Uint32Array(0), marks: 0, module: { imports: [], exports: [] } };
  const lie = packScans((openPack(readFileSync(file))?.keys() ?? []).map((key) => [key, nothing]));
  writeFileSync(file, lie);
  // The lie is believed where nothing is decided for others, which shows that it is one.
  expect(await rulesFound()).not.toContain('contract/export-removed');
  // On a runner a review goes without it too.
  const onRunner = await ask((session) => session.review({ base, head }), { CI: 'true' });
  expect(onRunner.assessment.hunks.flatMap((hunk) => hunk.findings.map(({ rule }) => rule))).toContain('contract/export-removed');
  expect(await verify()).toEqual(verdict);
  expect(readFileSync(file).equals(lie)).toBe(true);
});
