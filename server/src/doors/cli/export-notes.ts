import { keyFingerprint } from '../../core/attest/ssh-key.ts';
import { AppError } from '../../host/app-error.ts';
import { groupLines } from '../../host/carriers/group-lines.ts';
import { addToNote } from '../../host/carriers/merge-notes.ts';
import { NOTES_REF } from '../../host/carriers/read-notes.ts';
import { trailerOf } from '../../host/carriers/trailers.ts';
import { readLedger } from '../../host/ledger/ledger.ts';
import { createLedgerReader } from '../../host/ledger-records.ts';
import type { Review, Session } from '../../host/session.ts';
import { plural } from '../reporters/review-report.ts';
import type { CommandContext } from './command.ts';

/** Adds the ledger's lines about a range to the note of its head, and gives what was written in words. Errors: `bad-usage`, `git-failed`. */
export async function exportToNotes(session: Session, review: Review, head: string | undefined, context: CommandContext): Promise<string> {
  if (head === undefined)
    throw new AppError('bad-usage', 'expected --base REV with --to notes, found none: a note is of a commit that is made already');
  const { repository } = session;
  const { lines } = await readLedger(repository.commonDir);
  const wanted = [...new Set([...groupLines(lines, fingerprintsOf(review)).values()].flat())];
  const commit = repository.resolveCommit(head);
  const changed = addToNote({ cwd: repository.root ?? repository.gitDir }, commit, wanted);
  if (changed) context.out.write(`added to the note of ${commit.slice(0, 12)} under ${NOTES_REF}; \`brakeline sync\` sends it\n`);
  return plural(changed ? wanted.length : 0, 'record');
}

/** Prints a trailer for each acknowledged finding, and adds it to nothing: it is the person who puts it into a message. */
export async function exportToTrailer(session: Session, review: Review, context: CommandContext): Promise<string> {
  const trailers = await trailersOf(session, review);
  for (const trailer of trailers) context.out.write(`${trailer}\n`);
  return plural(trailers.length, 'trailer');
}

/** A pointer to each acknowledgement that stands: which finding, and which key signed it. */
export async function trailersOf({ repository }: Session, review: Review): Promise<readonly string[]> {
  const standing = new Set(review.coverage.findings.filter(({ acknowledged }) => acknowledged).map(({ fingerprint }) => fingerprint));
  const records = await createLedgerReader()(repository.commonDir);
  const trailers = records
    .filter(({ acknowledgement, signatureValid }) => signatureValid && acknowledgement.decision === 'acknowledged')
    .flatMap(({ acknowledgement, publicKey }) =>
      acknowledgement.findings
        .filter(({ fingerprint }) => standing.has(fingerprint))
        .map(({ fingerprint }) => trailerOf(fingerprint, keyFingerprint(publicKey))),
    );
  return [...new Set(trailers)].sort();
}

function fingerprintsOf({ assessment }: Review): ReadonlySet<string> {
  return new Set(assessment.hunks.flatMap((hunk) => hunk.findings.map(({ fingerprint }) => fingerprint)));
}
