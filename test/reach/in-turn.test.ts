import { describe, expect, test } from 'vitest';
import { askImpact, impactPaths } from '../../server/src/core/ask-impact.ts';
import { symbolsNamed } from '../../server/src/core/find-symbols.ts';
import { prepareLanguages } from '../../server/src/core/languages/prepare.ts';
import type { RepoPath } from '../../server/src/core/model/tree.ts';
import { readAsset } from '../support/check.ts';
import { treeOf } from './shop.ts';

/** Each file further away as `steps path`, `?` behind it where it only loads what is nearer; and the entry points alike. */
async function inTurn(files: Readonly<Record<string, string>>, name = 'charge', path = 'pay.ts') {
  const tree = treeOf(files);
  await prepareLanguages([...tree.paths(), ...impactPaths(tree, path as RepoPath)], readAsset);
  const [found] = symbolsNamed(tree, [path as RepoPath], name);
  if (found === undefined) throw new Error(`expected ${name} in ${path}, found none`);
  const impact = askImpact({ ...found, base: tree, depth: 20 });
  if (impact === null) throw new Error('expected an impact, found that it was not computed');
  const far = impact.packages.flatMap((one) => one.files).filter(({ steps }) => steps > 1);
  return {
    impact,
    far: far.map((file) => `${file.steps} ${file.path}${file.atMost ? '?' : ''}`).sort(),
    entries: impact.entryPoints.map(({ kind, name: label, atMost }) => `${kind} ${label}${atMost ? '?' : ''}`),
  };
}

const PAY = 'export function charge(n: number) {\n  return n;\n}\nexport function quote() {}\n';
const BASKET = "import { charge } from './pay';\nexport function pay() {\n  return charge(1);\n}\nexport function empty() {}\n";

describe('who depends on it in turn', () => {
  test('a file that asks the declaring file for another name is no dependent, near or far', async () => {
    const { impact, far } = await inTurn({
      'pay.ts': PAY,
      'a.ts': "import { quote } from './pay';\nexport const a = () => quote();\n",
      'b.ts': "import { a } from './a';\na();\n",
    });
    expect([impact.files, impact.transitiveFiles, impact.tests, far]).toEqual([0, 0, 0, []]);
  });

  test('of a file that depends on it, only those are dependents in turn who name what holds the place', async () => {
    const { far, impact } = await inTurn({
      'pay.ts': PAY,
      'basket.ts': BASKET,
      'session.ts': "import { pay } from './basket';\nexport const finish = () => pay();\n",
      'reset.ts': "import { empty } from './basket';\nexport const reset = () => empty();\n",
      'page.ts': "import { finish } from './session';\nexport function page() {\n  finish();\n}\n",
    });
    expect(far).toEqual(['2 session.ts', '3 page.ts']);
    expect([impact.transitiveFiles, impact.transitiveAtMost]).toEqual([2, false]);
    expect(impact.packages[0]?.files.find(({ path }) => path === 'page.ts')?.through).toEqual(['session.ts']);
  });

  test('a name that a file keeps to itself leads on, and costs no step', async () => {
    const { far } = await inTurn({
      'pay.ts': PAY,
      'basket.ts':
        "import { charge } from './pay';\nconst one = (n: number) => charge(n);\nfunction both() {\n  one(2);\n}\nexport const pay = () => both();\n",
      'page.ts': "import { pay } from './basket';\nexport const page = () => pay();\n",
    });
    expect(far).toEqual(['2 page.ts']);
  });

  test('what the declaring file does with it itself leads on through that file', async () => {
    const { far, impact } = await inTurn({
      'pay.ts': `${PAY}export class Ledger {\n  add() {\n    charge(1);\n  }\n}\n`,
      'book.ts': "import { Ledger } from './pay';\nnew Ledger().add();\n",
      'other.ts': "import { quote } from './pay';\nquote();\n",
    });
    expect(far).toEqual(['2 book.ts']);
    expect(impact.packages[0]?.files[0]?.through).toEqual(['pay.ts']);
  });

  test.each([
    ['a statement', "import { charge } from './pay';\nregister(() => charge(1));\nexport const other = 1;\n"],
    ['a value that is worked out', "import { charge } from './pay';\nconst paid = charge(1);\nexport const other = 1;\n"],
    ['a branch', "import { charge } from './pay';\nif (ready) {\n  charge(1);\n}\nexport const other = 1;\n"],
  ])('%s that runs as the file loads counts for whoever loads it, as at most', async (_, text) => {
    const { far, impact } = await inTurn({
      'pay.ts': PAY,
      'start.ts': text,
      'page.ts': "import { other } from './start';\nexport const page = () => other;\n",
      'app.ts': "import './page';\n",
      'types.ts': "import type { other } from './start';\nexport type Other = typeof other;\n",
    });
    expect(far).toEqual(['2 page.ts?', '3 app.ts?']);
    expect(impact.transitiveAtMost).toBe(true);
  });

  test('what is only wrapped or held runs later: whoever names it depends on it', async () => {
    const { far } = await inTurn({
      'pay.ts': PAY,
      'wrapped.ts':
        "import { charge } from './pay';\nexport const pay = wrap({ run: async () => charge(1) });\nexport const table = { charge };\nexport const other = 1;\n",
      'a.ts': "import { pay } from './wrapped';\npay();\n",
      'b.ts': "import { table } from './wrapped';\nexport const b = () => table;\n",
      'c.ts': "import { other } from './wrapped';\nexport const c = () => other;\n",
    });
    expect(far).toEqual(['2 a.ts', '2 b.ts']);
  });

  test('it follows barrels, defaults, CommonJS and components', async () => {
    const { far } = await inTurn({
      'pay.ts': PAY,
      'index.ts': "export * from './basket';\n",
      'basket.ts': BASKET,
      'a.ts': "import { pay } from '.';\nexport default () => pay();\n",
      'b.ts': "import go from './a';\nexport const b = () => go();\n",
      'c.js':
        "const { pay } = require('./basket');\nfunction sell() {\n  pay();\n}\nfunction other() {}\nmodule.exports = { sell, other };\n",
      'd.js': "const { sell } = require('./c');\nexports.d = () => sell();\n",
      'e.js': "const { other } = require('./c');\nexports.e = () => other();\n",
      'f.js': "const { d } = require('./d');\nexports.f = () => d();\n",
      'Buy.vue': '<script setup>\nimport { pay } from "./basket";\npay();\n</script>\n',
      'App.ts': "import Buy from './Buy.vue';\nexport const app = () => Buy;\n",
    });
    expect(far).toEqual(['2 Buy.vue', '2 a.ts', '2 c.js', '3 App.ts', '3 b.ts', '3 d.js', '4 f.js']);
  });

  test('a cycle ends, and steps are those of the shortest way', async () => {
    const { far } = await inTurn({
      'pay.ts': PAY,
      'a.ts': "import { charge } from './pay';\nimport { b } from './b';\nexport function a(): void {\n  charge(1);\n  b();\n}\n",
      'b.ts': "import { a } from './a';\nimport { c } from './c';\nexport function b(): void {\n  a();\n  c();\n}\n",
      'c.ts': "import { b } from './b';\nexport function c(): void {\n  b();\n}\n",
    });
    expect(far).toEqual(['2 b.ts', '3 c.ts']);
  });

  test('where nobody follows names it is everybody who imports a file that depends on it, as at most', async () => {
    const { far, impact } = await inTurn(
      {
        'pay.py': 'def charge(n):\n    return n\n\n\ndef quote():\n    pass\n',
        'basket.py': 'from pay import charge\n\n\ndef buy():\n    charge(1)\n',
        'page.py': 'from basket import other\n',
        'quotes.py': 'from pay import quote\n\nquote()\n',
      },
      'charge',
      'pay.py',
    );
    expect(far).toEqual(['2 page.py?']);
    expect(impact.transitiveAtMost).toBe(true);
  });

  test('twenty thousand calls in one statement are followed soon, and count as one that runs as the file loads', {
    timeout: 30_000,
  }, async () => {
    const { far } = await inTurn({
      'pay.ts': PAY,
      'many.ts': `import { charge } from './pay';\nexport const many = () => [${'charge(1),'.repeat(20_000)}];\nexport const other = 1;\n`,
      'a.ts': "import { many } from './many';\nmany();\n",
      'b.ts': "import { other } from './many';\nexport const b = other;\n",
    });
    expect(far).toEqual(['2 a.ts', '2 b.ts?']);
  });

  test('says how many files are further away than was asked for, and how far', async () => {
    const tree = treeOf({
      'pay.ts': PAY,
      'a.ts': BASKET,
      'b.ts': "import { pay } from './a';\nexport const b = () => pay();\n",
      'c.ts': "import { b } from './b';\nexport const c = () => b();\n",
    });
    await prepareLanguages(tree.paths(), readAsset);
    const [found] = symbolsNamed(tree, ['pay.ts' as RepoPath], 'charge');
    const asked = [1, 2, 3].map((depth) => (found === undefined ? null : askImpact({ ...found, base: tree, depth }))?.deeper);
    expect(asked).toEqual([{ files: 2, steps: 3 }, { files: 1, steps: 3 }, undefined]);
  });
});

describe('entry points', () => {
  const SERVER = {
    'package.json': '{"name":"api","main":"index.ts"}',
    'pay.ts': PAY,
    'index.ts': "export { quote } from './pay';\n",
  };

  test('are those that reach the symbol, not those of files that ask for its neighbours', async () => {
    const { entries } = await inTurn({
      ...SERVER,
      'basket.ts': BASKET,
      'buy.ts':
        "import { pay } from './basket';\nrouter.post('/buy', (req, res) => res.json(pay()));\nrouter.get('/buy', (req, res) => res.json([]));\n",
      'reset.ts': "import { empty } from './basket';\nrouter.post('/reset', (req, res) => res.json(empty()));\n",
      'quotes.ts': "import { quote } from './pay';\nrouter.get('/quotes', (req, res) => res.json(quote()));\n",
    });
    expect(entries).toEqual(['route POST /buy']);
  });

  test('a place at the top of a routing file may be in the way of each of its routes', async () => {
    const { entries } = await inTurn({
      ...SERVER,
      'buy.ts': "import { charge } from './pay';\nrouter.use(charge);\nrouter.post('/buy', (req, res) => res.json([]));\n",
    });
    expect(entries).toEqual(['route POST /buy?']);
  });

  test('a place in a class is held by all of its methods, but for those that say another', async () => {
    const { entries } = await inTurn({
      ...SERVER,
      'cats.ts':
        "import { charge } from './pay';\n@Controller('cats')\nexport class Cats {\n  @Get('one')\n  one() {\n    return charge(1);\n  }\n  @Post('two')\n  two() {\n    return this.own();\n  }\n}\nexport class Dogs {\n  @Get('three')\n  three() {}\n}\n",
    });
    expect(entries).toEqual(['route GET /cats/one', 'route POST /cats/two?']);
  });

  test('a package is entered where it offers the symbol or what depends on it', async () => {
    expect((await inTurn({ ...SERVER, 'index.ts': "export * from './pay';\n" })).entries).toEqual(['export api']);
    expect((await inTurn({ ...SERVER, 'basket.ts': BASKET, 'index.ts': "export { pay } from './basket';\n" })).entries).toEqual([
      'export api',
    ]);
    expect((await inTurn({ ...SERVER, 'basket.ts': BASKET, 'index.ts': "export { empty } from './basket';\n" })).entries).toEqual([]);
  });

  test('a program that only loads what runs is reached at most', async () => {
    const { entries } = await inTurn({
      ...SERVER,
      'start.ts': "import { charge } from './pay';\nregister(() => charge(1));\n",
      'cli.ts': "#!/usr/bin/env node\nimport './start';\n",
    });
    expect(entries).toEqual(['main cli.ts?']);
  });
});
