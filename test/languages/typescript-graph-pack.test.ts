import { expect, test } from 'vitest';
import { graphOf } from '../../server/src/core/languages/typescript/references/graph.ts';
import { packGraph, unpackGraph } from '../../server/src/core/languages/typescript/references/graph-pack.ts';
import type { RepoPath } from '../../server/src/core/model/tree.ts';
import { textTree } from '../../server/src/host/trees/text-tree.ts';

const FILES: Readonly<Record<string, string>> = {
  'package.json': '{ "name": "shop", "workspaces": ["packages/*"] }',
  'packages/core/package.json': '{ "name": "@shop/core", "exports": { ".": "./dist/index.js", "./*": "./dist/*.js" } }',
  'packages/core/src/index.ts': "export * from './tax';\nexport { total } from './total.js';\n",
  'packages/core/src/tax.ts': 'export const tax = 1;\n',
  'packages/core/src/total.ts': "import type { tax } from './tax';\nexport const total = 1;\n",
  'packages/core/src/total.d.ts': 'export declare const total: number;\n',
  'packages/web/tsconfig.json': '{ "compilerOptions": { "paths": { "~/*": ["./app/*"] } } }',
  'packages/web/app/main.tsx': "import { total } from '@shop/core';\nimport { tax } from '@shop/core/tax';\nimport Pay from '~/pay.vue';\n",
  'packages/web/app/pay.vue': '<script setup lang="ts">\nconst one = await import("./größe");\n</script>\n',
  'packages/web/app/größe.js': "const { total } = require('@shop/core');\nnew Worker(new URL('./main', import.meta.url));\n",
  'packages/web/app/lost.ts': "import './main';\nconst open = `${\n",
};
const tree = textTree('t', new Map(Object.entries(FILES) as [RepoPath, string][]));

test('a graph is read as it was written', () => {
  const graph = graphOf(tree);
  const { resolver, recordOf, ...plain } = graph;
  const read = unpackGraph(packGraph(graph) ?? new Uint8Array(), tree);
  expect(read).toMatchObject(plain);
  expect(read?.resolver).toBe(resolver);
  expect(graph.files.map((_, file) => read?.recordOf(file))).toEqual(graph.files.map((_, file) => recordOf(file)));
  expect(graph.targets.length).toBeGreaterThan(8);
  expect(graph.lost).toEqual(['packages/web/app/lost.ts']);
  // At a place where numbers cannot be read as they lie.
  const apart = Buffer.concat([Buffer.from('x'), packGraph(graph) ?? new Uint8Array()]).subarray(1);
  expect(unpackGraph(apart, tree)).toMatchObject(plain);
});

test('a path that is no text keeps a graph from being written', () => {
  const odd = textTree('t', new Map([[`a\udcff.ts` as RepoPath, 'export const a = 1;\n']]));
  expect(packGraph(graphOf(odd))).toBeUndefined();
});

test('a graph whose numbers do not fit together is none', () => {
  const graph = graphOf(tree);
  const broken = [
    { ...graph, targets: graph.targets.map(() => 99) },
    { ...graph, targets: graph.targets.map(() => -1) },
    { ...graph, starts: graph.starts.map((start, file) => (file === 1 ? start + 7 : start)) },
    { ...graph, starts: graph.starts.map(() => 0) },
    { ...graph, linked: [{ file: -2, index: 0 }] },
    { ...graph, files: graph.files.slice(1) },
  ];
  for (const one of broken) expect(unpackGraph(packGraph(one) ?? new Uint8Array(), tree)).toBeUndefined();
});

test('a linker that says something else has another name', () => {
  const { files, starts, targets, wanted } = graphOf(tree);
  const edges = files.flatMap((from, file) =>
    [...targets.subarray(starts[file], starts[file + 1])].map((to, edge) => `${from} ${wanted[(starts[file] ?? 0) + edge]} ${files[to]}`),
  );
  // Where this fails and the difference is meant: give LINKER (graph-pack.ts) another name, and put what came out here.
  expect(edges).toMatchInlineSnapshot(`
    [
      "packages/core/src/index.ts 0 packages/core/src/tax.ts",
      "packages/core/src/index.ts 1 packages/core/src/total.ts",
      "packages/core/src/index.ts 1 packages/core/src/total.d.ts",
      "packages/core/src/total.ts 0 packages/core/src/tax.ts",
      "packages/web/app/größe.js 0 packages/core/src/index.ts",
      "packages/web/app/größe.js 1 packages/web/app/main.tsx",
      "packages/web/app/lost.ts 0 packages/web/app/main.tsx",
      "packages/web/app/main.tsx 0 packages/core/src/index.ts",
      "packages/web/app/main.tsx 1 packages/core/src/tax.ts",
      "packages/web/app/main.tsx 2 packages/web/app/pay.vue",
      "packages/web/app/pay.vue 0 packages/web/app/größe.js",
    ]
  `);
});
