import type { FileAnalysis } from './facts/analyse-file.ts';
import { factsOfHunks } from './facts/hunk-facts.ts';
import type { Split } from './facts/join-files.ts';
import { isPreviewPath, type PathContext, pathContext, severityIn } from './facts/path-context.ts';
import { reachOf, reachOfScope } from './facts/reach.ts';
import type { Residue } from './facts/residue.ts';
import { isTestAt, scopeAt } from './facts/scope.ts';
import type { Gathered } from './facts/split-files.ts';
import { pairRegion } from './hunks/pair-region.ts';
import { findingFingerprint } from './identity.ts';
import type { SplitDraft } from './judge-splits.ts';
import type { ReachPrecision } from './languages/language.ts';
import { standing } from './met-elsewhere.ts';
import type { AssessedHunk } from './model/assessment.ts';
import type { Change } from './model/change.ts';
import type { FileFacts, Reach, SourceFacts } from './model/facts.ts';
import { compareSeverity, type Finding, type FindingDraft, SEVERITIES, type Severity } from './model/finding.ts';
import type { Hunk } from './model/hunk.ts';
import type { Policy } from './model/policy.ts';
import { lastLineOf, type Side } from './model/range.ts';
import type { BlindSpot, RepoPath, Tree } from './model/tree.ts';
import { severityFloor } from './policy/severity-floor.ts';
import { familyOf, type Rule, type RuleInput } from './rules/define.ts';
import { runRules } from './rules/run-rules.ts';
import { scoreHunk } from './score/score.ts';
import type { TeamDraft } from './team-rules/judge-files.ts';
import { onceEach, placesOf, type Told } from './told-in-its-hunk.ts';
import { addedSuppressions, noteSuppressed, weighSuppressions } from './weigh-suppressions.ts';

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
  readonly removedElsewhere: () => FileFacts;
  readonly factsAt: (side: Side, path: RepoPath) => SourceFacts | undefined;
  readonly rules: readonly Rule[];
  /** What rules said of a hunk of this file when it was read together with another one that took something from it. */
  readonly splitDrafts: (hunk: Hunk) => readonly SplitDraft[];
  /** Files of the change that took something from this one. */
  readonly takers: readonly Split[];
  /** All of them read with the file at once. */
  readonly gathered: () => Gathered | undefined;
  /** What the team's rules said of a hunk of this file. */
  readonly teamDrafts: (hunk: Hunk) => readonly TeamDraft[];
  readonly severityOf: (rule: string) => Severity | undefined;
  /** The tree whose suppressions count; the change's own before side where not given. */
  readonly trusted: Tree | undefined;
}

export interface JudgedFile {
  /** Hunks with findings, from top to bottom. */
  readonly hunks: readonly AssessedHunk[];
  readonly blindSpots: readonly BlindSpot[];
}

/** Asks the rules about every hunk of a file, and completes what they say with severity, reach, region and fingerprint. */
export function judgeFile(file: FileCase): JudgedFile {
  const { analysis, residue, change, rules, addedElsewhere, removedElsewhere, factsAt, severityOf } = file;
  const { path, previousPath } = analysis.file;
  const hunks: AssessedHunk[] = [];
  const blindSpots = new Map<string, BlindSpot>();
  const blind = (spot: BlindSpot): void => void blindSpots.set(`${spot.reason} ${spot.detail ?? ''}`, spot);
  const reach = reachOf(change, analysis, file.precision, blind);
  const suppressions = addedSuppressions(analysis, residue);
  const dealt = factsOfHunks(analysis, residue);
  const drawn = new Map<Hunk, Told<Drawn>[]>(dealt.map(({ hunk }) => [hunk, []]));
  for (const { hunk, removed, added } of dealt) {
    const input: RuleInput = {
      hunk,
      removed,
      added: { ...added, suppressions: suppressions.get(hunk) ?? [] },
      before: analysis.before,
      after: analysis.after,
      reach,
      addedElsewhere,
      removedElsewhere,
      factsAt,
      trees: change,
      path,
      severityOf,
    };
    const outcome = runRules(rules, input);
    outcome.blindSpots.forEach(blind);
    const told = new Set(outcome.drafts.map(({ rule }) => rule.id));
    const split = file.splitDrafts(hunk).filter(({ rule }) => !told.has(rule.id));
    const stands = standing(outcome.drafts, input, file.takers, file.gathered);
    for (const [home, one] of placesOf(stands, hunk, analysis)) drawn.get(home)?.push(one);
    for (const one of [...split, ...file.teamDrafts(hunk)]) drawn.get(hunk)?.push(one);
  }
  for (const [hunk, told] of drawn) {
    const suppressed = suppressions.get(hunk) ?? [];
    const complete = onceEach(told).map(({ rule, draft }) => completeFinding(rule, draft, hunk, file, reach));
    const findings = weighSuppressions(complete, suppressed)
      .map((finding) =>
        noteSuppressed(finding, { hunk, analysis, trusted: file.trusted, least: severityFloor(file.policy, path) ?? 'low' }),
      )
      .sort(byWeight);
    const first = findings[0];
    if (first === undefined) continue;
    const renamed = previousPath === undefined ? {} : { previousPath };
    hunks.push({ ...hunk, ...renamed, severity: first.severity, score: scoreHunk(findings), origin: change.origin, findings });
  }
  return { hunks, blindSpots: [...blindSpots.values()] };
}

/** The heaviest finding first, then from top to bottom. */
export function byWeight(a: Finding, b: Finding): number {
  return (
    compareSeverity(b.severity, a.severity) || a.range.start.line - b.range.start.line || (a.rule < b.rule ? -1 : a.rule > b.rule ? 1 : 0)
  );
}

/** What completing a finding asks of whatever drew it: a rule that ships, or one of a team. */
type Drawn = Pick<Rule, 'id' | 'version' | 'severity' | 'confidence' | 'about'> & {
  readonly files?: readonly string[];
  readonly url?: string;
};

function completeFinding(rule: Drawn, draft: FindingDraft, hunk: Hunk, { analysis, policy }: FileCase, reach: Reach): Finding {
  const region = pairRegion(hunk, draft.side, { start: draft.range.start.line, end: lastLineOf(draft.range) });
  const side = draft.side === 'before' ? analysis.before : analysis.after;
  const scope = scopeAt(side, draft.range.start.line);
  const context = contextFor(rule, draft, isTestAt(side, draft.range.start.line) ? 'test' : pathContext(hunk.path), hunk.path);
  const severity = raiseTo(severityFloor(policy, hunk.path), severityIn(hunk.path, context, draft.severity ?? rule.severity));
  // A note asks nobody, so nobody waits for its number.
  const counted = draft.radius !== undefined || severity === 'low' ? (draft.radius ?? null) : undefined;
  const ofThings = counted === undefined && draft.things !== undefined ? reach.ofThings(draft.things, draft.thingsIn) : undefined;
  const radius = counted === undefined ? (ofThings ?? reachOfScope(reach, analysis, scope)) : counted;
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
    ...(rule.url === undefined ? {} : { url: rule.url }),
  };
}

/**
 * A weakened test is a finding about the place that tests live in, and no mistake that costs less there, nor is what keeps a test run
 * away from a database that is none of a test. An environment for one branch runs what nobody has reviewed beside what others depend on. A team's rule that names
 * its files was written for just these.
 */
function contextFor(rule: Drawn, draft: FindingDraft, context: PathContext, path: RepoPath): PathContext {
  if ((rule.files ?? []).length > 0) return 'production';
  if (draft.onSharedHosts === true && context === 'development' && isPreviewPath(path)) return 'production';
  return (rule.about === 'tests' || draft.beyondTests === true) && context === 'test' ? 'production' : context;
}

function raiseTo(floor: Severity | undefined, severity: Severity): Severity {
  return floor !== undefined && SEVERITIES.indexOf(floor) > SEVERITIES.indexOf(severity) ? floor : severity;
}
