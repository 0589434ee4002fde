// npm test: the unit tests, then the packaged extension in a real editor. One line a stage, the details of what failed, and as the
// last line the count. `--fast` stops after the unit tests. A stage that cannot run counts as one failure, with its reason.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { installEdition } from '../test/editor/install.mjs';
import { runSuiteInBrowser } from '../test/editor/run-browser.mjs';
import { runSuiteOnDesktop } from '../test/editor/run-desktop.mjs';
import { runJourneys } from '../test/editor/run-journeys.mjs';
import { provideChromium } from '../test/editor/support/chromium.mjs';
import { canHostServer, projectRoot } from '../test/editor/support/editions.mjs';
import { describeResult, failure, success } from '../test/editor/support/results.mjs';
import { mustRun, runProcess } from '../test/editor/support/run-process.mjs';
import { checkPackage } from '../test/editor/support/shipped.mjs';
import { packageExtension } from '../test/editor/support/vsix.mjs';

const packaging = { name: 'package', run: buildPackage };

/** On Linux the editor is VS Code's own server, new and old; elsewhere it is the desktop editor. */
const editorStages = canHostServer
  ? [
      { name: 'install editors', run: installEditors },
      { name: 'suite, newest editor', run: () => runSuiteInBrowser('host') },
      { name: 'journeys', run: () => runJourneys() },
      { name: 'suite, oldest editor', run: () => runSuiteInBrowser('floor') },
    ]
  : [{ name: 'suite, desktop editor', run: () => runSuiteOnDesktop('stable') }];

const stages = [{ name: 'unit tests', run: runUnitTests }];
if (!process.argv.includes('--fast')) stages.push(packaging, ...editorStages);

const results = [];
for (const stage of stages) results.push(...(await runStage(stage)));
const failed = results.filter((result) => !result.passed).length;
console.log(`${results.length - failed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;

async function runStage({ name, run }) {
  process.stdout.write(name.padEnd(24));
  const startedAt = Date.now();
  const found = await run().catch((error) => [failure(`${name} could not run`, error.message)]);
  const broken = found.filter((result) => !result.passed);
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(1).padStart(7);
  console.log(`${seconds} s  ${found.length - broken.length} passed${broken.length > 0 ? `, ${broken.length} failed` : ''}`);
  for (const result of broken) console.log(describeResult(result));
  return found;
}

async function runUnitTests() {
  const out = mkdtempSync(path.join(tmpdir(), 'brakeline-unit-'));
  const report = path.join(out, 'report.json');
  try {
    const vitest = path.join(projectRoot, 'node_modules/vitest/vitest.mjs');
    const { status, output } = await runProcess(process.execPath, [vitest, 'run', '--reporter=json', `--outputFile=${report}`], {
      cwd: projectRoot,
    });
    const files = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')).testResults : [];
    const found = files.flatMap(resultsOfFile);
    // Vitest also fails for what belongs to no test: an error after the last one, or no test at all.
    if (status !== 0 && found.every((result) => result.passed)) found.push(failure('vitest ran to its end', lastLines(output)));
    return found;
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

function resultsOfFile({ name, status, message, assertionResults }) {
  const file = path.relative(projectRoot, name);
  const found = assertionResults.map(({ fullName, status: verdict, failureMessages, duration }) => {
    const title = `${file}: ${fullName}`;
    // A test that was skipped has shown nothing.
    return verdict === 'passed'
      ? success(title, duration ?? 0)
      : failure(title, failureMessages.join('\n') || `the test was ${verdict}`, duration ?? 0);
  });
  if (status === 'failed' && found.every((result) => result.passed)) found.push(failure(`${file} could not be loaded`, message));
  return found;
}

async function buildPackage() {
  // The suite first: packaging builds what ships anew, and leaves the suite where it is.
  await mustRun(process.execPath, [path.join(projectRoot, 'scripts/build.mjs'), '--test'], { cwd: projectRoot });
  await packageExtension();
  return checkPackage();
}

async function installEditors() {
  await Promise.all([provideChromium(), installEdition('host'), installEdition('floor')]);
  return [];
}

function lastLines(text) {
  return text.trimEnd().split('\n').slice(-40).join('\n');
}
