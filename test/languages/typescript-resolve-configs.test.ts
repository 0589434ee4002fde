import { describe, expect, it } from 'vitest';
import { resolverOf } from '../support/resolver.ts';

describe('names that a config maps', () => {
  it('go to the first place that is there, the closest pattern first', () => {
    const { one } = resolverOf({
      'tsconfig.json':
        '\uFEFF{ // where things are\n "compilerOptions": { "paths": { "*": ["./types/*"], "@app/*": ["./gen/*", "./src/*",], "@app/special/*": ["./special/*"], "@app": ["./src/index"], "*/mocks": ["./mocks/*"], }, }, /* done */ }',
      'src/index.ts': '',
      'src/till.ts': '',
      'src/special/x.ts': '',
      'special/x.ts': '',
      'types/ambient.d.ts': '',
      'mocks/till.ts': '',
    });
    expect(one('src/index.ts', '@app')).toBe('src/index.ts');
    expect(one('src/index.ts', '@app/till')).toBe('src/till.ts');
    expect(one('src/index.ts', '@app/till.js')).toBe('src/till.ts');
    expect(one('src/index.ts', '@app/special/x')).toBe('special/x.ts');
    expect(one('src/index.ts', 'ambient')).toBe('types/ambient.d.ts');
    expect(one('src/index.ts', 'till/mocks')).toBe('mocks/till.ts');
    expect(one('src/index.ts', '@app/none')).toBeUndefined();
  });

  it('are seen from the base, wherever it is said, or from the config that maps them', () => {
    const { one } = resolverOf({
      'config/base.json': '{ "compilerOptions": { "paths": { "~/*": ["shared/*"] } } }',
      'plain/tsconfig.json': '{ "extends": "../config/base" }',
      'plain/a.ts': '',
      'based/tsconfig.json': '{ "extends": "../config/base.json", "compilerOptions": { "baseUrl": "./code" } }',
      'based/a.ts': '',
      'based/code/shared/x.ts': '',
      'based/code/tool.ts': '',
      'config/shared/x.ts': '',
    });
    expect(one('plain/a.ts', '~/x')).toBe('config/shared/x.ts');
    expect(one('based/a.ts', '~/x')).toBe('based/code/shared/x.ts');
    expect(one('based/a.ts', 'tool')).toBe('based/code/tool.ts');
    expect(one('plain/a.ts', 'tool')).toBeUndefined();
  });

  it('may be seen from whoever extends the config', () => {
    const { one } = resolverOf({
      'base.json': '{ "compilerOptions": { "paths": { "@/*": ["${configDir}/app/*"] } } }',
      'one/tsconfig.json': '{ "extends": "../base.json" }',
      'one/a.ts': '',
      'one/app/x.ts': '',
      'two/tsconfig.json': '{ "extends": "../base.json" }',
      'two/a.ts': '',
      'two/app/x.ts': '',
    });
    expect(one('one/a.ts', '@/x')).toBe('one/app/x.ts');
    expect(one('two/a.ts', '@/x')).toBe('two/app/x.ts');
  });

  it('come from several configs, of which the last says most', () => {
    const { one } = resolverOf({
      'a.json': '{ "compilerOptions": { "paths": { "x": ["./from-a"] }, "baseUrl": "." } }',
      'b.json': '{ "compilerOptions": { "paths": { "x": ["./from-b"] } } }',
      'tsconfig.json': '{ "extends": ["./a.json", "./b.json"] }',
      'from-a.ts': '',
      'from-b.ts': '',
      'm.ts': '',
    });
    expect(one('m.ts', 'x')).toBe('from-b.ts');
    expect(one('m.ts', 'from-a')).toBe('from-a.ts');
  });

  it('come from a config of another package of the tree', () => {
    const files = {
      'packages/config/package.json': { name: '@shop/config', exports: { './strict': './configs/strict.json' } },
      'packages/config/tsconfig.json': '{ "compilerOptions": { "paths": { "whole": ["../core/whole"] } } }',
      'packages/config/base.json': '{ "compilerOptions": { "paths": { "base": ["../core/base"] } } }',
      'packages/config/configs/strict.json': '{ "compilerOptions": { "paths": { "strict": ["../../core/strict"] } } }',
      'packages/core/whole.ts': '',
      'packages/core/base.ts': '',
      'packages/core/strict.ts': '',
      'a/tsconfig.json': '{ "extends": "@shop/config" }',
      'a/m.ts': '',
      'b/tsconfig.json': '{ "extends": "@shop/config/base.json" }',
      'b/m.ts': '',
      'c/tsconfig.json': '{ "extends": "@shop/config/strict" }',
      'c/m.ts': '',
      'd/tsconfig.json': '{ "extends": ["@tsconfig/node20", "@shop/config/base"] }',
      'd/m.ts': '',
    };
    const { one } = resolverOf(files);
    expect(one('a/m.ts', 'whole')).toBe('packages/core/whole.ts');
    expect(one('b/m.ts', 'base')).toBe('packages/core/base.ts');
    expect(one('c/m.ts', 'strict')).toBe('packages/core/strict.ts');
    expect(one('d/m.ts', 'base')).toBe('packages/core/base.ts');
  });

  it('come from the config that is for the folder, where there are several', () => {
    const { one } = resolverOf({
      'tsconfig.json': '{ "files": [], "references": [{ "path": "./tsconfig.app.json" }, { "path": "./tsconfig.e2e.json" }] }',
      'tsconfig.app.json': '{ "include": ["src/**/*"], "compilerOptions": { "paths": { "@/*": ["./src/*"] } } }',
      'tsconfig.a-copy.json': '{ "include": ["elsewhere"], "compilerOptions": { "paths": { "@/*": ["./elsewhere/*"] } } }',
      'tsconfig.e2e.json': '{ "include": ["e2e"], "compilerOptions": { "paths": { "@/*": ["./e2e/pages/*"] } } }',
      'src/login.ts': '',
      'src/deep/a.ts': '',
      'elsewhere/login.ts': '',
      'e2e/pages/login.ts': '',
      'e2e/a.ts': '',
      'b.ts': '',
    });
    expect(one('src/deep/a.ts', '@/login')).toBe('src/login.ts');
    expect(one('e2e/a.ts', '@/login')).toBe('e2e/pages/login.ts');
    expect(one('b.ts', '@/login')).toBe('src/login.ts');
    expect(one('elsewhere/login.ts', '@/login')).toBe('elsewhere/login.ts');
  });

  it('come from jsconfig.json, and from a config above that all packages share', () => {
    const { one } = resolverOf({
      'jsconfig.json': '{ "compilerOptions": { "baseUrl": ".", "paths": { "shared/*": ["./code/shared/*"] } } }',
      'code/shared/x.js': '',
      'tool/index.js': '',
      'packages/web/tsconfig.json': '{}',
      'packages/web/a.ts': '',
      'b.js': '',
    });
    expect(one('b.js', 'shared/x')).toBe('code/shared/x.js');
    expect(one('b.js', 'tool')).toBe('tool/index.js');
    expect(one('packages/web/a.ts', 'shared/x')).toBe('code/shared/x.js');
    // A base is not a map: with another config in between, `tool` is a package that somebody installed.
    expect(one('packages/web/a.ts', 'tool')).toBeUndefined();
  });

  it('may name what is built', () => {
    const { one } = resolverOf({
      'tsconfig.json': '{ "compilerOptions": { "paths": { "ui": ["./dist/ui"], "core/*": ["./packages/core/dist/*"] } } }',
      'projects/ui/package.json': { name: 'ui' },
      'projects/ui/src/public-api.ts': '',
      'packages/core/package.json': {},
      'packages/core/src/x.ts': '',
      'a.ts': '',
    });
    expect(one('a.ts', 'ui')).toBe('projects/ui/src/public-api.ts');
    expect(one('a.ts', 'core/x')).toBe('packages/core/src/x.ts');
  });
});

describe('folders that are one once they are built', () => {
  it('are looked through for a relative import', () => {
    const { one } = resolverOf({
      'tsconfig.json': '{ "compilerOptions": { "rootDirs": ["src", "generated/types"] } }',
      'src/routes/home.ts': '',
      'generated/types/routes/names.d.ts': '',
    });
    expect(one('src/routes/home.ts', './names')).toBe('generated/types/routes/names.d.ts');
    expect(one('generated/types/routes/names.d.ts', './home')).toBe('src/routes/home.ts');
    expect(one('src/routes/home.ts', './other')).toBeUndefined();
  });
});
