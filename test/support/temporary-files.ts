import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/**
 * Vitest calls it once before the first test: one temporary folder for the whole run, which goes when the run ends. The processes of
 * tests are ended from outside, so that none of them can be trusted to clean up behind itself.
 */
export default function setup(): () => void {
  const folder = mkdtempSync(path.join(realpathSync(tmpdir()), 'brakeline-run-'));
  // What every process of the run takes for the place of its temporary files, on each platform.
  for (const name of ['TMPDIR', 'TMP', 'TEMP']) process.env[name] = folder;
  return () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}
