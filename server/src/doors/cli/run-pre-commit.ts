import { distrusted, reviewStaged, stopped } from '../../host/gates/staged-gate.ts';
import { needsAnother, requestCommand } from '../reporters/remedy.ts';
import { plural, shortFingerprint } from '../reporters/review-report.ts';
import { printable } from '../reporters/terminal.ts';
import type { CommandContext, ExitStatus } from './command.ts';
import { listRows } from './list-rows.ts';

/** Runs before a commit: 1 where something staged asks for a person, and nothing that would count is on record. */
export async function runPreCommit(context: CommandContext): Promise<ExitStatus> {
  const log = (line: string): void => context.err.write(`brakeline: ${printable(line)}\n`);
  const staged = await reviewStaged(context.cwd, { readAsset: context.readAsset, env: context.env, log });
  if (staged === undefined) return 0;
  for (const message of distrusted(staged)) log(`verify will not count what is on record here: ${message}`);
  const open = stopped(staged);
  if (open.length === 0) return 0;
  context.err.write(`brakeline: ${plural(open.length, 'finding')} of this commit wait${open.length === 1 ? 's' : ''} for a person\n`);
  listRows(
    open.map(({ path: file, finding, gap }) => [
      shortFingerprint(finding.fingerprint),
      finding.severity,
      file,
      ...(gap === undefined ? [finding.message] : [gap.code, gap.message]),
    ]),
    context,
  );
  // Where the ledger has what will not do, another look by the same person changes nothing.
  const another = open.filter(({ gap }) => gap !== undefined && needsAnother(gap)).length;
  const rejected = open.filter(({ gap }) => gap?.code === 'rejected').length;
  if (rejected > 0) context.err.write('  change what is rejected, or ask whoever rejected it to take that back\n');
  if (another + rejected < open.length) context.err.write('  look at it:          brakeline ack --staged && brakeline export\n');
  if (another > 0) context.err.write(`  ask somebody else:   ${requestCommand({ staged: true })}\n`);
  context.err.write('  or put it on record: brakeline override --staged && brakeline export\n');
  return 1;
}
