import { assess } from '../core/assess.ts';
import { createMemo, type Memo } from '../core/facts/memo.ts';
import type { ReadAsset } from '../core/languages/language.ts';
import { prepareLanguages } from '../core/languages/prepare.ts';
import type { Assessment } from '../core/model/assessment.ts';
import type { Change } from '../core/model/change.ts';
import type { Policy } from '../core/model/policy.ts';
import type { TrustMaterial, VerificationResult } from '../core/model/result.ts';
import type { TeamRules } from '../core/model/team-rule.ts';
import type { RepoPath, Tree } from '../core/model/tree.ts';
import { DEFAULT_POLICY } from '../core/policy/default-policy.ts';
import type { Coverage } from '../core/verify/coverage.ts';
import type { CoverageContext } from '../core/verify/entitlement.ts';
import { verifyChange } from '../core/verify/verify.ts';
import { isAllCommitted } from './all-committed.ts';
import { coverHere, linesHere, targetHere, trustHere } from './base-coverage.ts';
import { lostPointers } from './carriers/trailers.ts';
import { keepingVerdict } from './gates/staged-verdict.ts';
import { hiddenFiles } from './hidden-files.ts';
import { draftPolicyOf, judgingBy, now, policyOf } from './judging-by.ts';
import { createLedgerReader } from './ledger-records.ts';
import { type ListedSuppression, listSuppressions } from './list-suppressions.ts';
import { openBySize } from './open-by-size.ts';
import { loadPolicy } from './policy/load-policy.ts';
import { REVOKED_PATH } from './policy/load-revocations.ts';
import { carrierLines, landedBefore, rangeOf, recompute, spentIn, withForeign, withoutPast } from './recompute.ts';
import type { FoundStaged, Repository } from './repository.ts';
import { createForeignReader } from './scip/foreign.ts';
import { targetRefOf } from './target-ref.ts';
import type { WorktreeChange } from './trees/worktree-change.ts';
import { refuseCutRange } from './verify-base.ts';

export interface SessionOptions {
  /** Reads a grammar that ships beside the running bundle. */
  readonly readAsset: ReadAsset;
  /** The environment that git and the places of keys are read from. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Warnings of ledger and carriers, one line each. */
  readonly log?: (line: string) => void;
  /** True where the process ends with its answer: nothing is made ready for a later question. */
  readonly answersOnce?: boolean;
  /** What was found of the repository just now, and is not asked again. */
  readonly found?: FoundStaged;
}

/** Which two trees to compare. Nothing given: HEAD and the working tree with its untracked files. */
export interface ReviewRequest {
  /** A revision; default HEAD. */
  readonly base?: string;
  /** A revision; then git objects alone are read, and the before side is the merge base. */
  readonly head?: string;
  /** The index instead of the working tree. */
  readonly staged?: boolean;
  /** True for findings alone: what came before the change is not asked, and its score is lower by what that would say. */
  readonly findingsAlone?: boolean;
  /** Unsaved buffers over the working tree. */
  readonly overlay?: ReadonlyMap<RepoPath, string>;
}

/** What one change holds, and what of it people have acknowledged. */
export interface Review {
  readonly change: Change;
  /** The base's policy with whatever the other side made stricter. */
  readonly policy: Policy;
  readonly assessment: Assessment;
  /** By a person's own ledger, whoever signed in it, and by what the carriers hold of the keys that the base trusts. */
  readonly coverage: Coverage;
  /** What a verification would say of it, as far as this clone knows; undefined where the base trusts nobody. Asked for by few. */
  readonly byBase: () => Coverage | undefined;
  readonly trust: () => TrustMaterial | undefined;
  /** What earlier changes have used up (core/verify/spent.ts). */
  readonly spent: readonly string[];
  /** One line for a person about what this answer leaves out: a policy of a draft that cannot be read. */
  readonly warnings: readonly string[];
}

export interface VerifyRequest {
  readonly base: string;
  readonly head: string;
  /** The branch that the change goes into, where the base's name does not tell: `main` or `refs/heads/main`. */
  readonly target?: string;
  /** Who asked for the change to be merged, as the policy's people name them: `github:123`. They count as an author of it. */
  readonly opener?: string;
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
  const keepsScans = (options.env.CI ?? '') === '' || options.env.CI === 'false';
  const answersOnce = options.answersOnce === true;
  const repositories = openBySize(dir, { keepsScans, answersOnce, ...(options.found === undefined ? {} : { found: options.found }) });
  /** A verification believes no file that anybody could have put there: everything is found anew in the objects themselves. */
  const unbelieving = openBySize(dir, { objectsAlone: true, answersOnce });
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

  let landedIn: { readonly id: string; readonly isLanded: ReturnType<typeof landedBefore> } | undefined;
  /** Of one commit for all keystrokes: what it takes to tell is a digest for each line of a file. */
  const landed = (before: Tree): ReturnType<typeof landedBefore> => {
    if (landedIn?.id !== before.id) landedIn = { id: before.id, isLanded: landedBefore({ before }) };
    return landedIn.isLanded;
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
    // Whose change it will be, for sign-offs alone: that an author may not be the one is for a verification to judge.
    const authors = [
      ...(base === undefined ? [] : repository.authors(base, 'HEAD')),
      ...(assessment.hunks.length === 0 || (base !== undefined && isAllCommitted(repository, change, assessment))
        ? []
        : repository.committers()),
    ];
    const spent = spentIn(change, assessment);
    let read: { readonly trust: TrustMaterial | undefined } | undefined;
    const trust = (): TrustMaterial | undefined => {
      read ??= { trust: assessment.hunks.length === 0 ? undefined : trustHere(repository, baseTree, change.after) };
      return read.trust;
    };
    const { coverage, byBase } = coverHere({
      assessment,
      policy,
      records,
      lines: linesHere(repository, change, assessment, base),
      trust,
      context: { now: now(), authors, spent, isLanded: landed(change.before) },
      targetRef: () => targetHere(repository, base),
    });
    return { change, policy, assessment, coverage, byBase, trust, spent: [...spent], warnings };
  };
  const reviewCommits = async (base: string, head: string): Promise<Review> => {
    const input = await recompute(repositories, base, head, options.readAsset, foreign);
    const { change, policy, assessment, context } = input;
    const trust = (): TrustMaterial | undefined => (input.trust.signers.length === 0 ? undefined : input.trust);
    const records = await readRecords(repository.commonDir);
    const { coverage, byBase } = coverHere({
      assessment,
      policy,
      records,
      lines: carrierLines(repository, input).lines,
      trust,
      context,
      targetRef: () => targetHere(repository, base),
    });
    return { change, policy, assessment, coverage, byBase, trust, spent: [...(context.spent ?? [])], warnings: [] };
  };

  return {
    repository,
    reviewChange,
    worktree: () => repositories.of(loadPolicy(repository.commitTree('HEAD')).maxFileBytes).worktreeChange(),
    policy: () => {
      const { before, after } = repository.worktreeChange();
      return policyOf(before, after);
    },
    review: async ({ base, head, staged, findingsAlone, overlay } = {}) => {
      if (head !== undefined) return reviewCommits(base ?? 'HEAD', head);
      const sized = repositories.of(loadPolicy(repository.commitTree(base ?? 'HEAD')).maxFileBytes);
      if (staged === true && base === undefined) {
        const change = sized.stagedChange();
        // Whoever wants findings alone keeps them itself (gates/staged-gate.ts), and waits: the second side of a file is read as what
        // became of the first, which is quicker and says the same (test/properties/followed-fixtures.test.ts).
        return findingsAlone === true
          ? reviewChange(withoutPast(change), { memo: createMemo(1) })
          : keepingVerdict(repository, () => reviewChange(change));
      }
      if (staged !== true) await sized.lookAhead(base).isSeen;
      return reviewChange(
        staged === true ? sized.stagedChange(base) : sized.worktreeChange(base, overlay),
        base === undefined ? {} : { base },
      );
    },
    verify: async ({ base, head, target, opener, bundles = [] }) => {
      const input = await recompute(unbelieving, base, head, options.readAsset);
      refuseCutRange(repository, input.baseTree.id, input.change.after.id);
      const { assessment, policy, trust } = input;
      const targetRef = targetRefOf({ cwd: repository.root ?? repository.gitDir }, target, base);
      const context = { ...withOpener(input.context, opener), ...(targetRef === undefined ? {} : { targetRef }) };
      const carried = carrierLines(repository, input);
      const lines = [...carried.lines, ...bundles.flatMap((bundle) => bundle.split('\n'))];
      // A list of revoked keys may be binary; what of it the head takes back is told by its entries.
      const hidden = [...hiddenFiles(input.change).filter(({ path }) => path !== REVOKED_PATH), ...input.hiddenRevocations];
      const result = verifyChange({ assessment, policy, trust, lines, context, hidden });
      const open = result.gaps.flatMap(({ fingerprint }) => (fingerprint === '' ? [] : [fingerprint]));
      const pointers = lostPointers({ cwd: repository.root ?? repository.gitDir }, rangeOf(repository, input), open);
      return { ...result, warnings: [...carried.warnings, ...pointers, ...result.warnings] };
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

/** Whoever opened a request may have let an agent write every commit of it. */
function withOpener(context: CoverageContext, opener: string | undefined): CoverageContext {
  if (opener === undefined || context.authors === undefined) return context;
  return { ...context, authors: [...context.authors, { name: opener, email: opener }] };
}
