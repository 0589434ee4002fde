import { expect, test } from 'vitest';
import type { RepoPath } from '../../server/src/core/model/tree.ts';
import { changeOf, check } from '../support/check.ts';

type Files = Readonly<Record<string, string>>;

async function findingsOf(before: Files, after: Files): Promise<readonly string[]> {
  const sideOf = (files: Files): ReadonlyMap<RepoPath, string> =>
    // The paths are those of the test itself.
    new Map(Object.entries(files).map(([path, text]) => [path as RepoPath, text]));
  const { hunks } = await check(changeOf({ before: sideOf(before), after: sideOf(after) }));
  return hunks.flatMap(({ path, findings }) => findings.map(({ rule, range }) => `${rule} ${path}:${range.start.line}`));
}

const FEES = `export const CRANE_FEE_PERCENT = 8;

export function feeOf(cents: number): number {
  return Math.round((cents * CRANE_FEE_PERCENT) / 100);
}
`;
const USES = FEES.replace('export const CRANE_FEE_PERCENT = 8;', "import { CRANE_FEE_PERCENT } from './rates';");

test('a constant that goes to another file is compared with what it is there, and told where it stands', async () => {
  const after = { 'src/fees.ts': USES, 'src/rates.ts': '// Of the harbour.\nexport const CRANE_FEE_PERCENT = 80;\n' };
  expect(await findingsOf({ 'src/fees.ts': FEES }, after)).toContain('money/rate-or-price-constant src/rates.ts:2');
});

test('a file that the other one does not name is not read with it', async () => {
  const own = { 'src/fees.ts': FEES.replace('CRANE_FEE_PERCENT = 8;', 'CRANE_FEE_PERCENT = 8 as number;') };
  const after = { ...own, 'src/rates.ts': 'export const HARBOUR_CRANE_FEE_PERCENT = 80;\n' };
  expect((await findingsOf({ 'src/fees.ts': FEES }, after)).filter((found) => found.includes('rates.ts'))).toEqual([]);
});

test('what moves into a test is gone, and not compared', async () => {
  const after = { 'src/fees.ts': USES.replace('./rates', '../test/rates'), 'test/rates.ts': 'export const CRANE_FEE_PERCENT = 80;\n' };
  expect((await findingsOf({ 'src/fees.ts': FEES }, after)).filter((found) => found.includes('test/rates.ts'))).toEqual([]);
});

test('the order of the two files does not matter', async () => {
  const after = { 'src/a-rates.ts': 'export const CRANE_FEE_PERCENT = 80;\n', 'src/fees.ts': USES.replace('./rates', './a-rates') };
  expect(await findingsOf({ 'src/fees.ts': FEES }, after)).toContain('money/rate-or-price-constant src/a-rates.ts:1');
});
