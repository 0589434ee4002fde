import { type AssessOptions, assess } from '../core/assess.ts';
import type { Memo } from '../core/facts/memo.ts';
import type { ReadAsset } from '../core/languages/language.ts';
import { prepareLanguages } from '../core/languages/prepare.ts';
import type { Assessment } from '../core/model/assessment.ts';
import type { Change } from '../core/model/change.ts';
import type { Policy } from '../core/model/policy.ts';
import type { TrustMaterial, VerificationResult } from '../core/model/result.ts';
import type { TeamRules } from '../core/model/team-rule.ts';
import type { RepoPath, Tree } from '../core/model/tree.ts';
import { DEFAULT_POLICY } from '../core/policy/default-policy.ts';
import { tightenPolicy } from '../core/policy/tighten-policy.ts';
import { prepareTeamRules } from '../core/team-rules/prepare.ts';
import { type Coverage, coverFindings } from '../core/verify/coverage.ts';
import type { CoverageContext } from '../core/verify/entitlement.ts';
import { selectRecords } from '../core/verify/select-records.ts';
import { verifyChange } from '../core/verify/verify.ts';
import { AppError } from './app-error.ts';
import type { CarrierLines } from './carriers/carrier-path.ts';
import { readCarriers } from './carriers/read-carriers.ts';
import { readNotes } from './carriers/read-notes.ts';
import { hiddenFiles } from './hidden-files.ts';
import { createLedgerReader } from './ledger-records.ts';
import { type ListedSuppression, listSuppressions } from './list-suppressions.ts';
import { loadPolicy, loadTrust } from './policy/load-policy.ts';
import { loadTeamRules } from './policy/load-team-rules.ts';
import { openRepository, type Repository, type RepositoryOptions } from './repository.ts';
import { createForeignReader, type ForeignReader } from './scip/foreign.ts';
import type { WorktreeChange } from './trees/worktree-change.ts';
import { uniteCoverage } from './union-coverage.ts';

export interface SessionOptions {
  /** Reads a grammar that ships beside the running bundle. */
  readonly readAsset: ReadAsset;
  /** The environment that git and the places of keys are read from. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Warnings of ledger and carriers, one line each. */
  readonly log?: (line: string) => void;
}

/** Which two trees to compare. Nothing given: HEAD and the working tree with its untracked files. */
export interface ReviewRequest {
  /** A revision; default HEAD. */
  readonly base?: string;
  /** A revision; then git objects alone are read, and the before side is the merge base. */
  readonly head?: string;
  /** The index instead of the working tree. */
  readonly staged?: boolean;
  /** Unsaved buffers over the working tree. */
  readonly overlay?: ReadonlyMap<RepoPath, string>;
}

/** What one change holds, and what of it people have acknowledged. */
export interface Review {
  readonly change: Change;
  /** The base's policy with whatever the other side made stricter. */
  readonly policy: Policy;
  readonly assessment: Assessment;
  readonly coverage: Coverage;
  /** One line for a person about what this answer leaves out: a policy of a draft that cannot be read. */
  readonly warnings: readonly string[];
}

export interface VerifyRequest {
  readonly base: string;
  readonly head: string;
  /** Contents of bundle files, read by the caller. */
  readonly bundles?: readonly string[];
}

export interface ChangeOptions {
  /** The commit whose policy holds; the change's own before side where not given. */
  readonly base?: string;
  readonly memo?: Memo;
  /**
   * True where the after side is what somebody types just now. Its policy may be half a file: then the base's alone holds, and
   * the review says so in `warnings`. Everywhere else a policy that cannot be read fails.
   */
  readonly isDraft?: boolean;
}

/**
 * The read side of one repository for every door: review and verify. It holds no key and reaches no signer (law 6); what
 * signs is in sign-session.ts, which the doors of a person import and nothing else does.
 */
export interface Session {
  readonly repository: Repository;
  /** Policy of HEAD, tightened by the working tree. */
  policy(): Policy;
  review(request?: ReviewRequest): Promise<Review>;
  /** The saved files against HEAD, to be asked with buffers over it; large files are judged by HEAD's policy. */
  worktree(): WorktreeChange;
  /** As `review`, for a change the caller made itself (a patch, the editor's buffers). */
  reviewChange(change: Change, options?: ChangeOptions): Promise<Review>;
  verify(request: VerifyRequest): Promise<VerificationResult>;
  /** The team's rules as HEAD and the working tree have them, and the files of theirs that could not be read. */
  teamRules(): Promise<TeamRules>;
  /** Every suppression of the after side of a request, and that side's id. */
  suppressions(request?: ReviewRequest): Promise<{ readonly tree: string; readonly list: readonly ListedSuppression[] }>;
  /** Writes what was found in contents for the next process. `close` does so too; an editor's server may never come to it. */
  saveScans(): void;
  close(): void;
}

/** Opens the repository of a folder. Errors: `not-a-repository`, `git-missing`; each verb adds those of what it reads. */
export function openSession(dir: string, options: SessionOptions): Session {
  // Of a runner many hands write the folders, and what is kept there would outlive the one change that wrote it.
  const repositories = openBySize(dir, { keepsScans: (options.env.CI ?? '') === '' || options.env.CI === 'false' });
  /** A verification believes no file that anybody could have put there: everything is found anew in the objects themselves. */
  const unbelieving = openBySize(dir, {});
  const readRecords = createLedgerReader(options.log);
  const repository = repositories.of(DEFAULT_POLICY.maxFileBytes);
  const foreign = createForeignReader(repository.root ?? repository.gitDir);

  let logged = '';
  /** A keystroke answers anew; what it warns of is told when it changes. */
  const logOnce = (warnings: readonly string[]): void => {
    const text = warnings.join('\n');
    if (text !== '' && text !== logged) options.log?.(text);
    logged = text;
  };

  const reviewChange: Session['reviewChange'] = async (change, { base, memo, isDraft } = {}) => {
    const baseTree = base === undefined ? change.before : repository.commitTree(base);
    const { policy, warnings } =
      isDraft === true ? draftPolicyOf(baseTree, change.after) : { policy: policyOf(baseTree, change.after), warnings: [] };
    logOnce(warnings);
    await prepareLanguages(change.touched, options.readAsset);
    const judging = await judgingBy(baseTree, change.after, options.readAsset);
    const assessment = assess(withForeign(change, baseTree, foreign), policy, { ...judging, ...(memo === undefined ? {} : { memo }) });
    const records = await readRecords(repository.commonDir);
    return { change, policy, assessment, coverage: coverFindings(assessment, records, policy, undefined, { now: now() }), warnings };
  };
  const reviewCommits = async (base: string, head: string): Promise<Review> => {
    const input = await recompute(repositories, base, head, options.readAsset, foreign);
    const { change, policy, assessment, trust, context } = input;
    const records = await readRecords(repository.commonDir);
    const own = coverFindings(assessment, records, policy, undefined, { now: context.now });
    // What somebody took back here is taken back, though the carriers do not say so yet.
    const withdrawn = records.filter(({ acknowledgement }) => acknowledgement.decision !== 'acknowledged');
    const carried = [...selectRecords(carrierLines(repository, input).lines, assessment, trust).records, ...withdrawn];
    return {
      change,
      policy,
      assessment,
      coverage: uniteCoverage(own, coverFindings(assessment, carried, policy, trust, context)),
      warnings: [],
    };
  };

  return {
    repository,
    reviewChange,
    worktree: () => repositories.of(loadPolicy(repository.commitTree('HEAD')).maxFileBytes).worktreeChange(),
    policy: () => {
      const { before, after } = repository.worktreeChange();
      return policyOf(before, after);
    },
    review: async ({ base, head, staged, overlay } = {}) => {
      if (head !== undefined) return reviewCommits(base ?? 'HEAD', head);
      const sized = repositories.of(loadPolicy(repository.commitTree(base ?? 'HEAD')).maxFileBytes);
      return reviewChange(
        staged === true ? sized.stagedChange(base) : sized.worktreeChange(base, overlay),
        base === undefined ? {} : { base },
      );
    },
    verify: async ({ base, head, bundles = [] }) => {
      const input = await recompute(unbelieving, base, head, options.readAsset);
      const { assessment, policy, trust, context } = input;
      const carried = carrierLines(repository, input);
      const lines = [...carried.lines, ...bundles.flatMap((bundle) => bundle.split('\n'))];
      const result = verifyChange({ assessment, policy, trust, lines, context, hidden: hiddenFiles(input.change) });
      return { ...result, warnings: [...carried.warnings, ...result.warnings] };
    },
    teamRules: async () => {
      const base = repository.commitTree('HEAD');
      const { teamRules } = await judgingBy(
        base,
        repository.root === undefined ? base : repository.worktreeChange().after,
        options.readAsset,
      );
      return teamRules ?? { rules: [], blindSpots: [] };
    },
    suppressions: async ({ base, head, staged } = {}) => {
      const baseTree = repository.commitTree(base ?? 'HEAD');
      const policy = loadPolicy(baseTree);
      const sized = repositories.of(policy.maxFileBytes);
      const tree =
        head !== undefined ? sized.commitTree(head) : (staged === true ? sized.stagedChange(base) : sized.worktreeChange(base)).after;
      const { teamRules } = await judgingBy(baseTree, tree, options.readAsset);
      const { readAsset } = options;
      return {
        tree: tree.id,
        list: await listSuppressions(tree, policy, { readAsset, ...(teamRules === undefined ? {} : { teamRules }) }),
      };
    },
    saveScans: () => repositories.saveScans(),
    close: () => {
      repositories.close();
      unbelieving.close();
    },
  };
}

interface Repositories {
  of(maxFileBytes: number): Repository;
  saveScans(): void;
  close(): void;
}

/** The base's policy says how large a file may be, and the trees are opened with that limit: one repository for each. */
function openBySize(dir: string, options: RepositoryOptions): Repositories {
  const opened = new Map<number, Repository>();
  return {
    of(maxFileBytes) {
      const repository = opened.get(maxFileBytes) ?? openRepository(dir, { ...options, maxFileBytes });
      opened.set(maxFileBytes, repository);
      return repository;
    },
    saveScans: () => opened.forEach((repository) => void repository.saveScans()),
    close: () => opened.forEach((repository) => void repository.close()),
  };
}

/** Everything about two commits that is recomputed and not believed. */
interface Recomputed {
  readonly change: Change;
  readonly baseTree: Tree;
  readonly policy: Policy;
  readonly assessment: Assessment;
  readonly trust: TrustMaterial;
  readonly context: CoverageContext;
}

/** Policy and trust are the base's own and not the merge base's: a signer struck off since must not count (law 7). */
async function recompute(
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
  const asked = foreign === undefined ? change : withForeign(change, baseTree, foreign);
  const assessment = assess(asked, policy, await judgingBy(baseTree, change.after, readAsset));
  return {
    change,
    baseTree,
    policy,
    assessment,
    trust: loadTrust(baseTree),
    // By their ids, which are known by now and need no git to be told.
    context: { now: now(), authors: repository.authors(baseTree.id, change.after.id) },
  };
}

function withForeign(change: Change, baseTree: Tree, reader: ForeignReader): Change {
  const foreign = reader.of(baseTree, change.after);
  return foreign === undefined ? change : { ...change, foreign };
}

/** The union of the carriers, all untrusted: the head's tree, the base's, and the notes of the commits between. */
function carrierLines(repository: Repository, { change, baseTree, assessment }: Recomputed): CarrierLines {
  const fingerprints = assessment.hunks.flatMap((hunk) => hunk.findings.map((finding) => finding.fingerprint));
  const range = {
    head: change.after.id,
    ...(baseTree.id === repository.emptyTree ? {} : { base: baseTree.id }),
  };
  const readings = [
    readCarriers(change.after, fingerprints),
    readCarriers(baseTree, fingerprints),
    readNotes({ cwd: repository.root ?? repository.gitDir }, range),
  ];
  return { lines: readings.flatMap((reading) => reading.lines), warnings: readings.flatMap((reading) => reading.warnings) };
}

/** Team rules are the base's and whatever the head adds; suppressions count where the base still has them (law 7). */
async function judgingBy(base: Tree, head: Tree, readAsset: ReadAsset): Promise<Pick<AssessOptions, 'teamRules' | 'trusted'>> {
  const teamRules = await prepareTeamRules(loadTeamRules(base), loadTeamRules(head), readAsset);
  return { trusted: base, ...(teamRules === undefined ? {} : { teamRules }) };
}

function policyOf(base: Tree, head: Tree): Policy {
  return tightenPolicy(loadPolicy(base), loadPolicy(head));
}

/** The base's policy alone where the draft's cannot be read; a base's that cannot be read fails as ever. */
function draftPolicyOf(base: Tree, draft: Tree): { readonly policy: Policy; readonly warnings: readonly string[] } {
  const policy = loadPolicy(base);
  try {
    return { policy: tightenPolicy(policy, loadPolicy(draft)), warnings: [] };
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'bad-policy') throw error;
    return { policy, warnings: [`${error.message}; until it can be read, the policy of the last commit holds alone`] };
  }
}

function now(): string {
  return new Date().toISOString();
}
