import { describe, expect, it } from 'vitest';
import { resolverOf } from '../support/resolver.ts';

const there = (...paths: readonly string[]): Record<string, string> => Object.fromEntries(paths.map((path) => [path, '']));

describe('relative imports', () => {
  it.each(['.ts', '.tsx', '.mts', '.cts', '.js', '.jsx', '.mjs', '.cjs', '.d.ts', '.d.mts', '.d.cts', '.vue', '.svelte'])(
    'find a file that ends in %s',
    (ending) => {
      const { one } = resolverOf(there('src/a.ts', `src/till${ending}`, `src/till-room/index${ending}`));
      expect(one('src/a.ts', './till')).toBe(`src/till${ending}`);
      expect(one('src/a.ts', `./till${ending}`)).toBe(`src/till${ending}`);
      expect(one('src/a.ts', './till-room')).toBe(`src/till-room/index${ending}`);
    },
  );

  it.each([
    ['./till.js', 'till.ts'],
    ['./till.js', 'till.tsx'],
    ['./till.jsx', 'till.tsx'],
    ['./till.mjs', 'till.mts'],
    ['./till.cjs', 'till.cts'],
    ['./till.js', 'till.d.ts'],
    ['./till.ts', 'till.js'],
  ])('read %s as what %s is written to', (specifier, source) => {
    expect(resolverOf(there('a.ts', source)).one('a.ts', specifier)).toBe(source);
  });

  it('prefer a source to what may have been written from it, and know both', () => {
    const { all } = resolverOf(there('a.ts', 'till.ts', 'till.js', 'till.mts'));
    expect(all('a.ts', './till.js')).toEqual(['till.ts', 'till.js']);
    expect(all('a.ts', './till.mjs')).toEqual(['till.mts']);
  });

  it('prefer what runs to what declares it, and know both', () => {
    expect(resolverOf(there('a.ts', 'till.d.ts', 'till.js')).all('a.ts', './till')).toEqual(['till.js', 'till.d.ts']);
  });

  it('take a file before a folder, and only a folder for a slash or for dots', () => {
    const { one } = resolverOf(there('src.ts', 'src/index.ts', 'src/x.ts', 'src/deep/y.ts', 'index.ts', 'src/a.test.ts'));
    expect(one('index.ts', './src')).toBe('src.ts');
    expect(one('index.ts', './src/')).toBe('src/index.ts');
    expect(one('src/deep/y.ts', '..')).toBe('src/index.ts');
    expect(one('src/deep/y.ts', '../')).toBe('src/index.ts');
    expect(one('src/deep/y.ts', '../../src/')).toBe('src/index.ts');
    expect(one('src/x.ts', '.')).toBe('src/index.ts');
    expect(one('src/x.ts', './')).toBe('src/index.ts');
    expect(one('src/x.ts', '..')).toBe('index.ts');
    expect(one('src/deep/y.ts', './../x')).toBe('src/x.ts');
    expect(one('src/deep/y.ts', '..//./x')).toBe('src/x.ts');
  });

  it('keep to the tree', () => {
    const { one } = resolverOf(there('a.ts', 'src/b.ts'));
    expect(one('a.ts', '../a')).toBeUndefined();
    expect(one('src/b.ts', '../../a')).toBeUndefined();
    expect(one('src/b.ts', '../c')).toBeUndefined();
  });

  it('know names with dots, spaces, brackets and letters of any script', () => {
    const { one } = resolverOf(
      there(
        'my shop/a.ts',
        'my shop/tax.rate.ts',
        'my shop/größe.ts',
        'my shop/料金/index.ts',
        'my shop/chart.js/index.ts',
        'my shop/[id].$x+y.tsx',
      ),
    );
    expect(one('my shop/a.ts', './tax.rate')).toBe('my shop/tax.rate.ts');
    expect(one('my shop/a.ts', './größe')).toBe('my shop/größe.ts');
    expect(one('my shop/a.ts', './料金')).toBe('my shop/料金/index.ts');
    expect(one('my shop/a.ts', './chart.js')).toBe('my shop/chart.js/index.ts');
    expect(one('my shop/a.ts', './[id].$x+y')).toBe('my shop/[id].$x+y.tsx');
  });

  it('tell letters of one case from those of the other', () => {
    const { one } = resolverOf(there('a.ts', 'Till.ts', 'other/Index.ts'));
    expect(one('a.ts', './Till')).toBe('Till.ts');
    expect(one('a.ts', './till')).toBeUndefined();
    expect(one('a.ts', './other')).toBeUndefined();
  });

  it('drop what bundlers hang on a path, unless the path is named so', () => {
    const { one } = resolverOf(there('a.ts', 'worker.ts', '#/b.ts', 'c#.ts'));
    expect(one('a.ts', './worker?worker&inline')).toBe('worker.ts');
    expect(one('a.ts', './worker.ts#main')).toBe('worker.ts');
    expect(one('a.ts', '!!raw-loader!./worker')).toBe('worker.ts');
    expect(one('a.ts', './#/b')).toBe('#/b.ts');
    expect(one('a.ts', './c#')).toBe('c#.ts');
  });

  it('leave data and pictures alone, but not what declares them', () => {
    const { one } = resolverOf(
      there('a.ts', 'data.json', 'logo.svg', 'theme.css', 'theme.d.css.ts', 'style.css.ts', 'pin.svg.d.ts', 'package.json'),
    );
    expect(one('a.ts', './data.json')).toBeUndefined();
    expect(one('a.ts', './data')).toBeUndefined();
    expect(one('a.ts', './package')).toBeUndefined();
    expect(one('a.ts', './logo.svg')).toBeUndefined();
    expect(one('a.ts', './theme.css')).toBe('theme.d.css.ts');
    expect(one('a.ts', './style.css')).toBe('style.css.ts');
    expect(one('a.ts', './pin.svg')).toBe('pin.svg.d.ts');
  });

  it('mean every platform of a view', () => {
    const { all, one } = resolverOf(there('a.ts', 'view.ios.tsx', 'view.android.tsx', 'pay.ts', 'pay.native.ts'));
    expect(all('a.ts', './view')).toEqual(['view.android.tsx', 'view.ios.tsx']);
    expect(one('a.ts', './pay')).toBe('pay.ts');
    expect(all('a.ts', './pay')).toEqual(['pay.ts', 'pay.native.ts']);
  });

  it('find the sources of what a build would have written', () => {
    const { one } = resolverOf({
      ...there('packages/core/src/index.ts', 'packages/core/src/server/app.ts', 'packages/core/test/a.test.ts', 'packages/web/src/b.ts'),
      'packages/core/package.json': { name: 'core', main: './dist/index.js' },
    });
    expect(one('packages/core/test/a.test.ts', '../dist')).toBe('packages/core/src/index.ts');
    expect(one('packages/core/test/a.test.ts', '../dist/server/app.js')).toBe('packages/core/src/server/app.ts');
    expect(one('packages/web/src/b.ts', '../../core/build/esm/server/app')).toBe('packages/core/src/server/app.ts');
    expect(one('packages/core/test/a.test.ts', '..')).toBe('packages/core/src/index.ts');
    expect(one('packages/core/test/a.test.ts', '../types')).toBeUndefined();
    expect(one('packages/core/test/a.test.ts', '../server/app')).toBeUndefined();
  });

  it('take a link as a file, and follow none', () => {
    const link = { kind: 'unread', reason: 'symlink' } as const;
    const { one, resolver } = resolverOf({
      'a.ts': '',
      'loop.ts': link,
      'packages/core': link,
      'packages/web/package.json': link,
      'packages/web/tsconfig.json': link,
      'packages/web/b.ts': '',
    });
    expect(one('a.ts', './loop')).toBe('loop.ts');
    expect(one('a.ts', './packages/core')).toBeUndefined();
    expect(one('packages/web/b.ts', '../../a')).toBe('a.ts');
    expect(one('packages/web/b.ts', 'web')).toBeUndefined();
    expect(resolver.packageOf('packages/web/b.ts')).toBe('packages/web');
    expect(resolver.packageNameOf('packages/web/b.ts')).toBeUndefined();
  });
});

describe('imports of what is not in the tree', () => {
  it.each([
    'react',
    '@scope/kit',
    'node:fs',
    'fs',
    'fs/promises',
    'https://esm.sh/x',
    'data:text/javascript,1',
    '',
    '@',
    '@/',
    '#x',
    '/x',
    '*',
    '../',
    '\\',
    'a'.repeat(10_000),
  ])('find nothing for %s', (specifier) => {
    expect(resolverOf(there('src/a.ts', 'package.json')).one('src/a.ts', specifier)).toBeUndefined();
  });
});

describe('names that tools set up in code', () => {
  it('are found by their convention', () => {
    const { one } = resolverOf({
      ...there(
        'web/src/views/home.vue',
        'web/src/a.ts',
        'nuxt/components/bar.vue',
        'nuxt/pages/b.vue',
        'kit/src/lib/db.ts',
        'kit/src/routes/c.ts',
      ),
      'web/package.json': {},
      'nuxt/package.json': {},
      'kit/package.json': {},
    });
    expect(one('web/src/a.ts', '@/views/home.vue')).toBe('web/src/views/home.vue');
    expect(one('web/src/a.ts', '/src/a.ts')).toBe('web/src/a.ts');
    expect(one('nuxt/pages/b.vue', '~/components/bar.vue')).toBe('nuxt/components/bar.vue');
    expect(one('nuxt/pages/b.vue', '~~/components/bar')).toBe('nuxt/components/bar.vue');
    expect(one('kit/src/routes/c.ts', '$lib/db')).toBe('kit/src/lib/db.ts');
  });

  it('are those of a package that has neither a manifest nor an entry at hand', () => {
    const { all } = resolverOf(
      there('packages/tax/src/rates.ts', 'packages/tax/src/eu/vat.ts', 'packages/tax/test/a.ts', 'packages/fx/src/index.ts', 'web/a.js'),
    );
    expect(all('web/a.js', '@shop/tax')).toEqual(['packages/tax/src/eu/vat.ts', 'packages/tax/src/rates.ts']);
    expect(all('web/a.js', '@shop/fx')).toEqual(['packages/fx/src/index.ts']);
    expect(all('web/a.js', 'tax')).toEqual([]);
    expect(all('web/a.js', '@shop/mail')).toEqual([]);
  });
});
