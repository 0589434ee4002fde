import { expect, it } from 'vitest';
import { resolverOf, type SmallFile } from '../support/resolver.ts';

/** What any manifest of a tree may look like. The rest of the tree is found all the same, and nothing throws. */
const DEEP = 100_000;
const MANIFESTS: readonly (readonly [string, SmallFile])[] = [
  ['nothing', ''],
  ['no JSON', 'packages:\n  - a\n'],
  ['half an object', '{ "name": "bad", "exports": { ".": '],
  ['a merge conflict', '<<<<<<< ours\n{ "name": "a" }\n=======\n{ "name": "b" }\n>>>>>>> theirs\n'],
  ['null', 'null'],
  ['a list', '[1, 2]'],
  ['a number', '7'],
  ['open remarks', '{ "name": "bad" /* and so on'],
  ['brackets without end', '['.repeat(DEEP)],
  ['objects in objects', `${'{"exports":'.repeat(DEEP)}1${'}'.repeat(DEEP)}`],
  ['2 MB', JSON.stringify({ name: 'bad', exports: { '.': './dist/index.js' }, filling: 'x'.repeat(2_000_000) })],
  ['2 MB of commas', `{ "name": "bad", ${',  '.repeat(700_000)} }`],
  [
    '100,000 subpaths',
    JSON.stringify({ name: 'bad', exports: Object.fromEntries(Array.from({ length: DEEP }, (_, i) => [`./${i}/*`, null])) }),
  ],
  ['what cannot be read', { kind: 'unread', reason: 'too-large' }],
  [
    'other types than expected',
    JSON.stringify({
      name: 1,
      main: ['a'],
      module: {},
      types: null,
      bin: [1],
      exports: 5,
      imports: 'x',
      workspaces: { packages: 3 },
      publishConfig: [],
      dependencies: [{}],
      typesVersions: { '*': 1 },
      extends: [1, {}],
      include: 'x',
      references: [null, { path: 1 }],
      compilerOptions: { paths: { a: 'b', c: [1], d: null }, baseUrl: 1, rootDirs: 'x', outDir: [], rootDir: {} },
    }),
  ],
  [
    'places outside of the tree',
    JSON.stringify({
      name: 'bad',
      main: '../../../etc/passwd',
      bin: '/bin/sh',
      exports: { '.': '../../out.js', './*': '../../*' },
      dependencies: { x: 'file:../../../..' },
      extends: ['../../../x', '/x', ''],
      compilerOptions: { baseUrl: '../../..', paths: { 'x/*': ['../../../*'], y: [] }, rootDirs: ['../..'], outDir: '../../..' },
      references: [{ path: '../../..' }],
    }),
  ],
  [
    'names of every object',
    '{ "name": "__proto__", "exports": { "./__proto__": "./x.js", "./constructor": {} }, "dependencies": { "__proto__": "file:x" }, "compilerOptions": { "paths": { "__proto__": ["x"], "constructor": ["y"] } } }',
  ],
  [
    'a circle',
    '{ "name": "bad", "extends": ["./tsconfig.json", "../tsconfig.json", "bad"], "imports": { "#a": "#a", "#b": "bad" }, "exports": { ".": "./package.json" }, "main": "." }',
  ],
];

it.each(MANIFESTS)('a manifest of %s costs nothing else', (_what, manifest) => {
  const { one, all } = resolverOf({
    'package.json': manifest,
    'tsconfig.json': manifest,
    'pnpm-workspace.yaml': manifest,
    'lerna.json': manifest,
    'rush.json': manifest,
    'bad/package.json': manifest,
    'bad/tsconfig.json': manifest,
    'bad/a.ts': '',
    'bad/b.ts': '',
    'good/package.json': '{ "name": "good", "main": "dist/start.js" }',
    'good/src/start.ts': '',
    'copy/good/package.json': '{ "name": "good" }',
    'good/tsconfig.json': '{ "extends": "../bad/tsconfig.json", "compilerOptions": { "paths": { "~/*": ["./src/*"] } } }',
  });
  expect(one('bad/a.ts', './b')).toBe('bad/b.ts');
  expect(one('bad/a.ts', 'good')).toBe('good/src/start.ts');
  expect(one('good/src/start.ts', '~/start')).toBe('good/src/start.ts');
  expect(one('bad/a.ts', './b.js')).toBe('bad/b.ts');
  for (const name of [
    'bad',
    'bad/x',
    '#a',
    '#b',
    'x',
    'x/y',
    '__proto__',
    'constructor',
    'bad/__proto__',
    'bad/constructor',
    './',
    '..',
    'toString',
  ])
    for (const path of all('bad/a.ts', name)) expect(path).toMatch(/^(?:bad|good)\//);
});

it('configs that extend each other say what they say up to there', () => {
  const { one } = resolverOf({
    'a/tsconfig.json': '{ "extends": "../b/tsconfig.json", "compilerOptions": { "paths": { "x": ["./x"] } } }',
    'b/tsconfig.json': '{ "extends": "../a/tsconfig.json" }',
    'a/x.ts': '',
    'b/y.ts': '',
  });
  expect(one('a/x.ts', 'x')).toBe('a/x.ts');
  expect(one('b/y.ts', 'x')).toBe('a/x.ts');
});

it('configs that many ways lead to are read once', { timeout: 5_000 }, () => {
  const files: Record<string, SmallFile> = { 'src/a.ts': '', 'src/b.ts': '', 'tsconfig.json': { extends: './t0.json' } };
  for (let at = 0; at < 11; at += 1) {
    const parents = Array.from({ length: 8 }, () => `./t${at + 1}.json`);
    files[`t${at}.json`] = { extends: parents, compilerOptions: { paths: { '@x/*': ['src/*'] } } };
  }
  expect(resolverOf(files).one('src/b.ts', '@x/a')).toBe('src/a.ts');
});

it('a config of one string without an end costs no more than its length', { timeout: 60_000 }, () => {
  const { one } = resolverOf({ 'tsconfig.json': `{"${'\\"'.repeat(250_000)}`, 'src/a.ts': '', 'src/b.ts': '' });
  expect(one('src/b.ts', './a')).toBe('src/a.ts');
});

/** Processor time of as many questions as there are patterns of each kind, in milliseconds. */
function timeOfPatterns(count: number): number {
  const paths: Record<string, readonly string[]> = { '@x/*': ['nowhere/*'], '@x/7*': ['src/*'], '@x/exact': ['src/b'] };
  for (let at = 0; at < count; at += 1) {
    paths[`@y/${at}*`] = [`s/${at}/*`];
    paths[`@z/*${at}`] = [`s/${at}/*`];
  }
  const { one, all } = resolverOf({ 'tsconfig.json': { compilerOptions: { paths } }, 'src/a.ts': '', 'src/b.ts': '' });
  const started = process.cpuUsage();
  const found = Array.from({ length: count }, (_, at) => all('src/b.ts', `@${at % 2 === 0 ? 'y' : 'z'}/${at}q`)).flat();
  const { user, system } = process.cpuUsage(started);
  expect(found).toEqual([]);
  expect(one('src/b.ts', '@x/7a')).toBe('src/a.ts');
  expect(one('src/a.ts', '@x/exact')).toBe('src/b.ts');
  return (user + system) / 1_000;
}

it('forty thousand patterns are not tried one by one', { timeout: 120_000 }, () => {
  timeOfPatterns(1_000);
  const [small, large] = [timeOfPatterns(5_000), timeOfPatterns(20_000)];
  // Four times as many: tried one by one it would be sixteen.
  expect(large / small).toBeLessThan(9);
});

it('a package.json that is being written keeps its name', () => {
  const { one } = resolverOf({
    'core/package.json': '{ "name": "@shop/core", "main": "dist/index.js", "dependencies": { "left',
    'core/src/index.ts': '',
    'a.ts': '',
  });
  expect(one('a.ts', '@shop/core')).toBe('core/src/index.ts');
});
