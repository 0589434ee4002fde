import type { Assessment } from '../../core/model/assessment.ts';
import type { Finding } from '../../core/model/finding.ts';
import type { Gap, GapCode } from '../../core/model/result.ts';
import type { Coverage } from '../../core/verify/coverage.ts';
import { coverHere, targetHere } from '../base-coverage.ts';
import { CARRIER_FOLDER, carrierPath, splitLines } from '../carriers/carrier-path.ts';
import { listStaged } from '../git/changed-paths.ts';
import { gitText } from '../git/git.ts';
import { ownAddress } from '../git/history.ts';
import { locateRepository, type RepositoryPlace } from '../git/locate.ts';
import { readLedger } from '../ledger/ledger.ts';
import { createLedgerReader } from '../ledger-records.ts';
import type { SessionOptions } from '../session.ts';
import { keepVerdict, readVerdict, type StagedVerdict, stagedKey } from './staged-verdict.ts';

export interface StagedGate {
  readonly assessment: Assessment;
  readonly coverage: Coverage;
  /** What a verification by the commit below would say; undefined where that trusts nobody. */
  readonly byBase: Coverage | undefined;
  /** True where nothing had to be analysed. */
  readonly isKept: boolean;
}

/**
 * What a commit made of the index would leave open, by the person's own ledger and by the signers of the commit below. A staged change
 * that was looked at before, by a review, an export or an earlier attempt to commit, is not analysed again, but where it carries
 * acknowledgements that are not of this ledger. Undefined before the first commit, where there is nothing to compare with but the
 * empty tree, and nobody's policy. Errors: those of opening and reviewing.
 */
export async function reviewStaged(dir: string, options: SessionOptions): Promise<StagedGate | undefined> {
  const place = locateRepository(dir);
  const head = gitText(place.git, ['rev-parse', '--verify', '--quiet', 'HEAD'], { accept: [0, 1] });
  if (head === '') return undefined;
  const listed = listStaged(place, head);
  const key = stagedKey(place, head, listed);
  const kept = readVerdict(place.gitDir, key);
  const judged = kept === undefined ? undefined : await judgeKept(place, kept, options);
  if (judged !== undefined && !(await carriesMore(place, judged))) return judged;
  // What analyses takes longer to load than everything above to run.
  const { openSession } = await import('../session.ts');
  // What the key was made of is what is looked at, whatever becomes of the index meanwhile; a branch that moves makes another key.
  const session = openSession(dir, { ...options, answersOnce: true, found: { place, head, listed } });
  try {
    const review = await session.review({ staged: true, findingsAlone: true });
    keepVerdict(place.gitDir, key, { ...review, trust: review.trust() });
    return { assessment: review.assessment, coverage: review.coverage, byBase: review.byBase(), isKept: false };
  } finally {
    session.close();
  }
}

async function judgeKept(place: RepositoryPlace, verdict: StagedVerdict, { log }: SessionOptions): Promise<StagedGate> {
  const { assessment, policy, trust, spent } = verdict;
  const records = await createLedgerReader(log)(place.commonDir);
  const authors = (assessment.hunks.length === 0 ? [] : ownAddress(place)).map((email) => ({ name: email, email }));
  const { coverage, byBase } = coverHere({
    assessment,
    policy,
    records,
    lines: [],
    trust: () => trust,
    context: { now: new Date().toISOString(), authors, spent: new Set(spent) },
    targetRef: () => targetHere({ root: place.root, gitDir: place.gitDir }, undefined),
  });
  return { assessment, coverage, byBase: byBase(), isKept: true };
}

/**
 * Whether the index holds a record about one of the findings that this ledger does not have: then somebody else has answered or rejected,
 * in a merge that is squashed or in what they sent, and the kept verdict was made without them (test/doors/cli/two-people.test.ts).
 */
async function carriesMore({ git, commonDir }: RepositoryPlace, { assessment }: StagedGate): Promise<boolean> {
  const fingerprints = assessment.hunks.flatMap(({ findings }) => findings.map(({ fingerprint }) => fingerprint));
  if (fingerprints.length === 0) return false;
  const wanted = new Set<string>(fingerprints.map(carrierPath));
  const held = gitText(git, ['ls-files', '-z', '--', CARRIER_FOLDER])
    .split('\0')
    .filter((path) => wanted.has(path));
  if (held.length === 0) return false;
  const own = new Set((await readLedger(commonDir)).lines);
  return held.some((path) => splitLines(gitText(git, ['cat-file', 'blob', `:${path}`])).some((line) => !own.has(line)));
}

/** A finding that stops a commit, and why a verification would refuse what the ledger has for it; no gap where it has nothing. */
export interface Stopped {
  readonly path: string;
  readonly finding: Finding;
  readonly gap?: Gap;
}

/**
 * Findings that ask for somebody whom nobody answered for, without those whose override is on record; and those for which what is on
 * the ledger is less than the base's policy asks, as where the author alone answered for their own change. A key that the base does
 * not list stops nobody: whoever is new to a repository must be able to commit what others will answer for (`distrusted`).
 */
export function stopped({ assessment, coverage, byBase }: Pick<StagedGate, 'assessment' | 'coverage' | 'byBase'>): readonly Stopped[] {
  const having = (all: readonly Gap[] | undefined, code: GapCode): ReadonlySet<string> =>
    new Set((all ?? []).filter((gap) => gap.code === code).map(({ fingerprint }) => fingerprint));
  const [overridden, rejected] = [having(coverage.gaps, 'overridden'), having(coverage.gaps, 'rejected')];
  const strangers = having(byBase?.gaps, 'untrusted-signer');
  const refused = new Map((byBase?.gaps ?? []).filter(({ code }) => code !== 'overridden').map((gap) => [gap.fingerprint, gap]));
  const open = new Map<string, Gap | undefined>();
  for (const { hunkId, fingerprint, required, acknowledged, counted } of coverage.findings) {
    const gap = strangers.has(fingerprint) ? undefined : refused.get(fingerprint);
    const isOpen = required && !overridden.has(fingerprint) && (!acknowledged || gap !== undefined);
    if (rejected.has(fingerprint))
      open.set(
        `${hunkId} ${fingerprint}`,
        coverage.gaps.find((one) => isRejection(one, fingerprint)),
      );
    else if (isOpen) open.set(`${hunkId} ${fingerprint}`, acknowledged || counted.length > 0 ? gap : undefined);
  }
  return assessment.hunks.flatMap((hunk) =>
    hunk.findings.flatMap((finding): readonly Stopped[] => {
      const key = `${hunk.id} ${finding.fingerprint}`;
      if (!open.has(key)) return [];
      const gap = open.get(key);
      return [{ path: hunk.path, finding, ...(gap === undefined ? {} : { gap }) }];
    }),
  );
}

function isRejection({ code, fingerprint }: Gap, wanted: string): boolean {
  return code === 'rejected' && fingerprint === wanted;
}

/** What is said of keys that the base does not trust, each once: a verification will not count what they signed. */
export function distrusted({ byBase }: Pick<StagedGate, 'byBase'>): readonly string[] {
  return [...new Set((byBase?.gaps ?? []).filter(({ code }) => code === 'untrusted-signer').map(({ message }) => message))];
}
