// What a run of tests gives back, and how it is printed when it runs alone.

/**
 * @typedef {object} Result
 * @property {string} title
 * @property {boolean} passed
 * @property {number} milliseconds
 * @property {string} [error]
 */

/** @returns {Result} */
export const success = (title, milliseconds = 0) => ({ title, passed: true, milliseconds });

/** @returns {Result} */
export const failure = (title, error, milliseconds = 0) => ({ title, passed: false, milliseconds, error });

/**
 * Runs, prints a line for each result, and gives the exit status: 0 all passed, 1 one failed, 2 it could not run.
 * @param {() => Promise<readonly Result[]>} run
 * @returns {Promise<0 | 1 | 2>}
 */
export async function reportResults(run) {
  try {
    const results = await run();
    for (const result of results) console.log(describeResult(result));
    const failed = results.filter((result) => !result.passed).length;
    console.log(`${results.length - failed} passed, ${failed} failed`);
    return failed > 0 ? 1 : 0;
  } catch (error) {
    console.error(`brakeline: ${error.message}`);
    return 2;
  }
}

/** @param {Result} result */
export function describeResult({ title, passed, milliseconds, error }) {
  const seconds = milliseconds > 0 ? ` (${(milliseconds / 1000).toFixed(1)} s)` : '';
  return passed ? `passed  ${title}${seconds}` : `failed  ${title}${seconds}\n${indent(error ?? '')}`;
}

const indent = (text) => text.replaceAll(/^/gm, '        ');
