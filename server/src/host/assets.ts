import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { ReadAsset } from '../core/languages/language.ts';
import { AppError } from './app-error.ts';

/** Where each asset lies in its npm package. The bundler copies them beside the bundles under the same names. */
export const ASSETS: Readonly<Record<string, string>> = {
  'tree-sitter.wasm': '@vscode/tree-sitter-wasm/wasm/tree-sitter.wasm',
  'tree-sitter-bash.wasm': '@vscode/tree-sitter-wasm/wasm/tree-sitter-bash.wasm',
  'tree-sitter-go.wasm': '@vscode/tree-sitter-wasm/wasm/tree-sitter-go.wasm',
  'tree-sitter-ini.wasm': '@vscode/tree-sitter-wasm/wasm/tree-sitter-ini.wasm',
  'tree-sitter-java.wasm': '@vscode/tree-sitter-wasm/wasm/tree-sitter-java.wasm',
  'tree-sitter-python.wasm': '@vscode/tree-sitter-wasm/wasm/tree-sitter-python.wasm',
  'tree-sitter-rust.wasm': '@vscode/tree-sitter-wasm/wasm/tree-sitter-rust.wasm',
  'tree-sitter-javascript.wasm': '@vscode/tree-sitter-wasm/wasm/tree-sitter-javascript.wasm',
  'tree-sitter-tsx.wasm': '@vscode/tree-sitter-wasm/wasm/tree-sitter-tsx.wasm',
  'tree-sitter-typescript.wasm': '@vscode/tree-sitter-wasm/wasm/tree-sitter-typescript.wasm',
  'tree-sitter-make.wasm': 'tree-sitter-make/tree-sitter-make.wasm',
  'tree-sitter-terraform.wasm': '@tree-sitter-grammars/tree-sitter-hcl/tree-sitter-terraform.wasm',
  'ast-grep.wasm': '@ast-grep/wasm/wasm_bg.wasm',
  'libpg-query.wasm': 'libpg-query/wasm/libpg-query.wasm',
};

/** Reads an asset that lies in `folder`, beside the running bundle. */
export function readAssetsFrom(folder: string): ReadAsset {
  return async (name) => {
    const file = path.join(folder, name);
    if (!existsSync(file)) throw new AppError('incomplete-installation', `expected ${name} beside ${path.basename(folder)}, found none`);
    return readFile(file);
  };
}

/** Path of an asset inside node_modules, for the bundler and for tests. */
export function assetFile(name: string, resolve: (specifier: string) => string): string {
  const specifier = ASSETS[name];
  if (specifier === undefined) throw new AppError('incomplete-installation', `expected a known asset, found ${name}`);
  const [scopeOrName = '', second = ''] = specifier.split('/');
  const manifest = resolve(`${scopeOrName.startsWith('@') ? `${scopeOrName}/${second}` : scopeOrName}/package.json`);
  return path.join(
    path.dirname(manifest),
    specifier.slice(specifier.indexOf('/', scopeOrName.startsWith('@') ? scopeOrName.length + 1 : 0) + 1),
  );
}
