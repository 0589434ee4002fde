import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmdirSync, statSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.resolve(import.meta.dirname, '../..');

/** The bundles that a test drives: this checkout's own, or those of an unpacked package. */
export const DIST = process.env.BRAKELINE_DIST ?? path.join(ROOT, 'dist');

/** What goes into the bundles. */
const SOURCES = ['server/src', 'client/src', 'docs/rules', 'package.json', 'package-lock.json', 'scripts/build.mjs'];

const LOCK = path.join(ROOT, '.tsc', 'build.lock');
/** A build takes seconds: a lock this old was left by one that died. Milliseconds. */
const STALE = 120_000;

/** Vitest calls it once before the first test: tests that drive a bundle drive the sources as they are. */
export default function setup(): void {
  if (process.env.BRAKELINE_DIST !== undefined || !isStale()) return;
  withLock(() => {
    // Whoever held the lock may have built just this.
    if (isStale())
      execFileSync(process.execPath, [path.join(ROOT, 'scripts', 'build.mjs')], { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] });
  });
}

function isStale(): boolean {
  const built = path.join(DIST, 'cli.js');
  return !existsSync(built) || newest(SOURCES.map((source) => path.join(ROOT, source))) > statSync(built).mtimeMs;
}

function newest(places: readonly string[]): number {
  let latest = 0;
  for (const place of places) {
    if (!existsSync(place)) continue;
    const stat = statSync(place);
    latest = Math.max(latest, stat.mtimeMs, stat.isDirectory() ? newest(readdirSync(place).map((name) => path.join(place, name))) : 0);
  }
  return latest;
}

/** Making a folder is atomic: of several test runs at once one builds, and the others wait for it. */
function withLock(work: () => void): void {
  mkdirSync(path.dirname(LOCK), { recursive: true });
  while (!tryLock()) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
  try {
    work();
  } finally {
    rmdirSync(LOCK);
  }
}

function tryLock(): boolean {
  try {
    mkdirSync(LOCK);
    return true;
  } catch {
    if (existsSync(LOCK) && Date.now() - statSync(LOCK).mtimeMs > STALE) rmdirSync(LOCK);
    return false;
  }
}
