import { digestParts } from '../../core/identity.ts';
import type { AssessedHunk } from '../../core/model/assessment.ts';
import type { Finding, Severity } from '../../core/model/finding.ts';
import { placeOf } from '../../core/place.ts';
import { writeJson } from './json-text.ts';
import type { ReviewReport } from './review-report.ts';

/** GitLab's own words for our severities. */
export const GITLAB_SEVERITIES: Readonly<Record<Severity, 'blocker' | 'critical' | 'major' | 'minor'>> = {
  critical: 'blocker',
  high: 'critical',
  medium: 'major',
  low: 'minor',
};

/**
 * GitLab Code Quality report (the subset of the Code Climate format that GitLab documents): an array, one entry a finding.
 * Acknowledged findings are left out, because the widget knows no state but "there" and "gone".
 */
export function renderGitlab(report: ReviewReport): string {
  const seen = new Map<string, number>();
  const open = report.assessment.hunks.filter((hunk) => !report.acknowledged.has(hunk.id));
  const entries = open.flatMap((hunk) => hunk.findings.map((finding) => entry(hunk, finding, seen)));
  return writeJson(entries);
}

function entry(hunk: AssessedHunk, finding: Finding, seen: Map<string, number>): object {
  const twin = seen.get(finding.fingerprint) ?? 0;
  seen.set(finding.fingerprint, twin + 1);
  return {
    description: finding.message,
    check_name: finding.rule,
    // GitLab merges entries of one fingerprint: the second of two equal findings needs one of its own.
    fingerprint: twin === 0 ? finding.fingerprint : digestParts([finding.fingerprint, String(twin)]),
    severity: GITLAB_SEVERITIES[finding.severity],
    location: { path: hunk.path, lines: { begin: placeOf(hunk, finding).line } },
  };
}
