import path from 'node:path';
import { judgeAnswer } from '../../core/signoff/judge-answer.ts';
import { AppError } from '../../host/app-error.ts';
import { splitLines } from '../../host/carriers/carrier-path.ts';
import { appendLedger, readLedger } from '../../host/ledger/ledger.ts';
import { readSignoffFile } from '../../host/signoff/signoff-file.ts';
import { rangeOptions } from '../reporters/remedy.ts';
import { plural, shortFingerprint } from '../reporters/review-report.ts';
import { printable } from '../reporters/terminal.ts';
import type { Arguments, CommandContext, ExitStatus } from './command.ts';
import { openHere } from './open-here.ts';
import { withProgress } from './progress.ts';
import { reviewRequest } from './signing.ts';
import { signoffCase } from './signoff-case.ts';

/**
 * Takes the records of an answer into the ledger, each one checked against the change as it stands now. It signs nothing and reaches
 * no key (test/tidy.test.ts). Status 1 where one was left out.
 */
export async function importAnswer(file: string, args: Arguments, context: CommandContext): Promise<ExitStatus> {
  const asked = reviewRequest(args);
  const lines = [...new Set(splitLines(await readSignoffFile(path.resolve(context.cwd, file))))];
  if (lines.length === 0) throw new AppError('bad-usage', `expected an answer in ${file}, found no record`);
  const session = openHere(context);
  try {
    const review = await withProgress(context, 'comparing', () => session.review(asked));
    const about = signoffCase(session, asked, review);
    const judged = judgeAnswer(lines, { assessment: review.assessment, policy: review.policy, ...about });
    if (judged.kind === 'damaged') throw new AppError('bad-usage', `expected an answer in ${file}, found in ${judged.reason}`);
    const { commonDir } = session.repository;
    const held = new Set((await readLedger(commonDir)).lines);
    const taken = judged.records.filter(({ refusal }) => refusal === undefined);
    const fresh = taken.filter(({ line }) => !held.has(line));
    await appendLedger(
      commonDir,
      fresh.map(({ line }) => line),
    );
    for (const { line, record, personId, refusal, warnings } of judged.records) {
      const { decision, findings, reason } = record.acknowledgement;
      const where = [...new Set(findings.map((one) => one.path))].map(printable).join(' ');
      const what = `${decision} by ${printable(personId)}: ${where} ${[...new Set(findings.map((one) => shortFingerprint(one.fingerprint)))].join(' ')}`;
      if (refusal !== undefined) context.out.write(`left out  ${what}\n  ${printable(refusal)}\n`);
      else
        context.out.write(`${held.has(line) ? 'here already' : 'imported'}  ${what}\n${reason === '' ? '' : `  ${printable(reason)}\n`}`);
      for (const warning of warnings) context.out.write(`  not for every finding of it: ${printable(warning)}\n`);
    }
    const left = judged.records.length - taken.length;
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
