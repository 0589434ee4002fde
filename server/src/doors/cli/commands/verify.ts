import path from 'node:path';
import { readBundle } from '../../../host/carriers/read-bundle.ts';
import { chooseVerifyBase, type VerifyBase } from '../../../host/verify-base.ts';
import { withRange } from '../../reporters/remedy.ts';
import { renderVerificationJson } from '../../reporters/verification.ts';
import { renderVerificationMarkdown, renderVerificationText } from '../../reporters/verification-text.ts';
import { choiceOption, textOption } from '../arguments.ts';
import { baseFiles } from '../base-files.ts';
import { type Arguments, type Command, type CommandContext, type ExitStatus, NO_OPERANDS } from '../command.ts';
import { openHere } from '../open-here.ts';
import { terminalOf } from '../output.ts';
import { withProgress } from '../progress.ts';

const FORMATS = ['text', 'json', 'markdown'] as const;

export const command: Command = {
  name: 'verify',
  operands: NO_OPERANDS,
  summary: 'recompute a range of commits and list every hunk that nobody answers for',
  options: {
    base: { type: 'string', value: 'REV', help: 'what the change is merged into (default: the target of CI, else the upstream branch)' },
    head: { type: 'string', value: 'REV', help: 'what is merged (default: HEAD)' },
    bundle: { type: 'string', value: 'FILE', help: 'further acknowledgements; - reads standard input' },
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
  const session = openHere(context);
  try {
    const chosen = chooseVerifyBase(session.repository, context.env, textOption(args, 'base'));
    const headOid = session.repository.resolveCommit(head);
    if (chosen.reason !== undefined) context.err.write(`brakeline: ${baseText(chosen, head, headOid)}\n`);
    const bundles = bundle === undefined ? [] : [await bundleText(bundle, context)];
    const result = await withProgress(context, 'verifying', () => session.verify({ base: chosen.revision, head, bundles }));
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
    if (format === 'json') context.out.write(renderVerificationJson(report));
    else if (format === 'markdown') context.out.write(renderVerificationMarkdown(report));
    else context.out.write(renderVerificationText(report, terminalOf(context.out, context.env)));
    return result.passed ? 0 : 1;
  } finally {
    session.close();
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
