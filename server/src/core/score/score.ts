import type { Confidence, Finding, Severity } from '../model/finding.ts';
import type { ScoreFactor } from '../model/history.ts';
import { count } from './change-shape.ts';

/** Weight of one finding before reach, by severity and by how sure the rule is. */
const SEVERITY_WEIGHT: Readonly<Record<Severity, number>> = { low: 8, medium: 32, high: 60, critical: 85 };
const CONFIDENCE_FACTOR: Readonly<Record<Confidence, number>> = { low: 0.7, medium: 0.85, high: 1 };

/**
 * 0-100 for one hunk: the sum of its factors. Invariant: another finding never lowers it
 * (test/properties/adding-a-finding.test.ts).
 */
export function scoreHunk(findings: readonly Finding[]): number {
  return Math.min(100, Math.round(sum(hunkFactors(findings))));
}

/** What a hunk's score is made of: its weightiest finding, up to 10 for reach, one for each further finding up to 5. */
export function hunkFactors(findings: readonly Finding[]): readonly ScoreFactor[] {
  const weigh = (finding: Finding): number => SEVERITY_WEIGHT[finding.severity] * CONFIDENCE_FACTOR[finding.confidence];
  const weightiest = findings.reduce<Finding | undefined>(
    (most, finding) => (most !== undefined && weigh(most) >= weigh(finding) ? most : finding),
    undefined,
  );
  if (weightiest === undefined) return [];
  const references = Math.max(
    ...findings.map(({ blastRadius }) => (blastRadius?.references ?? 0) + (blastRadius?.foreign?.references ?? 0)),
  );
  const others = findings.length - 1;
  return [
    { name: 'finding', points: weigh(weightiest), most: 85, found: `${weightiest.severity}, ${weightiest.confidence} confidence` },
    { name: 'reach', points: reachWeight(references), most: 10, found: count(references, 'dependent') },
    { name: 'more findings', points: Math.min(5, others), most: 5, found: count(others, 'more finding') },
  ];
}

interface ScoredHunk {
  readonly score: number;
  readonly severity: Severity;
}

/**
 * 0-100 for a change. What its findings say comes first; what its shape and its past say fills a part of what is left, so that
 * it ranks changes without findings and never outweighs one. Unknown raises and never lowers (law 3); another finding never
 * lowers it (law 4, test/properties/adding-a-finding.test.ts).
 */
export function scoreChange(hunks: readonly ScoredHunk[], blindSpots: number, circumstances: readonly ScoreFactor[]): number {
  const said = Math.min(100, sum(changeFactors(hunks, blindSpots)));
  return Math.round(said + (sum(circumstances) * (100 - said)) / 100);
}

/**
 * What the findings of a change give: its weightiest hunk, two for each further hunk that a person is asked about up to 10,
 * one for each blind spot up to 5.
 */
export function changeFactors(hunks: readonly ScoredHunk[], blindSpots: number): readonly ScoreFactor[] {
  const highest = hunks.reduce((most, hunk) => Math.max(most, hunk.score), 0);
  const asking = hunks.filter((hunk) => hunk.severity !== 'low').length;
  return [
    {
      name: 'weightiest hunk',
      points: highest,
      most: 100,
      found: hunks.length === 0 ? 'no finding' : `${count(hunks.length, 'hunk')} with findings`,
    },
    {
      name: 'more hunks',
      points: Math.min(10, 2 * Math.max(0, asking - 1)),
      most: 10,
      found: `${count(asking, 'hunk')} asking for a person`,
    },
    { name: 'not analysed', points: Math.min(5, blindSpots), most: 5, found: count(blindSpots, 'blind spot') },
  ];
}

/** 2 for one reference, 10 from 31 on: the tenth dependent tells more than the hundredth. */
function reachWeight(references: number): number {
  return references <= 0 ? 0 : Math.min(10, 2 * Math.log2(1 + references));
}

function sum(factors: readonly ScoreFactor[]): number {
  return factors.reduce((total, factor) => total + factor.points, 0);
}
