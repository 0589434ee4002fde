import { SEVERITIES } from '../../../core/model/finding.ts';
import { AppError } from '../../../host/app-error.ts';
import type { Review, Session } from '../../../host/session.ts';
import { renderGitlab } from '../../reporters/gitlab.ts';
import { renderJson } from '../../reporters/json.ts';
import { renderMarkdown } from '../../reporters/markdown.ts';
import { leftOpen, type ReviewReport } from '../../reporters/review-report.ts';
import { renderSarif } from '../../reporters/sarif.ts';
import { renderSuppressions, renderSuppressionsJson } from '../../reporters/suppressions.ts';
import type { Terminal } from '../../reporters/terminal.ts';
import { renderText } from '../../reporters/text.ts';
import { badUsage, choiceOption, textOption } from '../arguments.ts';
import { type Arguments, type Command, type CommandContext, NO_OPERANDS } from '../command.ts';
import { openHere } from '../open-here.ts';
import { terminalOf } from '../output.ts';
import { patchedChange } from '../patched-change.ts';
import { withProgress } from '../progress.ts';
import { readInput } from '../read-input.ts';
import { reviewReport } from '../review-report-of.ts';
import { reviewRequest } from '../signing.ts';

const FORMATS = ['text', 'json', 'sarif', 'gitlab', 'markdown'] as const;
type Format = (typeof FORMATS)[number];

export const command: Command = {
  name: 'review',
  operands: NO_OPERANDS,
  summary: 'show the risky hunks of a change',
  options: {
    base: { type: 'string', value: 'REV', help: 'compare with this revision (default: HEAD)' },
    head: { type: 'string', value: 'REV', help: 'review this revision instead of the working tree; needs no checkout' },
    staged: { type: 'boolean', help: 'review what is staged instead of the working tree' },
    patch: { type: 'string', value: 'FILE', help: 'review a unified diff applied to the base; - reads standard input' },
    format: { type: 'string', value: 'FORMAT', help: `one of ${FORMATS.join(', ')} (default: text)` },
    'fail-on': { type: 'string', value: 'SEVERITY', help: 'exit 1 where an unacknowledged hunk is at least this severe (default: high)' },
    suppressions: { type: 'boolean', help: 'list every brakeline-ignore of the after side instead, and whether it is still needed' },
  },
  details: ['Exit status: 0 nothing left open, 1 something is, 2 the review could not run.'],
  run: review,
};

async function review(args: Arguments, context: CommandContext): ReturnType<Command['run']> {
  const format = choiceOption(args, 'format', FORMATS, 'text');
  const failOn = choiceOption(args, 'fail-on', SEVERITIES, 'high');
  const compare = wanted(args);
  if (args.options.suppressions === true) return suppressions(args, format, context);
  const session = openHere(context);
  try {
    const answer = await withProgress(context, 'comparing', () => compare(session, context));
    const report = reviewReport(answer);
    context.out.write(render(report, format, terminalOf(context.out, context.env)));
    return leftOpen(report, failOn).length > 0 ? 1 : 0;
  } finally {
    session.close();
  }
}

async function suppressions(args: Arguments, format: Format, context: CommandContext): ReturnType<Command['run']> {
  if (format !== 'text' && format !== 'json') throw badUsage('--format text|json with --suppressions', format);
  if (textOption(args, 'patch') !== undefined) throw new AppError('bad-usage', 'expected one of --patch --suppressions, found both');
  const session = openHere(context);
  try {
    const { tree, list } = await withProgress(context, 'looking', () => session.suppressions(reviewRequest(args)));
    context.out.write(
      format === 'json' ? renderSuppressionsJson(tree, list) : renderSuppressions(list, terminalOf(context.out, context.env)),
    );
    return 0;
  } finally {
    session.close();
  }
}

type Compare = (session: Session, context: CommandContext) => Promise<Review>;

/** What the options ask to compare. Two answers to one question are an error, not a silent choice. */
function wanted(args: Arguments): Compare {
  const [base, head, patch] = [textOption(args, 'base'), textOption(args, 'head'), textOption(args, 'patch')];
  const staged = args.options.staged === true;
  const sources = [...(head === undefined ? [] : ['--head']), ...(staged ? ['--staged'] : []), ...(patch === undefined ? [] : ['--patch'])];
  if (sources.length > 1) throw new AppError('bad-usage', `expected one of --head --staged --patch, found ${sources.join(' and ')}`);
  const from = base === undefined ? {} : { base };
  if (patch === undefined)
    return (session) => session.review({ ...from, ...(head === undefined ? {} : { head }), ...(staged ? { staged } : {}) });
  return async (session, context) => {
    const text = await readInput(patch, context);
    return session.reviewChange(patchedChange(session.repository, base ?? 'HEAD', text), from);
  };
}

function render(report: ReviewReport, format: Format, terminal: Terminal): string {
  switch (format) {
    case 'text':
      return renderText(report, terminal);
    case 'json':
      return renderJson(report);
    case 'sarif':
      return renderSarif(report);
    case 'gitlab':
      return renderGitlab(report);
    case 'markdown':
      return renderMarkdown(report);
  }
}
