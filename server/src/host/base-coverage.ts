import type { AckRecord } from '../core/attest/records.ts';
import type { Assessment } from '../core/model/assessment.ts';
import type { Change } from '../core/model/change.ts';
import type { Policy } from '../core/model/policy.ts';
import type { TrustMaterial } from '../core/model/result.ts';
import type { Tree } from '../core/model/tree.ts';
import { type Coverage, coverFindings } from '../core/verify/coverage.ts';
import type { CoverageContext } from '../core/verify/entitlement.ts';
import { selectRecords } from '../core/verify/select-records.ts';
import { AppError } from './app-error.ts';
import { carriedLines } from './carriers/read-carriers.ts';
import { readNotes } from './carriers/read-notes.ts';
import { gitText } from './git/git.ts';
import { loadTrust } from './policy/load-policy.ts';
import { loadRevocations } from './policy/load-revocations.ts';
import type { Repository } from './repository.ts';
import { targetRefOf } from './target-ref.ts';
import { uniteCoverage } from './union-coverage.ts';

/** One change with everything that its coverage is judged by. */
export interface CoverageCase {
  readonly assessment: Assessment;
  readonly policy: Policy;
  /** The records of this clone's ledger. */
  readonly records: readonly AckRecord[];
  /** Lines of the other carriers, untrusted. */
  readonly lines: readonly string[];
  /** Whose keys the base trusts; undefined where it lists none, or its lists cannot be read. No keystroke asks for it. */
  readonly trust: () => TrustMaterial | undefined;
  readonly context: CoverageContext;
  /** The branch that the change goes into; asked only where a record or the policy speaks of one. */
  readonly targetRef: () => string | undefined;
}

/**
 * What covers a change here: a person's own ledger, whoever signed in it, or whatever the trusted keys of ledger and carriers cover
 * together. `byBase` is what a verification would say once all of it is exported; undefined where the base trusts nobody yet.
 */
export function coverHere(one: CoverageCase): { readonly coverage: Coverage; readonly byBase: () => Coverage | undefined } {
  const { assessment, policy, records, lines, context } = one;
  const listed = lines.length === 0 ? undefined : one.trust();
  const carried = listed === undefined ? [] : selectRecords(lines, assessment, listed).records;
  // A rejection that was imported here is lifted by the revocation that its person put into another carrier.
  const lifted = carried.filter(({ acknowledgement }) => acknowledgement.decision === 'revoked');
  const own = coverFindings(assessment, [...records, ...lifted], policy, undefined, context);
  let judged: Coverage | undefined;
  const byBase = (): Coverage | undefined => {
    const trust = listed ?? one.trust();
    if (trust === undefined) return undefined;
    judged ??= coverFindings(assessment, [...carried, ...records], policy, trust, {
      ...context,
      ...named(one),
    });
    return judged;
  };
  const trusted = lines.length === 0 ? undefined : byBase();
  return { coverage: trusted === undefined ? own : uniteCoverage(own, trusted), byBase };
}

function named({ policy, records, lines, targetRef }: CoverageCase): Pick<CoverageContext, 'targetRef'> {
  // Lines are signed texts in base64: which of them name a branch is known only once they are opened.
  const isAsked = policy.bindBranch || lines.length > 0 || records.some(({ acknowledgement }) => acknowledgement.targetRef !== undefined);
  const ref = isAsked ? targetRef() : undefined;
  return ref === undefined ? {} : { targetRef: ref };
}

/** Signers of a base, less the keys that either side revokes. Undefined where it lists nobody, or what cannot be read. */
export function trustHere({ root, gitDir }: Pick<Repository, 'root' | 'gitDir'>, base: Tree, after: Tree): TrustMaterial | undefined {
  try {
    const trust = loadTrust(base);
    return trust.signers.length === 0 ? undefined : { ...trust, revoked: loadRevocations(base, after, { cwd: root ?? gitDir }).revoked };
  } catch (error) {
    // A verification fails of it, and `brakeline policy check` says why. Here it means that nobody can say what the base trusts.
    if (error instanceof AppError) return undefined;
    throw error;
  }
}

/** What the carriers hold about the findings of a change that is made here: the trees of both sides, and notes after `base`. */
export function linesHere(
  { root, gitDir, head }: Repository,
  { before, after }: Change,
  { hunks }: Assessment,
  base?: string,
): readonly string[] {
  const fingerprints = new Set(hunks.flatMap(({ findings }) => findings.map(({ fingerprint }) => fingerprint)));
  if (fingerprints.size === 0) return [];
  const isCommit = /^[0-9a-f]{40}([0-9a-f]{24})?$/.test(before.id);
  const tip = base === undefined || !isCommit ? undefined : head().oid;
  const noted = tip === undefined || tip === before.id ? [] : readNotes({ cwd: root ?? gitDir }, { base: before.id, head: tip }).lines;
  return [...carriedLines(after, fingerprints), ...carriedLines(before, fingerprints), ...noted];
}

/** The branch that a change of this clone goes into: what `base` names, else the one that the person named, else the remote's main. */
export function targetHere({ root, gitDir }: Pick<Repository, 'root' | 'gitDir'>, base: string | undefined): string | undefined {
  const git = { cwd: root ?? gitDir };
  if (base !== undefined) return targetRefOf(git, undefined, base);
  const own = gitText(git, ['config', '--get', 'brakeline.target'], { accept: [0, 1] });
  return targetRefOf(git, own === '' ? undefined : own, 'refs/remotes/origin/HEAD');
}
