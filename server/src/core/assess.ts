import { addedOutside } from './facts/added-outside.ts';
import { type AnalysedChange, analyseChange } from './facts/analyse-change.ts';
import { type Memo, NO_MEMO } from './facts/memo.ts';
import { pathContext } from './facts/path-context.ts';
import { reachPrecision } from './facts/reach.ts';
import { fileChanges } from './hunks/file-changes.ts';
import { splitHunks } from './hunks/split-hunks.ts';
import { judgeFile } from './judge-file.ts';
import { languageOf } from './languages/prepare.ts';
import type { Assessment } from './model/assessment.ts';
import type { Change } from './model/change.ts';
import { compareSeverity, type Severity } from './model/finding.ts';
import type { Policy } from './model/policy.ts';
import type { RepoPath } from './model/tree.ts';
import { severityFloor } from './policy/severity-floor.ts';
import type { Rule } from './rules/define.ts';
import { RULES } from './rules/index.ts';
import { RULESET_DIGEST } from './rules/ruleset.ts';
import { scoreChange } from './score/score.ts';
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
  const analysed = analyseChange(fileChanges(change, sameMeaning(policy)), splitHunks, options.memo ?? NO_MEMO);
  const precision = reachPrecision(analysed);
  const judged = analysed.files.map(({ analysis, residue }) =>
    judgeFile({
      analysis,
      residue,
      change,
      policy,
      precision,
      addedElsewhere: addedOutside(analysed, analysis),
      rules: options.rules ?? RULES,
    }),
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

/** A rename is followed where the engine would judge the same text alike at both paths; elsewhere the file is new there. */
function sameMeaning(policy: Policy): (from: RepoPath, to: RepoPath) => boolean {
  const meaning = (path: RepoPath): string =>
    [languageOf(path)?.id, pathContext(path), severityFloor(policy, path), isManifest(path)].join(' ');
  return (from, to) => meaning(from) === meaning(to);
}

/** A language reads these names otherwise than their extension says. */
function isManifest(path: RepoPath): boolean {
  return /(^|\/)package\.json$/.test(path);
}

function countHunks(analysed: AnalysedChange): number {
  return analysed.files.reduce((count, file) => count + file.analysis.hunks.length, 0);
}
