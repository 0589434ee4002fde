import path from 'node:path';
import { AppError } from '../../../host/app-error.ts';
import { gatherLines } from '../../../host/carriers/gather-lines.ts';
import { groupLines } from '../../../host/carriers/group-lines.ts';
import { createLedgerReader } from '../../../host/ledger-records.ts';
import type { Review, ReviewRequest, Session } from '../../../host/session.ts';
import { exportAcknowledgements, knownPerson } from '../../../host/sign-session.ts';
import { openExportKey } from '../../../host/signers/export-key.ts';
import { plural } from '../../reporters/review-report.ts';
import { printable } from '../../reporters/terminal.ts';
import { choiceOption, textOption } from '../arguments.ts';
import { warnOfDistrust, warnOfNoSigners } from '../base-files.ts';
import type { Arguments, Command, CommandContext, ExitStatus } from '../command.ts';
import { NO_OPERANDS } from '../command.ts';
import { exportToNotes, exportToTrailer } from '../export-notes.ts';
import {
  RENDERINGS,
  type Rendering,
  renderRecords,
  renderRegions,
  verifyingCommands,
  warnOfLeftOut,
  writeRendered,
} from '../export-renderings.ts';
import { summarise } from '../export-summary.ts';
import { openHere } from '../open-here.ts';
import { exportRequest, signingPlace } from '../signing.ts';
import { writeNew } from '../write-new.ts';

const FORMATS = ['brakeline', ...RENDERINGS] as const;

export const command: Command = {
  name: 'export',
  operands: NO_OPERANDS,
  summary: 'write the acknowledgements of a change to where the commit takes them along',
  options: {
    to: {
      type: 'string',
      value: 'WHERE',
      help: 'tree (default): files under .brakeline/acks, staged; notes: the note of the head; trailer: print pointers for a message; or a new bundle file; - is standard output',
    },
    format: {
      type: 'string',
      value: 'FORMAT',
      help: 'brakeline (default), or what other tools read: dsse (lines), sshsig or sigstore (a new folder)',
    },
    'export-key': { type: 'boolean', help: 'with dsse or sigstore: sign the same statements with the P-256 key of exports' },
    staged: { type: 'boolean', help: 'the staged change, which is the default' },
    base: { type: 'string', value: 'REV', help: 'the commits after this revision instead, for a further commit to take along' },
    head: { type: 'string', value: 'REV', help: 'with --base: up to this revision (default: HEAD)' },
  },
  details: [
    'It decides nothing: what was not acknowledged before is named, and stays open. Exit status 0 where the export was done.',
    'Only --export-key signs: the same statement, for tools that read no other key. Such a rendering counts for nothing in a verification.',
  ],
  run: exportCommand,
};

async function exportCommand(args: Arguments, context: CommandContext): Promise<ExitStatus> {
  const to = textOption(args, 'to') ?? 'tree';
  const format = choiceOption(args, 'format', FORMATS, 'brakeline');
  const isAgain = args.options['export-key'] === true;
  if (isAgain && format !== 'dsse' && format !== 'sigstore')
    throw new AppError('bad-usage', `expected --export-key with --format dsse or sigstore, found it with ${format}`);
  if (format !== 'brakeline' && to === 'tree')
    throw new AppError('bad-usage', `expected a new name after --to for --format ${format}, found none`);
  const { isRange, ...request } = exportRequest(args);
  const session = openHere(context);
  try {
    const review = await session.review(request);
    if (isRange && review.assessment.hunkCount === 0)
      throw new AppError('bad-usage', `expected a change between ${request.base ?? 'HEAD'} and ${request.head}, found none`);
    if (format !== 'brakeline') await exportRenderings(session, review, { to, format, isAgain }, context);
    else if (to === 'tree') await exportToTree(session, review, request, context);
    else if (to === 'notes')
      await summarise(session, review, await exportToNotes(session, review, request.head, context), { request, to: context.out });
    else if (to === 'trailer')
      await summarise(session, review, await exportToTrailer(session, review, context), { request, to: context.err });
    else await exportToBundle(session, review, { request, to }, context);
    if (review.coverage.findings.some(({ required }) => required)) await warn(session, review, request, context);
    return 0;
  } finally {
    session.close();
  }
}

/** Without a signature of one's own there is nothing of one's own to distrust: what others signed is told with its gap. */
async function warn(session: Session, review: Review, request: ReviewRequest, context: CommandContext): Promise<void> {
  const { repository } = session;
  const own = repository.root === undefined ? undefined : await knownPerson(signingPlace(repository, context), review.policy);
  const fingerprints = new Set(review.assessment.hunks.flatMap((hunk) => hunk.findings.map((finding) => finding.fingerprint)));
  const isSigner = (await createLedgerReader()(repository.commonDir)).some(
    ({ publicKey, acknowledgement }) =>
      publicKey === own?.publicKey && acknowledgement.findings.some(({ fingerprint }) => fingerprints.has(fingerprint)),
  );
  if (isSigner) warnOfDistrust(session, review, request, own, context);
  else warnOfNoSigners(session, request.base ?? 'HEAD', context);
}

async function exportToTree(session: Session, review: Review, request: ReviewRequest, context: CommandContext): Promise<void> {
  if (review.assessment.hunkCount === 0)
    throw new AppError('bad-usage', 'expected a staged change, found none: git add what the commit shall hold');
  const { paths } = await exportAcknowledgements(signingPlace(session.repository, context), review.assessment);
  for (const file of paths) context.out.write(`staged ${file}\n`);
  await summarise(session, review, plural(paths.length, 'carrier'), { request, to: context.out });
}

async function exportToBundle(
  session: Session,
  review: Review,
  { request, to }: { readonly request: ReviewRequest; readonly to: string },
  context: CommandContext,
): Promise<void> {
  const fingerprints = new Set(review.assessment.hunks.flatMap((hunk) => hunk.findings.map((finding) => finding.fingerprint)));
  // Of every carrier, as a rendering is: an auditor's clone has no ledger.
  const lines = await gatherLines(session.repository, review.change, fingerprints);
  const wanted = [...new Set([...groupLines(lines, fingerprints).values()].flat())];
  const bundle = wanted.map((line) => `${line}\n`).join('');
  if (to === '-') context.out.write(bundle);
  else await writeNew(path.resolve(context.cwd, to), bundle, '--to');
  await summarise(session, review, plural(wanted.length, 'record'), { request, to: context.err });
}

/** Renders what every carrier holds about the change, the ledger among them: an auditor's clone has no ledger. */
async function exportRenderings(
  session: Session,
  review: Review,
  { to, format, isAgain }: { readonly to: string; readonly format: Rendering; readonly isAgain: boolean },
  context: CommandContext,
): Promise<void> {
  const fingerprints = new Set(review.assessment.hunks.flatMap((hunk) => hunk.findings.map((finding) => finding.fingerprint)));
  const lines = [...groupLines(await gatherLines(session.repository, review.change, fingerprints), fingerprints).values()].flat();
  const rendered = await renderRecords([...new Set(lines)], format, isAgain ? await openExportKey(context.env) : undefined);
  warnOfLeftOut(rendered, format, context.err);
  const done = plural(rendered.records.length - rendered.without.length, 'record');
  if (format === 'dsse') {
    const text = rendered.lines.map((line) => `${line}\n`).join('');
    if (to === '-') context.out.write(text);
    else await writeNew(path.resolve(context.cwd, to), text, '--to');
    context.err.write(`${done} written\n`);
    return;
  }
  if (to === '-') throw new AppError('bad-usage', `expected the name of a new folder after --to for --format ${format}, found -`);
  const regions = renderRegions(review.assessment, new Set(rendered.records.flatMap((record) => record.fingerprints)));
  await writeRendered(path.resolve(context.cwd, to), [...rendered.files, ...regions]);
  context.out.write(`${done} and ${plural(regions.length, 'region')} written\n`);
  for (const line of verifyingCommands(rendered, format, to)) context.out.write(`  ${printable(line)}\n`);
}
