import type { AssessedHunk } from '../../core/model/assessment.ts';
import { AppError } from '../../host/app-error.ts';
import { type Demands, reasonFault } from '../reporters/demands.ts';
import { plural } from '../reporters/review-report.ts';
import { cutTo, printable } from '../reporters/terminal.ts';
import type { CommandContext } from './command.ts';
import { terminalOf } from './output.ts';
import type { Ask } from './person.ts';

export interface DecisionDraft {
  readonly reason: string;
  readonly confirmedDependents: readonly string[];
}

export interface DecisionQuestion {
  readonly hunk: AssessedHunk;
  readonly demands: Demands;
  /** Paths that the change touches: lines of dependents there are those of the base. */
  readonly touched: readonly string[];
  /** The reason given last: a required one may not repeat it. */
  readonly previousReason: string;
  /** Given on the command line; asked for where undefined. */
  readonly reason: string | undefined;
}

/** What a person answers instead: `skip` leaves this hunk open, `quit` this one and all that follow. */
export type Declined = 'skip' | 'quit';

/** Asks a person what the severity of a hunk demands. */
export async function askDecision(question: DecisionQuestion, ask: Ask, context: CommandContext): Promise<DecisionDraft | Declined> {
  const { demands } = question;
  refuseGiven(question, demands.reason);
  const confirmed = demands.dependents.length > 0 ? await askDependents(question, ask, context) : [];
  if (typeof confirmed === 'string') return confirmed;
  const answer = await askReason(question, demands.reason, ask, context);
  return typeof answer === 'string' ? answer : { reason: answer.reason, confirmedDependents: confirmed };
}

/** A reason of the command line that will not do is told before anything is asked: a script waits for no prompt. */
function refuseGiven({ reason, previousReason }: DecisionQuestion, required: boolean): void {
  const fault = reason === undefined ? undefined : reasonFault(reason, required, previousReason);
  if (fault !== undefined) throw new AppError('bad-usage', `--reason: ${fault.message}`);
}

async function askReason(
  question: DecisionQuestion,
  required: boolean,
  ask: Ask,
  context: CommandContext,
): Promise<{ readonly reason: string } | Declined> {
  if (question.reason !== undefined) return { reason: question.reason.trim() };
  const count = question.hunk.findings.length;
  const scope = count > 1 ? ` One reason for all ${count} findings.` : '';
  for (;;) {
    const answer = await ask(`Why is it fine?${scope} ${required ? '(empty: skip, q: quit)' : '(optional; s: skip, q: quit)'} `);
    if (answer.trim() === 'q') return 'quit';
    if ((required && answer.trim() === '') || (!required && answer.trim() === 's')) return 'skip';
    const fault = reasonFault(answer, required, question.previousReason);
    if (fault === undefined) return { reason: answer.trim() };
    context.out.write(`  ${fault.message}\n`);
  }
}

/** The dependents that are listed are all shown; the number of all, typed, says that they were looked at. */
async function askDependents(
  { demands: { dependents, dependentCount }, touched }: DecisionQuestion,
  ask: Ask,
  context: CommandContext,
): Promise<readonly string[] | Declined> {
  const { columns } = terminalOf(context.out, context.env);
  const isOfBase = dependents.some(({ id }) => touched.some((path) => id.startsWith(`${path}:`)));
  context.out.write(`These depend on it${isOfBase ? ' (lines of the base)' : ''}:\n`);
  for (const { label, detail } of dependents) context.out.write(`  ${cutTo(`${printable(label)}  ${printable(detail)}`, columns - 2)}\n`);
  for (;;) {
    const answer = await ask(`Type ${dependentCount} to confirm the ${plural(dependentCount, 'dependent')} (empty: skip, q: quit) `);
    if (answer.trim() === 'q') return 'quit';
    if (answer.trim() === '') return 'skip';
    if (answer.trim() === String(dependentCount)) return dependents.map(({ id }) => id);
    context.out.write(`  expected ${dependentCount}, found ${printable(answer.trim())}\n`);
  }
}
