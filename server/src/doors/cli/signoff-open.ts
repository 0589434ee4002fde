import { existsSync, lstatSync } from 'node:fs';
import path from 'node:path';
import type { AckRecord } from '../../core/attest/records.ts';
import { readRequest } from '../../core/signoff/read-request.ts';
import type { AskedHunk, SignoffRequest } from '../../core/signoff/request.ts';
import { answerRefusal, type Candidate } from '../../core/signoff/second-person.ts';
import { AppError } from '../../host/app-error.ts';
import { acknowledge, describeSigner, keyRefusal, reject, revoke, type SigningPlace, signingPerson } from '../../host/sign-session.ts';
import { answerFile } from '../../host/signoff/answer-file.ts';
import { askedPolicy } from '../../host/signoff/asked-policy.ts';
import { type Answering, isAnswered, ownRecords } from '../../host/signoff/own-records.ts';
import { readSignoffFile } from '../../host/signoff/signoff-file.ts';
import { type RequestView, viewRequest } from '../../host/signoff/view-request.ts';
import { demandsOf, reasonFault } from '../reporters/demands.ts';
import { authorWords } from '../reporters/policy-words.ts';
import { plural, shortFingerprint, shortTree } from '../reporters/review-report.ts';
import { cutTo, fold, paint, printable, proseColumns } from '../reporters/terminal.ts';
import { renderHunk } from '../reporters/text.ts';
import { textOption } from './arguments.ts';
import { askDecision, type Declined } from './ask-decision.ts';
import type { Arguments, CommandContext, ExitStatus } from './command.ts';
import { openHere } from './open-here.ts';
import { terminalOf } from './output.ts';
import { type Ask, askAt, requirePerson } from './person.ts';
import { signingPlace } from './signing.ts';
import { writeNew } from './write-new.ts';

/** Shows another person what an author asks about, hunk by hunk, and writes what they signed into one file. */
export async function openRequest(file: string, args: Arguments, context: CommandContext): Promise<ExitStatus> {
  requirePerson(context, 'brakeline signoff open');
  const output = path.resolve(context.cwd, textOption(args, 'output') ?? answerFile(file));
  const reading = readRequest(await readSignoffFile(path.resolve(context.cwd, file)));
  if (reading.kind === 'invalid') throw new AppError('bad-usage', `expected a sign-off request in ${file}, found ${reading.reason}`);
  // Before anything is asked: what was typed must not be lost to a name.
  if (lstatSync(output, { throwIfNoEntry: false }) !== undefined)
    throw new AppError('bad-usage', `expected the name of a new file after --output, found one that is there already: ${output}`);
  if (!existsSync(path.dirname(output)))
    throw new AppError('bad-usage', `expected the name of a new file after --output, found a folder that is not there: ${output}`);
  const session = openHere(context);
  try {
    const view = await viewRequest(session, reading.request);
    const place = signingPlace(session.repository, context);
    const own = await signingPerson(place, view.policy);
    const refusal = answerRefusal(own, view.authors, view.policy, view.trust, new Date().toISOString());
    if (refusal !== undefined) throw new AppError('bad-usage', refusal);
    introduce(reading.request, view, own, await describeSigner(place), context);
    return await answer({ place, commonDir: place.commonDir, own, view, output }, context);
  } finally {
    session.close();
  }
}

function introduce(request: SignoffRequest, view: RequestView, own: Candidate, signer: string, context: CommandContext): void {
  const { author, askedAt, base, head } = request;
  const terminal = terminalOf(context.out, context.env);
  const say = (text: string): void => fold(text, proseColumns(terminal)).forEach((line) => void context.out.write(`${line}\n`));
  say(`${printable(authorWords(author))} asked about ${plural(request.hunks.length, 'hunk')} on ${printable(askedAt)}`);
  say(`${shortTree(base)} to ${shortTree(head)}`);
  if (view.kind === 'recomputed') say('Both commits are in this clone: what follows was found here, and is what the file says.');
  else
    say(
      `The change is not in this clone. What follows is what the author's file says: its lines make the fingerprints that you sign, and what is said about them (severity, dependents, context) is the author's claim. The author's verification recomputes all of it from the commits.`,
    );
  say(`Signed with ${signer} as ${printable(own.by.id)}`);
}

interface Round extends Answering {
  readonly place: SigningPlace;
  readonly output: string;
}

async function answer(round: Round, context: CommandContext): Promise<ExitStatus> {
  const { view, output, own } = round;
  const ask = askAt(context);
  let previousReason = (await ownRecords(round)).at(-1)?.record.acknowledgement.reason ?? '';
  let open = 0;
  try {
    for (const [index, asked] of view.hunks.entries()) {
      const before = (await ownRecords(round)).findLast(({ record }) => record.acknowledgement.hunkId === asked.hunk.id);
      const kept =
        before !== undefined && isAnswered(before.record, asked, round)
          ? await keepsAnswer(round, asked, before.record, ask, context)
          : 'no';
      if (kept === 'yes') continue;
      if (kept === 'quit') {
        open += view.hunks.slice(index + 1).length;
        break;
      }
      const decision = await askOne(round, asked, previousReason, ask, context);
      if (decision === 'quit') {
        open += view.hunks.length - index;
        break;
      }
      if (decision === 'skip') open++;
      else previousReason = decision.reason;
    }
  } finally {
    // What was signed is kept, though the person closed the terminal half way.
    const lines = (await ownRecords(round)).map(({ line }) => line);
    if (lines.length > 0) await writeNew(output, lines.map((line) => `${line}\n`).join(''), '--output');
    const left = open === 0 ? '' : `, ${plural(open, 'hunk')} left open`;
    context.out.write(
      lines.length === 0
        ? `\nnothing was signed${left}\n`
        : `\n${plural(lines.length, 'record')} by ${printable(own.by.id)} written to ${printable(output)}${left}; the author runs \`brakeline signoff import\` on it\n`,
    );
  }
  return open === 0 ? 0 : 1;
}

/** What was signed before is kept, or taken back by a new record and asked about anew: a rejection stands until then. */
async function keepsAnswer(
  { place, view }: Round,
  asked: AskedHunk,
  { acknowledgement }: AckRecord,
  ask: Ask,
  context: CommandContext,
): Promise<'yes' | 'no' | 'quit'> {
  context.out.write(`\n${printable(asked.hunk.path)}: ${acknowledgement.decision} by you before: ${printable(acknowledgement.reason)}\n`);
  for (;;) {
    const answer = (await ask('Does it stand? (empty: keep it, u: take it back, q: quit) ')).trim();
    if (answer === '') return 'yes';
    if (answer === 'q') return 'quit';
    if (answer === 'u') {
      const { hunk } = asked;
      const { assessment, policy } = view;
      await revoke(place, { hunk, assessment, policy, reason: '', confirmedDependents: [], channel: 'cli-tty' });
      return 'no';
    }
    context.out.write(`  expected u or q, found ${printable(answer)}\n`);
  }
}

/** Gives the reason that was signed, or why nothing was. */
async function askOne(
  { place, view }: Round,
  asked: AskedHunk,
  previousReason: string,
  ask: Ask,
  context: CommandContext,
): Promise<{ readonly reason: string } | Declined> {
  const { hunk } = asked;
  const policy = askedPolicy(view, asked);
  const demands = demandsOf(hunk, policy);
  const touched = view.hunks.map((one) => one.hunk.path);
  const details = { touched: new Set(touched), listed: new Set(demands.dependents.map(({ id }) => id)) };
  context.out.write(`\n${renderHunk(hunk, 'open', terminalOf(context.out, context.env), details)}\n${renderContext(asked, context)}\n`);
  const note = view.notes[hunk.id];
  if (note !== undefined) context.out.write(`  not what the author saw: ${printable(note)}\n`);
  const refusal = await keyRefusal(place, hunk, policy, view.authors);
  const choice = await askChoice(refusal, ask, context);
  if (choice === 'skip' || choice === 'quit') return choice;
  const signed = { hunk, assessment: view.assessment, policy, authors: view.authors, channel: 'cli-tty' } as const;
  const shorts = [...new Set(hunk.findings.map(({ fingerprint }) => shortFingerprint(fingerprint)))].join(' ');
  if (choice === 'reject') {
    const reason = await askWords(ask, context);
    if (reason === undefined) return 'skip';
    await reject(place, { ...signed, reason, confirmedDependents: [] });
    context.out.write(`  rejected ${shorts}\n`);
    return { reason };
  }
  const decision = await askDecision({ hunk, demands, touched, previousReason, reason: undefined }, ask, context);
  if (typeof decision === 'string') return decision;
  await acknowledge(place, { ...signed, ...decision });
  context.out.write(`  acknowledged ${shorts}\n`);
  return { reason: decision.reason };
}

/** Who may not sign for a hunk with this key may still say no to it: a rejection needs no presence. */
async function askChoice(refusal: string | undefined, ask: Ask, context: CommandContext): Promise<'acknowledge' | 'reject' | Declined> {
  if (refusal !== undefined) context.out.write(`  not to be acknowledged here: ${printable(refusal)}\n`);
  const choices = refusal === undefined ? 'a: acknowledge, r: reject' : 'r: reject';
  for (;;) {
    const answer = (await ask(`What do you say? (${choices}, empty: skip, q: quit) `)).trim();
    if (answer === '') return 'skip';
    if (answer === 'q') return 'quit';
    if (answer === 'r') return 'reject';
    if (answer === 'a' && refusal === undefined) return 'acknowledge';
    context.out.write(`  expected ${refusal === undefined ? 'a, r' : 'r'} or q, found ${printable(answer)}\n`);
  }
}

/** Words are asked of every rejection, whatever the policy asks of an acknowledgement: the author must know what to change. */
async function askWords(ask: Ask, context: CommandContext): Promise<string | undefined> {
  for (;;) {
    const answer = await ask('What is wrong with it? (empty: skip) ');
    if (answer.trim() === '') return undefined;
    const fault = reasonFault(answer, true, '');
    if (fault === undefined) return answer.trim();
    context.out.write(`  ${fault.message}\n`);
  }
}

/** Lines around a hunk that did not change, numbered as in the new file. */
function renderContext({ hunk, context: { above, below } }: AskedHunk, context: CommandContext): string {
  const terminal = terminalOf(context.out, context.env);
  if (above.length + below.length === 0) return '';
  const first = hunk.after.lines === 0 ? hunk.after.start + 1 : hunk.after.start;
  const line = (text: string, number: number): string =>
    paint(terminal, 'faint', `  ${String(number).padStart(3)}   ${cutTo(printable(text), terminal.columns - 8)}`);
  return [
    '',
    paint(terminal, 'faint', '  unchanged, above and below:'),
    ...above.map((text, index) => line(text, first - above.length + index)),
    paint(terminal, 'faint', '    ⋮'),
    ...below.map((text, index) => line(text, first + hunk.after.lines + index)),
    '',
  ].join('\n');
}
