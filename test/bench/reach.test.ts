import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test, vi } from 'vitest';
import type { Checkout } from '../../bench/reach/checkouts.ts';
import { atLeast, atMost, isMet, showGoal, showValue } from '../../bench/reach/figure.ts';
import { compare } from '../../bench/reach/measures/accuracy.ts';
import { readOptions } from '../../bench/reach/options.ts';
import { spreadOf } from '../../bench/reach/spread.ts';
import type { ExportedSymbol } from '../../bench/reach/symbols.ts';
import { writeInto } from '../../bench/reach/table.ts';
import { makeRepository, temporaryFolder } from '../support/git.ts';

// Bundles the bench and starts processes.
vi.setConfig({ testTimeout: 120_000 });

const ROOT = path.resolve(import.meta.dirname, '../..');

test('one measure runs on a small repository without peers, and says what was measured, against which goal, on which machine', () => {
  const repository = makeRepository();
  for (let file = 0; file < 40; file += 1)
    repository.write(
      `src/part-${file}.ts`,
      `import { part${(file + 1) % 40} } from './part-${(file + 1) % 40}';\nexport const part${file} = () => part${(file + 1) % 40};\n`,
    );
  const commit = repository.commit();
  const json = path.join(temporaryFolder(), 'report.json');
  const args = ['bench/reach.mjs', '--repo', `small=${repository.dir}`, '--measure', 'index-build', '--runs', '2', '--json', json];
  const printed = execFileSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8' });
  expect(printed).toContain('index build, fresh process / process that only reads the files');
  const report = JSON.parse(readFileSync(json, 'utf8'));
  expect(report).toMatchObject({ repositories: [{ name: 'small', commit }], machine: { node: process.version } });
  const [build, memory] = report.figures;
  expect(build).toMatchObject({ of: 'small, 40 files', goal: { kind: 'at-most', limit: 4 } });
  // A process that also reads the files is no quicker than one that only reads them.
  expect(build.value).toBeGreaterThan(1);
  expect(build.value).toBeCloseTo(build.sides['index ms'].p50 / build.sides['read ms'].p50);
  expect(memory.value).toBeGreaterThan(20);
});

test('the places of the engine are compared with those of the oracle, declarations and files that no peer reads left out', () => {
  const symbol: ExportedSymbol = { path: 'a.ts', name: 'pay', line: 1, character: 17 };
  const use = { path: 'b.ts', line: 2, character: 3 };
  const missed = { path: 'b.ts', line: 9, character: 1 };
  const checkout: Checkout = { name: 'shop', commit: '', dir: '', files: ['a.ts', 'b.ts'] };
  const own = [symbol, use, { path: 'b.ts', line: 4, character: 1 }, { path: 'View.vue', line: 1, character: 1 }];
  expect(
    compare(checkout, 'ask', { symbol, declared: [symbol], places: [use, missed], linked: ['b.ts:2:3', 'b.ts:9:1'] }, own, false),
  ).toEqual({
    repository: 'shop',
    verb: 'ask',
    symbol,
    atMost: false,
    missing: ['b.ts:9:1'],
    extra: ['b.ts:4:1'],
    agreed: 1,
    linked: 1,
  });
});

test('a figure is met on its own side of the goal, and one that was not measured is met on neither', () => {
  const figure = { measure: '', of: '', sides: {} };
  expect([0.09, 0.11, Number.NaN].map((value) => isMet({ ...figure, goal: atMost(1 / 10), value }))).toEqual([true, false, false]);
  expect([0.999, 0.99, Number.NaN].map((value) => isMet({ ...figure, goal: atLeast(0.998), value }))).toEqual([true, false, false]);
  expect([showGoal(atMost(1 / 10)), showValue(2.5, 'x'), showValue(0.05, 'x'), showGoal(atLeast(0.998))]).toEqual([
    '≤ 1/10.0',
    '2.50x',
    '1/20.0',
    '≥ 0.9980',
  ]);
});

test('the table replaces what stood between the marks of the page, and nothing else of it', () => {
  const page = path.join(temporaryFolder(), 'README.md');
  const [begin, end] = ['<!-- reach: begin -->', '<!-- reach: end -->'];
  writeFileSync(page, `before\n${begin}\nold\n${end}\nafter\n`);
  const machine = { cpu: 'a processor', cores: 2, memoryGb: 24, system: 'linux 6', node: 'v20' };
  const sides = { 'engine ms': spreadOf([1, 2, 4]), 'peer ms': spreadOf([40, 40, 44]), references: 7 };
  const figure = { measure: 'fan-in', of: 'shop', goal: atMost(1 / 10), value: 1 / 20, sides, note: 'what a reader must know' };
  const missed = { ...figure, measure: 'growth', goal: atMost(1), value: 1.5, sides: {} };
  const repositories = [{ name: 'shop', commit: '0123456789abcdef' }];
  writeInto(page, {
    machine,
    load: [0.5, 1.25],
    engine: 'abc',
    versions: { peer: '1.0.0' },
    repositories,
    seed: 'dev',
    figures: [figure, missed],
  });
  const text = readFileSync(page, 'utf8');
  expect(text).toMatch(/^before\n<!-- reach: begin -->\n[\s\S]*\n<!-- reach: end -->\nafter\n$/);
  expect(text).not.toContain('old');
  expect(text).toContain('2 x a processor, 24 GB, linux 6, Node v20; load 0.5 at the begin, 1.3 at the end.');
  expect(text).toContain('Brakeline abc. Peers: peer 1.0.0.');
  expect(text).toContain('shop 0123456789.');
  expect(text).toContain('| fan-in | shop | ≤ 1/10.0 | 1/20.0 | yes | engine ms 2 [1], peer ms 40 [40], references 7 |');
  expect(text).toContain('| growth | shop | ≤ 1.00x | 1.50x | **no** |  |');
  expect(text).toContain('*fan-in*: what a reader must know.');
});

test('percentiles are figures that were measured', () => {
  expect(spreadOf([5, 1, 3, 2, 4])).toEqual({ runs: 5, min: 1, p50: 3, p95: 5, max: 5 });
});

test('arguments that name nothing are refused with what was expected', () => {
  expect(() => readOptions([])).toThrow('expected --repo NAME=PATH');
  expect(() => readOptions(['--repo', 'a=b', '--runs', '0'])).toThrow('expected a number above 0 for --runs, found 0');
  expect(readOptions(['--repo', '/some/where/shop']).repositories).toEqual([{ name: 'shop', source: '/some/where/shop' }]);
});
