// node test/editor/run-desktop.mjs [VERSION]   runs the suite of suite/index.ts in a desktop VS Code that is downloaded on first use:
// `1.100.0`, `stable` (the default) or whatever @vscode/test-electron takes. On Linux it needs a display; `xvfb-run -a` gives one.
// Needs dist/brakeline.vsix and dist-test/suite.js; exits 1 when a test failed, 2 when it could not run.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { downloadAndUnzipVSCode, runTests, runVSCodeCommand } from '@vscode/test-electron';
import { editorFolder } from './support/editions.mjs';
import { failure, reportResults } from './support/results.mjs';
import { mustExist, suiteFile, vsixFile } from './support/vsix.mjs';
import { makePerson, makeShop } from './support/workspace.mjs';

/**
 * @param {string} version
 * @returns {Promise<import('./support/results.mjs').Result[]>}
 */
export async function runSuiteOnDesktop(version) {
  mustExist(vsixFile, 'npm run package');
  mustExist(suiteFile, 'node scripts/build.mjs --test');
  const download = { version, cachePath: path.join(editorFolder, '.vscode-test') };
  const person = makePerson();
  const shop = makeShop(person);
  const out = mkdtempSync(path.join(tmpdir(), 'bl-')); // Short, because macOS allows a socket's path some hundred characters.
  const resultsFile = path.join(out, 'results.json');
  const places = ['--extensions-dir', path.join(out, 'e'), '--user-data-dir', path.join(out, 'd')];
  try {
    await runVSCodeCommand([...places, '--install-extension', vsixFile], download);
    let reason;
    await runTests({
      vscodeExecutablePath: await downloadAndUnzipVSCode(download),
      extensionDevelopmentPath: path.join(editorFolder, 'driver-extension'),
      extensionTestsPath: suiteFile,
      extensionTestsEnv: { ...person.env, BRAKELINE_SUITE_RESULTS: resultsFile },
      launchArgs: [shop.folder, ...places, '--disable-workspace-trust', '--skip-welcome', '--skip-release-notes', '--disable-telemetry'],
    }).catch((error) => {
      reason = error.message;
    });
    const results = existsSync(resultsFile) ? JSON.parse(readFileSync(resultsFile, 'utf8')) : [];
    if (reason !== undefined && results.every((result) => result.passed)) results.push(failure('the suite ran to its end', reason));
    return results;
  } finally {
    for (const made of [shop, person]) made.remove();
    rmSync(out, { recursive: true, force: true, maxRetries: 5 });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.exitCode = await reportResults(() => runSuiteOnDesktop(process.argv[2] ?? 'stable'));
}
