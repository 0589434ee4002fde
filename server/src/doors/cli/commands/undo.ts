import type { AssessedHunk } from '../../../core/model/assessment.ts';
import { AppError } from '../../../host/app-error.ts';
import { carrierPath } from '../../../host/carriers/carrier-path.ts';
import type { Review } from '../../../host/session.ts';
import { revoke } from '../../../host/sign-session.ts';
import { rangeOptions } from '../../reporters/remedy.ts';
import { shortFingerprint } from '../../reporters/review-report.ts';
import { textOption } from '../arguments.ts';
import type { Arguments, Command, CommandContext, ExitStatus } from '../command.ts';
import { findByFingerprint } from '../find-hunk.ts';
import { openHere } from '../open-here.ts';
import { requirePerson } from '../person.ts';
import { reviewReport } from '../review-report-of.ts';
import { reviewRequest, signingPlace } from '../signing.ts';

export const command: Command = {
  name: 'undo',
  operands: { usage: 'FINGERPRINT', least: 1, most: 1 },
  summary: 'take back an acknowledgement of your own, by a new record',
  options: {
    reason: { type: 'string', value: 'TEXT', help: 'why; optional' },
    base: { type: 'string', value: 'REV', help: 'as in review' },
    head: { type: 'string', value: 'REV', help: 'as in review' },
    staged: { type: 'boolean', help: 'as in review' },
  },
  details: [
    'Nothing is deleted: the ledger keeps both records. A person at a terminal only.',
    'What was exported before holds the acknowledgement until `brakeline export` writes the revocation beside it.',
  ],
  run: undo,
};

/** An override is taken back as an acknowledgement is. */
function isOverridden({ coverage }: Review, { findings }: AssessedHunk): boolean {
  return coverage.gaps.some(({ code, fingerprint }) => code === 'overridden' && findings.some((one) => one.fingerprint === fingerprint));
}

async function undo(args: Arguments, context: CommandContext): Promise<ExitStatus> {
  requirePerson(context, 'brakeline undo');
  const session = openHere(context);
  try {
    const request = reviewRequest(args);
    const review = await session.review(request);
    const { hunk, finding } = findByFingerprint(review.assessment.hunks, args.positionals[0] ?? '');
    const short = [...new Set(hunk.findings.map((one) => shortFingerprint(one.fingerprint)))].join(' ');
    if (!reviewReport(review).acknowledged.has(hunk.id) && !isOverridden(review, hunk))
      throw new AppError('bad-usage', `expected a hunk that is acknowledged, found ${shortFingerprint(finding.fingerprint)}, which is not`);
    const { assessment, policy } = review;
    const reason = textOption(args, 'reason') ?? '';
    await revoke(signingPlace(session.repository, context), {
      hunk,
      assessment,
      policy,
      reason,
      confirmedDependents: [],
      channel: 'cli-tty',
    });
    context.out.write(`took back the acknowledgement of ${short}\n`);
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
