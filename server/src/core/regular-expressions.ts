import type { analyse } from 'scslre';

/** How badly a regular expression may backtrack: by the length of the text, to its power, or doubling with each character. */
export type Backtracking = 'linear' | 'polynomial' | 'exponential';

let loaded: typeof analyse | undefined;

/** Loads the analysis once. Dynamic, because its tables cost a start-up that most never need (test/tidy.test.ts). */
export async function loadRegexAnalysis(): Promise<void> {
  loaded ??= (await import('scslre')).analyse;
}

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
