import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { ReadAsset } from '../core/languages/language.ts';
import { AppError } from './app-error.ts';
import places from './assets.json' with { type: 'json' };

/** Where each asset lies in its npm package. The bundler reads the same list and copies them beside the bundles. */
const ASSETS: Readonly<Record<string, string>> = places;

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
