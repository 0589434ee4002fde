import type { FileAnalysis } from './facts/analyse-file.ts';
import { factsOfHunks } from './facts/hunk-facts.ts';
import { pathContext, severityIn } from './facts/path-context.ts';
import { reachOf, reachOfScope } from './facts/reach.ts';
import type { Residue } from './facts/residue.ts';
import { scopeAt } from './facts/scope.ts';
import { pairRegion } from './hunks/pair-region.ts';
import { findingFingerprint } from './identity.ts';
import type { ReachPrecision } from './languages/language.ts';
import type { AssessedHunk } from './model/assessment.ts';
import type { Change } from './model/change.ts';
import type { FileFacts, Reach } from './model/facts.ts';
import { compareSeverity, type Finding, type FindingDraft, SEVERITIES, type Severity } from './model/finding.ts';
import type { Hunk } from './model/hunk.ts';
import type { Policy } from './model/policy.ts';
import { lastLineOf } from './model/range.ts';
import type { BlindSpot } from './model/tree.ts';
import { severityFloor } from './policy/severity-floor.ts';
import { familyOf, type Rule } from './rules/define.ts';
import { runRules } from './rules/run-rules.ts';
import { scoreHunk } from './score/score.ts';

/** Places that a finding names. Its radius has more of them, and counts all. */
const MOST_RELATED = 10;

/** One file of a change, and everything that its judgement depends on. */
export interface FileCase {
  readonly analysis: FileAnalysis;
  /** What is left of its facts after the whole change has cancelled. */
  readonly residue: Residue;
  readonly change: Change;
  readonly policy: Policy;
  readonly precision: ReachPrecision;
  readonly addedElsewhere: () => FileFacts;
  readonly rules: readonly Rule[];
}

export interface JudgedFile {
  /** Hunks with findings, from top to bottom. */
  readonly hunks: readonly AssessedHunk[];
  readonly blindSpots: readonly BlindSpot[];
}

/** Asks the rules about every hunk of a file, and completes what they say with severity, reach, region and fingerprint. */
export function judgeFile(file: FileCase): JudgedFile {
  const { analysis, residue, change, rules, addedElsewhere } = file;
  const { path, previousPath } = analysis.file;
  const hunks: AssessedHunk[] = [];
  const blindSpots = new Map<string, BlindSpot>();
  const blind = (spot: BlindSpot): void => void blindSpots.set(`${spot.reason} ${spot.detail ?? ''}`, spot);
  const reach = reachOf(change, analysis, file.precision, blind);
  for (const { hunk, removed, added } of factsOfHunks(analysis.hunks, residue)) {
    const outcome = runRules(rules, {
      hunk,
      removed,
      added,
      before: analysis.before,
      after: analysis.after,
      reach,
      addedElsewhere,
      trees: change,
      path,
    });
    outcome.blindSpots.forEach(blind);
    const findings = outcome.drafts.map(({ rule, draft }) => completeFinding(rule, draft, hunk, file, reach)).sort(byWeight);
    const first = findings[0];
    if (first === undefined) continue;
    const renamed = previousPath === undefined ? {} : { previousPath };
    hunks.push({ ...hunk, ...renamed, severity: first.severity, score: scoreHunk(findings), origin: change.origin, findings });
  }
  return { hunks, blindSpots: [...blindSpots.values()] };
}

function byWeight(a: Finding, b: Finding): number {
  return (
    compareSeverity(b.severity, a.severity) || a.range.start.line - b.range.start.line || (a.rule < b.rule ? -1 : a.rule > b.rule ? 1 : 0)
  );
}

function completeFinding(rule: Rule, draft: FindingDraft, hunk: Hunk, { analysis, policy }: FileCase, reach: Reach): Finding {
  const region = pairRegion(hunk, draft.side, { start: draft.range.start.line, end: lastLineOf(draft.range) });
  const scope = scopeAt(draft.side === 'before' ? analysis.before : analysis.after, draft.range.start.line);
  const severity = raiseTo(severityFloor(policy, hunk.path), severityIn(pathContext(hunk.path), draft.severity ?? rule.severity));
  // A note asks nobody, so nobody waits for its number.
  const radius = draft.radius !== undefined || severity === 'low' ? (draft.radius ?? null) : reachOfScope(reach, analysis, scope);
  return {
    rule: rule.id,
    ruleVersion: rule.version,
    family: familyOf(rule.id),
    severity,
    confidence: draft.confidence ?? rule.confidence,
    fingerprint: findingFingerprint({ rule: rule.id, ruleVersion: rule.version, scope, path: hunk.path, ...region }),
    message: draft.message,
    side: draft.side,
    range: draft.range,
    scope,
    related: draft.related ?? radius?.dependents.slice(0, MOST_RELATED) ?? [],
    blastRadius: radius,
    region,
  };
}

function raiseTo(floor: Severity | undefined, severity: Severity): Severity {
  return floor !== undefined && SEVERITIES.indexOf(floor) > SEVERITIES.indexOf(severity) ? floor : severity;
}
