import { beforeAll, describe, expect, test } from 'vitest';
import { askImpact, impactPaths } from '../../server/src/core/ask-impact.ts';
import { symbolsNamed } from '../../server/src/core/find-symbols.ts';
import { prepareLanguages } from '../../server/src/core/languages/prepare.ts';
import type { RepoPath, Tree } from '../../server/src/core/model/tree.ts';
import type { Impact } from '../../server/src/core/reach/impact.ts';
import { readAsset } from '../support/check.ts';
import { SHOP, treeOf } from './shop.ts';

async function impactOf(tree: Tree, path: string, name: string, depth = 2, base = tree): Promise<Impact> {
  await prepareLanguages(impactPaths(tree, path as RepoPath), readAsset);
  const [found] = symbolsNamed(tree, [path as RepoPath], name);
  if (found === undefined) throw new Error(`expected ${name} in ${path}, found none`);
  const impact = askImpact({ ...found, base, depth });
  if (impact === null) throw new Error('expected an impact, found that it was not computed');
  return impact;
}

let shop: Impact;
beforeAll(async () => {
  shop = await impactOf(treeOf(SHOP), 'packages/pay/src/charge.ts', 'charge');
});

const fileOf = (impact: Impact, path: string) => impact.packages.flatMap(({ files }) => files).find((file) => file.path === path);

describe('the impact of a symbol', () => {
  test('counts places, files and packages across a monorepo that was never installed', () => {
    // The declaring file's own use counts as a dependent and not as a file.
    expect([shop.references, shop.files, shop.packageCount]).toEqual([10, 5, 4]);
    expect(shop.own.map(({ line, kind }) => `${line} ${kind}`)).toEqual(['6 call']);
  });

  test('lists packages, then files, then places with line, character and kind', () => {
    expect(shop.packages.map(({ name, files }) => [name, files.map(({ path }) => path.split('/').at(-1))])).toEqual([
      ['@shop/pay', ['cli.ts', 'charge.test.ts']],
      ['@shop/api', ['orders.ts', 'server.ts']],
      ['web', ['page.tsx']],
      ['@shop/jobs', ['nightly.ts']],
    ]);
    expect(fileOf(shop, 'packages/api/src/routes/orders.ts')?.sites).toEqual([
      { line: 2, character: 9, kind: 'import' },
      { line: 5, character: 15, kind: 'call' },
    ]);
  });

  test('says which files no test reaches, and counts the places in the others', () => {
    const states = Object.fromEntries(
      shop.packages.flatMap(({ files }) => files.map(({ path, tested, isTest }) => [path, isTest || tested])),
    );
    expect(states).toEqual({
      'packages/pay/src/cli.ts': false,
      'packages/pay/test/charge.test.ts': true,
      'packages/api/src/routes/orders.ts': false,
      'packages/api/src/server.ts': false,
      'web/app/checkout/page.tsx': false,
      'packages/jobs/src/nightly.ts': false,
    });
    // Two in the test, one in the file that the test loads.
    expect([shop.tests, shop.tested]).toEqual([1, 3]);
  });

  test('a test that reaches a dependent far away makes it tested', async () => {
    const files = { ...SHOP, 'packages/api/test/server.test.ts': "import '../src/server';\n" };
    const impact = await impactOf(treeOf(files), 'packages/pay/src/charge.ts', 'charge');
    expect(fileOf(impact, 'packages/api/src/routes/orders.ts')?.tested).toBe(true);
    expect(fileOf(impact, 'web/app/checkout/page.tsx')?.tested).toBe(false);
    expect(impact.tests).toBe(2);
  });

  test('files further away stand beside what they import, as far as was asked', async () => {
    expect(fileOf(shop, 'packages/api/src/server.ts')).toMatchObject({
      steps: 2,
      through: ['packages/api/src/routes/orders.ts'],
      sites: [],
    });
    const near = await impactOf(treeOf(SHOP), 'packages/pay/src/charge.ts', 'charge', 1);
    expect(fileOf(near, 'packages/api/src/server.ts')).toBeUndefined();
    expect(near.transitiveFiles).toBe(shop.transitiveFiles);
  });

  test('names the entry points that are reached, and of a routing file those that hold a use', () => {
    expect(shop.entryPoints.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      'route POST /orders',
      'page /checkout',
      'job nightly.yml: bill',
      'container Dockerfile CMD',
      'bin refund',
      'export @shop/pay',
      'script npm run start (@shop/api)',
    ]);
  });

  test('a dependent in a helper of a routing file reaches the routes that call the helper, and no others', async () => {
    const files = {
      ...SHOP,
      'packages/api/src/routes/orders.ts':
        "import { charge } from '@shop/pay';\nfunction pay() {\n  return charge(1);\n}\nr.post('/orders', async (req, res) => {\n  pay();\n});\nr.get('/orders', (req, res) => res.json([]));\n",
    };
    const impact = await impactOf(treeOf(files), 'packages/pay/src/charge.ts', 'charge');
    expect(impact.entryPoints.filter(({ kind }) => kind === 'route').map(({ name }) => name)).toEqual(['POST /orders']);
  });

  test('owners come from the base, whatever the head says of itself', async () => {
    expect(shop.owners).toEqual([
      { name: '@shop/everyone', files: 2 },
      { name: '@shop/payments', files: 2 },
    ]);
    expect(shop.unowned).toBe(1);
    const head = treeOf({ ...SHOP, '.github/CODEOWNERS': '* @somebody-else\n' }, 'head');
    const impact = await impactOf(head, 'packages/pay/src/charge.ts', 'charge', 2, treeOf(SHOP, 'base'));
    expect(impact.owners).toEqual(shop.owners);
  });

  test('a call of a member is a call, and what only names it or declares it elsewhere is none', async () => {
    const tree = treeOf({
      'till.ts': 'export class Till {\n  charge(n: number) {\n    return n;\n  }\n}\n',
      'a.ts':
        "import { Till } from './till';\nconst till = new Till();\nexport const paid = () => till.charge(1) + [1].map(till.charge).length;\n",
      'b.ts':
        "import { Till } from './till';\nexport class Own extends Till {\n  charge(n: number) {\n    return super.charge(n);\n  }\n}\n",
    });
    const impact = await impactOf(tree, 'till.ts', 'Till.charge');
    expect(fileOf(impact, 'a.ts')?.sites.map(({ line, kind }) => `${line} ${kind}`)).toEqual(['3 call', '3 use']);
    expect(fileOf(impact, 'b.ts')?.sites.map(({ line, kind }) => `${line} ${kind}`)).toEqual(['3 use', '4 call']);
  });

  test('a cycle of imports ends', async () => {
    const tree = treeOf({
      'a.ts': "import { b } from './b';\nexport function a() {\n  return b();\n}\n",
      'b.ts': "import { a } from './a';\nexport function b(): unknown {\n  return a();\n}\n",
    });
    const impact = await impactOf(tree, 'a.ts', 'a', 5);
    expect([impact.files, impact.transitiveFiles]).toEqual([1, 0]);
  });

  test('nobody depends on it: no dependents, and none tested or untested', async () => {
    const impact = await impactOf(treeOf({ 'a.ts': 'export function a() {}\n' }), 'a.ts', 'a');
    expect([impact.references, impact.packages, impact.tested, impact.cut]).toEqual([0, [], 0, []]);
  });
});

test('a language whose imports nobody follows is not said to be tested or untested', async () => {
  const tree = treeOf({
    'pay.rb': 'def charge(n)\n  n\nend\n',
  });
  await prepareLanguages(tree.paths(), readAsset);
  const [found] = symbolsNamed(tree, ['pay.rb' as RepoPath], 'charge');
  expect(found === undefined ? null : askImpact({ ...found, base: tree, depth: 2 })).toBeNull();
});

test('the same question of the same trees has the same answer, whatever was asked before', async () => {
  const tree = treeOf(SHOP);
  await impactOf(tree, 'packages/pay/src/charge.ts', 'Ledger');
  expect(await impactOf(tree, 'packages/pay/src/charge.ts', 'charge')).toEqual(shop);
});

test('forty thousand uses in one line are put together in the time that it takes to find them', { timeout: 60_000 }, async () => {
  const tree = treeOf({
    'src/charge.ts': 'export function charge() {}\n',
    'src/uses.ts': `import { charge } from './charge';\napp.post('/pay', charge);${'charge,'.repeat(40_000)}charge;`,
  });
  const impact = await impactOf(tree, 'src/charge.ts', 'charge');
  expect([impact.references, impact.files]).toEqual([40_003, 1]);
});
