import { setImmediate } from 'node:timers/promises';
import type { Assessment } from '../../core/model/assessment.ts';
import type { Finding } from '../../core/model/finding.ts';
import type { Policy, Requirement } from '../../core/model/policy.ts';
import type { Gap, GapCode } from '../../core/model/result.ts';
import type { BlindSpot } from '../../core/model/tree.ts';
import { isSameName, namesOf, peopleNamed } from '../../core/policy/people.ts';
import { requirementOf } from '../../core/policy/requirement-of.ts';
import type { Coverage } from '../../core/verify/coverage.ts';
import { coverHere, targetHere } from '../base-coverage.ts';
import { CARRIER_FOLDER, carrierPath, splitLines } from '../carriers/carrier-path.ts';
import { listStaged, parseRaw, replacedBlobs } from '../git/changed-paths.ts';
import { gitText } from '../git/git.ts';
import { ownAddress } from '../git/history.ts';
import { locateWithHead, type RepositoryPlace } from '../git/locate.ts';
import { lookAtStaged, stampOfIndex } from '../git/staged-ahead.ts';
import { readLedger } from '../ledger/ledger.ts';
import { createLedgerReader } from '../ledger-records.ts';
import type { SessionOptions } from '../session.ts';
import { keepVerdict, readVerdict, type StagedVerdict, stagedKey, verdictOf } from './staged-verdict.ts';

export interface StagedGate {
  readonly assessment: Assessment;
  readonly coverage: Coverage;
  /** What a verification by the commit below would say; undefined where that trusts nobody. */
  readonly byBase: Coverage | undefined;
  readonly policy: Policy;
  /** Files that the change made unreadable: nothing was found in them, and a verification fails for them. */
  readonly hidden: readonly BlindSpot[];
  /** The address that the commit would name, where git knows one. */
  readonly own: () => readonly string[];
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
  const { place, head: known } = locateWithHead(dir);
  const head = known ?? gitText(place.git, ['rev-parse', '--verify', '--quiet', 'HEAD'], { accept: [0, 1] });
  if (head === '') return undefined;
  const stamp = stampOfIndex(place);
  const listed = listStaged(place, head);
  const key = stagedKey(place, head, listed);
  const kept = readVerdict(place.gitDir, key);
  const judged = kept === undefined ? undefined : await judgeKept(place, kept, options);
  if (judged !== undefined && !(await carriesMore(place, listed, judged))) return judged;
  const ahead = lookAtStaged(place, listed, stamp);
  await beginGrammars(listed, options);
  // What analyses takes longer to load than everything above to run.
  const { openSession } = await import('../session.ts');
  // What the key was made of is what is looked at, whatever becomes of the index meanwhile; a branch that moves makes another key.
  const session = openSession(dir, { ...options, answersOnce: true, found: { place, head, listed, ...(await ahead) } });
  try {
    const review = await session.review({ staged: true, findingsAlone: true });
    const verdict = await verdictOf(review);
    keepVerdict(place.gitDir, key, verdict);
    const { assessment, coverage, policy } = review;
    return { assessment, coverage, byBase: review.byBase(), policy, hidden: verdict.hidden, own: () => ownAddress(place), isKept: false };
  } finally {
    session.close();
  }
}

/** Grammars are compiled on other threads while this one loads what analyses and asks git; a review says so where one fails. */
async function beginGrammars(listed: Buffer, { readAsset }: SessionOptions): Promise<void> {
  const { prepareLanguages } = await import('../../core/languages/prepare.ts');
  prepareLanguages(parseRaw(listed).keys(), readAsset).catch(() => undefined);
  await setImmediate();
}

async function judgeKept(place: RepositoryPlace, verdict: StagedVerdict, { log }: SessionOptions): Promise<StagedGate> {
  const { assessment, policy, trust, spent, hidden } = verdict;
  const records = await createLedgerReader(log)(place.commonDir);
  const own = assessment.hunks.length === 0 ? [] : ownAddress(place);
  const authors = own.map((email) => ({ name: email, email }));
  const { coverage, byBase } = coverHere({
    assessment,
    policy,
    records,
    lines: [],
    trust: () => trust,
    context: { now: new Date().toISOString(), authors, spent: new Set(spent) },
    targetRef: () => targetHere({ root: place.root, gitDir: place.gitDir }, undefined),
  });
  return { assessment, coverage, byBase: byBase(), policy, hidden, own: () => own, isKept: true };
}

/**
 * Whether the index, or the commit below where this change edits or deletes its carrier, holds a record about one of the findings that
 * this ledger does not have: then somebody else has answered or rejected, in a merge that is squashed or in what they sent, and the
 * kept verdict was made without them (test/doors/cli/two-people.test.ts).
 */
async function carriesMore({ git, commonDir }: RepositoryPlace, listed: Buffer, { assessment }: StagedGate): Promise<boolean> {
  const fingerprints = assessment.hunks.flatMap(({ findings }) => findings.map(({ fingerprint }) => fingerprint));
  if (fingerprints.length === 0) return false;
  const wanted = new Set<string>(fingerprints.map(carrierPath));
  const held = gitText(git, ['ls-files', '-z', '--', CARRIER_FOLDER])
    .split('\0')
    .filter((path) => wanted.has(path));
  const blobs = [...held.map((path) => `:${path}`), ...replacedBlobs(listed, wanted)];
  if (blobs.length === 0) return false;
  const own = new Set((await readLedger(commonDir)).lines);
  return blobs.some((blob) => splitLines(gitText(git, ['cat-file', 'blob', blob])).some((line) => !own.has(line)));
}

/** A finding that stops a commit, and why a verification would refuse what the ledger has for it; no gap where it has nothing. */
export interface Stopped {
  readonly path: string;
  readonly finding: Finding;
  readonly gap?: Gap;
  /** True where this person has not answered for it, and their answer would count towards what is asked. */
  readonly asksOwn: boolean;
}

/**
 * Findings that ask for somebody whom nobody answered for, without those whose override is on record; and those for which what is on
 * the ledger is less than the base's policy asks, as where the author alone answered for their own change. A key that the base does
 * not list stops nobody: whoever is new to a repository must be able to commit what others will answer for (`distrusted`).
 */
export function stopped({ assessment, coverage, byBase, policy, own }: Omit<StagedGate, 'isKept' | 'hidden'>): readonly Stopped[] {
  const having = (all: readonly Gap[] | undefined, code: GapCode): ReadonlySet<string> =>
    new Set((all ?? []).filter((gap) => gap.code === code).map(({ fingerprint }) => fingerprint));
  const [overridden, rejected] = [having(coverage.gaps, 'overridden'), having(coverage.gaps, 'rejected')];
  const strangers = having(byBase?.gaps, 'untrusted-signer');
  const refused = new Map((byBase?.gaps ?? []).filter(({ code }) => code !== 'overridden').map((gap) => [gap.fingerprint, gap]));
  const open = new Map<string, { readonly gap: Gap | undefined; readonly counted: readonly string[] }>();
  for (const { hunkId, fingerprint, required, acknowledged, counted } of coverage.findings) {
    const gap = strangers.has(fingerprint) ? undefined : refused.get(fingerprint);
    const isOpen = required && !overridden.has(fingerprint) && (!acknowledged || gap !== undefined);
    if (rejected.has(fingerprint))
      open.set(`${hunkId} ${fingerprint}`, { gap: coverage.gaps.find((one) => isRejection(one, fingerprint)), counted });
    else if (isOpen) open.set(`${hunkId} ${fingerprint}`, { gap: acknowledged || counted.length > 0 ? gap : undefined, counted });
  }
  return assessment.hunks.flatMap((hunk) =>
    hunk.findings.flatMap((finding): readonly Stopped[] => {
      const key = `${hunk.id} ${finding.fingerprint}`;
      const one = open.get(key);
      if (one === undefined) return [];
      const [authors, names] = [own().map((email) => ({ name: email, email })), ownNames(own(), policy)];
      const asksOwn = wouldCount(requirementOf(policy, hunk, finding, authors), one.counted, names);
      return [{ path: hunk.path, finding, asksOwn, ...(one.gap === undefined ? {} : { gap: one.gap }) }];
    }),
  );
}

function ownNames(own: readonly string[], policy: Policy): readonly string[] {
  return [...own, ...peopleNamed(own, policy).flatMap(namesOf)];
}

/** Whether one more answer, by the author of these names, is wanted beside those that count. */
function wouldCount({ self, people }: Requirement, counted: readonly string[], names: readonly string[]): boolean {
  return self && counted.length < people && !counted.some((id) => names.some((name) => isSameName(id, name)));
}

function isRejection({ code, fingerprint }: Gap, wanted: string): boolean {
  return code === 'rejected' && fingerprint === wanted;
}

/** What is said of keys that the base does not trust, each once: a verification will not count what they signed. */
export function distrusted({ byBase }: Pick<StagedGate, 'byBase'>): readonly string[] {
  return [...new Set((byBase?.gaps ?? []).filter(({ code }) => code === 'untrusted-signer').map(({ message }) => message))];
}
