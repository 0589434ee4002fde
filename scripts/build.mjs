// Bundles everything that ships into dist/: the extension, the server with its workers, the command line, and what they load
// at run time. `--test` also bundles the in-editor suite; `--meta` writes what went in, for the third-party notices.
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { build } from 'esbuild';
import { compilerAlone } from './compiler-alone.mjs';

const root = path.resolve(import.meta.dirname ?? '.', '..');
const dist = path.join(root, 'dist');
// Built aside and moved into place as a whole: a process that starts meanwhile finds the old bundles or the new ones.
const aside = path.join(root, `dist.${process.pid}`);
const require = createRequire(path.join(root, 'package.json'));
const WASM = JSON.parse(readFileSync(path.join(root, 'server/src/host/assets.json'), 'utf8'));

const common = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node20.18',
  format: 'cjs',
  minify: true,
  keepNames: true,
  // jsonc-parser's CommonJS build hides its imports from a bundler; its module build does not.
  mainFields: ['module', 'main'],
  legalComments: 'none',
  logLevel: 'warning',
  metafile: true,
  // ast-grep names another tree-sitter runtime than the one that ships, and is given this one (core/team-rules/ast-grep.ts).
  alias: { 'web-tree-sitter': '@vscode/tree-sitter-wasm' },
  define: { 'import.meta.dirname': '__dirname' },
};

/** ts-morph and scslre are most of the weight and none of the start-up: each stays a file of its own, loaded on first need. */
const libraryApart = {
  name: 'library-apart',
  setup(plugin) {
    // Through a require: Node's own import() of a CommonJS file guesses its exports, and guesses wrong for these.
    plugin.onResolve({ filter: /^(ts-morph|scslre)$/ }, ({ path: name }) => ({ path: name, namespace: 'apart' }));
    plugin.onLoad({ filter: /.*/, namespace: 'apart' }, ({ path: name }) => ({ contents: `module.exports = require('./${name}.js');` }));
    plugin.onResolve({ filter: /^\.\/(ts-morph|scslre)\.js$/, namespace: 'apart' }, ({ path: file }) => ({ path: file, external: true }));
  },
};

/**
 * The command line is a file of its own beside the one that starts it, which may run it from code that was compiled before
 * (server/src/host/code-cache). Such code knows no import(): the one of a library that loads Node's own modules so is taken otherwise.
 */
const programApart = {
  name: 'program-apart',
  setup(plugin) {
    // Through a require: Node's own import() of a file reads it twice over for what it may export, which takes longer than to run it.
    plugin.onResolve({ filter: /^\.\/command-line\.ts$/ }, () => ({ path: 'command-line', namespace: 'apart' }));
    plugin.onLoad({ filter: /.*/, namespace: 'apart' }, () => ({ contents: "module.exports = require('./command-line.js');" }));
    plugin.onResolve({ filter: /^\.\/command-line\.js$/, namespace: 'apart' }, ({ path: file }) => ({ path: file, external: true }));
  },
};
const noDynamicImports = {
  name: 'no-dynamic-imports',
  setup(plugin) {
    plugin.onLoad({ filter: /tree-sitter-wasm[\\/]wasm[\\/]tree-sitter\.js$/ }, ({ path: file }) => {
      const text = readFileSync(file, 'utf8');
      const contents = text.replaceAll(/\bawait import\(("[a-z/]+")\)/g, 'process.getBuiltinModule($1)');
      if (contents === text) throw new Error(`expected import() of Node's modules in ${file}, found none: is this still needed?`);
      return { contents };
    });
  },
};

/** What a short run seldom comes to is run when it is used first, and not when somebody might. */
const loadedAtFirstUse = {
  name: 'loaded-at-first-use',
  setup(plugin) {
    const namespace = 'at-first-use';
    plugin.onResolve({ filter: /^(scslre|\.\/generated\/scip_pb\.js)$/ }, ({ path: name, resolveDir }) => ({
      path: name,
      namespace,
      pluginData: resolveDir,
    }));
    plugin.onResolve({ filter: /^\.\/scslre\.js$/, namespace }, ({ path: file }) => ({ path: file, external: true }));
    plugin.onLoad({ filter: /^scslre$/, namespace }, () => ({
      contents: "module.exports = { analyse: (...given) => require('./scslre.js').analyse(...given) };",
    }));
    plugin.onLoad({ filter: /scip_pb/, namespace }, ({ path: name, pluginData: resolveDir }) => ({
      contents: `module.exports = { get MetadataSchema() { return require(${JSON.stringify(path.join(resolveDir, name))}).MetadataSchema; } };`,
      resolveDir,
    }));
  },
};

const bundles = [
  { entryPoints: { extension: 'client/src/extension.ts' }, external: ['vscode'] },
  {
    entryPoints: {
      server: 'server/src/doors/lsp/main.ts',
      'analysis-worker': 'server/src/doors/lsp/worker.ts',
      'git-objects': 'server/src/host/git/objects-worker.mjs',
    },
    plugins: [libraryApart],
    // To name a function each time that it is made is a tenth of a keystroke.
    keepNames: false,
  },
  { entryPoints: { cli: 'server/src/doors/cli/main.ts' }, plugins: [programApart], banner: { js: '#!/usr/bin/env node' } },
  {
    entryPoints: { 'command-line': 'server/src/doors/cli/command-line.ts' },
    plugins: [loadedAtFirstUse, libraryApart, noDynamicImports],
    // As above: and of a hook, a twentieth.
    keepNames: false,
  },
  { entryPoints: { scslre: 'scslre' } },
  { entryPoints: { 'ts-morph': 'ts-morph' }, plugins: [compilerAlone(root, require.resolve)], keepNames: false },
];

mkdirSync(aside, { recursive: true });
// A build that fails leaves nothing behind.
process.on('exit', () => rmSync(aside, { recursive: true, force: true }));
const results = await Promise.all(bundles.map((bundle) => build({ ...common, ...bundle, outdir: aside })));
for (const name of ['command-line.js', 'ts-morph.js', 'scslre.js']) makeKeepable(path.join(aside, name));
for (const [name, specifier] of Object.entries(WASM)) copyFileSync(assetPath(specifier), path.join(aside, name));
writeFileSync(path.join(aside, 'rule-pages.json'), JSON.stringify(rulePages()));
chmodSync(path.join(aside, 'cli.js'), 0o755);
if (process.argv.includes('--meta')) {
  const inputs = [...new Set(results.flatMap((result) => Object.keys(result.metafile.inputs)))].sort();
  writeFileSync(
    path.join(aside, 'inputs.json'),
    JSON.stringify([...inputs, ...Object.values(WASM).map((file) => `node_modules/${file}`)], null, 1),
  );
}
rmSync(dist, { recursive: true, force: true });
renameSync(aside, dist);
if (process.argv.includes('--test')) {
  await build({
    ...common,
    minify: false,
    entryPoints: { suite: 'test/editor/suite/index.ts' },
    outdir: 'dist-test',
    external: ['vscode', 'mocha'],
  });
}
/** The generated manual pages, by rule id, for `explain` and the editor. */
function rulePages() {
  const folder = path.join(root, 'docs', 'rules');
  const pages = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith('.md') && name !== 'README.md');
  return Object.fromEntries(
    pages.map((name) => [name.replaceAll('\\', '/').replace(/\.md$/, ''), readFileSync(path.join(folder, name), 'utf8')]).sort(),
  );
}

/**
 * What server/src/host/code-cache/run-bundle.ts relies on: no import(). And ASCII alone, of which a letter takes a byte in memory: the
 * bundler leaves other letters in regular expressions alone.
 */
function makeKeepable(file) {
  const text = readFileSync(file, 'utf8');
  const found = /\bawait import\((?:"|')(?:node:|fs|module|path|os|url)[\w/:.-]*(?:"|')\)/.exec(text)?.[0];
  if (found !== undefined) throw new Error(`expected no dynamic import in ${path.basename(file)}, found ${found}`);
  const escaped = text.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  if (escaped !== text) writeFileSync(file, escaped);
}

function assetPath(specifier) {
  const parts = specifier.split('/');
  const count = specifier.startsWith('@') ? 2 : 1;
  const file = path.join(path.dirname(require.resolve(`${parts.slice(0, count).join('/')}/package.json`)), ...parts.slice(count));
  if (!existsSync(file)) throw new Error(`expected ${specifier} in node_modules, found none: run npm ci`);
  return file;
}
