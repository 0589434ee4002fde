import type { analyse } from 'scslre';

/** How badly a regular expression may backtrack: by the length of the text, to its power, or doubling with each character. */
export type Backtracking = 'linear' | 'polynomial' | 'exponential';

let loaded: typeof analyse | undefined;

/** Loads the analysis once. Dynamic, because its tables cost a start-up that most never need (test/tidy.test.ts). */
export async function loadRegexAnalysis(): Promise<void> {
  loaded ??= (await import('scslre')).analyse;
}

/**
 * Whether a file may hold expressions that an engine which backtracks runs, by its path alone: a door loads the analysis for such files and
 * the rule asks about no other, so that an answer never hangs on what else the process has read (test/languages/expressions-loaded.test.ts).
 * Documents may hold a schema; those whose name says that they hold none need not wait for the analysis.
 */
export function mayBacktrack(path: string): boolean {
  return /\.([cm]?[jt]sx?|py|pyi|java|kt|json|ya?ml)$/.test(path) && !NO_SCHEMA.test(path);
}

const NO_SCHEMA =
  /(?:^|\/)(?:package(?:-lock)?\.json|npm-shrinkwrap\.json|[jt]sconfig[^/]*\.json|composer\.json|pnpm-\w+\.yaml|(?:docker-)?compose[^/]*\.ya?ml|Chart\.ya?ml|values[^/]*\.ya?ml|\.github\/workflows\/[^/]+|\.gitlab-ci[^/]*)$/;

/** Longer ones are tables of words; the analysis of their states would hold up a keystroke. */
const LONGEST = 1000;

/**
 * The worst that a text can make of a regular expression in ECMAScript's syntax. Undefined where it cannot be parsed or is too
 * long, or where no door has loaded the analysis. Searching for the start of a match is not counted.
 */
export function backtrackingOf(source: string, flags: string): Backtracking | undefined {
  if (loaded === undefined || source.length > LONGEST) return undefined;
  try {
    const { reports } = loaded({ source, flags }, { reportTypes: { Move: false }, maxReports: 8 });
    if (reports.some((report) => report.exponential)) return 'exponential';
    return reports.length > 0 ? 'polynomial' : 'linear';
  } catch {
    // Another dialect's syntax, or a mistake that its own compiler reports.
    return undefined;
  }
}
