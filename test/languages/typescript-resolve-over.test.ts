import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { importsOf } from '../../server/src/core/languages/typescript/references/graph.ts';
import { createResolver } from '../../server/src/core/languages/typescript/resolve/resolve.ts';
import type { RepoPath, Tree } from '../../server/src/core/model/tree.ts';
import { type SmallFile, smallTree } from '../support/resolver.ts';

const FILES: Readonly<Record<string, SmallFile>> = {
  'package.json': { name: 'root', workspaces: ['packages/*'] },
  'packages/core/package.json': { name: 'core', main: 'dist/index.js' },
  'packages/core/src/index.ts': 'export const a = 1;',
  'packages/core/src/b.ts': '',
  'packages/web/package.json': { name: 'web' },
  'packages/web/tsconfig.json': { compilerOptions: { paths: { '~/*': ['./src/*'] } } },
  'packages/web/src/a.ts': '',
  'readme.md': '',
};

/** The tree of `FILES` but for `changes`, over `base`; undefined takes a file away. */
function over(
  base: Tree,
  changes: Readonly<Record<string, SmallFile | undefined>>,
  among: Readonly<Record<string, SmallFile>> = FILES,
): Tree {
  const files = Object.fromEntries(Object.entries({ ...among, ...changes }).filter(([, file]) => file !== undefined)) as Record<
    string,
    SmallFile
  >;
  return { ...smallTree(files), over: { base, differing: new Set(Object.keys(changes) as RepoPath[]) } };
}

const QUESTIONS: readonly (readonly [RepoPath, string])[] = (
  [
    ['packages/web/src/a.ts', 'core'],
    ['packages/web/src/a.ts', 'core/b'],
    ['packages/web/src/a.ts', '~/a'],
    ['packages/web/src/a.ts', '~/c'],
    ['packages/web/src/a.ts', './c'],
    ['packages/core/src/index.ts', './b'],
    ['packages/core/src/index.ts', 'web'],
  ] as const
).map(([from, specifier]) => [from as RepoPath, specifier] as const);

const answersOf = (tree: Tree): readonly (readonly RepoPath[])[] => {
  const resolver = createResolver(tree);
  return QUESTIONS.map(([from, specifier]) => resolver.resolveAll(from, specifier));
};

describe('a tree over another one', () => {
  it.each<[string, Readonly<Record<string, SmallFile | undefined>>]>([
    ['another text', { 'packages/core/src/index.ts': 'export const a = 2;' }],
    ['another file that is no source', { 'readme.md': 'new', 'notes.md': '' }],
    [
      'scripts and versions of a manifest',
      { 'packages/core/package.json': { name: 'core', main: 'dist/index.js', version: '2.0.0', scripts: { a: 'b' } } },
    ],
    [
      'a remark in a config',
      { 'packages/web/tsconfig.json': '{ "compilerOptions": { "paths": { "~/*": ["./src/*"] }, "strict": true } } // yes' },
    ],
  ])('with %s has the same resolver', (_what, changes) => {
    const base = smallTree(FILES);
    expect(createResolver(over(base, changes))).toBe(createResolver(base));
  });

  it.each<[string, Readonly<Record<string, SmallFile | undefined>>]>([
    ['a file more', { 'packages/web/src/c.ts': '' }],
    ['a file less', { 'packages/core/src/b.ts': undefined }],
    ['a file of another name', { 'packages/core/src/b.ts': undefined, 'packages/core/src/B.ts': '' }],
    ['another name of a package', { 'packages/core/package.json': { name: 'kernel', main: 'dist/index.js' } }],
    ['another entry', { 'packages/core/package.json': { name: 'core', main: 'dist/b.js' } }],
    ['a package less', { 'packages/core/package.json': undefined }],
    ['a broken manifest', { 'packages/core/package.json': '{' }],
    ['a manifest that is too deep', { 'packages/core/package.json': `${'{"exports":'.repeat(50_000)}1${'}'.repeat(50_000)}` }],
    ['another config', { 'packages/web/tsconfig.json': { compilerOptions: { paths: { '~/*': ['../core/src/*'] } } } }],
    ['a config less', { 'packages/web/tsconfig.json': undefined }],
    ['a config more', { 'packages/core/tsconfig.json': { compilerOptions: { outDir: 'dist', rootDir: 'src' } } }],
    [
      'all at once',
      { 'packages/web/src/c.ts': '', 'packages/core/src/b.ts': undefined, 'packages/core/package.json': { name: 'core', main: 'b' } },
    ],
  ])('with %s answers as if it stood alone', (_what, changes) => {
    const base = smallTree(FILES);
    answersOf(base);
    const tree = over(base, changes);
    const alone = { ...tree, over: undefined } as unknown as Tree;
    expect(answersOf(tree)).toEqual(answersOf(alone));
    expect(answersOf(base)).toEqual(answersOf(smallTree(FILES)));
  });

  it('has one resolver for each thing that differs, however often it is asked', () => {
    const base = smallTree(FILES);
    const first = over(base, { 'packages/web/src/c.ts': 'one' });
    const second = over(base, { 'packages/web/src/c.ts': 'two' });
    expect(createResolver(first)).toBe(createResolver(second));
    expect(createResolver(first)).not.toBe(createResolver(base));
  });

  it('may be over one that is itself over another', () => {
    const base = smallTree(FILES);
    let tree: Tree = base;
    for (let edit = 0; edit < 5_000; edit += 1) tree = over(tree, { 'packages/core/src/index.ts': `export const a = ${edit};` });
    expect(createResolver(tree)).toBe(createResolver(base));
    const grown = { ...FILES, 'packages/web/src/c.ts': '' };
    const more = over(over(tree, { 'packages/web/src/c.ts': '' }), { 'packages/core/src/b.ts': undefined }, grown);
    expect(answersOf(more)).toEqual(answersOf({ ...more, over: undefined } as unknown as Tree));
    // A file that came and went again is none that differs.
    expect(createResolver(over(over(base, { 'new.ts': '' }), { 'new.ts': undefined }))).toBe(createResolver(base));
  });
});

describe('imports of a tree over another one', () => {
  const files: Readonly<Record<string, SmallFile>> = {
    'core/package.json': { name: 'core', main: 'dist/start.js' },
    'core/test/a.ts': "import '../dist'; import '../dist/b.min.js'; import '..'; import './theme.css';",
    'core/src/b.ts': '',
    'core/src/start.ts': '',
  };
  it.each<[string, Readonly<Record<string, SmallFile | undefined>>, readonly string[]]>([
    ['a source that a build mirrors', { 'core/src/index.ts': '' }, ['core/src/b.ts', 'core/src/index.ts', 'core/src/start.ts']],
    ['what declares a style', { 'core/test/theme.d.css.ts': '' }, ['core/src/b.ts', 'core/src/start.ts', 'core/test/theme.d.css.ts']],
    ['another entry', { 'core/src/start.ts': undefined, 'core/src/main.ts': '' }, ['core/src/b.ts', 'core/src/main.ts']],
    ['a source less', { 'core/src/b.ts': undefined }, ['core/src/start.ts']],
  ])('know %s, which no import names', (_what, changes, expected) => {
    const base = smallTree(files);
    expect(importsOf(base, 'core/test/a.ts' as RepoPath)).toEqual(['core/src/b.ts', 'core/src/start.ts']);
    expect(importsOf(over(base, changes, files), 'core/test/a.ts' as RepoPath)).toEqual(expected);
  });
});

/** Whatever happens to a tree, step by step, the answers are those of a tree that was never another one. */
describe('warm equals cold', () => {
  const NAMES = 'index a b dist/index server.native tsconfig package theme.css'.split(' ');
  const place = fc
    .tuple(
      fc.constantFrom('', 'core/', 'core/src/', 'web/', 'web/src/'),
      fc.constantFrom(...NAMES),
      fc.constantFrom('.ts', '.js', '.d.ts', '.vue', '.json'),
    )
    .map((parts) => parts.join(''));
  const manifest = fc.constantFrom<SmallFile>(
    { name: 'core', main: 'dist/index.js' },
    { name: 'core', exports: { '.': './dist/a.js', './*': './dist/*.js' }, imports: { '#b': './dist/b.js' } },
    { name: 'web', dependencies: { core: 'file:../web/src' } },
    { compilerOptions: { baseUrl: '.', paths: { 'core/*': ['./core/src/*'], '#b': ['./web/b'] } } },
    { extends: '../tsconfig.json', compilerOptions: { outDir: 'dist', rootDir: 'src', rootDirs: ['src', '.'] } },
    '{ "name": "core", ',
  );
  const step = fc.dictionary(place, fc.option(manifest, { nil: undefined }), { minKeys: 1, maxKeys: 3 });
  const specifiers = 'core core/a core/index web #b ./a ./a.js ../a . .. ./dist ../dist/index.js ./server ./theme.css ~/a @/a'.split(' ');

  it('over any changes', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 6 }), (steps) => {
        let files: Readonly<Record<string, SmallFile>> = { 'core/src/index.ts': '', 'web/src/a.ts': '' };
        let tree: Tree = smallTree(files);
        for (const changes of steps) {
          const next = over(tree, changes, files);
          files = Object.fromEntries(Object.entries({ ...files, ...changes }).filter(([, file]) => file !== undefined)) as typeof files;
          const [warm, cold] = [createResolver(next), createResolver(smallTree(files))];
          for (const from of ['core/src/x.ts', 'web/src/x.ts', 'x.ts'] as RepoPath[])
            for (const specifier of specifiers) expect(warm.resolveAll(from, specifier)).toEqual(cold.resolveAll(from, specifier));
          tree = next;
        }
      }),
      { numRuns: 120 },
    );
  });
});
