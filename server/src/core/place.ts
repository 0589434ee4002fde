import type { AssessedHunk } from './model/assessment.ts';
import type { Finding } from './model/finding.ts';

/** Where a reader finds a finding in the new file: the one line of it that every door names. */
export interface Place {
  /** 1-based line of the new file. */
  readonly line: number;
  /** True where the line is the finding's own; false where it is the place at which the removed text stood. */
  readonly exact: boolean;
}

/**
 * 1-based line of the new text at which a hunk begins. Where it only removes, the line above the gap: the line below need not
 * exist, and what is shown must lie inside the file (test/doors/reporters/place.test.ts).
 */
export function startLine(hunk: AssessedHunk): number {
  return Math.max(1, hunk.after.start);
}

/** 1-based last line of the new text that belongs to a hunk. */
export function endLine(hunk: AssessedHunk): number {
  return startLine(hunk) + Math.max(0, hunk.after.lines - 1);
}

/**
 * The line of the new file to open for a finding. What was removed has no line there: it is shown as far into its hunk as it
 * stood, and never beyond it.
 */
export function placeOf(hunk: AssessedHunk, finding: Finding): Place {
  const { line } = finding.range.start;
  if (finding.side === 'after') return { line, exact: true };
  const into = Math.max(0, line - hunk.before.start);
  return { line: Math.min(startLine(hunk) + into, endLine(hunk)), exact: false };
}
