import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { AssessedHunk } from '../../../core/model/assessment.ts';
import { AppError } from '../../../host/app-error.ts';
import { runGit } from '../../../host/git/git.ts';
import { acknowledge } from '../../../host/sign-session.ts';
import { byRisk, shortFingerprint } from '../../reporters/review-report.ts';
import { cutTo, printable, proseColumns } from '../../reporters/terminal.ts';
import type { CommandContext } from '../command.ts';
import { openHere } from '../open-here.ts';
import { terminalOf } from '../output.ts';
import { signingPlace } from '../signing.ts';

/** What the demo's person says about each file; the same sentence for every hunk would not be a reason. */
const REASONS: Readonly<Record<string, string>> = {
  'src/checkout/checkout-service.ts': 'the gateway refuses a refund above what was paid, tried against its sandbox',
  'migrations/0003_close_refunded.sql': 'every order of the demo shop is a refunded one, counted before',
  'infra/database.tf': 'the database moves to another account tonight, snapshot taken',
  'ops/deploy.sh': 'the caller always passes the release to remove, checked in the pipeline',
};

/** Acknowledges every hunk for which the policy asks somebody, with the key of `context.env`. Gives the hunks. */
export async function acknowledgeAll(context: CommandContext): Promise<readonly AssessedHunk[]> {
  const session = openHere(context);
  const columns = proseColumns(terminalOf(context.out, context.env));
  try {
    const { assessment, policy, coverage } = await session.review();
    const asked = new Set(coverage.findings.filter((finding) => finding.required).map((finding) => finding.hunkId));
    const hunks = byRisk(assessment.hunks.filter((hunk) => asked.has(hunk.id)));
    for (const hunk of hunks) {
      const reason = REASONS[hunk.path] ?? `looked at ${hunk.path} line by line`;
      const confirmedDependents = [
        ...new Set(hunk.findings.flatMap((finding) => finding.related).map(({ path: file, line }) => `${file}:${line}`)),
      ];
      await acknowledge(signingPlace(session.repository, context), {
        hunk,
        assessment,
        policy,
        reason,
        confirmedDependents,
        channel: 'cli-tty',
      });
      for (const finding of hunk.findings)
        context.out.write(`  acknowledged ${shortFingerprint(finding.fingerprint)}  ${cutTo(printable(finding.message), columns - 29)}\n`);
      context.out.write(`    ${cutTo(`"${reason}"`, columns - 4)}\n`);
    }
    return hunks;
  } finally {
    session.close();
  }
}

/** Changes one byte of a line that was acknowledged, and puts it into the commit as if nothing had happened. */
export function tamper(dir: string): { readonly from: string; readonly to: string } {
  const file = path.join(dir, 'migrations/0003_close_refunded.sql');
  const [from, to] = ["'closed'", "'closes'"];
  const text = readFileSync(file, 'utf8');
  if (!text.includes(from)) throw new AppError('demo-failed', `expected ${from} in ${file}, found none`);
  writeFileSync(file, text.replace(from, to));
  runGit({ cwd: dir }, ['commit', '--quiet', '--no-verify', '--all', '--amend', '--no-edit']);
  return { from, to };
}
