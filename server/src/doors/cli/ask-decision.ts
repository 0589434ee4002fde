import type { AssessedHunk } from '../../core/model/assessment.ts';
import type { Policy } from '../../core/model/policy.ts';
import { plural } from '../reporters/review-report.ts';
import { cutTo, printable } from '../reporters/terminal.ts';
import type { CommandContext } from './command.ts';
import { terminalOf } from './output.ts';
import type { Ask } from './person.ts';

/** Fewer characters than this, white space not counted, are no reason (R9). */
const LEAST_REASON = 10;

export interface DecisionDraft {
  readonly reason: string;
  readonly confirmedDependents: readonly string[];
}

export interface DecisionQuestion {
  readonly hunk: AssessedHunk;
  readonly policy: Policy;
  /** The reason given last: a required one may not repeat it. */
  readonly previousReason: string;
  /** Given on the command line; asked for where undefined. */
  readonly reason: string | undefined;
}

/** Asks a person what the severity of a hunk demands. Undefined where they would rather not decide now. */
export async function askDecision(question: DecisionQuestion, ask: Ask, context: CommandContext): Promise<DecisionDraft | undefined> {
  const { hunk, policy } = question;
  const demands = hunk.findings.map((finding) => policy.severities[finding.severity]);
  const confirmed = demands.some((demand) => demand.confirmDependents) ? await askDependents(hunk, ask, context) : [];
  if (confirmed === undefined) return undefined;
  const reason = await askReason(
    question,
    demands.some((demand) => demand.reason),
    ask,
    context,
  );
  return reason === undefined ? undefined : { reason, confirmedDependents: confirmed };
}

/** What is wrong with a reason, in words; undefined where nothing is. */
export function reasonFault(reason: string, required: boolean, previous: string): string | undefined {
  if (!required) return undefined;
  const length = reason.replace(/\s/g, '').length;
  if (length < LEAST_REASON) return `expected at least ${LEAST_REASON} characters that are not blanks, found ${length}`;
  return reason.trim() === previous.trim() ? 'expected a reason of its own, found the one given before' : undefined;
}

async function askReason(question: DecisionQuestion, required: boolean, ask: Ask, context: CommandContext): Promise<string | undefined> {
  const given = question.reason;
  if (given !== undefined) {
    const fault = reasonFault(given, required, question.previousReason);
    if (fault === undefined) return given.trim();
    context.out.write(`  ${fault}\n`);
  }
  for (;;) {
    const answer = await ask(required ? 'Why is it fine? (empty: skip) ' : 'Why is it fine? (optional; s: skip) ');
    if ((required && answer.trim() === '') || (!required && answer.trim() === 's')) return undefined;
    const fault = reasonFault(answer, required, question.previousReason);
    if (fault === undefined) return answer.trim();
    context.out.write(`  ${fault}\n`);
  }
}

/** The dependents that are known by place are all shown; their number, typed, says that they were looked at. */
async function askDependents(hunk: AssessedHunk, ask: Ask, context: CommandContext): Promise<readonly string[] | undefined> {
  const references = Math.max(0, ...hunk.findings.map((finding) => finding.blastRadius?.references ?? 0));
  if (references === 0) return [];
  const places = new Map(
    hunk.findings
      .flatMap((finding) => [...(finding.blastRadius?.dependents ?? []), ...finding.related])
      .map((place) => [`${place.path}:${place.line}`, place.message]),
  );
  const { columns } = terminalOf(context.out, context.env);
  context.out.write(`These depend on it${places.size < references ? ` (${places.size} of ${references} shown)` : ''}:\n`);
  for (const [place, message] of places) context.out.write(`  ${cutTo(`${printable(place)}  ${printable(message)}`, columns - 2)}\n`);
  for (;;) {
    const answer = await ask(`Type ${references} to confirm the ${plural(references, 'dependent')} (empty: skip) `);
    if (answer.trim() === '') return undefined;
    if (answer.trim() === String(references)) return places.size === 0 ? [`${references} dependents`] : [...places.keys()];
    context.out.write(`  expected ${references}, found ${printable(answer.trim())}\n`);
  }
}
