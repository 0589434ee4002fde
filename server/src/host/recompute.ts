import { assess } from '../core/assess.ts';
import type { ReadAsset } from '../core/languages/language.ts';
import { prepareLanguages } from '../core/languages/prepare.ts';
import type { Assessment } from '../core/model/assessment.ts';
import type { Change } from '../core/model/change.ts';
import type { Policy } from '../core/model/policy.ts';
import type { TrustMaterial } from '../core/model/result.ts';
import type { BlindSpot, Tree } from '../core/model/tree.ts';
import { DEFAULT_POLICY } from '../core/policy/default-policy.ts';
import { rulesetDigest } from '../core/rules/ruleset.ts';
import type { CoverageContext } from '../core/verify/entitlement.ts';
import { landedIn } from '../core/verify/landed.ts';
import { spentRecords } from '../core/verify/spent.ts';
import { type CarrierLines, carrierPath } from './carriers/carrier-path.ts';
import { readCarriers } from './carriers/read-carriers.ts';
import { type NotesRange, readNotes } from './carriers/read-notes.ts';
import { judgingBy, now, policyOf } from './judging-by.ts';
import type { Repositories } from './open-by-size.ts';
import { loadPolicy, loadTrust } from './policy/load-policy.ts';
import { loadRevocations } from './policy/load-revocations.ts';
import type { Repository } from './repository.ts';
import type { ForeignReader } from './scip/foreign.ts';

/** Everything about two commits that is recomputed and not believed. */
export interface Recomputed {
  readonly change: Change;
  readonly baseTree: Tree;
  readonly policy: Policy;
  readonly assessment: Assessment;
  readonly trust: TrustMaterial;
  readonly hiddenRevocations: readonly BlindSpot[];
  readonly context: CoverageContext;
}

/** Policy and trust are the base's own and not the merge base's: a signer struck off since must not count (law 7). */
export async function recompute(
  repositories: Repositories,
  base: string,
  head: string,
  readAsset: ReadAsset,
  foreign?: ForeignReader,
): Promise<Recomputed> {
  const baseTree = repositories.of(DEFAULT_POLICY.maxFileBytes).commitTree(base);
  const repository = repositories.of(loadPolicy(baseTree).maxFileBytes);
  const change = repository.commitChange(base, head);
  const policy = policyOf(baseTree, change.after);
  await prepareLanguages(change.touched, readAsset);
  // A verification is the same on every machine, whatever indexes lie on it: it asks none.
  const asked = foreign === undefined ? withoutPast(change) : withForeign(change, baseTree, foreign);
  const assessment = assess(asked, policy, await judgingBy(baseTree, change.after, readAsset));
  const { revoked, hidden } = loadRevocations(baseTree, change.after, { cwd: repository.root ?? repository.gitDir });
  return {
    change,
    baseTree,
    policy,
    assessment,
    trust: { ...loadTrust(baseTree), revoked },
    hiddenRevocations: hidden,
    // By their ids, which are known by now and need no git to be told.
    context: {
      now: now(),
      authors: repository.authors(baseTree.id, change.after.id),
      ruleset: rulesetDigest([]),
      spent: spentIn(change, assessment),
      isLanded: landedBefore(change),
    },
  };
}

export function spentIn({ before }: Change, assessment: Assessment): ReadonlySet<string> {
  return spentRecords(before, assessment, (fingerprints) => readCarriers(before, fingerprints).lines);
}

/** What earlier changes took in, by the trees' own carriers and lines (core/verify/landed.ts). */
export function landedBefore({ before }: Pick<Change, 'before'>): NonNullable<CoverageContext['isLanded']> {
  return landedIn(before, (fingerprint) => before.read(carrierPath(fingerprint)) !== undefined);
}

/** The past weighs in the score alone; a gate asks about findings, and git takes a while to tell it. */
export function withoutPast({ history: _, ...change }: Change): Change {
  return change;
}

export function withForeign(change: Change, baseTree: Tree, reader: ForeignReader): Change {
  const foreign = reader.of(baseTree, change.after);
  return foreign === undefined ? change : { ...change, foreign };
}

/** The commits of a verification by their ids. */
export function rangeOf(repository: Repository, { change, baseTree }: Recomputed): NotesRange {
  return { head: change.after.id, ...(baseTree.id === repository.emptyTree ? {} : { base: baseTree.id }) };
}

/** The union of the carriers, all untrusted: the head's tree, the base's, and the notes of the commits between. */
export function carrierLines(repository: Repository, recomputed: Recomputed): CarrierLines {
  const { change, baseTree, assessment } = recomputed;
  const fingerprints = assessment.hunks.flatMap((hunk) => hunk.findings.map((finding) => finding.fingerprint));
  const readings = [
    readCarriers(change.after, fingerprints),
    readCarriers(baseTree, fingerprints),
    readNotes({ cwd: repository.root ?? repository.gitDir }, rangeOf(repository, recomputed)),
  ];
  return { lines: readings.flatMap((reading) => reading.lines), warnings: readings.flatMap((reading) => reading.warnings) };
}
