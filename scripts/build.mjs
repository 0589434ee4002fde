// Bundles everything that ships into dist/: the extension, the server with its workers, the command line, and what they load
// at run time. `--test` also bundles the in-editor suite; `--meta` writes what went in, for the third-party notices.
import { chmodSync, copyFileSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { build } from 'esbuild';

const root = path.resolve(import.meta.dirname ?? '.', '..');
const dist = path.join(root, 'dist');
const require = createRequire(path.join(root, 'package.json'));
const WASM = {
  'tree-sitter.wasm': '@vscode/tree-sitter-wasm/wasm/tree-sitter.wasm',
  'tree-sitter-bash.wasm': '@vscode/tree-sitter-wasm/wasm/tree-sitter-bash.wasm',
  'tree-sitter-terraform.wasm': '@tree-sitter-grammars/tree-sitter-hcl/tree-sitter-terraform.wasm',
  'libpg-query.wasm': 'libpg-query/wasm/libpg-query.wasm',
};

const common = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node20.18',
  format: 'cjs',
  minify: true,
  keepNames: true,
  legalComments: 'none',
  logLevel: 'warning',
  metafile: true,
  define: { 'import.meta.dirname': '__dirname' },
};

/** ts-morph is 90 % of the weight and none of the start-up: it stays a file of its own that is loaded on first need. */
const tsMorphApart = {
  name: 'ts-morph-apart',
  setup(plugin) {
    plugin.onResolve({ filter: /^ts-morph$/ }, () => ({ path: './ts-morph.js', external: true }));
  },
};

const bundles = [
  { entryPoints: { extension: 'client/src/extension.ts' }, external: ['vscode'] },
  { entryPoints: { server: 'server/src/doors/lsp/main.ts', 'analysis-worker': 'server/src/doors/lsp/worker.ts', 'git-objects': 'server/src/host/git/objects-worker.mjs' }, plugins: [tsMorphApart] },
  { entryPoints: { cli: 'server/src/doors/cli/main.ts' }, plugins: [tsMorphApart], banner: { js: '#!/usr/bin/env node' } },
  { entryPoints: { 'ts-morph': 'ts-morph' } },
];

rmSync(dist, { recursive: true, force: true });
mkdirSync(dist, { recursive: true });
const results = await Promise.all(bundles.map((bundle) => build({ ...common, ...bundle, outdir: 'dist' })));
for (const [name, specifier] of Object.entries(WASM)) copyFileSync(assetPath(specifier), path.join(dist, name));
chmodSync(path.join(dist, 'cli.js'), 0o755);
if (process.argv.includes('--test')) {
  await build({ ...common, minify: false, entryPoints: { suite: 'test/editor/suite/index.ts' }, outdir: 'dist-test', external: ['vscode', 'mocha'] });
}
if (process.argv.includes('--meta')) {
  const inputs = [...new Set(results.flatMap((result) => Object.keys(result.metafile.inputs)))].sort();
  writeFileSync(path.join(dist, 'inputs.json'), JSON.stringify([...inputs, ...Object.values(WASM).map((file) => `node_modules/${file}`)], null, 1));
}

function assetPath(specifier) {
  const parts = specifier.split('/');
  const count = specifier.startsWith('@') ? 2 : 1;
  const file = path.join(path.dirname(require.resolve(`${parts.slice(0, count).join('/')}/package.json`)), ...parts.slice(count));
  if (!existsSync(file)) throw new Error(`expected ${specifier} in node_modules, found none: run npm ci`);
  return file;
}
