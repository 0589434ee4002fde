import { leftOpen, reviewStaged } from '../../host/gates/staged-gate.ts';
import { plural, shortFingerprint } from '../reporters/review-report.ts';
import { printable } from '../reporters/terminal.ts';
import type { CommandContext, ExitStatus } from './command.ts';
import { listRows } from './list-rows.ts';

/** Runs before a commit: 1 where something staged asks for a person, and nothing is on record. */
export async function runPreCommit(context: CommandContext): Promise<ExitStatus> {
  const log = (line: string): void => context.err.write(`brakeline: ${printable(line)}\n`);
  const staged = await reviewStaged(context.cwd, { readAsset: context.readAsset, env: context.env, log });
  if (staged === undefined) return 0;
  const open = leftOpen(staged.assessment, staged.coverage);
  if (open.length === 0) return 0;
  context.err.write(`brakeline: ${plural(open.length, 'finding')} of this commit wait${open.length === 1 ? 's' : ''} for a person\n`);
  listRows(
    open.map(({ path: file, finding }) => [shortFingerprint(finding.fingerprint), finding.severity, file, finding.message]),
    context,
  );
  context.err.write('  look at it:          brakeline ack --staged && brakeline export\n');
  context.err.write('  or put it on record: brakeline override --staged && brakeline export\n');
  return 1;
}
