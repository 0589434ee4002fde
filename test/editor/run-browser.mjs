// node test/editor/run-browser.mjs [host|floor]   runs the suite of suite/index.ts in VS Code's own server, seen by Chromium.
// Needs dist/brakeline.vsix and dist-test/suite.js; prints one line a test and exits 1 when one failed, 2 when it could not run.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { installEdition } from './install.mjs';
import { launchChromium } from './support/chromium.mjs';
import { editorFolder } from './support/editions.mjs';
import { Editor } from './support/editor.mjs';
import { failure, reportResults, success } from './support/results.mjs';
import { startServer } from './support/server.mjs';
import { mustExist, suiteFile, vsixFile } from './support/vsix.mjs';
import { makePerson, makeShop } from './support/workspace.mjs';

const SUITE_TIMEOUT_MS = 180_000;

/**
 * @param {string} name
 * @returns {Promise<import('./support/results.mjs').Result[]>}
 */
export async function runSuiteInBrowser(name) {
  mustExist(vsixFile, 'npm run package');
  mustExist(suiteFile, 'node scripts/build.mjs --test');
  const edition = await installEdition(name);
  const person = makePerson();
  const shop = makeShop(person);
  const out = mkdtempSync(path.join(tmpdir(), 'brakeline-suite-'));
  const resultsFile = path.join(out, 'results.json');
  const server = await startServer(edition, {
    vsix: [vsixFile],
    underTest: true,
    env: { ...person.env, BRAKELINE_SUITE_RESULTS: resultsFile },
  });
  const browser = await launchChromium();
  try {
    const { reason, window, printed } = await openAndRun(browser, server, shop.folder);
    const results = existsSync(resultsFile) ? JSON.parse(readFileSync(resultsFile, 'utf8')) : [];
    if (reason !== undefined && results.every((result) => result.passed)) {
      results.push(failure('the suite ran to its end', [reason, ...printed.slice(-30)].join('\n')));
    }
    if (window.isAlive()) {
      const told = await window.ownNotifications();
      results.push(
        told.length === 0 ? success('no notification came of all that') : failure('no notification came of all that', told.join('\n')),
      );
    }
    return results;
  } finally {
    await browser.close();
    await server.stop();
    shop.remove();
    person.remove();
    rmSync(out, { recursive: true, force: true });
  }
}

/**
 * Opens the window and waits until the suite has ended: `reason` is undefined when it passed. The workbench calls
 * `codeAutomationExit` when `run` has settled, and `codeAutomationLog` with all that the extension host prints.
 */
async function openAndRun(browser, server, folder) {
  const printed = [];
  let ended;
  const end = new Promise((resolve) => {
    ended = resolve;
  });
  const window = await Editor.open(browser, server, folder, {
    payload: { extensionDevelopmentPath: path.join(editorFolder, 'driver-extension'), extensionTestsPath: suiteFile },
    prepare: async (page) => {
      page.once('crash', () => ended('the page crashed'));
      await page.exposeFunction('codeAutomationLog', (kind, values) => void printed.push(`${kind}: ${values.join(' ')}`));
      await page.exposeFunction('codeAutomationExit', (code) =>
        ended(code === 0 ? undefined : `the editor ended the run with status ${code}`),
      );
    },
  });
  const late = setTimeout(() => ended(`the suite was not done within ${SUITE_TIMEOUT_MS / 1000} s`), SUITE_TIMEOUT_MS);
  const reason = await end;
  clearTimeout(late);
  return { reason, window, printed };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.exitCode = await reportResults(() => runSuiteInBrowser(process.argv[2] ?? 'host'));
}
