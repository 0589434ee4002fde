// node test/editor/take-screenshot.mjs   makes media/screenshot.png, the README's picture: the demo's shop after the assistant's
// edit, at the hunk that lost its guard. Needs dist/brakeline.vsix and dist/cli.js.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { installEdition } from './install.mjs';
import { launchChromium } from './support/chromium.mjs';
import { projectRoot } from './support/editions.mjs';
import { Editor } from './support/editor.mjs';
import { mustRun } from './support/run-process.mjs';
import { startServer } from './support/server.mjs';
import { cliFile, mustExist, vsixFile } from './support/vsix.mjs';
import { makePerson } from './support/workspace.mjs';

const FILE = 'src/checkout/checkout-service.ts';

mustExist(vsixFile, 'npm run package');
const made = mkdtempSync(path.join(tmpdir(), 'brakeline-picture-'));
const shop = path.join(made, 'shop');
await mustRun(process.execPath, [cliFile, 'demo', '--keep', shop, '--edit-only']);
const person = makePerson();
const server = await startServer(await installEdition('host'), { vsix: [vsixFile], env: person.env });
const browser = await launchChromium();
try {
  const editor = await Editor.open(browser, server, shop);
  await editor.openFile(FILE);
  await editor.showProblems();
  const line =
    readFileSync(path.join(shop, FILE), 'utf8')
      .split('\n')
      .findIndex((text) => text.includes('.refund(')) + 1;
  await editor.goTo(line);
  await editor.waitForLens(/ · Acknowledge$/);
  await editor.page.screenshot({ path: path.join(projectRoot, 'media', 'screenshot.png') });
  console.log('media/screenshot.png');
  await editor.close();
} finally {
  await browser.close();
  await server.stop();
  person.remove();
  rmSync(made, { recursive: true, force: true });
}
