import { execFileSync } from 'node:child_process';

/** Files that every contender reads; Vue and Svelte files, which no peer reads, are left out of comparisons. */
const SOURCE = /\.[cm]?[jt]sx?$/;

/** Larger files are a blind spot of the engine, and no contender is asked about them. */
export const LARGEST_FILE = 1_048_576;

/** Source files that git lists in a checkout, sorted; relative, with `/`. */
export function listSourceFiles(dir: string): readonly string[] {
  const listed = execFileSync('git', ['-C', dir, 'ls-files', '-z'], { encoding: 'utf8', maxBuffer: 1 << 28 });
  return listed
    .split('\0')
    .filter((file) => SOURCE.test(file))
    .sort();
}

/** Tests, examples and the like, whose exports are asked for by nobody but themselves. */
export function isBesideTheCode(file: string): boolean {
  return /(^|\/)(__?(tests?|fixtures|mocks)__?|tests?|specs?|e2e|examples?|fixtures?|samples?|playground|sandbox|integration-tests|dev-packages|docs|www|templates?)\/|\.(test|spec|stories|config)\.[cm]?[jt]sx?$|\.d\.[cm]?ts$|\.min\.js$/.test(
    file,
  );
}
