import { describe, expect, it } from 'vitest';
import { resolverOf, type SmallFile } from '../support/resolver.ts';

/** The package `@shop/core` in `packages/core` and an importer beside it. */
function shop(manifest: Readonly<Record<string, unknown>>, ...sources: readonly string[]): ReturnType<typeof resolverOf> {
  return resolverOf({
    'packages/core/package.json': { name: '@shop/core', ...manifest },
    'packages/web/package.json': { name: 'web' },
    'packages/web/a.ts': '',
    ...Object.fromEntries(sources.map((path) => [`packages/core/${path}`, ''])),
  });
}

const FROM = 'packages/web/a.ts';

describe('the entry of a package that was never built', () => {
  it.each<[string, Readonly<Record<string, unknown>>, string]>([
    ['nothing', {}, 'index.js'],
    ['nothing', {}, 'src/index.ts'],
    ['nothing', {}, 'src/public-api.ts'],
    ['main', { main: 'dist/index.js' }, 'src/index.ts'],
    ['main', { main: './lib/main.js' }, 'src/main.ts'],
    ['main', { main: './lib/main.js' }, 'lib/main.js'],
    ['main', { main: 'build' }, 'src/index.ts'],
    ['main', { main: 'dist/core.umd.js' }, 'src/core.ts'],
    ['main', { main: 'dist/core.umd.min.js' }, 'src/index.ts'],
    ['main', { main: 'dist/packages/core/src/entry.js' }, 'src/entry.ts'],
    ['main', { main: './index.js' }, 'src/index.tsx'],
    ['main', { main: './client.js' }, 'src/client.ts'],
    ['module', { module: 'build/esm/server.js' }, 'src/server.ts'],
    ['types', { types: 'build/types/server/index.d.ts' }, 'src/server/index.ts'],
    ['types alone', { types: './types.d.ts' }, 'types.d.ts'],
    ['source', { source: 'code/start.ts', main: 'dist/start.js' }, 'code/start.ts'],
    ['browser', { browser: 'dist/web.js' }, 'src/web.ts'],
    ['exports', { exports: './dist/index.mjs' }, 'src/index.ts'],
    ['exports', { exports: { '.': { import: { types: './dist/index.d.mts', default: './dist/index.mjs' } } } }, 'src/index.ts'],
    ['exports', { exports: { node: { require: './cjs/a.cjs' } } }, 'src/a.cts'],
    ['exports', { exports: { '.': ['./dist/a.js', './dist/b.js'] } }, 'src/b.ts'],
    ['exports', { exports: [{ import: './dist/a.js' }, './dist/b.js'] }, 'src/a.ts'],
    ['what is published', { publishConfig: { main: 'dist/start.js' } }, 'src/start.ts'],
    ['what is published', { publishConfig: { exports: { '.': './dist/start.js' } } }, 'src/start.ts'],
  ])('by %s: %j is %s', (_what, manifest, source) => {
    expect(shop(manifest, source).one(FROM, '@shop/core')).toBe(`packages/core/${source}`);
  });

  it('is the source, not a build that somebody committed', () => {
    expect(shop({ main: 'dist/index.js' }, 'dist/index.js', 'src/index.ts').all(FROM, '@shop/core')).toEqual([
      'packages/core/src/index.ts',
      'packages/core/dist/index.js',
    ]);
  });

  it('is what a condition names as the source', () => {
    const exports = { '.': { '@shop/source': './src/entry.ts', types: './dist/index.d.ts', default: './dist/index.js' } };
    expect(shop({ exports }, 'src/entry.ts').one(FROM, '@shop/core')).toBe('packages/core/src/entry.ts');
    expect(shop({ exports }, 'src/entry.ts', 'src/index.ts').one(FROM, '@shop/core')).toBe('packages/core/src/entry.ts');
  });

  it('may be several files, of which the one for every environment stands first', () => {
    const exports = {
      '.': {
        browser: './dist/web.js',
        worker: './dist/worker.js',
        node: { import: './dist/node.mjs', require: './dist/node.cjs' },
        default: './dist/any.js',
      },
    };
    expect(shop({ exports }, 'src/web.ts', 'src/worker.ts', 'src/node.ts', 'src/any.ts').all(FROM, '@shop/core')).toEqual(
      ['node', 'any', 'web', 'worker'].map((name) => `packages/core/src/${name}.ts`),
    );
  });
});

describe('subpaths of a package', () => {
  const exports = {
    '.': './dist/index.js',
    './server': { types: './dist/server.d.ts', default: './dist/server.js' },
    './icons/*': './dist/icons/*.js',
    './icons/*.svg': './assets/*.svg',
    './icons/big/*': { import: './dist/large/*/icon.mjs' },
    './features/*.js': './dist/features/*.js',
    './internal/*': null,
    './internal/open': './dist/internal/open.js',
    './half': { node: null },
    './old/': './dist/old/',
    './style.css': './dist/style.css',
    './package.json': './package.json',
  };
  it.each<[string, string | undefined]>([
    ['@shop/core/server', 'src/server.ts'],
    ['@shop/core/icons/cart', 'src/icons/cart.tsx'],
    ['@shop/core/icons/big/cart', 'src/large/cart/icon.tsx'],
    ['@shop/core/features/pay.js', 'src/features/pay.ts'],
    ['@shop/core/old/thing', 'src/old/thing.ts'],
    ['@shop/core/old/thing.js', 'src/old/thing.ts'],
    ['@shop/core/internal/open', 'src/internal/open.ts'],
    ['@shop/core/internal/secret', undefined],
    ['@shop/core/half', undefined],
    ['@shop/core/style.css', undefined],
    ['@shop/core/package.json', undefined],
    ['@shop/core/nothing', undefined],
    ['@shop/core/../web/a', undefined],
    // Older resolving reaches every file of a package, and tests and bundlers still do.
    ['@shop/core/src/server', 'src/server.ts'],
    ['@shop/core/dist/server', 'src/server.ts'],
    ['@shop/core/dist/large/cart/icon.js', 'src/large/cart/icon.tsx'],
  ])('%s is %s', (specifier, source) => {
    const asked = shop(
      { exports },
      ...'src/index.ts src/server.ts src/half.ts src/icons/cart.tsx src/large/cart/icon.tsx src/features/pay.ts src/old/thing.ts'.split(
        ' ',
      ),
      ...'src/internal/open.ts src/internal/secret.ts'.split(' '),
    );
    expect(asked.one(FROM, specifier)).toBe(source === undefined ? undefined : `packages/core/${source}`);
  });

  it('are files and folders where nothing is said of them', () => {
    const { one } = resolverOf({
      'packages/core/package.json': { name: 'core', main: 'src/index.ts', typesVersions: { '*': { 'api/*': ['./dist/public/*.d.ts'] } } },
      'packages/core/src/tax.ts': '',
      'packages/core/lib/vat.js': '',
      'packages/core/src/public/orders.ts': '',
      'packages/core/server/package.json': { main: '../src/server-entry.js' },
      'packages/core/src/server-entry.ts': '',
      'a.ts': '',
    });
    expect(one('a.ts', 'core/tax')).toBe('packages/core/src/tax.ts');
    expect(one('a.ts', 'core/lib/vat')).toBe('packages/core/lib/vat.js');
    expect(one('a.ts', 'core/server')).toBe('packages/core/src/server-entry.ts');
    expect(one('a.ts', 'core/api/orders')).toBe('packages/core/src/public/orders.ts');
  });

  it('follow where the compiler is told to write', () => {
    const { one } = resolverOf({
      'packages/core/package.json': { name: 'core', exports: { './*': './published/*.js' } },
      'packages/core/tsconfig.build.json': '{ "extends": "../../tsconfig.base.json", "compilerOptions": { "rootDir": "code" } }',
      'tsconfig.base.json': '{ "compilerOptions": { "outDir": "${configDir}/published" } }',
      'packages/core/code/tax.ts': '',
      'packages/core/src/tax.ts': '',
      'a.ts': '',
    });
    expect(one('a.ts', 'core/tax')).toBe('packages/core/code/tax.ts');
  });
});

describe('internal names', () => {
  it('are what the nearest package says', () => {
    const { one, all } = resolverOf({
      'package.json': { imports: { '#root': './src/root.ts' } },
      'src/root.ts': '',
      'core/package.json': {
        name: 'core',
        imports: {
          '#db': { browser: './dist/db.web.js', default: './dist/db.js' },
          '#lib/*': './dist/lib/*.js',
          '#kit': 'kit/start',
          '#shut': null,
          '#fs': 'node:fs',
        },
      },
      'core/src/a.ts': '',
      'core/src/db.ts': '',
      'core/src/db.web.ts': '',
      'core/src/lib/deep/x.ts': '',
      'kit/package.json': { name: 'kit' },
      'kit/start.ts': '',
      'bare/package.json': {},
      'bare/b.ts': '',
    });
    expect(all('core/src/a.ts', '#db')).toEqual(['core/src/db.ts', 'core/src/db.web.ts']);
    expect(one('core/src/a.ts', '#lib/deep/x')).toBe('core/src/lib/deep/x.ts');
    expect(one('core/src/a.ts', '#kit')).toBe('kit/start.ts');
    expect(one('core/src/a.ts', '#shut')).toBeUndefined();
    expect(one('core/src/a.ts', '#fs')).toBeUndefined();
    expect(one('core/src/a.ts', '#missing')).toBeUndefined();
    expect(one('bare/b.ts', '#root')).toBe('src/root.ts');
  });
});

describe('files that some environments take instead', () => {
  it('are meant as well, after what all others take', () => {
    const { all } = resolverOf({
      'core/package.json': {
        name: 'core',
        main: './lib/index.js',
        browser: { './lib/net.js': './lib/net-web.js', 'node-fetch': './lib/fetch.js', fs: false, ws: './gone.js' },
      },
      'core/src/index.ts': '',
      'core/src/net.ts': '',
      'core/src/net-web.ts': '',
      'core/src/fetch.ts': '',
      'other/a.ts': '',
    });
    expect(all('core/src/index.ts', './net')).toEqual(['core/src/net.ts', 'core/src/net-web.ts']);
    expect(all('core/src/index.ts', 'node-fetch')).toEqual(['core/src/fetch.ts']);
    expect(all('core/src/index.ts', 'fs')).toEqual([]);
    expect(all('core/src/index.ts', 'ws')).toEqual([]);
    expect(all('other/a.ts', 'node-fetch')).toEqual([]);
    expect(all('other/a.ts', 'core/lib/net')).toEqual(['core/src/net.ts', 'core/src/net-web.ts']);
  });
});

describe('which package a name means', () => {
  const named = (name: string, more: Readonly<Record<string, unknown>> = {}): SmallFile => ({ name, ...more });

  it('is the one of the workspace, not the material of a test', () => {
    const files = {
      'package.json': named('root', { workspaces: ['packages/*', '!packages/old'] }),
      'packages/core/package.json': named('core'),
      'packages/core/index.ts': '',
      'packages/core/test/fixtures/app/node.ts': '',
      'packages/core/test/fixtures/core/package.json': named('core'),
      'packages/core/test/fixtures/core/index.ts': '',
      'packages/core/test/fixtures/react/package.json': named('react'),
      'packages/core/test/fixtures/react/index.ts': '',
      'packages/old/package.json': named('core'),
      'packages/old/index.ts': '',
      'packages/web/package.json': named('web'),
      'packages/web/a.ts': '',
    };
    const { one } = resolverOf(files);
    expect(one('packages/web/a.ts', 'core')).toBe('packages/core/index.ts');
    expect(one('packages/web/a.ts', 'react')).toBeUndefined();
    expect(one('packages/core/test/fixtures/app/node.ts', 'react')).toBe('packages/core/test/fixtures/react/index.ts');
    expect(one('packages/old/index.ts', 'core')).toBe('packages/old/index.ts');
  });

  it.each<[string, Record<string, SmallFile>]>([
    ['npm', { 'package.json': { workspaces: ['libs/**'] } }],
    ['Yarn', { 'package.json': { workspaces: { packages: ['./libs/kit/'] } } }],
    ['pnpm', { 'package.json': {}, 'pnpm-workspace.yaml': 'packages:\n  # all\n  - "libs/{kit,other}"\ncatalog:\n  x: 1\n' }],
    ['pnpm, in brackets', { 'package.json': {}, 'pnpm-workspace.yaml': "catalog: {}\npackages: ['apps/*', # apps\n  'libs/**']\n" }],
    [
      'pnpm, in a list without indents',
      { 'package.json': {}, 'pnpm-workspace.yaml': "packages:\n\n- apps/*\n- 'libs/*' # kits\nonlyBuiltDependencies:\n- x\n" },
    ],
    ['Lerna', { 'package.json': {}, 'lerna.json': '{ "packages": ["libs/*"] }' }],
    ['Rush', { 'package.json': {}, 'rush.json': '{ /* all */ "projects": [{ "packageName": "kit", "projectFolder": "libs/kit" }] }' }],
  ])('is the member that %s declares', (_tool, files) => {
    const { one } = resolverOf({
      ...files,
      'a-copy/kit/package.json': named('kit'),
      'a-copy/kit/index.ts': '',
      'libs/kit/package.json': named('kit'),
      'libs/kit/index.ts': '',
      'apps/web/a.ts': '',
    });
    expect(one('apps/web/a.ts', 'kit')).toBe('libs/kit/index.ts');
  });

  it('is the one of the innermost workspace, else the nearest', () => {
    const { one } = resolverOf({
      'package.json': { workspaces: ['packages/*'] },
      'packages/kit/package.json': named('kit'),
      'packages/kit/index.ts': '',
      'examples/one/package.json': { workspaces: ['libs/*'] },
      'examples/one/libs/kit/package.json': named('kit'),
      'examples/one/libs/kit/index.ts': '',
      'examples/one/app/a.ts': '',
      'far/tool/package.json': named('tool'),
      'far/tool/index.ts': '',
      'near/tool/package.json': named('tool'),
      'near/tool/index.ts': '',
      'near/b.ts': '',
    });
    expect(one('examples/one/app/a.ts', 'kit')).toBe('examples/one/libs/kit/index.ts');
    expect(one('near/b.ts', 'kit')).toBe('packages/kit/index.ts');
    expect(one('near/b.ts', 'tool')).toBe('near/tool/index.ts');
  });

  it('does not depend on who asked before', () => {
    const files = {
      'package.json': {},
      'far/tool/package.json': named('tool'),
      'far/tool/index.ts': '',
      'far/a.ts': '',
      'near/tool/package.json': named('tool'),
      'near/tool/index.ts': '',
      'near/b.ts': '',
      'test/fixtures/react/package.json': named('react'),
      'test/fixtures/react/index.ts': '',
      'test/fixtures/c.ts': '',
      'd.ts': '',
    };
    const questions = [
      ['far/a.ts', 'tool', 'far/tool/index.ts'],
      ['near/b.ts', 'tool', 'near/tool/index.ts'],
      ['test/fixtures/c.ts', 'react', 'test/fixtures/react/index.ts'],
      ['d.ts', 'react', undefined],
    ] as const;
    for (const order of [questions, [...questions].reverse()]) {
      const { one } = resolverOf(files);
      for (const [from, specifier, expected] of [...order, ...order]) expect(one(from, specifier)).toBe(expected);
    }
  });

  it('is the one that the importer links to, under whatever name', () => {
    const { one } = resolverOf({
      'web/package.json': {
        dependencies: {
          kit: 'file:../vendor/kit',
          old: 'link:../vendor/kit',
          alias: 'workspace:@shop/core@*',
          path: 'workspace:../core',
          fs: 'portal:../vendor/kit',
          gone: 'file:../gone',
        },
      },
      'web/a.ts': '',
      'vendor/kit/package.json': named('not-kit'),
      'vendor/kit/index.ts': '',
      'kit/package.json': named('kit'),
      'kit/index.ts': '',
      'core/package.json': named('@shop/core'),
      'core/index.ts': '',
    });
    expect(one('web/a.ts', 'kit')).toBe('vendor/kit/index.ts');
    expect(one('web/a.ts', 'old')).toBe('vendor/kit/index.ts');
    expect(one('web/a.ts', 'alias')).toBe('core/index.ts');
    expect(one('web/a.ts', 'path')).toBe('core/index.ts');
    expect(one('web/a.ts', 'fs')).toBe('vendor/kit/index.ts');
    expect(one('web/a.ts', 'gone')).toBeUndefined();
    expect(one('core/index.ts', 'kit')).toBe('kit/index.ts');
  });

  it('is itself by its own name, and never a part of Node', () => {
    const { one } = resolverOf({
      'events/package.json': named('events'),
      'events/index.ts': '',
      'events/test/a.ts': '',
      'node_modules/react/package.json': named('react'),
      'node_modules/react/index.js': '',
      'b.ts': '',
    });
    expect(one('events/test/a.ts', 'events')).toBe('events/index.ts');
    expect(one('b.ts', 'events')).toBeUndefined();
    expect(one('b.ts', 'react')).toBeUndefined();
  });

  it('is the folder of that name where no manifest is at hand', () => {
    const { one } = resolverOf({ 'packages/ui/src/index.ts': '', 'packages/ui/src/button.tsx': '', 'apps/web/a.ts': '' });
    expect(one('apps/web/a.ts', '@shop/ui')).toBe('packages/ui/src/index.ts');
    expect(one('apps/web/a.ts', '@shop/ui/button')).toBe('packages/ui/src/button.tsx');
    expect(one('apps/web/a.ts', 'ui')).toBeUndefined();
  });
});

describe('a package', () => {
  it('gives its name and place to every file below it', () => {
    const { resolver } = shop({ private: true }, 'index.ts');
    expect(resolver.packageNameOf('packages/core/src/deep/a.ts')).toBe('@shop/core');
    expect(resolver.packageOf('packages/core/src/deep/a.ts')).toBe('packages/core');
    expect(resolver.packageOf('other/a.ts')).toBe('');
  });
});
