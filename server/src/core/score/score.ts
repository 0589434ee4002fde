import type { Confidence, Finding, Severity } from '../model/finding.ts';

/** Weight of one finding before reach, by severity and by how sure the rule is. */
const SEVERITY_WEIGHT: Readonly<Record<Severity, number>> = { low: 8, medium: 32, high: 60, critical: 85 };
const CONFIDENCE_FACTOR: Readonly<Record<Confidence, number>> = { low: 0.7, medium: 0.85, high: 1 };

/**
 * 0-100 for one hunk: its weightiest finding, plus up to 10 for reach, plus one for each further finding up to 5.
 * Invariant: another finding never lowers it (test/properties/adding-a-finding.test.ts).
 */
export function scoreHunk(findings: readonly Finding[]): number {
  if (findings.length === 0) return 0;
  const weights = findings.map((finding) => SEVERITY_WEIGHT[finding.severity] * CONFIDENCE_FACTOR[finding.confidence]);
  const reach = Math.max(...findings.map((finding) => reachWeight(finding.blastRadius?.references ?? 0)));
  return Math.min(100, Math.round(Math.max(...weights) + reach + Math.min(5, findings.length - 1)));
}

/**
 * 0-100 for a change: its weightiest hunk, plus two for each further hunk that a person is asked about up to 10, plus one
 * for each blind spot up to 5. Unknown raises and never lowers (law 3).
 */
export function scoreChange(hunks: readonly { readonly score: number; readonly severity: Severity }[], blindSpots: number): number {
  const highest = hunks.reduce((most, hunk) => Math.max(most, hunk.score), 0);
  const asking = hunks.filter((hunk) => hunk.severity !== 'low').length;
  return Math.min(100, highest + Math.min(10, 2 * Math.max(0, asking - 1)) + Math.min(5, blindSpots));
}

/** 2 for one reference, 10 from 31 on: the tenth dependent tells more than the hundredth. */
function reachWeight(references: number): number {
  return references <= 0 ? 0 : Math.min(10, 2 * Math.log2(1 + references));
}
