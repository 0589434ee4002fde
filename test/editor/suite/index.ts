// What an editor runs when it is told to test: a module that exports `run`. The same file serves the browser and the desktop.
import { writeFileSync } from 'node:fs';
import MochaRunner from 'mocha';

interface Result {
  readonly title: string;
  readonly passed: boolean;
  readonly milliseconds: number;
  readonly error?: string;
}

/** Runs every suite; writes each result to the file that BRAKELINE_SUITE_RESULTS names, and throws when a test failed. */
export async function run(): Promise<void> {
  const mocha = new MochaRunner({ ui: 'tdd', timeout: 30_000 });
  mocha.suite.emit('pre-require', globalThis, '', mocha);
  await import('./activation.suite.ts');
  await import('./flags.suite.ts');
  await import('./lenses.suite.ts');
  await import('./impact.suite.ts');
  await import('./diff-sides.suite.ts');

  const results: Result[] = [];
  const failed = await new Promise<number>((resolve) => {
    mocha
      .run(resolve)
      .on('pass', (test) => results.push({ title: test.fullTitle(), passed: true, milliseconds: test.duration ?? 0 }))
      .on('fail', (test, error: Error) => {
        results.push({ title: test.fullTitle(), passed: false, milliseconds: test.duration ?? 0, error: error.stack ?? error.message });
      });
  });
  const file = process.env.BRAKELINE_SUITE_RESULTS;
  if (file !== undefined) writeFileSync(file, JSON.stringify(results, undefined, 2));
  if (failed > 0) throw new Error(`${failed} of ${results.length} tests failed`);
}
