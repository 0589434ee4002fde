import { type JudgedRecord, judgeAnswer } from '../../core/signoff/judge-answer.ts';
import { AppError } from '../app-error.ts';
import { splitLines } from '../carriers/carrier-path.ts';
import { appendLedger, readLedger } from '../ledger/ledger.ts';
import type { Review, ReviewRequest, Session } from '../session.ts';
import { signoffCase } from './signoff-case.ts';
import { readSignoffFile } from './signoff-file.ts';

/** A record of an answer, judged; `isHeld` where the ledger had it before. */
export interface TakenRecord extends JudgedRecord {
  readonly isHeld: boolean;
}

/** The lines of an answer, each once. `shown` names the file in an error. Errors: `bad-usage`. */
export async function readAnswer(file: string, shown: string): Promise<readonly string[]> {
  const lines = [...new Set(splitLines(await readSignoffFile(file)))];
  if (lines.length === 0) throw new AppError('bad-usage', `expected an answer in ${shown}, found no record`);
  return lines;
}

/**
 * Takes the records of an answer into the ledger, each one judged against the change as it stands now. It signs nothing and reaches no
 * key (test/tidy.test.ts). Errors: `bad-usage` where a line is no record or its signature does not hold; then nothing is taken.
 */
export async function takeAnswer(
  session: Session,
  asked: ReviewRequest,
  review: Review,
  lines: readonly string[],
  shown: string,
): Promise<readonly TakenRecord[]> {
  const about = signoffCase(session, asked, review);
  const judged = judgeAnswer(lines, { assessment: review.assessment, policy: review.policy, ...about });
  if (judged.kind === 'damaged') throw new AppError('bad-usage', `expected an answer in ${shown}, found in ${judged.reason}`);
  const { commonDir } = session.repository;
  const held = new Set((await readLedger(commonDir)).lines);
  const fresh = judged.records.filter(({ line, refusal }) => refusal === undefined && !held.has(line));
  await appendLedger(
    commonDir,
    fresh.map(({ line }) => line),
  );
  return judged.records.map((one) => ({ ...one, isHeld: held.has(one.line) }));
}
