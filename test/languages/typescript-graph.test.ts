import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadCompiler } from '../../server/src/core/languages/typescript/compiler.ts';
import { dependentsOf, importersOf, importsOf, referencesTo } from '../../server/src/core/languages/typescript/references/query.ts';
import type { RepoPath, Tree } from '../../server/src/core/model/tree.ts';
import { overlayTree } from '../../server/src/host/trees/overlay-tree.ts';
import { memoryTree } from '../support/memory-tree.ts';

beforeAll(loadCompiler);

describe('the import graph', () => {
  const files = {
    'a.ts': 'export const one = 1;',
    'b.ts': "import { one } from './a';\nimport './b';",
    'c.js': "const b = require('./b');",
    'd.ts': "export * from './c';\nconst lazy = () => import('./e');",
    'e.ts': "import './d';",
    'far/index.ts': "import type { one } from '..';",
    'index.ts': "export { one } from './a.js';",
    'alone.ts': "import 'react';",
  };

  it('knows who asks whom, by any kind of import, and leaves a file out of its own', () => {
    const tree = treeOf(files);
    expect(importersOf(tree, at('a.ts'))).toEqual(['b.ts', 'index.ts']);
    expect(importersOf(tree, at('b.ts'))).toEqual(['c.js']);
    expect(importsOf(tree, at('d.ts'))).toEqual(['c.js', 'e.ts']);
    expect(importersOf(tree, at('index.ts'))).toEqual(['far/index.ts']);
    expect(importersOf(tree, at('gone.ts'))).toEqual([]);
  });

  it('follows importers of importers to the end, in cycles too', () => {
    const tree = treeOf(files);
    expect(dependentsOf(tree, [at('a.ts')])).toEqual({
      files: ['b.ts', 'c.js', 'd.ts', 'e.ts', 'far/index.ts', 'index.ts'],
      capped: false,
    });
    expect(dependentsOf(tree, [at('e.ts')])).toEqual({ files: ['d.ts'], capped: false });
    expect(dependentsOf(tree, [at('a.ts'), at('b.ts')]).files).not.toContain('b.ts');
    expect(dependentsOf(tree, [at('gone.ts')])).toEqual({ files: [], capped: false });
  });

  it('says that not all is known where a file cannot be read', () => {
    const unread = { kind: 'unread', reason: 'not-utf8' } as const;
    const tree = memoryTree(
      'before',
      new Map<RepoPath, string | typeof unread>([[at('a.ts'), 'export const one = 1;']]).set(at('b.ts'), unread),
    );
    expect(dependentsOf(tree, [at('a.ts')]).capped).toBe(true);
  });

  it('walks a chain of twenty thousand files', () => {
    const chain = Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`f${index + 1}.ts`, `import './f${index}';`]));
    expect(dependentsOf(treeOf({ 'f0.ts': '', ...chain }), [at('f0.ts')]).files.length).toBe(20_000);
  });
});

const FOLDERS = ['', 'lib/', 'lib/deep/', 'packages/core/src/'];
const STEMS = ['a', 'b', 'index', 'c.service'];
const ENDINGS = ['.ts', '.tsx', '.js', '.d.ts'];
const path = fc.tuple(fc.constantFrom(...FOLDERS), fc.constantFrom(...STEMS), fc.constantFrom(...ENDINGS)).map((parts) => parts.join(''));
const specifier = fc.constantFrom(
  './a',
  './b.js',
  '.',
  '..',
  './lib',
  './lib/',
  '../lib/a',
  './deep/index',
  './c.service',
  '../a.js',
  '@shop/core',
  '@shop/core/b',
  '~/a',
  'react',
);
const line = fc.oneof(
  fc.constant('export const one = 1;'),
  fc.constant('export default function two() { return one; }'),
  fc.constant('function f(one: number) { return one; }'),
  specifier.map((from) => `import { one } from '${from}';`),
  specifier.map((from) => `import one from '${from}';`),
  specifier.map((from) => `import * as ns from '${from}'; ns.one;`),
  specifier.map((from) => `export * from '${from}';`),
  specifier.map((from) => `export { one as default } from '${from}';`),
  specifier.map((from) => `const { one } = require('${from}');`),
  specifier.map((from) => `import('${from}').then((m) => m.one);`),
);
const text = fc.array(line, { maxLength: 4 }).map((lines) => lines.join('\n'));
const CONFIGS: readonly (readonly [string, string])[] = [
  ['packages/core/package.json', '{ "name": "@shop/core" }'],
  ['packages/core/package.json', '{ "name": "@shop/other" }'],
  ['tsconfig.json', '{ "compilerOptions": { "paths": { "~/*": ["./lib/*"] } } }'],
  ['tsconfig.json', '{ "compilerOptions": { "paths": { "~/*": ["./*"] } } }'],
];
const file = fc.oneof({ weight: 8, arbitrary: fc.tuple(path, text) }, { weight: 1, arbitrary: fc.constantFrom(...CONFIGS) });
const edit = fc.oneof(
  { weight: 5, arbitrary: file.map(([to, content]) => ({ to, content })) },
  { weight: 2, arbitrary: path.map((to) => ({ to, content: undefined })) },
  { weight: 2, arbitrary: fc.tuple(path, path).map(([from, to]) => ({ to, from })) },
);

describe('warm equals cold', () => {
  it('answers for a tree over others what a fresh tree with the same files answers', () => {
    fc.assert(
      fc.property(
        fc.array(file, { minLength: 2, maxLength: 10 }),
        fc.array(fc.array(edit, { minLength: 1, maxLength: 3 }), { maxLength: 5 }),
        (start, steps) => {
          let files = new Map(start.map(([to, content]) => [at(to), content]));
          let tree: Tree = memoryTree('0', files);
          answersOf(tree);
          steps.forEach((edits, index) => {
            const next = new Map(files);
            const touched = new Set<RepoPath>();
            for (const { to, ...how } of edits) {
              touched.add(at(to));
              if ('from' in how) touched.add(at(how.from));
              const content = 'from' in how ? next.get(at(how.from)) : how.content;
              if ('from' in how) next.delete(at(how.from));
              if (content === undefined) next.delete(at(to));
              else next.set(at(to), content);
            }
            const read = (changed: RepoPath): { kind: 'text'; text: string } | undefined => {
              const content = next.get(changed);
              return content === undefined ? undefined : { kind: 'text', text: content };
            };
            const over = overlayTree(`${index + 1}`, tree, { paths: () => touched, exists: (changed) => next.has(changed), read });
            tree = over.over === undefined ? { ...over, over: { base: tree, differing: touched } } : over;
            files = next;
            // Some trees of the chain are asked and some are not.
            if (index % 2 === 0) expect(answersOf(tree)).toEqual(answersOf(memoryTree('fresh', files)));
          });
          expect(answersOf(tree)).toEqual(answersOf(memoryTree('fresh', files)));
        },
      ),
      { numRuns: 150 },
    );
  });
});

function answersOf(tree: Tree): unknown {
  return tree
    .paths()
    .map((one) => [
      one,
      importersOf(tree, one),
      importsOf(tree, one),
      dependentsOf(tree, [one]),
      referencesTo(tree, one, 'one')?.places,
      referencesTo(tree, one, 'default')?.places,
    ]);
}

function treeOf(files: Readonly<Record<string, string>>): Tree {
  return memoryTree('before', new Map(Object.entries(files).map(([name, content]) => [at(name), content])));
}

/** Literal paths of a test are what RepoPath promises. */
function at(name: string): RepoPath {
  return name as RepoPath;
}
