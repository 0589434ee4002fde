import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../../host/app-error.ts';
import { groupLines } from '../../../host/carriers/group-lines.ts';
import { readLedger } from '../../../host/ledger/ledger.ts';
import { createLedgerReader } from '../../../host/ledger-records.ts';
import type { Review, Session } from '../../../host/session.ts';
import { exportAcknowledgements } from '../../../host/sign-session.ts';
import { placeOf } from '../../reporters/place.ts';
import { plural, shortFingerprint } from '../../reporters/review-report.ts';
import { printable } from '../../reporters/terminal.ts';
import { textOption } from '../arguments.ts';
import { warnOfNoSigners } from '../base-files.ts';
import type { Arguments, Command, CommandContext, ExitStatus } from '../command.ts';
import { NO_OPERANDS } from '../command.ts';
import { openHere } from '../open-here.ts';
import type { Output } from '../output.ts';
import { exportRequest, signingPlace } from '../signing.ts';

export const command: Command = {
  name: 'export',
  operands: NO_OPERANDS,
  summary: 'write the acknowledgements of a change to where the commit takes them along',
  options: {
    to: {
      type: 'string',
      value: 'WHERE',
      help: 'tree (default): files under .brakeline/acks, staged; or a new bundle file; - is standard output',
    },
    staged: { type: 'boolean', help: 'the staged change, which is the default' },
    base: { type: 'string', value: 'REV', help: 'the commits after this revision instead, for a further commit to take along' },
    head: { type: 'string', value: 'REV', help: 'with --base: up to this revision (default: HEAD)' },
  },
  details: ['It signs nothing: what was not acknowledged before is named, and stays open. Exit status 0 where the export was done.'],
  run: exportCommand,
};

async function exportCommand(args: Arguments, context: CommandContext): Promise<ExitStatus> {
  const to = textOption(args, 'to') ?? 'tree';
  const { isRange, ...request } = exportRequest(args);
  const session = openHere(context);
  try {
    const review = await session.review(request);
    if (isRange && review.assessment.hunkCount === 0)
      throw new AppError('bad-usage', `expected a change between ${request.base ?? 'HEAD'} and ${request.head}, found none`);
    if (to === 'tree') await exportToTree(session, review, context);
    else await exportToBundle(session, review, to, context);
    if (review.coverage.findings.some(({ required }) => required)) warnOfNoSigners(session, request.base ?? 'HEAD', context);
    return 0;
  } finally {
    session.close();
  }
}

async function exportToTree(session: Session, review: Review, context: CommandContext): Promise<void> {
  if (review.assessment.hunkCount === 0)
    throw new AppError('bad-usage', 'expected a staged change, found none: git add what the commit shall hold');
  const { paths } = await exportAcknowledgements(signingPlace(session.repository, context), review.assessment);
  for (const file of paths) context.out.write(`staged ${file}\n`);
  await summarise(session, review, plural(paths.length, 'carrier'), context.out);
}

async function exportToBundle(session: Session, review: Review, to: string, context: CommandContext): Promise<void> {
  const fingerprints = review.assessment.hunks.flatMap((hunk) => hunk.findings.map((finding) => finding.fingerprint));
  const { lines } = await readLedger(session.repository.commonDir);
  const wanted = [...new Set([...groupLines(lines, new Set(fingerprints)).values()].flat())];
  const bundle = wanted.map((line) => `${line}\n`).join('');
  if (to === '-') context.out.write(bundle);
  else await writeNew(path.resolve(context.cwd, to), bundle);
  await summarise(session, review, plural(wanted.length, 'record'), context.err);
}

/** What a file already holds is never lost to a mistyped name. */
async function writeNew(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text, { flag: 'wx' });
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
    const found = FOUND[code] ?? String(cause instanceof Error ? cause.message : cause);
    throw new AppError('bad-usage', `expected the name of a new file after --to, found ${found}: ${file}`, { cause });
  }
}

const FOUND: Readonly<Record<string, string>> = {
  EEXIST: 'one that is there already',
  ENOENT: 'a folder that is not there',
  ENOTDIR: 'a file where a folder should be',
  EISDIR: 'a folder',
  EACCES: 'a place that may not be written to',
  EROFS: 'a place that may not be written to',
};

/** What went out, what of it was taken back, and what still asks for a person. */
async function summarise(session: Session, review: Review, written: string, to: Output): Promise<void> {
  const revoked = await revokedFingerprints(session, review);
  const open = new Set(review.coverage.gaps.map((gap) => gap.fingerprint));
  const parts = [
    `${written} written`,
    ...(revoked.size === 0 ? [] : [`${revoked.size} of them revoked`]),
    open.size === 0 ? 'nothing left open' : `${plural(open.size, 'finding')} still open`,
  ];
  to.write(`${parts.join(', ')}\n`);
  for (const hunk of review.assessment.hunks) {
    for (const finding of hunk.findings) {
      const wasOpen = open.delete(finding.fingerprint);
      const wasRevoked = revoked.delete(finding.fingerprint);
      if (!wasOpen && !wasRevoked) continue;
      const place = `${printable(hunk.path)}:${placeOf(hunk, finding).line}`;
      const fields = [shortFingerprint(finding.fingerprint), finding.severity, place, finding.rule, ...(wasRevoked ? ['revoked'] : [])];
      to.write(`  ${fields.join('  ')}  ${printable(finding.message)}\n`);
    }
  }
}

/** Findings of the change whose last word in the ledger takes an acknowledgement back. */
async function revokedFingerprints({ repository }: Session, { assessment }: Review): Promise<Set<string>> {
  const last = new Map<string, string>();
  for (const { acknowledgement, signatureValid } of await createLedgerReader()(repository.commonDir)) {
    if (!signatureValid) continue;
    for (const { fingerprint } of acknowledgement.findings) last.set(fingerprint, acknowledgement.decision);
  }
  const findings = assessment.hunks.flatMap((hunk) => hunk.findings.map(({ fingerprint }) => fingerprint));
  return new Set(findings.filter((fingerprint) => last.get(fingerprint) === 'revoked'));
}
