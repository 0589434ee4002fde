import path from 'node:path';
import type { AssessedHunk } from '../../core/model/assessment.ts';
import { readRequest } from '../../core/signoff/read-request.ts';
import { type AskedHunk, askAbout, MOST_SIGNOFF_BYTES, printRequest, type SignoffRequest } from '../../core/signoff/request.ts';
import { coverFindings } from '../../core/verify/coverage.ts';
import { selectRecords } from '../../core/verify/select-records.ts';
import { spentRecords } from '../../core/verify/spent.ts';
import { AppError } from '../../host/app-error.ts';
import { gatherLines } from '../../host/carriers/gather-lines.ts';
import { readCarriers } from '../../host/carriers/read-carriers.ts';
import { gitText } from '../../host/git/git.ts';
import type { Review, ReviewRequest, Session } from '../../host/session.ts';
import { rangeOptions, shellWord } from '../reporters/remedy.ts';
import { byRisk, plural } from '../reporters/review-report.ts';
import { printable } from '../reporters/terminal.ts';
import { textOption } from './arguments.ts';
import { warnOfNoSigners } from './base-files.ts';
import type { Arguments, CommandContext, ExitStatus } from './command.ts';
import { openHere } from './open-here.ts';
import { withProgress } from './progress.ts';
import { reviewRequest } from './signing.ts';
import { type SignoffCase, signoffCase } from './signoff-case.ts';
import { answerFile } from './signoff-names.ts';
import { writeNew } from './write-new.ts';

/** Writes what a verification would still ask for into one file for another person. It reaches no key (test/tidy.test.ts). */
export async function requestSignoff(args: Arguments, context: CommandContext): Promise<ExitStatus> {
  const output = textOption(args, 'output');
  const asked = reviewRequest(args);
  const session = openHere(context);
  try {
    const review = await withProgress(context, 'comparing', () => session.review(asked));
    const about = signoffCase(session, asked, review);
    const author = askerOf(session);
    const hunks = await openHunks(session, review, about);
    const to = output === undefined ? context.err : context.out;
    if (hunks.length === 0) {
      to.write('no hunk waits for a person: there is nothing to ask\n');
      return 0;
    }
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
    const sendable = hunks
      .map((hunk) => askAbout(hunk, review.change.after, review.policy, about.authors))
      .filter((one) => isSendable(one, whole, context));
    if (sendable.length === 0) throw new AppError('bad-usage', 'expected a hunk that a request can hold, found none');
    const text = printRequest({ ...whole, hunks: sendable });
    const bytes = Buffer.byteLength(text);
    if (bytes > MOST_SIGNOFF_BYTES)
      throw new AppError('bad-usage', `expected a request of at most ${MOST_SIGNOFF_BYTES} bytes, found ${bytes}: ask about fewer commits`);
    if (output === undefined) context.out.write(text);
    else await writeNew(path.resolve(context.cwd, output), text, '--output');
    const name = output === undefined ? 'FILE' : shellWord(output);
    to.write(
      `asked about ${plural(sendable.length, 'hunk')}; the file holds their lines, a few unchanged ones around them, and no others\n`,
    );
    to.write(`  another person, in a clone of theirs:  brakeline signoff open ${printable(name)}\n`);
    const staged = asked.staged === true ? ' --staged' : '';
    const answer = output === undefined ? 'ANSWER' : shellWord(answerFile(output));
    to.write(`  then here:  brakeline signoff import ${printable(answer)}${printable(rangeOptions(lasting(asked, whole)))}${staged}\n`);
    warnOfNoSigners(session, asked.base ?? 'HEAD', context);
    return sendable.length === hunks.length ? 0 : 1;
  } finally {
    session.close();
  }
}

/** A range that means the same when the answer comes: `HEAD^` is another commit by then. */
function lasting({ base, ...asked }: ReviewRequest, { base: id }: Pick<SignoffRequest, 'base'>): ReviewRequest {
  return base === undefined ? asked : { ...asked, base: /[\^~@:]/.test(base) ? id.slice(0, 12) : base };
}

/**
 * Hunks for which a verification would still ask, most severe first. By the base's signers and not by the ledger alone: the author's
 * own acknowledgement may not be enough.
 */
async function openHunks(session: Session, { change, assessment, policy }: Review, about: SignoffCase): Promise<readonly AssessedHunk[]> {
  const fingerprints = assessment.hunks.flatMap((hunk) => hunk.findings.map(({ fingerprint }) => fingerprint));
  const lines = await gatherLines(session.repository, change, new Set(fingerprints));
  const spent = spentRecords(change.before, assessment, (landed) => readCarriers(change.before, landed).lines);
  const { records } = selectRecords(lines, assessment, about.trust);
  const { findings } = coverFindings(assessment, records, policy, about.trust, { now: about.now, authors: about.authors, spent });
  const open = new Set(findings.filter(({ required, acknowledged }) => required && !acknowledged).map(({ hunkId }) => hunkId));
  return byRisk(assessment.hunks.filter(({ id }) => open.has(id)));
}

/** Errors: `bad-usage` where git knows no address: nobody could then tell the author from whoever answers. */
function askerOf({ repository }: Session): SignoffRequest['author'] {
  const [own] = repository.committers();
  if (own === undefined)
    throw new AppError('bad-usage', 'expected user.email in the git configuration, found none: a request names its author');
  const name = gitText({ cwd: repository.root ?? repository.gitDir }, ['config', '--get', 'user.name'], { accept: [0, 1] });
  return { name: name === '' ? own.email : name, email: own.email };
}

/** A hunk that no reader would take is left out by name, and not the whole request with it. */
function isSendable(one: AskedHunk, whole: Omit<SignoffRequest, 'hunks'>, context: CommandContext): boolean {
  const reading = readRequest(printRequest({ ...whole, hunks: [one] }));
  if (reading.kind === 'request') return true;
  context.err.write(`brakeline: ${printable(one.hunk.path)}:${one.hunk.after.start} left out: ${printable(reading.reason)}\n`);
  return false;
}
