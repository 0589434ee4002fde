// Starts VS Code's own web server with a profile of its own, and stops it without leaving anything behind.
import { spawn } from 'node:child_process';
import { createWriteStream, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { mustRun } from './run-process.mjs';

/** Nothing that asks the network, greets the user or covers the editor. */
const QUIET_SETTINGS = {
  'chat.disableAIFeatures': true,
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  // A browser saves by itself unless told; a desktop does not.
  'files.autoSave': 'off',
  'npm.fetchOnlinePackageInfo': false,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'workbench.colorTheme': 'Default Dark Modern',
  'workbench.enableExperiments': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
};

const START_TIMEOUT_MS = 60_000;

/**
 * @typedef {object} EditorServer
 * @property {string} url
 * @property {string} profile a temporary folder with settings, extensions and server.log
 * @property {(settings: Record<string, unknown>) => void} changeSettings laid over the settings so far; the workbench follows by itself
 * @property {() => string} log
 * @property {() => Promise<void>} stop also removes the profile
 */

/**
 * @param {import('./editions.mjs').Edition} edition
 * @param {object} [options]
 * @param {readonly string[]} [options.vsix] packaged extensions to install before the start
 * @param {boolean} [options.underTest] lets a page name a test module to run; the editor then shows no toasts
 * @param {Record<string, unknown>} [options.settings]
 * @param {NodeJS.ProcessEnv} [options.env] laid over ours; extensions inherit it
 * @param {number} [options.port] 0 picks a free one
 * @returns {Promise<EditorServer>}
 */
export async function startServer(edition, { vsix = [], underTest = false, settings = {}, env = {}, port = 0 } = {}) {
  const profile = mkdtempSync(path.join(tmpdir(), 'brakeline-editor-'));
  const entry = path.join(edition.server, 'out/server-main.js');
  const places = ['--server-data-dir', profile, '--extensions-dir', path.join(profile, 'extensions')];
  // An empty gallery keeps the server from asking a marketplace.
  const environment = { ...process.env, EXTENSIONS_GALLERY: '{"serviceUrl":""}', ...env };

  let current = { ...QUIET_SETTINGS, ...settings };
  const changeSettings = (changes) => {
    current = { ...current, ...changes };
    // Some settings are read from the user's file alone and some from the machine's, so both say the same.
    for (const kind of ['User', 'Machine']) {
      mkdirSync(path.join(profile, 'data', kind), { recursive: true });
      writeFileSync(path.join(profile, 'data', kind, 'settings.json'), JSON.stringify(current, undefined, 2));
    }
  };
  changeSettings({});

  for (const file of vsix) {
    await mustRun(edition.node, [entry, '--accept-server-license-terms', ...places, '--install-extension', file], { env: environment });
  }
  const child = spawn(
    edition.node,
    [
      entry,
      ...['--host', '127.0.0.1', '--port', String(port), '--without-connection-token', '--accept-server-license-terms'],
      ...['--telemetry-level', 'off', '--disable-telemetry', '--disable-experiments', '--disable-workspace-trust'],
      ...(underTest ? ['--enable-smoke-test-driver'] : []),
      ...[...places, '--user-data-dir', path.join(profile, 'data')],
    ],
    // A process group of its own: the extension hosts are in it and end with it.
    { env: environment, stdio: ['ignore', 'pipe', 'pipe'], detached: true },
  );
  const logFile = path.join(profile, 'server.log');
  const log = createWriteStream(logFile);
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });
  const ended = new Promise((resolve) => child.once('close', resolve));
  const end = () => signalGroup(child, 'SIGKILL');
  process.once('exit', end);
  const stop = async () => {
    const last = setTimeout(end, 5_000);
    signalGroup(child, 'SIGTERM');
    await ended;
    clearTimeout(last);
    process.off('exit', end);
    log.end();
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    const url = await announcedUrl(child, ended);
    return { url, profile, changeSettings, log: () => readFileSync(logFile, 'utf8'), stop };
  } catch (error) {
    const printed = readFileSync(logFile, 'utf8').trim();
    await stop();
    throw new Error(`${error.message}\n${printed}`);
  }
}

/** A group that has ended already is what we wanted. */
function signalGroup(child, signal) {
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

/** The address the server prints once it listens. */
function announcedUrl(child, ended) {
  return new Promise((resolve, reject) => {
    const late = setTimeout(
      () => reject(new Error(`the editor server did not start within ${START_TIMEOUT_MS / 1000} s`)),
      START_TIMEOUT_MS,
    );
    ended.then(() => reject(new Error('the editor server ended while starting')));
    createInterface({ input: child.stdout }).on('line', (line) => {
      const said = /Web UI available at (http:\/\/[^\s/]+)/.exec(line);
      if (!said) return;
      clearTimeout(late);
      resolve(said[1].replace('localhost', '127.0.0.1'));
    });
  });
}

/**
 * The page of one workspace.
 * @param {EditorServer} server
 * @param {string} folder
 * @param {Record<string, string>} [payload] what the workbench is told at its start; its keys that name files take a path
 */
export function workbenchUrl(server, folder, payload = {}) {
  const namesFile = /^(extensionDevelopmentPath|extensionTestsPath|openFile)$/;
  const { host } = new URL(server.url);
  const pairs = Object.entries({ skipWelcome: 'true', ...payload }).map(([key, value]) => [
    key,
    namesFile.test(key) ? `vscode-remote://${host}${value}` : value,
  ]);
  return `${server.url}/?folder=${encodeURIComponent(folder)}&payload=${encodeURIComponent(JSON.stringify(pairs))}`;
}
