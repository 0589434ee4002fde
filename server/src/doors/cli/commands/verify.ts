import path from 'node:path';
import { readBundle } from '../../../host/carriers/read-bundle.ts';
import { describeSource } from '../../../host/describe-source.ts';
import type { Session } from '../../../host/session.ts';
import { chooseVerifyBase, type VerifyBase } from '../../../host/verify-base.ts';
import { withRange } from '../../reporters/remedy.ts';
import { plural } from '../../reporters/review-report.ts';
import { renderVerificationJson, type VerificationReport } from '../../reporters/verification.ts';
import { renderVerificationGithub } from '../../reporters/verification-github.ts';
import { renderVerificationGitlab } from '../../reporters/verification-gitlab.ts';
import { renderVerificationSarif } from '../../reporters/verification-sarif.ts';
import { renderVerificationMarkdown, renderVerificationText } from '../../reporters/verification-text.ts';
import { renderVerdict } from '../../reporters/verification-verdict.ts';
import { choiceOption, textOption } from '../arguments.ts';
import { baseFiles } from '../base-files.ts';
import { type Arguments, type Command, type CommandContext, type ExitStatus, NO_OPERANDS } from '../command.ts';
import { openHere } from '../open-here.ts';
import { terminalOf } from '../output.ts';
import { withProgress } from '../progress.ts';
import { writeReports } from '../write-reports.ts';

const FORMATS = ['text', 'json', 'sarif', 'gitlab', 'github', 'markdown', 'svr', 'vsa'] as const;

export const command: Command = {
  name: 'verify',
  operands: NO_OPERANDS,
  summary: 'recompute a range of commits and list every hunk that nobody answers for',
  options: {
    base: { type: 'string', value: 'REV', help: 'what the change is merged into (default: the target of CI, else the upstream branch)' },
    head: { type: 'string', value: 'REV', help: 'what is merged (default: HEAD)' },
    bundle: { type: 'string', value: 'FILE', help: 'further acknowledgements; - reads standard input' },
    reports: { type: 'string', value: 'DIR', help: 'also write the verdict in every format into this folder' },
    target: { type: 'string', value: 'BRANCH', help: 'the branch that the change goes into, where the name of the base does not tell' },
    opener: { type: 'string', value: 'ID', help: 'who asked for the merge, as the policy names them (github:123): counts as an author' },
    'allow-overridden': { type: 'boolean', help: 'exit with 0 where every gap left is a recorded override; they are still shown' },
    format: { type: 'string', value: 'FORMAT', help: `one of ${FORMATS.join(', ')} (default: text)` },
  },
  details: [
    'Policy, signers and rules come from the base; the head may only make them stricter.',
    'A remedy that it prints is a command line: it acknowledges, exports and commits on top of the range.',
    'Exit status: 0 PASS, 1 FAIL, 2 the verification could not run.',
  ],
  run: verify,
};

async function verify(args: Arguments, context: CommandContext): Promise<ExitStatus> {
  const format = choiceOption(args, 'format', FORMATS, 'text');
  const named = textOption(args, 'head');
  const head = named ?? 'HEAD';
  const bundle = textOption(args, 'bundle');
  const opener = textOption(args, 'opener');
  const target = textOption(args, 'target') ?? targetOfCi(context.env);
  const reports = textOption(args, 'reports');
  const session = openHere(context);
  try {
    const chosen = chooseVerifyBase(session.repository, context.env, textOption(args, 'base'));
    const headOid = session.repository.resolveCommit(head);
    if (chosen.reason !== undefined) context.err.write(`brakeline: ${baseText(chosen, head, headOid)}\n`);
    const bundles = bundle === undefined ? [] : [await bundleText(bundle, context)];
    const result = await withProgress(context, 'verifying', () =>
      session.verify({
        base: chosen.revision,
        head,
        bundles,
        ...(opener === undefined ? {} : { opener }),
        ...(target === undefined ? {} : { target }),
      }),
    );
    const isEmpty = session.repository.commitChange(chosen.revision, head).touched.length === 0;
    const report = {
      result: withRange(
        result,
        { base: chosen.revision, ...(named === undefined ? {} : { head: named }) },
        baseFiles(session, chosen.revision),
      ),
      base: chosen.oid,
      head: headOid,
      ...(isEmpty ? { nothingBetween: { base: chosen.revision, head } } : {}),
    };
    if (reports !== undefined) writeReports(path.resolve(context.cwd, reports), (each) => render(report, each, session, context));
    context.out.write(render(report, format, session, context));
    if (result.passed) return 0;
    if (args.options['allow-overridden'] !== true || result.gaps.some(({ code }) => code !== 'overridden')) return 1;
    context.err.write(
      `brakeline: ${plural(result.gaps.length, 'finding')} shipped unreviewed by a recorded override: exit status 0 by --allow-overridden\n`,
    );
    return 0;
  } finally {
    session.close();
  }
}

/** The branch that a pull or merge request is for. */
function targetOfCi(env: CommandContext['env']): string | undefined {
  return env.GITHUB_BASE_REF || env.CI_MERGE_REQUEST_TARGET_BRANCH_NAME || undefined;
}

function render(report: VerificationReport, format: (typeof FORMATS)[number], session: Session, context: CommandContext): string {
  switch (format) {
    case 'svr':
    case 'vsa':
      return renderVerdict(report, format, {
        ...describeSource(session.repository, report, context.env),
        verifiedAt: new Date().toISOString(),
      });
    case 'json':
      return renderVerificationJson(report);
    case 'sarif':
      return renderVerificationSarif(report);
    case 'gitlab':
      return renderVerificationGitlab(report);
    case 'github':
      return renderVerificationGithub(report);
    case 'markdown':
      return renderVerificationMarkdown(report);
    case 'text':
      return renderVerificationText(report, terminalOf(context.out, context.env));
  }
}

/** Which base was chosen. One that is the head itself leaves nothing to verify: most likely the branch was pushed already. */
function baseText({ revision, oid, reason }: VerifyBase, head: string, headOid: string): string {
  const chosen = `base ${revision}, ${reason}`;
  return oid === headOid ? `${chosen}, is ${head} itself: --base names what the change is merged into` : chosen;
}

async function bundleText(file: string, context: CommandContext): Promise<string> {
  const source =
    file === '-' ? { kind: 'stream' as const, stream: context.input } : { kind: 'file' as const, path: path.resolve(context.cwd, file) };
  const { lines, warnings } = await readBundle(source);
  for (const warning of warnings) context.err.write(`brakeline: ${warning}\n`);
  return lines.join('\n');
}
