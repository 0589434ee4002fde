import type { AssessedHunk } from '../../core/model/assessment.ts';
import { readRequest } from '../../core/signoff/read-request.ts';
import { askAbout, MOST_SIGNOFF_BYTES, printRequest, type SignoffRequest } from '../../core/signoff/request.ts';
import { coverFindings } from '../../core/verify/coverage.ts';
import { selectRecords } from '../../core/verify/select-records.ts';
import { spentRecords } from '../../core/verify/spent.ts';
import { AppError } from '../app-error.ts';
import { gatherLines } from '../carriers/gather-lines.ts';
import { readCarriers } from '../carriers/read-carriers.ts';
import { gitText } from '../git/git.ts';
import type { Review, ReviewRequest, Session } from '../session.ts';
import { type SignoffCase, signoffCase } from './signoff-case.ts';

/** `nothing`: no hunk waits for a person. `unsendable`: those that wait can be read by nobody. */
export type ComposedRequest =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'unsendable'; readonly leftOut: readonly LeftOut[] }
  | { readonly kind: 'request'; readonly request: SignoffRequest; readonly text: string; readonly leftOut: readonly LeftOut[] };

/** A hunk that no reader would take, by name, so that the whole request is not lost with it. */
export interface LeftOut {
  readonly hunk: AssessedHunk;
  readonly reason: string;
}

/** An order of hunks for a person: `byRisk` of the reporters. */
type Order = (hunks: readonly AssessedHunk[]) => readonly AssessedHunk[];

/**
 * What a verification would still ask of a change, as a request to another person. It reaches no key. Errors: `bad-usage` where git
 * knows no author, or where the file would be too large.
 */
export async function composeRequest(session: Session, asked: ReviewRequest, review: Review, order: Order): Promise<ComposedRequest> {
  const about = signoffCase(session, asked, review);
  const author = askerOf(session);
  const hunks = order(await openHunks(session, review, about));
  if (hunks.length === 0) return { kind: 'nothing' };
  const whole: Omit<SignoffRequest, 'hunks'> = {
    ...(review.policy.repositoryId === undefined ? {} : { repository: review.policy.repositoryId }),
    base: session.repository.commitTree(asked.base ?? 'HEAD').id,
    head: asked.head === undefined ? (asked.staged === true ? 'index' : 'worktree') : session.repository.resolveCommit(asked.head),
    askedAt: about.now,
    author,
    authors: about.authors.map(({ name, email }) => ({ name, email })),
    engine: review.assessment.engine,
    policyDigest: review.policy.digest,
  };
  const judged = hunks.map((hunk) => {
    const one = askAbout(hunk, review.change.after, review.policy, about.authors);
    const reading = readRequest(printRequest({ ...whole, hunks: [one] }));
    return { one, reason: reading.kind === 'request' ? undefined : reading.reason };
  });
  const sendable = judged.flatMap(({ one, reason }) => (reason === undefined ? [one] : []));
  const leftOut = judged.flatMap(({ one, reason }) => (reason === undefined ? [] : [{ hunk: one.hunk, reason }]));
  if (sendable.length === 0) return { kind: 'unsendable', leftOut };
  const request = { ...whole, hunks: sendable };
  const text = printRequest(request);
  const bytes = Buffer.byteLength(text);
  if (bytes > MOST_SIGNOFF_BYTES)
    throw new AppError('bad-usage', `expected a request of at most ${MOST_SIGNOFF_BYTES} bytes, found ${bytes}: ask about fewer commits`);
  return { kind: 'request', request, text, leftOut };
}

/**
 * Hunks for which a verification would still ask. By the base's signers and not by the ledger alone: the author's own
 * acknowledgement may not be enough.
 */
async function openHunks(session: Session, { change, assessment, policy }: Review, about: SignoffCase): Promise<readonly AssessedHunk[]> {
  const fingerprints = assessment.hunks.flatMap((hunk) => hunk.findings.map(({ fingerprint }) => fingerprint));
  const lines = await gatherLines(session.repository, change, new Set(fingerprints));
  const spent = spentRecords(change.before, assessment, (landed) => readCarriers(change.before, landed).lines);
  const { records } = selectRecords(lines, assessment, about.trust);
  const { findings } = coverFindings(assessment, records, policy, about.trust, { now: about.now, authors: about.authors, spent });
  const open = new Set(findings.filter(({ required, acknowledged }) => required && !acknowledged).map(({ hunkId }) => hunkId));
  return assessment.hunks.filter(({ id }) => open.has(id));
}

/** Errors: `bad-usage` where git knows no address: nobody could then tell the author from whoever answers. */
function askerOf({ repository }: Session): SignoffRequest['author'] {
  const [own] = repository.committers();
  if (own === undefined)
    throw new AppError('bad-usage', 'expected user.email in the git configuration, found none: a request names its author');
  const name = gitText({ cwd: repository.root ?? repository.gitDir }, ['config', '--get', 'user.name'], { accept: [0, 1] });
  return { name: name === '' ? own.email : name, email: own.email };
}
