// The packaged extension: what is tested is what ships.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from './editions.mjs';
import { mustRun, runNpm } from './run-process.mjs';

/** Where `npm run package` leaves the extension. */
export const vsixFile = path.join(projectRoot, 'dist/brakeline.vsix');

/** Where `node scripts/build.mjs --test` leaves the in-editor suite. */
export const suiteFile = path.join(projectRoot, 'dist-test/suite.js');

/** The command line built from the sources, run with the Node that runs us. */
export const cliFile = path.join(projectRoot, 'dist/cli.js');

/**
 * @param {string} file
 * @param {string} command the command that makes it
 */
export function mustExist(file, command) {
  if (existsSync(file)) return file;
  throw new Error(`expected ${path.relative(projectRoot, file)}, found nothing there: run ${command} first`);
}

/** Builds and packages the project the way a release does. */
export async function packageExtension() {
  await runNpm(['run', '--silent', 'package'], { cwd: projectRoot });
}

/**
 * Packages an extension folder with vsce.
 * @param {string} folder
 * @param {string} out
 */
export async function packageFolder(folder, out) {
  const vsce = path.join(projectRoot, 'node_modules/@vscode/vsce/vsce');
  await mustRun(process.execPath, [vsce, 'package', '--no-dependencies', '--skip-license', '--allow-missing-repository', '--out', out], {
    cwd: folder,
  });
  return out;
}
