// node bench/reach.mjs --repo NAME=PATH [--repo NAME=PATH ...] [--measure NAME,...] [--runs N] [--symbols N] [--seed TEXT]
//   [--json FILE] [--differences FILE] [--write]
// Measures the reach engine beside its peers and prints each figure as a ratio of one run, against its goal. PATH is a git
// repository, bare or with a checkout; its HEAD is cloned to a temporary folder. bench/README.md says what is measured and how.
// Node 20 reads no TypeScript, and what is measured is what ships: the scripts beside this one are bundled first, as dist/ is.
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const here = import.meta.dirname;
const root = path.resolve(here, '..');
// Inside the checkout, so that what stays outside the bundles is found in node_modules.
const out = path.join(root, '.tsc', 'bench', String(process.pid));

/** Processes that are started for a figure: bundled as what ships is. */
const processes = {
  own: path.join(here, 'reach/processes/own.ts'),
  floor: path.join(here, 'reach/processes/floor.ts'),
  oracle: path.join(here, 'reach/processes/oracle.ts'),
  'note-memory': path.join(here, 'reach/processes/note-memory.ts'),
  'bare-server': path.join(root, 'test/editor/bare-extension/server.ts'),
  'git-objects': path.join(root, 'server/src/host/git/objects-worker.mjs'),
};

const common = {
  absWorkingDir: root,
  outdir: out,
  bundle: true,
  platform: 'node',
  target: 'node20.18',
  format: 'cjs',
  mainFields: ['module', 'main'],
  alias: { 'web-tree-sitter': '@vscode/tree-sitter-wasm' },
  define: { 'import.meta.dirname': '__dirname' },
  // Loaded on first need in the product too, and a file of its own there.
  external: ['ts-morph', 'scslre'],
  logLevel: 'warning',
};

mkdirSync(out, { recursive: true });
try {
  await build({ ...common, entryPoints: { main: path.join(here, 'reach/main.ts') } });
  await build({ ...common, entryPoints: processes, minify: true, keepNames: true });
  const { default: bundle } = await import(pathToFileURL(path.join(out, 'main.js')).href);
  process.exitCode = await bundle.main(process.argv.slice(2), { root, bundles: out });
} finally {
  rmSync(out, { recursive: true, force: true });
}
