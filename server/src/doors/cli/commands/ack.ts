import type { AssessedHunk } from '../../../core/model/assessment.ts';
import { placeOf } from '../../../core/place.ts';
import { isAllCommitted } from '../../../host/all-committed.ts';
import { AppError } from '../../../host/app-error.ts';
import { createLedgerReader } from '../../../host/ledger-records.ts';
import type { Review, ReviewRequest, Session } from '../../../host/session.ts';
import { acknowledge, describeSigner, keyRefusal, knownPerson, type SigningPlace } from '../../../host/sign-session.ts';
import { demandsOf } from '../../reporters/demands.ts';
import { joinEqual } from '../../reporters/leads.ts';
import { rangeOptions } from '../../reporters/remedy.ts';
import { plural, shortFingerprint, standingOf } from '../../reporters/review-report.ts';
import { cutTo, printable } from '../../reporters/terminal.ts';
import { detailsOf, renderHunk } from '../../reporters/text.ts';
import { textOption } from '../arguments.ts';
import { askDecision, type Declined } from '../ask-decision.ts';
import { warnOfDistrust } from '../base-files.ts';
import type { Arguments, Command, CommandContext, ExitStatus } from '../command.ts';
import { findByFingerprint } from '../find-hunk.ts';
import { openHere } from '../open-here.ts';
import { terminalOf } from '../output.ts';
import { type Ask, askAt, requirePerson } from '../person.ts';
import { reviewReport } from '../review-report-of.ts';
import { reviewRequest, signingPlace } from '../signing.ts';
import { forOthers, isWaiting, nothingWaits, tellRejections, type Waiting, waitingFor } from '../waiting-hunks.ts';

export const command: Command = {
  name: 'ack',
  operands: { usage: '[FINGERPRINT]', least: 0, most: 1 },
  summary: 'acknowledge risky hunks, one by one; a person at a terminal only',
  options: {
    list: { type: 'boolean', help: 'list the hunks that wait for a person, and ask nothing' },
    reason: { type: 'string', value: 'TEXT', help: 'with a fingerprint: the reason, instead of being asked for it' },
    base: { type: 'string', value: 'REV', help: 'as in review' },
    head: { type: 'string', value: 'REV', help: 'as in review' },
    staged: { type: 'boolean', help: 'as in review' },
  },
  details: [
    'Without a fingerprint it goes through every hunk for which the policy asks somebody, most severe first.',
    'Exit status: 0 where every hunk that was asked about is acknowledged, 1 where one was left open.',
    'What is signed is each finding of the hunk, by its content; it goes out with `brakeline export`.',
  ],
  run: ack,
};

async function ack(args: Arguments, context: CommandContext): Promise<ExitStatus> {
  const request = reviewRequest(args);
  const [prefix] = args.positionals;
  const reason = textOption(args, 'reason');
  if (args.options.list !== true) requirePerson(context, 'brakeline ack');
  if (reason !== undefined && prefix === undefined)
    throw new AppError('bad-usage', 'expected a fingerprint beside --reason, found none: one reason is of one hunk');
  const session = openHere(context);
  try {
    const review = await session.review(request);
    const own = await ownId(session, review, context);
    const round = { session, request, review, reason, ...waitingFor(review, own) };
    if (args.options.list === true) return list(round, context);
    if (prefix === undefined) return await askAll(round, context);
    const { hunk, finding } = findByFingerprint(review.assessment.hunks, prefix);
    const mine = review.coverage.findings.filter((one) => one.hunkId === hunk.id && isWaiting(one));
    if (own !== undefined && mine.length > 0 && mine.every(({ counted }) => counted.includes(own))) {
      context.out.write(
        `${shortFingerprint(finding.fingerprint)} is acknowledged by you already\n${round.others > 0 ? forOthers(round, lasting(round)) : ''}`,
      );
      tellRejections(round.rejections, context);
      return 0;
    }
    if (!reviewReport(review).acknowledged.has(hunk.id)) return await askAll({ ...round, hunks: [hunk] }, context);
    context.out.write(`${shortFingerprint(finding.fingerprint)} is acknowledged already\n`);
    return 0;
  } finally {
    session.close();
  }
}

/** The name that this clone's person signs with, where there is a working tree and a key; nobody is asked and no key is made. */
async function ownId({ repository }: Session, { policy }: Review, context: CommandContext): Promise<string | undefined> {
  if (repository.root === undefined) return undefined;
  return (await knownPerson(signingPlace(repository, context), policy))?.by.id;
}

function list(round: Round, context: CommandContext): ExitStatus {
  const { review, hunks } = round;
  const { columns } = terminalOf(context.out, context.env);
  if (hunks.length === 0) context.out.write(nothingWaits(round, lasting(round)));
  const asking = new Set(review.coverage.findings.filter(isWaiting).map((finding) => finding.fingerprint));
  for (const hunk of hunks) {
    const open = hunk.findings.filter(({ fingerprint }) => asking.has(fingerprint)).map((finding) => ({ finding, also: [] }));
    for (const { finding, messages } of joinEqual(open)) {
      const said = messages.map(({ text, times }) => `${text}${times > 1 ? ` (${times} times)` : ''}`).join('; ');
      const line = `${shortFingerprint(finding.fingerprint)}  ${finding.severity.padEnd(8)}  ${printable(hunk.path)}:${placeOf(hunk, finding).line}  ${printable(said)}`;
      context.out.write(`${context.out.isTerminal ? cutTo(line, columns) : line}\n`);
    }
  }
  tellRejections(round.rejections, context);
  return 0;
}

interface Round extends Waiting {
  readonly session: Session;
  readonly request: ReviewRequest;
  readonly review: Review;
  readonly reason: string | undefined;
}

async function askAll(round: Round, context: CommandContext): Promise<ExitStatus> {
  const { session, hunks } = round;
  if (hunks.length === 0) {
    context.out.write(nothingWaits(round, lasting(round)));
    tellRejections(round.rejections, context);
    return 0;
  }
  const place = signingPlace(session.repository, context);
  const records = await createLedgerReader()(session.repository.commonDir);
  let previousReason = records.findLast((record) => record.acknowledgement.decision === 'acknowledged')?.acknowledgement.reason ?? '';
  const ask = askAt(context);
  let done = 0;
  context.out.write(`${plural(hunks.length, 'hunk')} to look at, signed with ${await describeSigner(place)}\n`);
  warnOfDistrust(session, round.review, round.request, await knownPerson(place, round.review.policy), context);
  for (const hunk of hunks) {
    const answer = await askOne({ ...round, hunk, previousReason }, place, ask, context);
    if (answer === 'quit') break;
    if (answer === 'skip') continue;
    previousReason = answer.reason;
    done++;
  }
  const left = hunks.length - done;
  if (done === 0) context.out.write(`\nnothing was signed, ${plural(left, 'hunk')} left open\n`);
  else context.out.write(`\n${plural(done, 'hunk')} acknowledged${left > 0 ? `, ${left} left open` : ''}; ${sending(lasting(round))}\n`);
  if (done === 0) return 1;
  const after = waitingFor(await session.review(round.request), await ownId(session, round.review, context));
  if (after.others > 0) context.out.write(forOthers(after, lasting(round)));
  tellRejections(after.rejections, context);
  return left === 0 ? 0 : 1;
}

/** How what was signed goes out, from the same base: of what is not committed yet, with the commit that takes it along. */
function sending(request: ReviewRequest): string {
  const options = rangeOptions(request);
  if (request.head !== undefined || request.staged === true || options === '')
    return `\`brakeline export${options}\` sends it with the ${options === '' ? '' : 'next '}commit`;
  return `\`git add --all && brakeline export${options} --staged\` sends it with the next commit`;
}

/** The change as a further command names it: a commit where everything is in one, so that others can find it too. */
function lasting({ session, request, review }: Pick<Round, 'session' | 'request' | 'review'>): ReviewRequest {
  const isOpen = request.base === undefined || request.head !== undefined || request.staged === true;
  return isOpen || !isAllCommitted(session.repository, review.change, review.assessment) ? request : { ...request, head: 'HEAD' };
}

/** Gives the reason that was signed, or why nothing was. */
async function askOne(
  round: Round & { readonly hunk: AssessedHunk; readonly previousReason: string },
  place: SigningPlace,
  ask: Ask,
  context: CommandContext,
): Promise<{ readonly reason: string } | Declined> {
  const { session, request, review, hunk, previousReason, reason } = round;
  const report = reviewReport(review);
  const demands = demandsOf(hunk, review.policy);
  // Those that are to be confirmed follow in full: a list that is told twice is read once.
  const details = { ...detailsOf(report), listed: new Set(demands.dependents.map(({ id }) => id)) };
  context.out.write(`\n${renderHunk(hunk, standingOf(report, hunk), terminalOf(context.out, context.env), details)}\n\n`);
  const own = new Set(hunk.findings.map(({ fingerprint }) => fingerprint));
  tellRejections(
    round.rejections.filter(({ fingerprint }) => own.has(fingerprint)),
    context,
  );
  const refusal = await keyRefusal(place, hunk, review.policy);
  if (refusal !== undefined) {
    context.out.write(`  nothing was asked: ${printable(refusal)}\n`);
    return 'skip';
  }
  const decision = await askDecision({ hunk, demands, touched: review.change.touched, previousReason, reason }, ask, context);
  if (typeof decision === 'string') return decision;
  // What was shown is what is signed: the file may have been edited while the person was thinking.
  const now = await session.review(request);
  const same = now.assessment.hunks.find((other) => other.id === hunk.id);
  if (same === undefined || fingerprints(same) !== fingerprints(hunk)) {
    context.out.write('  nothing was signed: expected the hunk as it was shown, found that it has changed since\n');
    return 'skip';
  }
  await acknowledge(place, { hunk: same, assessment: now.assessment, policy: now.policy, ...decision, channel: 'cli-tty' });
  context.out.write(`  acknowledged ${shorts(hunk)}\n`);
  return { reason: decision.reason };
}

/** The fingerprints of a hunk as they are shown, equal ones once. */
function shorts(hunk: AssessedHunk): string {
  return [...new Set(hunk.findings.map((finding) => shortFingerprint(finding.fingerprint)))].join(' ');
}

function fingerprints(hunk: AssessedHunk): string {
  return hunk.findings.map((finding) => finding.fingerprint).join(' ');
}
