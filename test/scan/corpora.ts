import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.resolve(import.meta.dirname, '../..');

/** Folders of real code that stand here without a network: the project's own, and packages that it is built and tested with. */
const FOLDERS = [
  'client/src',
  'server/src',
  'test',
  'scripts',
  ...[
    '@azure/identity',
    '@azure/msal-node',
    'ajv',
    'cheerio',
    'es-abstract',
    'graphql',
    'lodash',
    'parse5',
    'semver',
    'tslib',
    'type-fest',
    'underscore',
    'undici',
    'vitest',
    'vscode-languageclient',
    'vscode-languageserver',
    'yaml',
  ].map((name) => `node_modules/${name}`),
];

/** Above this a file is a bundle, whose tree takes more memory than it tells. */
const LARGEST = 1_000_000;

/** Paths, from the root, of the TypeScript and JavaScript files of the corpora. */
export function corpusFiles(): readonly string[] {
  return FOLDERS.filter((folder) => existsSync(path.join(ROOT, folder))).flatMap((folder) =>
    readdirSync(path.join(ROOT, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.[cm]?[jt]sx?$/.test(entry.name))
      .map((entry) => path.relative(ROOT, path.join(entry.parentPath, entry.name)))
      .sort(),
  );
}

/** The bytes of such a file; undefined where it is too large or has gone since. */
export function readCorpusFile(file: string): Buffer | undefined {
  try {
    const bytes = readFileSync(path.join(ROOT, file));
    return bytes.length > LARGEST ? undefined : bytes;
  } catch {
    return undefined;
  }
}
