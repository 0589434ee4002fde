// What the package may hold, and how much of it.
import { statSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from './editions.mjs';
import { failure, success } from './results.mjs';
import { mustRun } from './run-process.mjs';
import { vsixFile } from './vsix.mjs';

const MOST_FILES = 60;
const MOST_BYTES = 6 * 1024 * 1024;

/** Bundles and what they load, pictures, grammars, and the papers that every package carries. Nothing else ships. */
const SHIPS =
  /^(dist\/([\w-]+\.(js|wasm)|rule-pages\.json)|media\/[\w-]+\.(png|svg)|syntaxes\/[\w-]+\.(tmLanguage\.)?json|l10n\/[\w.-]+\.json|package(\.nls(\.[\w-]+)?)?\.json|(docs\/)?[\w-]+\.schema\.json|README\.md|CHANGELOG\.md|LICENSE(\.txt)?|THIRD-PARTY-NOTICES(\.txt)?)$/;

/** @returns {Promise<import('./results.mjs').Result[]>} */
export async function checkPackage() {
  const vsce = path.join(projectRoot, 'node_modules/@vscode/vsce/vsce');
  const listed = await mustRun(process.execPath, [vsce, 'ls', '--no-dependencies'], { cwd: projectRoot });
  const files = listed.split('\n').filter((file) => file !== '');
  const strangers = files.filter((file) => !SHIPS.test(file));
  const bytes = statSync(vsixFile).size;
  return [
    expect('the package holds only what ships', strangers.length === 0, `expected none of these in it: ${strangers.join(', ')}`),
    expect(`the package holds at most ${MOST_FILES} files`, files.length <= MOST_FILES, `found ${files.length}`),
    expect(
      `the package weighs at most ${MOST_BYTES / 1024 / 1024} MB`,
      bytes <= MOST_BYTES,
      `found ${(bytes / 1024 / 1024).toFixed(2)} MB`,
    ),
  ];
}

const expect = (title, isSo, found) => (isSo ? success(title) : failure(title, found));
