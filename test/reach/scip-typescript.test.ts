import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { beforeAll, describe, expect, it } from 'vitest';
import { languageOf, prepareLanguages } from '../../server/src/core/languages/prepare.ts';
import type { SymbolFact } from '../../server/src/core/model/facts.ts';
import type { ForeignRadius } from '../../server/src/core/model/foreign.ts';
import type { RepoPath } from '../../server/src/core/model/tree.ts';
import { findUses } from '../../server/src/core/reach/scip/find-uses.ts';
import { createForeignIndex } from '../../server/src/core/reach/scip/foreign-index.ts';
import { inspectIndex } from '../../server/src/core/reach/scip/read-index.ts';
import { assetFile } from '../../server/src/host/assets.ts';
import { repoPath, temporaryFolder } from '../support/git.ts';
import { memoryTree } from '../support/memory-tree.ts';
import { bytesSource, type Installed, indexProject, SHARED, writeTwo } from './scip-world.ts';

const tree = memoryTree('own', new Map(Object.entries(SHARED).map(([path, text]) => [repoPath(path), text])));
const indexes = new Map<Installed, Uint8Array>();

beforeAll(async () => {
  await prepareLanguages(tree.paths(), async (name) => readFileSync(assetFile(name, createRequire(import.meta.url).resolve)));
  for (const installed of ['linked', 'declarations', 'rolled'] as const)
    indexes.set(installed, readFileSync(indexProject(writeTwo(temporaryFolder(installed), installed).shop)));
});

/** The symbol as the language itself reports it: what a rule asks about. */
function symbolOf(path: RepoPath, name: string): SymbolFact {
  const content = tree.read(path);
  const facts = languageOf(path)?.facts(path, content?.kind === 'text' ? content.text : '', () => {
    throw new Error('nothing is embedded here');
  });
  const found = facts?.symbols.find((symbol) => symbol.name === name && symbol.exported);
  if (found === undefined)
    throw new Error(`expected the exported symbol ${name}, found ${facts?.symbols.map((symbol) => symbol.name).join(' ')}`);
  return found;
}

function ask(installed: Installed, file: string, name: string): ForeignRadius | undefined {
  const bytes = indexes.get(installed) ?? new Uint8Array();
  const path = repoPath(file);
  const foreign = createForeignIndex(repoPath('list'), [{ repository: 'shop', uses: (target) => findUses(bytesSource(bytes), target) }]);
  return foreign.of(tree, path, symbolOf(path, name));
}

const places = (radius: ForeignRadius | undefined): readonly string[] =>
  radius?.dependents.map(({ line, character }) => `${line}:${character}`) ?? [];

/** By hand, from the text of `src/cart.ts`. The import and `pay`, the second name of `charge`, are uses of it;
 * an import under another name is marked at that name. */
const USES: readonly (readonly [file: string, name: string, places: readonly string[]])[] = [
  ['src/pay.ts', 'charge', ['1:34', '1:57', '3:20', '3:37', '6:77']],
  ['src/pay.ts', 'LIMIT', ['1:50', '3:53']],
  ['src/pay.ts', 'Amount', ['1:21', '2:14']],
  ['src/pay.ts', 'Amount.cents', ['2:25', '3:46']],
  ['src/pay.ts', 'Session', ['1:73', '4:14', '6:37']],
  ['src/pay.ts', 'Session.verify', ['5:2']],
  ['src/pay.ts', 'Session.name', ['6:23']],
  ['src/pay.ts', 'Session.constructor', ['4:14']],
  ['src/pay.ts', 'Session.made', ['6:39']],
  ['src/pay.ts', 'Colour', ['1:42', '6:45']],
  ['src/index.ts', 'greet', ['1:7', '6:68']],
  ['src/pay.ts', 'unused', []],
];

describe.each(['linked', 'declarations', 'rolled'] as const)('an index by the real scip-typescript, the library %s', (installed) => {
  it('is an index of one document, by that tool', () => {
    const summary = inspectIndex(bytesSource(indexes.get(installed) ?? new Uint8Array()));
    expect(summary).toMatchObject({ tool: 'scip-typescript', toolVersion: '0.4.0', documents: 1, externalSymbols: 0 });
    expect(summary.projectRoot).toMatch(/^file:\/\/.*\/shop$/);
    expect(summary.occurrences).toBeGreaterThan(30);
  });

  it.each(USES)('finds the uses of %s %s', (file, name, expected) => {
    const radius = ask(installed, file, name);
    expect(places(radius)).toEqual(expected);
    expect(radius).toMatchObject({
      references: expected.length,
      files: expected.length === 0 ? 0 : 1,
      repositories: expected.length === 0 ? 0 : 1,
      isLikely: installed === 'rolled' && expected.length > 0,
      indexes: [{ repository: 'shop', versions: [installed === 'linked' ? '1.2.0' : '1.1.0'] }],
    });
  });

  it('finds what is passed on under another name by the name that it has at home', () => {
    expect(places(ask(installed, 'src/index.ts', 'pay'))).toEqual(['1:34', '1:57', '3:20', '3:37', '6:77']);
    expect(ask(installed, 'src/index.ts', 'pay')?.isLikely).toBe(true);
  });
});

it('tells a key of an object by its name alone, since the indexer numbers keys', () => {
  expect(ask('linked', 'src/pay.ts', 'box.value')).toMatchObject({ references: 1, isLikely: true });
});

it('leaves out the library itself where its own index is listed', () => {
  const bytes = readFileSync(indexProject(writeTwo(temporaryFolder('own'), 'linked').shared));
  const foreign = createForeignIndex(repoPath('list'), [{ repository: 'shared', uses: (target) => findUses(bytesSource(bytes), target) }]);
  const path = repoPath('src/pay.ts');
  expect(inspectIndex(bytesSource(bytes)).documents).toBe(2);
  expect(foreign.of(tree, path, symbolOf(path, 'charge'))).toMatchObject({ references: 0, repositories: 0 });
});
