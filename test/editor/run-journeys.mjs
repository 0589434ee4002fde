// node test/editor/run-journeys.mjs [NAME]...   plays the journeys of journeys/ in a real VS Code with the packaged extension, as a
// person would: keys in, pixels out. Each leaves screenshots in shots/. Names are the beginnings of files, such as 2.
// Needs dist/brakeline.vsix and dist/cli.js; exits 1 when a journey failed, 2 when they could not run.
import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { installEdition } from './install.mjs';
import { launchChromium } from './support/chromium.mjs';
import { editorFolder } from './support/editions.mjs';
import { Editor } from './support/editor.mjs';
import { failure, reportResults, success } from './support/results.mjs';
import { startServer } from './support/server.mjs';
import { cliFile, mustExist, vsixFile } from './support/vsix.mjs';
import { makePerson } from './support/workspace.mjs';

/**
 * @param {readonly string[]} [names]
 * @returns {Promise<import('./support/results.mjs').Result[]>}
 */
export async function runJourneys(names = []) {
  mustExist(vsixFile, 'npm run package');
  mustExist(cliFile, 'npm run build');
  const edition = await installEdition('host');
  const person = makePerson();
  const server = await startServer(edition, { vsix: [vsixFile], env: person.env });
  const browser = await launchChromium();
  const results = [];
  try {
    if (names.length === 0) rmSync(path.join(editorFolder, 'shots'), { recursive: true, force: true });
    for (const file of journeyFiles(names)) results.push(await playJourney(file, { browser, server, person, edition }));
  } finally {
    await browser.close();
    await server.stop();
    person.remove();
  }
  return results;
}

function journeyFiles(names) {
  const folder = path.join(editorFolder, 'journeys');
  const all = readdirSync(folder)
    .filter((file) => /^\d-/.test(file))
    .sort();
  return all.filter((file) => names.length === 0 || names.some((name) => file.startsWith(name))).map((file) => path.join(folder, file));
}

async function playJourney(file, { browser, server, person, edition }) {
  const { title, makeWorkspace, play } = await import(pathToFileURL(file).href);
  const workspace = makeWorkspace(person);
  const startedAt = Date.now();
  let editor;
  /** Windows of other people, each with a server and a profile of its own. */
  const others = [];
  const openAs = async (other, folder) => {
    const own = await startServer(edition, { vsix: [vsixFile], env: other.env });
    others.push(own);
    return Editor.open(browser, own, folder);
  };
  try {
    editor = await Editor.open(browser, server, workspace.folder);
    await play({ editor, workspace, openAs });
    const told = [...(await editor.toasts()), ...(await editor.ownNotifications())];
    if (told.length > 0) throw new Error(`expected no notification, found ${told.join(' | ')}`);
    return success(title, Date.now() - startedAt);
  } catch (error) {
    await editor?.screenshot(`failed-${path.basename(file, '.mjs')}`);
    return failure(title, error.message, Date.now() - startedAt);
  } finally {
    await editor?.close();
    for (const own of others) await own.stop();
    workspace.remove();
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.exitCode = await reportResults(() => runJourneys(process.argv.slice(2)));
}
