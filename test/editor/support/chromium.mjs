// Finds the browser that shows the workbench, and installs one where that can be done without a question.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { runProcess } from './run-process.mjs';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** Nothing here needs the network, and a headless run in a container has no user namespace to build a sandbox from. */
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-sync'];

/** The path of a Chromium or Chrome, or undefined. BRAKELINE_CHROMIUM wins, then the path, then Playwright's own download. */
export function findChromium() {
  const named = process.env.BRAKELINE_CHROMIUM;
  if (named) return existsSync(named) ? named : undefined;
  const folders = (process.env.PATH ?? '').split(path.delimiter).concat('/usr/bin', '/usr/local/bin');
  for (const name of NAMES) {
    const found = folders.map((folder) => path.join(folder, name)).find((file) => existsSync(file));
    if (found) return found;
  }
  const own = chromium.executablePath();
  return existsSync(own) ? own : undefined;
}

/**
 * As findChromium, but installs Debian's package where we may.
 * @returns {Promise<string>}
 * @throws {Error} one line that says what a person must install
 */
export async function provideChromium() {
  const found = findChromium();
  if (found) return found;
  if (!process.env.BRAKELINE_CHROMIUM && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    await runProcess('apt-get', ['update', '-qq'], { env });
    await runProcess('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium'], { env });
    const installed = findChromium();
    if (installed) return installed;
  }
  const wanted = process.env.BRAKELINE_CHROMIUM;
  const seen = wanted ? `nothing at BRAKELINE_CHROMIUM=${wanted}` : 'none on the path';
  throw new Error(`expected a Chromium or Chrome, found ${seen}: install the package chromium, or set BRAKELINE_CHROMIUM to its path`);
}

/** @returns {Promise<import('playwright-core').Browser>} */
export async function launchChromium() {
  return chromium.launch({ executablePath: await provideChromium(), headless: true, args: FLAGS });
}
