import type { Review } from '../../host/session.ts';
import type { ReviewReport } from '../reporters/review-report.ts';

/** A hunk is acknowledged where each of its findings is: one that a newer rule added asks again. */
export function reviewReport({ assessment, coverage }: Review): ReviewReport {
  const open = new Set(coverage.findings.filter((finding) => !finding.acknowledged).map((finding) => finding.hunkId));
  const staleFingerprints = new Set(coverage.gaps.filter((gap) => gap.code === 'stale').map((gap) => gap.fingerprint));
  const stale = assessment.hunks.filter((hunk) => hunk.findings.some((finding) => staleFingerprints.has(finding.fingerprint)));
  return {
    assessment,
    acknowledged: new Set(assessment.hunks.filter((hunk) => !open.has(hunk.id)).map((hunk) => hunk.id)),
    stale: new Set(stale.map((hunk) => hunk.id)),
  };
}
