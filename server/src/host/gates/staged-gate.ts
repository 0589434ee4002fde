import type { Assessment } from '../../core/model/assessment.ts';
import type { Finding } from '../../core/model/finding.ts';
import type { Policy } from '../../core/model/policy.ts';
import { type Coverage, coverFindings } from '../../core/verify/coverage.ts';
import { listStaged } from '../git/changed-paths.ts';
import { gitText } from '../git/git.ts';
import { locateRepository } from '../git/locate.ts';
import { createLedgerReader } from '../ledger-records.ts';
import type { SessionOptions } from '../session.ts';
import { keepVerdict, readVerdict, stagedKey } from './staged-verdict.ts';

export interface StagedGate {
  readonly assessment: Assessment;
  readonly policy: Policy;
  readonly coverage: Coverage;
  /** True where nothing had to be analysed. */
  readonly isKept: boolean;
}

/**
 * What a commit made of the index would leave open, by the person's own ledger. A staged change that was looked at before, by a
 * review, an export or an earlier attempt to commit, is not analysed again. Undefined before the first commit, where there is nothing
 * to compare with but the empty tree, and nobody's policy. Errors: those of opening and reviewing.
 */
export async function reviewStaged(dir: string, options: SessionOptions): Promise<StagedGate | undefined> {
  const place = locateRepository(dir);
  const head = gitText(place.git, ['rev-parse', '--verify', '--quiet', 'HEAD'], { accept: [0, 1] });
  if (head === '') return undefined;
  const listed = listStaged(place, head);
  const key = stagedKey(place, head, listed);
  const kept = readVerdict(place.gitDir, key);
  if (kept !== undefined) {
    const records = await createLedgerReader(options.log)(place.commonDir);
    const coverage = coverFindings(kept.assessment, records, kept.policy, undefined, { now: new Date().toISOString() });
    return { ...kept, coverage, isKept: true };
  }
  // What analyses takes longer to load than everything above to run.
  const { openSession } = await import('../session.ts');
  // What the key was made of is what is looked at, whatever becomes of the index meanwhile; a branch that moves makes another key.
  const session = openSession(dir, { ...options, answersOnce: true, found: { place, head, listed } });
  try {
    const { assessment, policy, coverage } = await session.review({ staged: true, findingsAlone: true });
    keepVerdict(place.gitDir, key, { assessment, policy });
    return { assessment, policy, coverage, isKept: false };
  } finally {
    session.close();
  }
}

/** Findings that ask for somebody whom nobody answered for, without those whose override is on record. */
export function leftOpen(assessment: Assessment, coverage: Coverage): readonly { readonly path: string; readonly finding: Finding }[] {
  const overridden = new Set(coverage.gaps.filter(({ code }) => code === 'overridden').map(({ fingerprint }) => fingerprint));
  const rejected = new Set(coverage.gaps.filter(({ code }) => code === 'rejected').map(({ fingerprint }) => fingerprint));
  const open = new Set(
    coverage.findings
      .filter(
        ({ required, acknowledged, fingerprint }) =>
          rejected.has(fingerprint) || (required && !acknowledged && !overridden.has(fingerprint)),
      )
      .map(({ hunkId, fingerprint }) => `${hunkId} ${fingerprint}`),
  );
  return assessment.hunks.flatMap((hunk) =>
    hunk.findings.filter(({ fingerprint }) => open.has(`${hunk.id} ${fingerprint}`)).map((finding) => ({ path: hunk.path, finding })),
  );
}
