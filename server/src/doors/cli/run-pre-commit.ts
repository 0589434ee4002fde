import { distrusted, reviewStaged, type Stopped, stopped } from '../../host/gates/staged-gate.ts';
import { needsAnother, requestCommand } from '../reporters/remedy.ts';
import { plural, shortFingerprint } from '../reporters/review-report.ts';
import { printable } from '../reporters/terminal.ts';
import type { CommandContext, ExitStatus } from './command.ts';
import { listRows } from './list-rows.ts';

/**
 * Runs before a commit: 1 where something staged asks for this person, and nothing that would count is on record. What they have answered
 * for and somebody else must answer too is told and stops nothing: that somebody needs the commit to look at, and a verification fails
 * without them (test/doors/cli/two-people.test.ts).
 */
export async function runPreCommit(context: CommandContext): Promise<ExitStatus> {
  const log = (line: string): void => context.err.write(`brakeline: ${printable(line)}\n`);
  const staged = await reviewStaged(context.cwd, { readAsset: context.readAsset, env: context.env, log });
  if (staged === undefined) return 0;
  for (const message of distrusted(staged)) log(`verify will not count what is on record here: ${message}`);
  const open = stopped(staged);
  const others = open.filter(({ gap }) => gap !== undefined && needsAnother(gap));
  const own = open.filter((one) => !others.includes(one));
  if (own.length > 0) {
    tell(own, 'a person', context);
    const rejected = own.filter(({ gap }) => gap?.code === 'rejected').length;
    if (rejected > 0) context.err.write('  change what is rejected, or ask whoever rejected it to take that back\n');
    if (rejected < own.length) context.err.write('  look at it:          brakeline ack --staged && brakeline export\n');
    // Nothing that is put on record lifts a rejection.
    if (rejected < own.length) context.err.write('  or put it on record: brakeline override --staged && brakeline export\n');
  }
  if (others.length > 0) {
    tell(others, 'somebody else, which stops no commit', context);
    context.err.write(`  ask them by a file:  ${requestCommand({ staged: true })}\n`);
  }
  return own.length > 0 ? 1 : 0;
}

function tell(open: readonly Stopped[], whom: string, context: CommandContext): void {
  context.err.write(`brakeline: ${plural(open.length, 'finding')} of this commit ${open.length === 1 ? 'waits' : 'wait'} for ${whom}\n`);
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
