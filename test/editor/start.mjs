// npm start [-- PATH]   opens a repository in a real VS Code with the packaged extension in it, and says where; Ctrl-C ends it.
// Without PATH it makes a small shop with an assistant's edit that waits for review. Settings and extensions are of this run alone;
// git and its keys are your own.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { downloadAndUnzipVSCode, runVSCodeCommand } from '@vscode/test-electron';
import { installEdition } from './install.mjs';
import { canHostServer, editorFolder } from './support/editions.mjs';
import { mustRun } from './support/run-process.mjs';
import { startServer } from './support/server.mjs';
import { cliFile, packageExtension, vsixFile } from './support/vsix.mjs';

const { values, positionals } = parseArgs({ allowPositionals: true, options: { port: { type: 'string', default: '0' } } });
const made = mkdtempSync(path.join(tmpdir(), 'brakeline-start-'));
try {
  await packageExtension();
  const folder = positionals[0] === undefined ? await makeDemo(path.join(made, 'shop')) : existingFolder(positionals[0]);
  await (canHostServer ? openInBrowser(folder, Number(values.port)) : openOnDesktop(folder));
} catch (error) {
  console.error(`brakeline: ${error.message}`);
  process.exitCode = 2;
} finally {
  rmSync(made, { recursive: true, force: true, maxRetries: 5 });
}

async function makeDemo(folder) {
  await mustRun(process.execPath, [cliFile, 'demo', '--keep', folder, '--edit-only']);
  return folder;
}

function existingFolder(given) {
  const folder = path.resolve(process.env.INIT_CWD ?? '.', given);
  if (!existsSync(folder) || !statSync(folder).isDirectory()) throw new Error(`expected a folder, found none at ${folder}`);
  return folder;
}

async function openInBrowser(folder, port) {
  const edition = await installEdition('host', () => console.log('installing the editor, which takes half a minute this once'));
  const server = await startServer(edition, { vsix: [vsixFile], port });
  const url = `${server.url}/?folder=${encodeURIComponent(folder)}`;
  console.log(`${folder} is open at\n  ${url}\nCtrl-C ends it`);
  // Where there is a desktop, its own browser; where there is none, the address is enough.
  if (process.env.DISPLAY || process.env.WAYLAND_DISPLAY) spawn('xdg-open', [url], { stdio: 'ignore' }).once('error', () => {});
  await interrupted();
  await server.stop();
}

/** The server is a Linux build; elsewhere the same package opens in a desktop editor that is downloaded once. */
async function openOnDesktop(folder) {
  const download = { version: 'stable', cachePath: path.join(editorFolder, '.vscode-test'), reuseMachineInstall: true };
  const places = ['--extensions-dir', path.join(made, 'e'), '--user-data-dir', path.join(made, 'd')];
  await runVSCodeCommand([...places, '--install-extension', vsixFile], download);
  const editor = spawn(await downloadAndUnzipVSCode(download), [folder, ...places, '--skip-welcome', '--new-window'], { stdio: 'ignore' });
  console.log(`${folder} is open in VS Code; closing its window or Ctrl-C ends it`);
  const closed = new Promise((resolve, reject) => editor.once('error', reject).once('close', resolve));
  await Promise.race([closed, interrupted().then(() => editor.kill())]);
  await closed;
}

function interrupted() {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, resolve);
  });
}
