import { type AckRecord, readRecord } from '../../../core/attest/records.ts';
import type { Decision } from '../../../core/model/acknowledgement.ts';
import type { AssessedHunk } from '../../../core/model/assessment.ts';
import { isSameName, namesOfSigner } from '../../../core/policy/people.ts';
import type { Candidate } from '../../../core/signoff/second-person.ts';
import { instantOf } from '../../../core/verify/standing.ts';
import { AppError } from '../../../host/app-error.ts';
import { carrierPath } from '../../../host/carriers/carrier-path.ts';
import { gatherLines } from '../../../host/carriers/gather-lines.ts';
import type { Review, Session } from '../../../host/session.ts';
import { knownPerson, revoke } from '../../../host/sign-session.ts';
import { rangeOptions } from '../../reporters/remedy.ts';
import { shortFingerprint } from '../../reporters/review-report.ts';
import { printable } from '../../reporters/terminal.ts';
import { textOption } from '../arguments.ts';
import type { Arguments, Command, CommandContext, ExitStatus } from '../command.ts';
import { findByFingerprint } from '../find-hunk.ts';
import { openHere } from '../open-here.ts';
import { requirePerson } from '../person.ts';
import { reviewRequest, signingPlace } from '../signing.ts';

export const command: Command = {
  name: 'undo',
  operands: { usage: 'FINGERPRINT', least: 1, most: 1 },
  summary: 'take back what you said of a hunk, by a new record',
  options: {
    reason: { type: 'string', value: 'TEXT', help: 'why; optional' },
    base: { type: 'string', value: 'REV', help: 'as in review' },
    head: { type: 'string', value: 'REV', help: 'as in review' },
    staged: { type: 'boolean', help: 'as in review' },
  },
  details: [
    'An acknowledgement, a rejection or an override, of your own alone. Nothing is deleted: the ledger keeps both records. A person at a terminal only.',
    'What was exported before holds until `brakeline export` writes the revocation beside it.',
  ],
  run: undo,
};

async function undo(args: Arguments, context: CommandContext): Promise<ExitStatus> {
  requirePerson(context, 'brakeline undo');
  const session = openHere(context);
  try {
    const request = reviewRequest(args);
    const review = await session.review(request);
    const { hunk, finding } = findByFingerprint(review.assessment.hunks, args.positionals[0] ?? '');
    const place = signingPlace(session.repository, context);
    const said = await standingDecisions(session, review, hunk, await knownPerson(place, review.policy));
    if (said.own.length === 0) {
      const others = said.others.length === 0 ? 'nothing on record' : `what ${said.others.join(', ')} said`;
      const what = `expected something of your own to take back of ${shortFingerprint(finding.fingerprint)}, found ${others}`;
      throw new AppError('bad-usage', what);
    }
    const { assessment, policy } = review;
    const reason = textOption(args, 'reason') ?? '';
    await revoke(place, { hunk, assessment, policy, reason, confirmedDependents: [], channel: 'cli-tty' });
    const short = [...new Set(hunk.findings.map((one) => shortFingerprint(one.fingerprint)))].join(' ');
    context.out.write(`took back the ${said.own.map((decision) => NOUNS[decision]).join(' and the ')} of ${short}\n`);
    const isExported = hunk.findings.some((one) => review.change.after.read(carrierPath(one.fingerprint)) !== undefined);
    if (isExported) {
      const command = `brakeline export${rangeOptions(request)}${request.staged === true ? ' --staged' : ''}`;
      context.out.write(`the carriers still hold it until \`${command}\` writes the revocation and a commit takes it along\n`);
    }
    return 0;
  } finally {
    session.close();
  }
}

const NOUNS: Readonly<Record<Exclude<Decision, 'revoked'>, string>> = {
  acknowledged: 'acknowledgement',
  rejected: 'rejection',
  overridden: 'override',
};

/**
 * What this person said of a hunk and has not taken back, and who else said something: of the ledger, the trees and the notes. A
 * revocation touches its own person's records alone, so that of another's it would be a record of nothing.
 */
async function standingDecisions(
  { repository }: Session,
  { change, policy }: Review,
  { findings }: AssessedHunk,
  own: Candidate | undefined,
): Promise<{ readonly own: readonly Exclude<Decision, 'revoked'>[]; readonly others: readonly string[] }> {
  const wanted = new Set(findings.map(({ fingerprint }) => fingerprint));
  const records = (await gatherLines(repository, change, wanted)).flatMap((line) => {
    const reading = readRecord(line);
    return reading.kind === 'record' && reading.record.signatureValid ? [reading.record] : [];
  });
  const about = records.filter(({ acknowledgement }) => acknowledgement.findings.some(({ fingerprint }) => wanted.has(fingerprint)));
  const names = own === undefined ? [] : namesOfSigner(own, policy);
  const isOwn = ({ acknowledgement: { by } }: AckRecord): boolean => names.some((name) => isSameName(name, by.id));
  const revoked = Math.max(
    Number.NEGATIVE_INFINITY,
    ...about.filter((one) => isOwn(one) && one.acknowledgement.decision === 'revoked').map(instantOf),
  );
  const standing = about.filter((one) => !isOwn(one) || instantOf(one) > revoked);
  const decisions = new Set(standing.filter(isOwn).map(({ acknowledgement }) => acknowledgement.decision));
  return {
    own: DECISIONS.filter((decision) => decisions.has(decision)),
    others: [...new Set(standing.filter((one) => !isOwn(one)).map(({ acknowledgement }) => printable(acknowledgement.by.id)))].sort(),
  };
}

const DECISIONS = ['acknowledged', 'rejected', 'overridden'] as const;
