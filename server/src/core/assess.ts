import type { AnalysedChange } from './facts/analyse-change.ts';
import { analyseChange } from './facts/analyse-change.ts';
import type { FileAnalysis } from './facts/analyse-file.ts';
import { factsOfHunks, type HunkFacts } from './facts/hunk-facts.ts';
import type { Memo } from './facts/memo.ts';
import { pathContext, severityIn } from './facts/path-context.ts';
import { reachOf, reachOfScope } from './facts/reach.ts';
import { scopeAt } from './facts/scope.ts';
import { fileChanges } from './hunks/file-changes.ts';
import { pairRegion } from './hunks/pair-region.ts';
import { splitHunks } from './hunks/split-hunks.ts';
import { findingFingerprint } from './identity.ts';
import type { AssessedHunk, Assessment } from './model/assessment.ts';
import type { Change } from './model/change.ts';
import { compareSeverity, type Finding, type FindingDraft, SEVERITIES, type Severity } from './model/finding.ts';
import type { Hunk } from './model/hunk.ts';
import type { Policy } from './model/policy.ts';
import type { BlindSpot } from './model/tree.ts';
import { severityFloor } from './policy/severity-floor.ts';
import { familyOf, type Rule } from './rules/define.ts';
import { RULES } from './rules/index.ts';
import { RULESET_DIGEST } from './rules/ruleset.ts';
import { runRules } from './rules/run-rules.ts';
import { scoreChange, scoreHunk } from './score/score.ts';
import { VERSION } from './version.ts';

export interface AssessOptions {
  /** Keeps what was read of unchanged files between calls; leave it out for a single answer. */
  readonly memo?: Memo;
  /** Other rules than the ones that ship; for tests of the engine itself. */
  readonly rules?: readonly Rule[];
}

/**
 * The whole analysis, and the only place that knows the order of its rooms: tree, hunks, facts, rules, score. Synchronous,
 * pure and deterministic (law 1); whatever it could not see is in `blindSpots`. Languages must have been prepared.
 */
export function assess(change: Change, policy: Policy, options: AssessOptions = {}): Assessment {
  const analysed = analyseChange(fileChanges(change), splitHunks, options.memo);
  const judged = analysed.files.map(({ analysis, residue }) =>
    judgeFile(analysis, factsOfHunks(analysis.hunks, residue), change, policy, options.rules ?? RULES),
  );
  const hunks = judged.flatMap((file) => file.hunks);
  const blindSpots = [...analysed.blindSpots, ...judged.flatMap((file) => file.blindSpots)];
  return {
    before: change.before.id,
    after: change.after.id,
    score: scoreChange(hunks, blindSpots.length),
    severity: hunks.reduce<Severity | 'none'>((most, hunk) => (compareSeverity(hunk.severity, most) > 0 ? hunk.severity : most), 'none'),
    hunkCount: countHunks(analysed),
    hunks,
    blindSpots,
    engine: { name: 'brakeline', version: VERSION, ruleset: RULESET_DIGEST },
    policyDigest: policy.digest,
  };
}

interface JudgedFile {
  readonly hunks: readonly AssessedHunk[];
  readonly blindSpots: readonly BlindSpot[];
}

function judgeFile(
  analysis: FileAnalysis,
  hunkFacts: readonly HunkFacts[],
  change: Change,
  policy: Policy,
  rules: readonly Rule[],
): JudgedFile {
  const hunks: AssessedHunk[] = [];
  const blindSpots: BlindSpot[] = [];
  const { path, previousPath } = analysis.file;
  for (const { hunk, removed, added } of hunkFacts) {
    const reach = reachOf(change, analysis);
    const outcome = runRules(rules, { hunk, removed, added, before: analysis.before, after: analysis.after, reach, trees: change, path });
    blindSpots.push(...outcome.blindSpots);
    const findings = outcome.drafts
      .map(({ rule, draft }) => completeFinding(rule, draft, { hunk, analysis, change, policy }))
      .sort((a, b) => compareSeverity(b.severity, a.severity) || a.range.start.line - b.range.start.line || (a.rule < b.rule ? -1 : 1));
    const first = findings[0];
    if (first === undefined) continue;
    hunks.push({
      ...hunk,
      ...(previousPath === undefined ? {} : { previousPath }),
      severity: first.severity,
      score: scoreHunk(findings),
      origin: change.origin,
      findings,
    });
  }
  const seen = new Set<string>();
  return {
    hunks,
    blindSpots: blindSpots.filter((spot) => {
      const key = `${path} ${spot.reason} ${spot.detail ?? ''}`;
      return !seen.has(key) && seen.add(key);
    }),
  };
}

interface FindingPlace {
  readonly hunk: Hunk;
  readonly analysis: FileAnalysis;
  readonly change: Change;
  readonly policy: Policy;
}

function completeFinding(rule: Rule, draft: FindingDraft, { hunk, analysis, change, policy }: FindingPlace): Finding {
  const region = pairRegion(hunk, draft.side, { start: draft.range.start.line, end: lastLine(draft) });
  const scope = scopeAt(draft.side === 'before' ? analysis.before : analysis.after, draft.range.start.line);
  const severity = raiseTo(severityFloor(policy, hunk.path), severityIn(pathContext(hunk.path), draft.severity ?? rule.severity));
  // A note asks nobody, so nobody waits for its number.
  const radius = draft.radius !== undefined || severity === 'low' ? (draft.radius ?? null) : reachOfScope(change, analysis, scope);
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
    related: draft.related ?? radius?.dependents ?? [],
    blastRadius: radius,
    region,
  };
}

/** A range that ends at character 0 does not reach into its last line. */
function lastLine(draft: FindingDraft): number {
  const { start, end } = draft.range;
  return end.character === 0 && end.line > start.line ? end.line - 1 : end.line;
}

function raiseTo(floor: Severity | undefined, severity: Severity): Severity {
  return floor !== undefined && SEVERITIES.indexOf(floor) > SEVERITIES.indexOf(severity) ? floor : severity;
}

function countHunks(analysed: AnalysedChange): number {
  return analysed.files.reduce((count, file) => count + file.analysis.hunks.length, 0);
}
