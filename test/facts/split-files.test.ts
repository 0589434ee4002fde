import { expect, test } from 'vitest';
import { assess } from '../../server/src/core/assess.ts';
import type { RepoPath } from '../../server/src/core/model/tree.ts';
import { DEFAULT_POLICY } from '../../server/src/core/policy/default-policy.ts';
import { defineRule } from '../../server/src/core/rules/define.ts';
import { changeOf, check } from '../support/check.ts';

type Files = Readonly<Record<string, string>>;

const sideOf = (files: Files): ReadonlyMap<RepoPath, string> =>
  // The paths are those of the test itself.
  new Map(Object.entries(files).map(([path, text]) => [path as RepoPath, text]));

async function findingsOf(before: Files, after: Files): Promise<readonly string[]> {
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

test('a rule that crashes where two files are read as one is named as a blind spot', async () => {
  const rule = defineRule({
    id: 'money/crashes-on-two',
    version: '1.0.0',
    severity: 'high',
    confidence: 'high',
    title: 'Crashes where two files are read as one',
    reads: ['options'],
    evidence: [],
    check({ after }) {
      if (after?.tokens.some(({ line }) => line > 1_000_000) === true) throw new Error('two files');
      return [];
    },
  });
  const after = { 'src/fees.ts': USES, 'src/rates.ts': 'export const CRANE_FEE_PERCENT = 80;\n' };
  const { blindSpots } = assess(changeOf({ before: sideOf({ 'src/fees.ts': FEES }), after: sideOf(after) }), DEFAULT_POLICY, {
    rules: [rule],
  });
  expect(blindSpots.filter(({ reason }) => reason === 'rule-crashed').map(({ path, detail }) => `${path} ${detail}`)).toEqual(
    expect.arrayContaining([expect.stringContaining('money/crashes-on-two: two files')]),
  );
});

test('two files that begin to use the names of a third are not read as one', async () => {
  const read: string[] = [];
  const rule = defineRule({
    id: 'money/notes-what-it-reads',
    version: '1.0.0',
    severity: 'high',
    confidence: 'high',
    title: 'Notes where two files are read as one',
    reads: ['options'],
    evidence: [],
    check({ after, path }) {
      if (after?.tokens.some(({ line }) => line > 1_000_000) === true) read.push(path);
      return [];
    },
  });
  const user = (name: string, key: string): string =>
    `export function ${name}(rates: Record<string, number>): void {\n  rates[${key}] = 8;\n  rates.limit = 30;\n}\n`;
  const before = { 'src/crane.ts': user('craneFee', "'fee.cents'"), 'src/quay.ts': user('quayFee', "'fee.cents'") };
  const taking = (text: string): string => `import {\n  FEE_CENTS,\n} from 'harbour-names';\n${text.replace('30', '40')}`;
  const after = { 'src/crane.ts': taking(user('craneFee', 'FEE_CENTS')), 'src/quay.ts': taking(user('quayFee', 'FEE_CENTS')) };
  await check(changeOf({ before: sideOf(before), after: sideOf(after) }));
  const change = changeOf({ before: sideOf(before), after: sideOf(after) });
  assess(change, DEFAULT_POLICY, { rules: [rule] });
  expect(read).toEqual([]);
  // Where one of them declares it, the other is read with it.
  const declared = { ...after, 'src/quay.ts': `export const FEE_CENTS = 'fee.cents';\n${user('quayFee', 'FEE_CENTS')}` };
  assess(changeOf({ before: sideOf(before), after: sideOf(declared) }), DEFAULT_POLICY, { rules: [rule] });
  expect(read).toContain('src/crane.ts');
});

test('a flood of small files pushes out no pair of another file, and what is not read together is told', async () => {
  const flood = Array.from({ length: 70 }, (_, at) => `src/bay${at}.ts`);
  const bay = (path: string): string => `export function ${path.slice(4, -3)}(boat: Boat) {\n  moor(boat);\n  return boat;\n}\n`;
  const before = { 'src/fees.ts': FEES, ...Object.fromEntries(flood.map((path) => [path, bay(path)])) };
  const after = {
    'src/fees.ts': USES,
    'src/rates.ts': 'export const CRANE_FEE_PERCENT = 80;\n',
    'src/berths.ts': 'export function berth(boat: Boat) {\n  moor(boat);\n}\n',
    ...Object.fromEntries(flood.map((path) => [path, `import { berth } from './berths';\n${bay(path).replace('moor', 'berth')}`])),
  };
  const { hunks, blindSpots } = await check(changeOf({ before: sideOf(before), after: sideOf(after) }));
  expect(hunks.flatMap(({ path, findings }) => findings.map(({ rule }) => `${rule} ${path}`))).toContain(
    'money/rate-or-price-constant src/rates.ts',
  );
  const [spot, ...others] = blindSpots.filter(({ reason }) => reason === 'pairs-capped');
  expect([spot?.detail, others.length]).toEqual([expect.stringMatching(/^read without some .*, and so are \d+ more$/), 0]);
});
