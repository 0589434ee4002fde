import type { AssessedHunk } from '../../core/model/assessment.ts';
import type { Finding } from '../../core/model/finding.ts';

/** Where a reader finds a finding in the new file. */
export interface Place {
  /** 1-based line of the new file. */
  readonly line: number;
  /** True where the line is the finding's own; false where it is the place at which the removed text stood. */
  readonly exact: boolean;
}

/**
 * The line of the new file to open for a finding. What was removed has no line there: it is shown at the line of its hunk
 * that stands nearest to where it was, and never outside the file.
 */
export function placeOf(hunk: AssessedHunk, finding: Finding): Place {
  const { line } = finding.range.start;
  if (finding.side === 'after') return { line, exact: true };
  if (hunk.after.lines === 0) return { line: Math.max(1, hunk.after.start), exact: false };
  const within = Math.min(Math.max(0, line - hunk.before.start), hunk.after.lines - 1);
  return { line: hunk.after.start + within, exact: false };
}
