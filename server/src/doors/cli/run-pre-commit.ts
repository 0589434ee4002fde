import path from 'node:path';
import { distrusted, reviewStaged, type Stopped, stopped } from '../../host/gates/staged-gate.ts';
import { BLIND_REASONS } from '../reporters/blind-reasons.ts';
import { needsAnother, requestCommand, shellWord } from '../reporters/remedy.ts';
import { plural, shortFingerprint } from '../reporters/review-report.ts';
import { printable } from '../reporters/terminal.ts';
import type { CommandContext, ExitStatus } from './command.ts';
import { listRows, writeHung } from './list-rows.ts';

/**
 * Runs before a commit: 1 where something staged asks for this person, and nothing that would count is on record. What they have answered
 * for and somebody else must answer too is told and stops nothing: that somebody needs the commit to look at, and a verification fails
 * without them (test/doors/cli/two-people.test.ts). So is a file that the change made unreadable.
 */
export async function runPreCommit(context: CommandContext): Promise<ExitStatus> {
  const log = (line: string): void => writeHung(context.err, context, 'brakeline: ', printable(line), 2);
  const staged = await reviewStaged(context.cwd, { readAsset: context.readAsset, env: context.env, log });
  if (staged === undefined) return 0;
  for (const message of distrusted(staged)) log(`verify will not count what is on record here: ${message}`);
  for (const { path: file, reason } of staged.hidden) log(`${file} was not analysed, and verify fails for it: ${BLIND_REASONS[reason]}`);
  const open = stopped(staged);
  const others = open.filter(({ gap, asksOwn }) => gap !== undefined && needsAnother(gap) && !asksOwn);
  const own = open.filter((one) => !others.includes(one));
  if (own.length > 0) {
    tell(own, 'a person', context);
    const rejected = own.filter(({ gap }) => gap?.code === 'rejected').length;
    if (rejected > 0) writeHung(context.err, context, '  ', 'change what is rejected, or ask whoever rejected it to take that back', 2);
    // Nothing that is put on record lifts a rejection.
    if (rejected < own.length) {
      const first = stagingFirst(context, own);
      context.err.write(`  look at it:          ${first}brakeline ack --staged && brakeline export\n`);
      context.err.write(`  or put it on record: ${first}brakeline override --staged && brakeline export\n`);
    }
  }
  if (others.length > 0) {
    tell(others, 'somebody else, which stops no commit', context);
    context.err.write(`  ask them by a file:  ${requestCommand({ staged: true })}\n`);
  }
  return own.length > 0 ? 1 : 0;
}

/**
 * `git commit --all` and `git commit FILE` make an index of their own and take it away where the hook stops them: then nothing of what was
 * looked at is staged, and has to be before a command finds it (test/doors/cli/pre-commit.test.ts). Git names that index to the hook.
 */
function stagingFirst({ env }: CommandContext, open: readonly Stopped[]): string {
  const index = path.basename(env.GIT_INDEX_FILE ?? '');
  if (index === 'index.lock') return 'git add --update && ';
  if (!index.endsWith('.lock')) return '';
  const paths = [...new Set(open.map((one) => one.path))];
  return `git add -- ${paths.map((one) => shellWord(`:/${printable(one)}`)).join(' ')} && `;
}

function tell(open: readonly Stopped[], whom: string, context: CommandContext): void {
  const heading = `${plural(open.length, 'finding')} of this commit ${open.length === 1 ? 'waits' : 'wait'} for ${whom}`;
  writeHung(context.err, context, 'brakeline: ', heading, 2);
  listRows(
    open.map(({ path: file, finding, gap }) => [
      shortFingerprint(finding.fingerprint),
      finding.severity,
      file,
      ...(gap === undefined ? [finding.message] : [gap.code, gap.message]),
    ]),
    context,
  );
}
