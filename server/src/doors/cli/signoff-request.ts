import path from 'node:path';
import type { SignoffRequest } from '../../core/signoff/request.ts';
import { AppError } from '../../host/app-error.ts';
import type { ReviewRequest } from '../../host/session.ts';
import { answerFile } from '../../host/signoff/answer-file.ts';
import { composeRequest } from '../../host/signoff/compose-request.ts';
import { rangeOptions, shellWord } from '../reporters/remedy.ts';
import { byRisk, plural } from '../reporters/review-report.ts';
import { printable } from '../reporters/terminal.ts';
import { textOption } from './arguments.ts';
import { warnOfNoSigners } from './base-files.ts';
import type { Arguments, CommandContext, ExitStatus } from './command.ts';
import { openHere } from './open-here.ts';
import { withProgress } from './progress.ts';
import { reviewRequest } from './signing.ts';
import { writeNew } from './write-new.ts';

/** Writes what a verification would still ask for into one file for another person. It reaches no key (test/tidy.test.ts). */
export async function requestSignoff(args: Arguments, context: CommandContext): Promise<ExitStatus> {
  const output = textOption(args, 'output');
  const asked = reviewRequest(args);
  const session = openHere(context);
  try {
    const review = await withProgress(context, 'comparing', () => session.review(asked));
    const composed = await composeRequest(session, asked, review, byRisk);
    const to = output === undefined ? context.err : context.out;
    if (composed.kind === 'nothing') {
      to.write('no hunk waits for a person: there is nothing to ask\n');
      return 0;
    }
    for (const { hunk, reason } of composed.leftOut)
      context.err.write(`brakeline: ${printable(hunk.path)}:${hunk.after.start} left out: ${printable(reason)}\n`);
    if (composed.kind === 'unsendable') throw new AppError('bad-usage', 'expected a hunk that a request can hold, found none');
    const { request, text, leftOut } = composed;
    if (output === undefined) context.out.write(text);
    else await writeNew(path.resolve(context.cwd, output), text, '--output');
    const name = output === undefined ? 'FILE' : shellWord(output);
    to.write(
      `asked about ${plural(request.hunks.length, 'hunk')}; the file holds their lines, a few unchanged ones around them, and no others\n`,
    );
    to.write(`  another person, in a clone of theirs:  brakeline signoff open ${printable(name)}\n`);
    const staged = asked.staged === true ? ' --staged' : '';
    const answer = output === undefined ? 'ANSWER' : shellWord(answerFile(output));
    to.write(`  then here:  brakeline signoff import ${printable(answer)}${printable(rangeOptions(lasting(asked, request)))}${staged}\n`);
    warnOfNoSigners(session, asked.base ?? 'HEAD', context);
    return leftOut.length === 0 ? 0 : 1;
  } finally {
    session.close();
  }
}

/** A range that means the same when the answer comes: `HEAD^` is another commit by then. */
function lasting({ base, ...asked }: ReviewRequest, { base: id }: Pick<SignoffRequest, 'base'>): ReviewRequest {
  return base === undefined ? asked : { ...asked, base: /[\^~@:]/.test(base) ? id.slice(0, 12) : base };
}
