import type { AssessedHunk, Assessment } from '../../core/model/assessment.ts';
import { compareSeverity, SEVERITIES, type Severity } from '../../core/model/finding.ts';

/** One answered review, as every reporter takes it: what was found, and what a person has already said about it. */
export interface ReviewReport {
  readonly assessment: Assessment;
  /** Ids of hunks that are acknowledged (hunk-state.ts). */
  readonly acknowledged: ReadonlySet<string>;
  /** Ids of hunks that were acknowledged and then edited. */
  readonly stale: ReadonlySet<string>;
  /** Paths that the change touches: line numbers of the base are not those of today there. Absent where nobody asked. */
  readonly touched?: ReadonlySet<string>;
}

export type Standing = 'acknowledged' | 'stale' | 'open';

export function standingOf(report: ReviewReport, hunk: AssessedHunk): Standing {
  if (report.acknowledged.has(hunk.id)) return 'acknowledged';
  return report.stale.has(hunk.id) ? 'stale' : 'open';
}

/** Most severe first, then by score, then by place: a reader who stops early has seen what matters (R14). */
export function byRisk(hunks: readonly AssessedHunk[]): readonly AssessedHunk[] {
  return [...hunks].sort(
    (a, b) => compareSeverity(b.severity, a.severity) || b.score - a.score || compareText(a.path, b.path) || a.after.start - b.after.start,
  );
}

/** Hunks at or above `severity` that nobody has acknowledged. */
export function leftOpen(report: ReviewReport, severity: Severity): readonly AssessedHunk[] {
  return report.assessment.hunks.filter((hunk) => compareSeverity(hunk.severity, severity) >= 0 && !report.acknowledged.has(hunk.id));
}

/** `1 critical, 2 high`, most severe first; severities without a hunk are left out. */
export function countBySeverity(hunks: readonly AssessedHunk[]): string {
  return [...SEVERITIES]
    .reverse()
    .map((severity) => ({ severity, count: hunks.filter((hunk) => hunk.severity === severity).length }))
    .filter(({ count }) => count > 0)
    .map(({ severity, count }) => `${count} ${severity}`)
    .join(', ');
}

/** `1 hunk`, `3 hunks`. */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** Length at which a fingerprint is shown; any unambiguous prefix of it is accepted back. */
const SHORT_FINGERPRINT = 12;

export function shortFingerprint(fingerprint: string): string {
  return fingerprint.slice(0, SHORT_FINGERPRINT);
}

/** `1a2b3c4d5e6f` for an object id; `worktree` and `index` stay as they are. */
export function shortTree(id: string): string {
  return /^[0-9a-f]{40,64}$/.test(id) ? id.slice(0, 12) : id;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
