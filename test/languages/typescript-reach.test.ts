import { beforeAll, describe, expect, it } from 'vitest';
import language from '../../server/src/core/languages/typescript/index.ts';
import type { BlastRadius } from '../../server/src/core/model/radius.ts';
import type { RepoPath, Tree } from '../../server/src/core/model/tree.ts';
import { memoryTree } from '../support/memory-tree.ts';

beforeAll(async () => {
  await language.prepare?.(async () => new Uint8Array());
});

describe('reach', () => {
  it('counts every place outside the declaration, imports included', () => {
    const radius = ask(
      {
        'src/pay.ts': 'export function charge(): void {\n  charge();\n}\ncharge();\n',
        'src/cart.ts': "import { charge } from './pay.js';\ncharge();\n// charge\nconst text = 'charge';\n",
      },
      'src/pay.ts',
      'charge',
    );
    expect(radius).toMatchObject({ references: 3, files: 1, method: 'imports', atMost: false, exported: true });
    expect(radius?.dependents).toEqual([
      { path: 'src/cart.ts', line: 2, message: 'calls charge' },
      { path: 'src/pay.ts', line: 4, message: 'calls charge' },
      { path: 'src/cart.ts', line: 1, message: 'imports charge' },
    ]);
  });

  it('does not count another symbol of the same name', () => {
    expect(
      ask({ 'a.ts': 'export const now = 1;', 'b.ts': "import { now } from './c';\nnow;", 'c.ts': 'export const now = 2;' }, 'a.ts', 'now'),
    ).toMatchObject({ references: 0, files: 0 });
  });

  it('follows star exports, aliases, namespaces and new names', () => {
    const files = {
      'lib/clock.ts': 'export function now(): number { return 1; }',
      'lib/index.ts': "export * from './clock';",
      'a.ts': "import { now as current } from './lib';\ncurrent();",
      'b.ts': "import * as lib from './lib/index';\nlib.now();",
      'c.ts': "export { now as later } from './lib';",
    };
    expect(ask(files, 'lib/clock.ts', 'now')).toMatchObject({ files: 3, method: 'imports' });
  });

  it('follows default exports under any name, and CommonJS', () => {
    expect(
      ask({ 'pay.ts': 'export default function charge() {}', 'a.ts': "import bill from './pay';\nbill();" }, 'pay.ts', 'charge'),
    ).toMatchObject({ files: 1 });
    const common = {
      'lib/pay.js': 'exports.charge = () => 1;\nexports.other = 2;',
      'a.js': "const { charge } = require('./lib/pay');\ncharge();",
      'b.js': "require('./lib/pay').charge();",
      'c.js': "require('./lib/pay').other;",
    };
    expect(ask(common, 'lib/pay.js', 'charge')).toMatchObject({ files: 2 });
  });

  it('resolves workspace packages and tsconfig paths', () => {
    const files = {
      'packages/core/package.json': '{ "name": "@shop/core", "main": "dist/index.js" }',
      'packages/core/src/index.ts': 'export const rate = 1;',
      'packages/web/package.json': '{ "name": "web" }',
      'packages/web/a.ts': "import { rate } from '@shop/core';\nrate;",
      'tsconfig.base.json': '{ /* shared */ "compilerOptions": { "paths": { "~core": ["./packages/core/src/index.ts"] } } }',
      'packages/app/tsconfig.json': '{ "extends": "../../tsconfig.base.json" }',
      'packages/app/b.ts': "import { rate } from '~core';\nrate;",
    };
    expect(ask(files, 'packages/core/src/index.ts', 'rate')).toMatchObject({ references: 4, files: 2, packages: 2 });
  });

  it('finds an import wherever in a file it stands', () => {
    const filler = 'const filler = 1; // nothing that imports\n'.repeat(200);
    const files = {
      'pay.ts': 'export const charge = 1;',
      'cart.ts': "import { charge } from './pay';\ncharge;\nconst words = 'import require from';\n",
      'late.js': `${filler}const cart = require('./cart');\n${filler}`,
      'lazy.ts': `${filler}const cart = import(/* ${'why '.repeat(100)} */ './cart');\n${filler}`,
      'again.ts': `${filler}export\n  * from /* all */\n  './cart';\n${filler}`,
    };
    expect(ask(files, 'pay.ts', 'charge')).toMatchObject({ files: 1, transitiveFiles: 3 });
  });

  it('counts tests among the dependents, and importers of importers', () => {
    const files = {
      'pay.ts': 'export const charge = 1;',
      'cart.ts': "import { charge } from './pay';\nexport const cart = charge;",
      'page.ts': "import { cart } from './cart';\ncart;",
      'main.ts': "import './page';",
      'pay.test.ts': "import { charge } from './pay';\ncharge;",
    };
    expect(ask(files, 'pay.ts', 'charge')).toMatchObject({ files: 2, tests: 1, transitiveFiles: 2 });
  });

  it('counts a member by types where few files mention it, and bounds it by its name otherwise', () => {
    const files = {
      'session.ts': 'export class Session { verify(): boolean { return true; } }',
      'a.ts': "import { Session } from './session';\nnew Session().verify();\nconst other = { verify() {} };\nother.verify();\n// verify\n",
      'b.ts': "import { verify } from './other';\nverify();",
      'other.ts': 'export const verify = () => 1;',
    };
    expect(ask(files, 'session.ts', 'Session.verify')).toMatchObject({ references: 1, files: 1, method: 'types', atMost: false });
    expect(ask(files, 'session.ts', 'Session.verify', 'names')).toMatchObject({ references: 3, files: 1, method: 'names', atMost: true });
    const many = Object.fromEntries(Array.from({ length: 90 }, (_, index) => [`f${index}.ts`, files['a.ts']]));
    expect(ask({ ...files, ...many }, 'session.ts', 'Session.verify')).toMatchObject({ references: 273, method: 'names', atMost: true });
  });

  it('counts a mention whose owner nobody knows as what may be meant', () => {
    const files = {
      'session.ts': 'export class Session { verify(): boolean { return true; } }',
      'a.ts':
        "import { wrap } from 'installed';\nimport { Session } from './session';\nwrap(new Session()).verify();\nwrap({ verify: 1 });\n",
    };
    expect(ask(files, 'session.ts', 'Session.verify')).toMatchObject({ references: 2, method: 'types', atMost: true });
  });

  it('finds the members of the type that an object is made to fit', () => {
    const files = {
      'server.ts': 'export interface Options { dev: boolean }\nexport const serve = (options: Options) => options.dev;',
      'config.ts': "import type { Options } from './server';\nexport const config: Options = { dev: true };",
    };
    for (const precision of ['types', 'names'] as const) {
      const radius = ask(files, 'config.ts', 'config.dev', precision);
      expect(radius?.dependents.map(({ path, line }) => `${path}:${line}`)).toContain('server.ts:2');
    }
  });

  it('finds the calls of a member by way of what its class implements, in files that never heard of the class', () => {
    const files = {
      'verifier.ts': 'export interface Verifier { verify(): boolean }',
      'session.ts': "import type { Verifier } from './verifier';\nexport class Session implements Verifier { verify() { return true; } }",
      'gate.ts': "import type { Verifier } from './verifier';\nexport const gate = (one: Verifier) => one.verify();",
    };
    for (const precision of ['types', 'names'] as const)
      expect(ask(files, 'session.ts', 'Session.verify', precision)?.dependents).toContainEqual(
        expect.objectContaining({ path: 'gate.ts', line: 2 }),
      );
  });

  it('counts any number of files exactly, since no program is made for them', () => {
    const many = Object.fromEntries(Array.from({ length: 450 }, (_, index) => [`f${index}.ts`, "import { rate } from './rate';\nrate;"]));
    expect(ask({ 'rate.ts': 'export const rate = 1;', ...many }, 'rate.ts', 'rate')).toMatchObject({
      references: 900,
      files: 450,
      method: 'imports',
      atMost: false,
    });
  });

  it('does not depend on what was asked before', () => {
    const files = {
      'a.ts': 'export const one = 1;\nexport const two = 2;',
      'lib.ts': "export * from './a';",
      'b.ts': "import { one } from './lib';\none;",
      'c.ts': "import { two, one } from './lib';\ntwo + one;",
    };
    const warm = treeOf(files);
    askTree(warm, 'a.ts', 'two');
    for (const name of ['one', 'two', 'one']) expect(askTree(warm, 'a.ts', name)).toEqual(askTree(treeOf(files), 'a.ts', name));
  });

  it('counts lines where a hunk does: with a line feed alone', () => {
    const files = { 'a.ts': 'export const one = 1;', 'b.ts': "import { one } from './a';\nconst x = '\u2028';\r// \u2029\none;" };
    expect(ask(files, 'a.ts', 'one')?.dependents).toContainEqual({ path: 'b.ts', line: 3, message: 'uses one' });
  });

  it('lists a hundred dependents and counts all', () => {
    const files = Object.fromEntries(Array.from({ length: 120 }, (_, index) => [`c${index}.ts`, "import { one } from './a';\n"]));
    const radius = ask({ 'a.ts': 'export const one = 1;', ...files }, 'a.ts', 'one');
    expect([radius?.references, radius?.dependents.length]).toEqual([120, 100]);
  });

  it('answers for a file that is too deep to walk, and bounds what only a syntax tree would tell', () => {
    const deep = `export const one = 1; const sum = ${Array.from({ length: 20_000 }, (_, index) => `a${index}`).join(' + ')};`;
    const symbol = language.facts('a.ts' as RepoPath, 'export const one = 1;', noEmbed).symbols[0];
    const answer = (importer: string): BlastRadius | null | undefined =>
      symbol && language.reach?.(treeOf({ 'a.ts': deep, 'b.ts': importer }), 'a.ts' as RepoPath, symbol, 'types');
    expect(answer("import { one } from './a';\none;")).toMatchObject({ references: 2, atMost: false });
    const shadowed = `import { one } from './a';\nfunction f(one: number) { return one; }\n${deep.replace('export const one = 1;', '')}`;
    expect(answer(shadowed)).toMatchObject({ references: 3, atMost: true });
  });

  it('answers null where the tree has no such file', () => {
    const tree = treeOf({ 'a.ts': 'export const one = 1;' });
    const symbol = language.facts('a.ts' as RepoPath, 'export const one = 1;', noEmbed).symbols[0];
    expect(symbol && language.reach?.(tree, 'gone.ts' as RepoPath, symbol, 'types')).toBeNull();
  });
});

function ask(
  files: Readonly<Record<string, string>>,
  path: string,
  name: string,
  precision: 'types' | 'names' = 'types',
): BlastRadius | null | undefined {
  return askTree(treeOf(files), path, name, precision);
}

function askTree(tree: Tree, path: string, name: string, precision: 'types' | 'names' = 'types'): BlastRadius | null | undefined {
  const content = tree.read(path as RepoPath);
  const symbol =
    content?.kind === 'text'
      ? language.facts(path as RepoPath, content.text, noEmbed).symbols.find((other) => other.name === name)
      : undefined;
  if (symbol === undefined) throw new Error(`expected a symbol ${name} in ${path}`);
  return language.reach?.(tree, path as RepoPath, symbol, precision);
}

function treeOf(files: Readonly<Record<string, string>>): Tree {
  // Literal paths of a test are what RepoPath promises.
  return memoryTree('before', new Map(Object.entries(files) as [RepoPath, string][]));
}

function noEmbed(): never {
  throw new Error('these files hold no other language');
}
