import { mayBeKeptBack, tellKeptBack } from './decoys/tell-kept-back.ts';
import { type AnalysedChange, analyseChange } from './facts/analyse-change.ts';
import { readAnyFacts } from './facts/any-facts.ts';
import { type Memo, NO_MEMO } from './facts/memo.ts';
import { outside } from './facts/outside.ts';
import { pathContext } from './facts/path-context.ts';
import { reachPrecision } from './facts/reach.ts';
import { staysInPlace } from './facts/run-place.ts';
import { fileChanges } from './hunks/file-changes.ts';
import { splitHunks } from './hunks/split-hunks.ts';
import { type FileCase, type JudgedFile, judgeFile } from './judge-file.ts';
import { type JudgedSplits, judgeSplits } from './judge-splits.ts';
import { keepJudged } from './keep-judged.ts';
import { isReadByFirstLine, languageOf } from './languages/prepare.ts';
import type { Assessment } from './model/assessment.ts';
import type { Change } from './model/change.ts';
import { compareSeverity, type Severity } from './model/finding.ts';
import type { Policy } from './model/policy.ts';
import type { TeamRules } from './model/team-rule.ts';
import type { BlindSpot, FileContent, RepoPath, Tree } from './model/tree.ts';
import { severityFloor } from './policy/severity-floor.ts';
import type { Rule } from './rules/define.ts';
import { RULES } from './rules/index.ts';
import { rulesetDigest } from './rules/ruleset.ts';
import { pastFactors } from './score/change-past.ts';
import { shapeFactors } from './score/change-shape.ts';
import { scoreChange } from './score/score.ts';
import { looksAt } from './team-rules/find-matches.ts';
import { judgeFiles, type TeamOutcome } from './team-rules/judge-files.ts';
import { VERSION } from './version.ts';

export interface AssessOptions {
  /** Keeps what was read of unchanged files between calls; leave it out for a single answer. */
  readonly memo?: Memo;
  /** Other rules than the ones that ship; for tests of the engine itself. */
  readonly rules?: readonly Rule[];
  /** The team's own rules, prepared (core/team-rules/prepare.ts). */
  readonly teamRules?: TeamRules;
  /** The tree whose policy holds: a suppression that it no longer has quiets nothing. The before side where not given. */
  readonly trusted?: Tree;
}

/**
 * The whole analysis, and the only place that knows the order of its rooms: tree, hunks, facts, rules, score. Synchronous,
 * pure and deterministic (law 1); whatever it could not see is in `blindSpots`. Languages must have been prepared.
 */
export function assess(change: Change, policy: Policy, options: AssessOptions = {}): Assessment {
  const analysed = analyseChange(fileChanges(change, sameMeaning(change, policy, options.teamRules)), splitHunks, options.memo ?? NO_MEMO);
  const factsAt = readAnyFacts(change);
  const precision = reachPrecision(analysed);
  const rules = options.rules ?? RULES;
  const weights = new Map([...rules, ...(options.teamRules?.rules ?? [])].map((rule): [string, Severity] => [rule.id, rule.severity]));
  const splits = judgeSplits({ analysed, change, rules, factsAt });
  const team = askTeamRules(analysed, options.teamRules);
  const ruleset = rulesetDigest(options.teamRules?.rules ?? []);
  const caseOf = (whole: AnalysedChange, read: Readings, { analysis, residue }: AnalysedChange['files'][number]): FileCase => ({
    analysis,
    residue,
    change: read.change,
    policy,
    precision,
    addedElsewhere: outside(whole, analysis, 'added'),
    removedElsewhere: outside(whole, analysis, 'removed'),
    factsAt: read.factsAt,
    rules: read.rules,
    splitDrafts: (hunk) => read.splits.drafts.get(hunk) ?? [],
    takers: read.splits.takersOf(analysis),
    gathered: () => read.splits.gatheredOf(analysis),
    teamDrafts: (hunk) => team.drafts.get(hunk) ?? [],
    severityOf: (rule) => weights.get(rule),
    trusted: options.trusted,
  });
  const alike = { change, factsAt, rules, splits };
  const believing = analysed.files.map((each) => keepJudged(options.memo, caseOf(analysed, alike, each), ruleset, judgeFile));
  const { judged, blindSpots: unfollowed } = tellKeptBack(change, analysed, believing, (other) => {
    const read = { change: other.change, factsAt: readAnyFacts(other.change), rules: rules.filter(mayBeKeptBack) };
    const cases = { ...read, splits: judgeSplits({ ...read, analysed: other.analysed }) };
    return other.analysed.files.map((each) =>
      other.isAsked(each.analysis) ? judgeFile(caseOf(other.analysed, cases, each)) : NOTHING_TOLD,
    );
  });
  const hunks = judged.flatMap((file) => file.hunks);
  const alone = distinct(judged.flatMap((file) => file.blindSpots));
  // A rule that crashed on a file by itself is named once.
  const together = splits.blindSpots.filter(({ path, detail }) => !alone.some((spot) => spot.path === path && spot.detail === detail));
  const blindSpots = [...analysed.blindSpots, ...alone, ...together, ...unfollowed, ...team.blindSpots];
  const changed = analysed.files.map(({ analysis: { file, hunks: own } }) => ({
    path: file.path,
    context: pathContext(file.path),
    hunks: own,
  }));
  const circumstances = [...shapeFactors(changed), ...pastFactors(changed, change.history)];
  return {
    before: change.before.id,
    after: change.after.id,
    score: scoreChange(hunks, blindSpots.length, circumstances),
    circumstances,
    severity: hunks.reduce<Severity | 'none'>((most, hunk) => (compareSeverity(hunk.severity, most) > 0 ? hunk.severity : most), 'none'),
    hunkCount: countHunks(analysed),
    hunks,
    blindSpots,
    engine: { name: 'brakeline', version: VERSION, ruleset },
    policyDigest: policy.digest,
  };
}

const NOTHING_TOLD: JudgedFile = { hunks: [], blindSpots: [] };

/** What the judgement of a file is read from. */
interface Readings extends Pick<FileCase, 'change' | 'factsAt' | 'rules'> {
  readonly splits: JudgedSplits;
}

/** An index of another repository that cannot be read is met by every file that asks it, and named once. */
function distinct(spots: readonly BlindSpot[]): readonly BlindSpot[] {
  return [...new Map(spots.map((spot) => [JSON.stringify([spot.path, spot.reason, spot.detail]), spot])).values()];
}

/** A rename is followed where the engine would judge the same text alike at both paths; elsewhere the file is new there. */
function sameMeaning(change: Change, policy: Policy, team: TeamRules | undefined): (from: RepoPath, to: RepoPath) => boolean {
  const meaning = (path: RepoPath): string =>
    [
      languageOf(path)?.id,
      isReadByFirstLine(path),
      pathContext(path),
      severityFloor(policy, path),
      isManifest(path),
      isReviewFile(path) ? path : '',
      teamScope(path, team),
    ].join(' ');
  const stays = staysInPlace(change);
  return (from, to) => meaning(from) === meaning(to) && stays(from, to);
}

/** What decides about reviews decides at its own path alone. */
function isReviewFile(path: RepoPath): boolean {
  return path.startsWith('.brakeline/');
}

function teamScope(path: RepoPath, team: TeamRules | undefined): string {
  return (team?.rules ?? []).map((rule) => (looksAt(rule, path) ? '1' : '0')).join('');
}

function askTeamRules(analysed: AnalysedChange, team: TeamRules | undefined): TeamOutcome {
  if (team === undefined) return { drafts: new Map(), blindSpots: [] };
  const textOf = (content: FileContent | undefined): string | undefined => (content?.kind === 'text' ? content.text : undefined);
  const files = analysed.files.map(({ analysis }) => ({
    identity: analysis,
    path: analysis.file.path,
    context: pathContext(analysis.file.path),
    before: textOf(analysis.file.before),
    after: textOf(analysis.file.after),
    hunks: analysis.hunks,
  }));
  return judgeFiles(files, team);
}

/** A language reads these names otherwise than their extension says. */
function isManifest(path: RepoPath): boolean {
  return /(^|\/)package\.json$/.test(path);
}

function countHunks(analysed: AnalysedChange): number {
  return analysed.files.reduce((count, file) => count + file.analysis.hunks.length, 0);
}
