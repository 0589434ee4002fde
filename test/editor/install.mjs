// node test/editor/install.mjs [host|floor]...   installs the VS Code servers of the in-editor tests; both when none is named.
// The second time it only looks at a stamp. BRAKELINE_EDITOR_CACHE names another cache folder, or is `off` to install in the clone.
import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { provideChromium } from './support/chromium.mjs';
import { canHostServer, edition } from './support/editions.mjs';
import { runNpm } from './support/run-process.mjs';

const STAMP = '.brakeline-installed';

/** Parts of the server that no test opens: the bundled AI extension and its native command lines, some 300 MB. */
const UNUSED = ['node_modules/@github', 'node_modules/@microsoft/mxc-sdk', 'extensions/copilot'];

/**
 * Installs one edition unless it is there already, and returns it.
 * @param {string} name
 * @param {() => void} [onStart] called when there is something to install
 * @returns {Promise<import('./support/editions.mjs').Edition>}
 */
export async function installEdition(name, onStart = () => {}) {
  if (!canHostServer)
    throw new Error(
      `expected Linux on x64 for the editor server, found ${process.platform} on ${process.arch}: run test/editor/run-desktop.mjs`,
    );
  const wanted = edition(name);
  if (isInstalled(wanted.folder)) return wanted;
  onStart();
  if (wanted.folder === wanted.manifest) {
    await fill(wanted.folder);
    return wanted;
  }
  // Built aside and renamed into place, so that two clones installing at once never see half of one another's work.
  const aside = `${wanted.folder}.${process.pid}`;
  rmSync(aside, { recursive: true, force: true });
  mkdirSync(aside, { recursive: true });
  try {
    for (const file of ['package.json', 'package-lock.json', '.npmrc'])
      copyFileSync(path.join(wanted.manifest, file), path.join(aside, file));
    await fill(aside);
    if (!isInstalled(wanted.folder)) {
      rmSync(wanted.folder, { recursive: true, force: true });
      renameSync(aside, wanted.folder);
    }
  } catch (error) {
    if (!isInstalled(wanted.folder)) throw error; // Otherwise another clone was quicker, and its installation is as good.
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
  return wanted;
}

const isInstalled = (folder) => existsSync(path.join(folder, STAMP));

/** code-server's own post-install step insists on one Node version and compiles modules that no test needs, so it stays off. */
async function fill(folder) {
  await runNpm(['ci', '--loglevel=error'], { cwd: folder });
  const server = path.join(folder, 'node_modules/code-server/lib/vscode');
  // The shrinkwrap that code-server ships does not agree with its package.json; `npm ci` refuses it, `npm install` does not.
  for (const nested of [server, path.join(server, 'extensions')]) {
    await runNpm(['install', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: nested });
  }
  for (const unused of UNUSED) rmSync(path.join(server, unused), { recursive: true, force: true });
  writeFileSync(path.join(folder, STAMP), '');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const names = process.argv.length > 2 ? process.argv.slice(2) : ['host', 'floor'];
  try {
    const [browser, ...editions] = await Promise.all([provideChromium(), ...names.map((name) => installEdition(name))]);
    for (const { name, folder } of editions) console.log(`${name} is installed in ${folder}`);
    console.log(`the browser is ${browser}`);
  } catch (error) {
    console.error(`brakeline: ${error.message}`);
    process.exit(2);
  }
}
