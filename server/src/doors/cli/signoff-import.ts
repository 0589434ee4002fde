import path from 'node:path';
import { readAnswer, takeAnswer } from '../../host/signoff/take-answer.ts';
import { rangeOptions } from '../reporters/remedy.ts';
import { plural, shortFingerprint } from '../reporters/review-report.ts';
import { printable } from '../reporters/terminal.ts';
import type { Arguments, CommandContext, ExitStatus } from './command.ts';
import { openHere } from './open-here.ts';
import { withProgress } from './progress.ts';
import { reviewRequest } from './signing.ts';

/**
 * Takes the records of an answer into the ledger, each one checked against the change as it stands now. It signs nothing and reaches
 * no key (test/tidy.test.ts). Status 1 where one was left out.
 */
export async function importAnswer(file: string, args: Arguments, context: CommandContext): Promise<ExitStatus> {
  const asked = reviewRequest(args);
  const lines = await readAnswer(path.resolve(context.cwd, file), file);
  const session = openHere(context);
  try {
    const review = await withProgress(context, 'comparing', () => session.review(asked));
    const records = await takeAnswer(session, asked, review, lines, file);
    const taken = records.filter(({ refusal }) => refusal === undefined);
    const fresh = taken.filter(({ isHeld }) => !isHeld);
    for (const { isHeld, record, personId, refusal, warnings } of records) {
      const { decision, findings, reason } = record.acknowledgement;
      const where = [...new Set(findings.map((one) => one.path))].map(printable).join(' ');
      const what = `${decision} by ${printable(personId)}: ${where} ${[...new Set(findings.map((one) => shortFingerprint(one.fingerprint)))].join(' ')}`;
      if (refusal !== undefined) context.out.write(`left out  ${what}\n  ${printable(refusal)}\n`);
      else context.out.write(`${isHeld ? 'here already' : 'imported'}  ${what}\n${reason === '' ? '' : `  ${printable(reason)}\n`}`);
      for (const warning of warnings) context.out.write(`  not for every finding of it: ${printable(warning)}\n`);
    }
    const left = records.length - taken.length;
    const staged = asked.staged === true ? ' --staged' : '';
    const sending = `\`brakeline export${printable(rangeOptions(asked))}${staged}\` sends what the ledger holds`;
    context.out.write(
      `${plural(fresh.length, 'record')} imported${left > 0 ? `, ${left} left out` : ''}${taken.length > 0 ? `; ${sending}` : ''}\n`,
    );
    return left === 0 ? 0 : 1;
  } finally {
    session.close();
  }
}
