import type { Rule } from '../../../core/rules/define.ts';
import { RULES } from '../../../core/rules/index.ts';
import { AppError } from '../../../host/app-error.ts';
import { readRulePages } from '../../../host/rule-pages.ts';
import { renderHunkMarkdown } from '../../reporters/markdown.ts';
import { standingOf } from '../../reporters/review-report.ts';
import { renderRuleMarkdown, renderRuleText } from '../../reporters/rule-page.ts';
import { renderHunk } from '../../reporters/text.ts';
import { choiceOption, textOption } from '../arguments.ts';
import type { Arguments, Command, CommandContext, ExitStatus } from '../command.ts';
import { findByFingerprint } from '../find-hunk.ts';
import { openHere } from '../open-here.ts';
import { terminalOf } from '../output.ts';
import { reviewReport } from '../review-report-of.ts';

const FORMATS = ['text', 'markdown'] as const;

export const command: Command = {
  name: 'explain',
  operands: { usage: 'RULE|FINGERPRINT', least: 1, most: 1 },
  summary: 'say what a rule sees, why it matters, when it is fine and what it misses',
  options: {
    base: { type: 'string', value: 'REV', help: 'with a fingerprint: as in review' },
    head: { type: 'string', value: 'REV', help: 'with a fingerprint: as in review' },
    staged: { type: 'boolean', help: 'with a fingerprint: as in review' },
    format: { type: 'string', value: 'FORMAT', help: `one of ${FORMATS.join(', ')} (default: text)` },
  },
  details: ['A fingerprint, or the start of one, also shows the hunk it stands for.', `Rules: brakeline explain list`],
  run: explain,
};

async function explain(args: Arguments, context: CommandContext): Promise<ExitStatus> {
  const format = choiceOption(args, 'format', FORMATS, 'text');
  const name = args.positionals[0] ?? '';
  if (name === 'list') return list(context);
  const terminal = terminalOf(context.out, context.env);
  const known = ruleNamed(name);
  const { rule, hunk } = known === undefined ? await lookUp(name, args, context) : { rule: known, hunk: undefined };
  const page = (await readRulePages(context.readAsset)).get(rule.id);
  if (format === 'markdown') context.out.write([...(hunk === undefined ? [] : [hunk.markdown]), renderRuleMarkdown(rule, page)].join('\n'));
  else context.out.write([...(hunk === undefined ? [] : [hunk.text(terminal)]), renderRuleText(rule, page, terminal)].join('\n\n'));
  return 0;
}

function list(context: CommandContext): ExitStatus {
  const width = Math.max(...RULES.map((rule) => rule.id.length));
  for (const rule of RULES) context.out.write(`${rule.id.padEnd(width)}  ${rule.severity.padEnd(8)}  ${rule.title}\n`);
  return 0;
}

/** A rule by its id, or by its construct alone where only one family has it. Undefined where the name may be a fingerprint. */
function ruleNamed(name: string): Rule | undefined {
  const rules = RULES.filter((rule) => rule.id === name || rule.id.endsWith(`/${name}`));
  if (rules.length === 1) return rules[0];
  if (rules.length > 1)
    throw new AppError('bad-usage', `expected one rule, found ${name}, which fits ${rules.map((rule) => rule.id).join(' ')}`);
  if (/^[0-9a-fA-F]{4,64}$/.test(name)) return undefined;
  throw new AppError(
    'bad-usage',
    `expected a rule of \`brakeline explain list\` or 4 to 64 hex digits of a fingerprint, found ${JSON.stringify(name)}`,
  );
}

async function lookUp(prefix: string, args: Arguments, context: CommandContext) {
  const [base, head] = [textOption(args, 'base'), textOption(args, 'head')];
  const session = openHere(context);
  try {
    const request = {
      ...(base === undefined ? {} : { base }),
      ...(head === undefined ? {} : { head }),
      ...(args.options.staged === true ? { staged: true } : {}),
    };
    const report = reviewReport(await session.review(request));
    const { hunk, finding } = findByFingerprint(report.assessment.hunks, prefix);
    const rule = RULES.find((one) => one.id === finding.rule);
    if (rule === undefined) throw new AppError('incomplete-installation', `expected the rule ${finding.rule}, found none`);
    const text = (terminal: Parameters<typeof renderHunk>[2]) => renderHunk(hunk, standingOf(report, hunk), terminal, report.touched);
    return { rule, hunk: { text, markdown: renderHunkMarkdown(hunk) } };
  } finally {
    session.close();
  }
}
