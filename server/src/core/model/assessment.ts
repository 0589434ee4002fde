import type { Origin } from './change.ts';
import type { Finding, Severity } from './finding.ts';
import type { ScoreFactor } from './history.ts';
import type { Hunk } from './hunk.ts';
import type { BlindSpot } from './tree.ts';

/** A hunk that has findings, most severe first. */
export interface AssessedHunk extends Hunk {
  readonly severity: Severity;
  /** 0-100, see core/score. */
  readonly score: number;
  readonly origin: Origin;
  readonly findings: readonly Finding[];
}

/** The answer to one change. Plain data: it survives structuredClone and equals itself on every machine (law 1). */
export interface Assessment {
  readonly before: string;
  readonly after: string;
  readonly score: number;
  readonly severity: Severity | 'none';
  /** All hunks of the change, those without findings included. */
  readonly hunkCount: number;
  readonly hunks: readonly AssessedHunk[];
  readonly blindSpots: readonly BlindSpot[];
  /** What the score holds beside the findings: the change's shape and its past. */
  readonly circumstances: readonly ScoreFactor[];
  readonly engine: { readonly name: string; readonly version: string; readonly ruleset: string };
  readonly policyDigest: string;
}
