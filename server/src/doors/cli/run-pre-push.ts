import { openRecord } from '../../core/attest/records.ts';
import type { Gap } from '../../core/model/result.ts';
import { hiddenGap } from '../../core/verify/verify.ts';
import { AppError } from '../../host/app-error.ts';
import {
  commitsBetween,
  commitsTaken,
  isBranchUpdate,
  isOfUnknownKind,
  type PushBase,
  type PushedRef,
  parsePushedRefs,
  pushBase,
} from '../../host/gates/push-range.ts';
import { shownRemote } from '../../host/gates/push-remote.ts';
import { hiddenFiles } from '../../host/hidden-files.ts';
import { readLedger } from '../../host/ledger/ledger.ts';
import type { Session } from '../../host/session.ts';
import { rangeOptions } from '../reporters/remedy.ts';
import { plural, shortFingerprint } from '../reporters/review-report.ts';
import { printable } from '../reporters/terminal.ts';
import { baseFiles } from './base-files.ts';
import type { CommandContext, ExitStatus } from './command.ts';
import { listRows, writeHung } from './list-rows.ts';
import { openHere } from './open-here.ts';

/**
 * Runs before a push: what CI would say of each branch, as far as this clone knows; 1 where a branch has a gap. What this person has
 * answered for and somebody else must answer too, or has rejected, stops no branch on its way to be looked at, but the one that it would be
 * merged into
 * (test/doors/cli/two-people.test.ts).
 */
export async function runPrePush(remote: PushedRemote, refs: readonly PushedRef[], context: CommandContext): Promise<ExitStatus> {
  const session = openHere(context);
  try {
    let failed = false;
    for (const { remoteRef } of refs.filter(isOfUnknownKind))
      context.err.write(`brakeline: ${printable(remoteRef)} not verified: it is neither a branch nor on its way to one\n`);
    for (const ref of refs.filter(isBranchUpdate)) failed = !(await verifyPush(session, remote, ref, context)) || failed;
    return failed ? 1 : 0;
  } finally {
    session.close();
  }
}

/** As git names it to the hook: by its name, or by its address where it has none. */
interface PushedRemote {
  readonly name: string;
  readonly url: string | undefined;
}

/** The refs of a push: git's lines, or what the pre-commit framework says in variables instead. */
export async function readPushedRefs(context: CommandContext): Promise<readonly PushedRef[]> {
  const { PRE_COMMIT_TO_REF: localOid, PRE_COMMIT_FROM_REF: remoteOid, PRE_COMMIT_REMOTE_BRANCH: remoteRef } = context.env;
  if (localOid !== undefined && remoteRef !== undefined)
    return [
      { localRef: context.env.PRE_COMMIT_LOCAL_BRANCH ?? '', localOid, remoteRef, remoteOid: remoteOid ?? '0'.repeat(localOid.length) },
    ];
  if (context.input.isTTY === true) throw new AppError('bad-usage', 'expected the lines that git gives a pre-push hook, found a terminal');
  const chunks: Buffer[] = [];
  for await (const chunk of context.input) chunks.push(Buffer.from(chunk));
  const text = Buffer.concat(chunks).toString('utf8');
  const refs = parsePushedRefs(text);
  const unread = text.split('\n').filter((line) => line.trim() !== '').length - refs.length;
  if (unread > 0)
    context.err.write(`brakeline: ${plural(unread, 'ref')} not verified: git said something else than two refs and their objects\n`);
  return refs;
}

async function verifyPush(session: Session, { name: given, url }: PushedRemote, ref: PushedRef, context: CommandContext): Promise<boolean> {
  const remote = shownRemote(given);
  const place = { cwd: session.repository.root ?? session.repository.gitDir };
  const name = printable(ref.remoteRef.replace(/^refs\/heads\//, ''));
  const base = pushBase(place, given, ref, url);
  if (base === undefined) {
    context.err.write(`brakeline: ${name} not verified: nothing of ${printable(remote)} is here to compare it with\n`);
    return true;
  }
  // A verification of what is new does not see what is gone: a guard goes with the commit that brought it.
  const taken = base.isBefore || base.unsure !== undefined ? 0 : commitsTaken(place, ref);
  if (taken === undefined) {
    const what = `${name} has commits at ${printable(remote)} that were not fetched: what they guard would be lost`;
    writeHung(context.err, context, 'brakeline: ', what, 2);
    context.err.write('  fetch them first:   git fetch\n');
    context.err.write('  where it is meant:  git push --force-with-lease --no-verify\n');
    return false;
  }
  if (taken > 0) {
    writeHung(
      context.err,
      context,
      'brakeline: ',
      `${name} would lose ${plural(taken, 'commit')} that ${printable(remote)} has, and what they guard`,
      2,
    );
    context.err.write(`  see them:           git log --oneline ${ref.localOid.slice(0, 12)}..${ref.remoteOid.slice(0, 12)}\n`);
    context.err.write('  where it is meant:  git push --force-with-lease --no-verify\n');
    return false;
  }
  if (commitsBetween(place, base.oid, ref.localOid) === 0) return true;
  const { gaps, whose } = await gapsOf(session, base, ref.localOid);
  const isOthers = (gap: Gap): boolean => base.isBefore && isForOthers(gap);
  const overridden = gaps.filter(({ code }) => code === 'overridden');
  const others = gaps.filter(isOthers);
  const open = gaps.filter((gap) => gap.code !== 'overridden' && !isOthers(gap));
  const tell = (what: string, list: readonly Gap[], says: (gap: Gap) => string): void => {
    writeHung(context.err, context, 'brakeline: ', `${name} ${what}`, 2);
    listRows(
      list.map((gap) => [shortFingerprint(gap.fingerprint) || '-', gap.code, `${gap.path}:${gap.line}`, says(gap)]),
      context,
    );
  };
  const options = rangeOptions({ base: base.oid.slice(0, 12), head: ref.localOid.slice(0, 12) });
  if (overridden.length > 0)
    tell(`ships ${plural(overridden.length, 'finding')} unreviewed, on record`, overridden, ({ message }) => message);
  if (others.length > 0)
    tell(`has ${plural(others.length, 'finding')} for somebody else to answer, which stops no push`, others, ({ message }) => message);
  if (open.length === 0) return true;
  tell(`has ${plural(open.length, 'gap')} ${whose}, against ${printable(base.reason)}`, open, ({ finding, message }) => finding ?? message);
  const unsent = await answeredHere(session, base.oid, ref.localOid, open);
  if (unsent > 0) {
    const which = unsent === open.length ? '' : `${unsent} of them: `;
    context.err.write(`  answered for here, and not exported: ${which}brakeline export${options} && git commit\n`);
  }
  context.err.write(`  see what closes each: brakeline verify${options}\n`);
  if (base.unsure !== undefined && open.every(isForOthers))
    context.err.write(`  it may pass once it is known here that it is not the default branch: ${printable(base.unsure)}\n`);
  // Nothing that is put on record lifts a rejection.
  if (open.some(({ code }) => code !== 'rejected')) context.err.write(`  or put it on record:  brakeline override${options} && git push\n`);
  return false;
}

/**
 * What a verification of the range leaves open. Overrides of the ledger count before they were exported, because whoever is in a
 * hurry pushes first. Where the base trusts no key yet a verification could only fail, so the person's own ledger is asked.
 */
async function gapsOf(
  session: Session,
  { oid: base, target }: PushBase,
  head: string,
): Promise<{ readonly gaps: readonly Gap[]; readonly whose: string }> {
  if (!baseFiles(session, base).hasSigners) {
    const { change, coverage } = await session.review({ base, head });
    return { gaps: [...coverage.gaps, ...hiddenFiles(change).map(hiddenGap)], whose: 'by your own ledger (the base trusts no key yet)' };
  }
  const { lines } = await readLedger(session.repository.commonDir);
  const bundles = [lines.filter(isOverride).join('\n')];
  return { gaps: (await session.verify({ base, head, bundles, target })).gaps, whose: 'as CI will see it' };
}

/** How many of the gaps nobody of the branch's carriers answers for, and this person's ledger does. */
async function answeredHere(session: Session, base: string, head: string, gaps: readonly Gap[]): Promise<number> {
  const uncovered = gaps.filter(({ code }) => code === 'uncovered' || code === 'stale');
  if (uncovered.length === 0) return 0;
  const { coverage } = await session.review({ base, head });
  const answered = new Set(coverage.findings.filter(({ counted }) => counted.length > 0).map(({ fingerprint }) => fingerprint));
  return uncovered.filter((gap) => answered.has(gap.fingerprint) && !isForOthers(gap)).length;
}

function isOverride(line: string): boolean {
  const opened = openRecord(line);
  return opened.kind === 'record' && opened.record.acknowledgement.decision === 'overridden';
}

/** A gap that whoever pushes has done their part of, as the carriers of the branch show: it was answered, or refused, by somebody. */
function isForOthers({ code, message }: Gap): boolean {
  const isHalf = code === 'uncovered' && /^expected acknowledgements of \d+ people\b.*, found (?!none)/.test(message);
  return isHalf || code === 'self-approval' || code === 'wrong-role' || code === 'rejected';
}
