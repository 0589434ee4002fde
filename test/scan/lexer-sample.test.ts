import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buildSync } from 'esbuild';
import { expect, it } from 'vitest';

const SCAN_FILE = path.resolve(import.meta.dirname, '../../server/src/core/scan/scan-file.ts');

/** Pieces of a function that never ran, by V8's own count, while `run` did. */
async function notRun(file: string, name: string, run: () => void): Promise<readonly string[]> {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  run();
  const { result } = await session.post('Profiler.takePreciseCoverage');
  session.disconnect();
  const source = readFileSync(file, 'utf8');
  const script = result.find(({ url }) => url.endsWith(path.basename(file)));
  const ranges = script?.functions.filter(({ functionName }) => functionName === name).flatMap((each) => each.ranges) ?? [];
  expect(ranges.length).toBeGreaterThan(0);
  return ranges.filter(({ count }) => count === 0).map(({ startOffset, endOffset }) => source.slice(startOffset, endOffset).trim());
}

it('the samples take every branch of the lexer but for what is rare in files, too', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'brakeline-lexer-sample-'));
  const bundle = path.join(folder, 'scan-file-bundle.cjs');
  buildSync({ entryPoints: [SCAN_FILE], outfile: bundle, bundle: true, platform: 'node', format: 'cjs', logLevel: 'error' });
  const left = await notRun(bundle, 'lex', () => {
    const { scanFile } = createRequire(import.meta.url)(bundle) as { scanFile(path: string, text: string): unknown };
    scanFile('none.txt', '');
  });
  rmSync(folder, { recursive: true });
  // Control characters.
  expect(left.filter((piece) => piece !== 'at += 1;')).toEqual([]);
});
