import type { AssessedHunk } from '../../../core/model/assessment.ts';
import { placeOf } from '../../../core/place.ts';
import { AppError } from '../../../host/app-error.ts';
import type { Review } from '../../../host/session.ts';
import { describeSigner, knownPerson, override } from '../../../host/sign-session.ts';
import { reasonFault } from '../../reporters/demands.ts';
import { rangeOptions } from '../../reporters/remedy.ts';
import { byRisk, plural, shortFingerprint } from '../../reporters/review-report.ts';
import { printable } from '../../reporters/terminal.ts';
import { textOption } from '../arguments.ts';
import { warnOfDistrust } from '../base-files.ts';
import { type Arguments, type Command, type CommandContext, type ExitStatus, NO_OPERANDS } from '../command.ts';
import { openHere } from '../open-here.ts';
import { askAt, requirePerson } from '../person.ts';
import { reviewRequest, signingPlace } from '../signing.ts';

export const command: Command = {
  name: 'override',
  operands: NO_OPERANDS,
  summary: 'record that a change is shipped unreviewed, and why; a person at a terminal only',
  options: {
    reason: { type: 'string', value: 'TEXT', help: 'why it cannot wait, instead of being asked for it' },
    base: { type: 'string', value: 'REV', help: 'as in review' },
    head: { type: 'string', value: 'REV', help: 'as in review' },
    staged: { type: 'boolean', help: 'as in review' },
  },
  details: [
    'It is no acknowledgement and covers nothing. The hooks let the change pass, and verify names each finding as a gap of the kind `overridden`, with who and why, until somebody acknowledges it.',
    'The record is signed, and goes out with `brakeline export` like any other.',
  ],
  run: overrideCommand,
};

async function overrideCommand(args: Arguments, context: CommandContext): Promise<ExitStatus> {
  requirePerson(context, 'brakeline override');
  const request = reviewRequest(args);
  const session = openHere(context);
  try {
    const review = await session.review(request);
    const hunks = open(review);
    if (hunks.length === 0) {
      context.out.write('no hunk waits for a person: there is nothing to override\n');
      return 0;
    }
    const place = signingPlace(session.repository, context);
    warnOfDistrust(session, review, request, await knownPerson(place, review.policy), context);
    for (const hunk of hunks) for (const finding of hunk.findings) context.out.write(`${line(hunk, finding)}\n`);
    const reason = await reasonFor(textOption(args, 'reason'), hunks.length, context);
    if (reason === undefined) {
      context.out.write('nothing was signed\n');
      return 1;
    }
    const { assessment, policy } = review;
    const label = await describeSigner(place);
    for (const hunk of hunks) await override(place, { hunk, assessment, policy, reason, confirmedDependents: [], channel: 'cli-tty' });
    context.out.write(
      `recorded with ${label}: ${plural(hunks.length, 'hunk')} shipped unreviewed; \`brakeline export${rangeOptions(request)}\` sends it with the next commit\n`,
    );
    return 0;
  } finally {
    session.close();
  }
}

/** Hunks that the policy asks somebody about, that nobody acknowledged and that no override is of yet, most severe first. */
function open({ assessment, coverage }: Review): readonly AssessedHunk[] {
  const done = new Set(coverage.gaps.filter(({ code }) => code === 'overridden').map(({ fingerprint }) => fingerprint));
  const waiting = coverage.findings.filter(
    ({ required, acknowledged, fingerprint }) => required && !acknowledged && !done.has(fingerprint),
  );
  const ids = new Set(waiting.map(({ hunkId }) => hunkId));
  return byRisk(assessment.hunks.filter(({ id }) => ids.has(id)));
}

function line(hunk: AssessedHunk, finding: AssessedHunk['findings'][number]): string {
  return `${shortFingerprint(finding.fingerprint)}  ${finding.severity.padEnd(8)}  ${printable(hunk.path)}:${placeOf(hunk, finding).line}  ${printable(finding.message)}`;
}

/** Undefined where the person gave none. Errors: `bad-usage` where the one of the command line will not do. */
async function reasonFor(given: string | undefined, hunks: number, context: CommandContext): Promise<string | undefined> {
  if (given !== undefined) {
    const fault = reasonFault(given, true, '');
    if (fault !== undefined) throw new AppError('bad-usage', `--reason: ${fault.message}`);
    return given.trim();
  }
  const ask = askAt(context);
  for (;;) {
    const answer = await ask(`Why can ${plural(hunks, 'hunk')} not wait for a review? (empty: sign nothing) `);
    if (answer.trim() === '') return undefined;
    const fault = reasonFault(answer, true, '');
    if (fault === undefined) return answer.trim();
    context.out.write(`  ${fault.message}\n`);
  }
}
