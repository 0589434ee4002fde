import type { TeamRule, TeamRules } from '../../../core/model/team-rule.ts';
import type { Rule } from '../../../core/rules/define.ts';
import { RULES } from '../../../core/rules/index.ts';
import { AppError } from '../../../host/app-error.ts';
import { readRulePages } from '../../../host/rule-pages.ts';
import type { ReviewRequest } from '../../../host/session.ts';
import { renderHunkMarkdown } from '../../reporters/markdown.ts';
import { standingOf } from '../../reporters/review-report.ts';
import { isTeamRule, renderPageText, renderRuleMarkdown, renderTeamRuleMarkdown } from '../../reporters/rule-page.ts';
import { renderChangeScore, renderHunkScore } from '../../reporters/score-factors.ts';
import { printable } from '../../reporters/terminal.ts';
import { detailsOf, renderHunk } from '../../reporters/text.ts';
import { choiceOption, textOption } from '../arguments.ts';
import type { Arguments, Command, CommandContext, ExitStatus } from '../command.ts';
import { findByFingerprint } from '../find-hunk.ts';
import { writeHung } from '../list-rows.ts';
import { openHere } from '../open-here.ts';
import { terminalOf } from '../output.ts';
import { reviewReport } from '../review-report-of.ts';

const FORMATS = ['text', 'markdown'] as const;

export const command: Command = {
  name: 'explain',
  operands: { usage: 'RULE|FINGERPRINT|list|score', least: 1, most: 1 },
  summary: 'say what a rule sees, why it matters, when it is fine and what it misses',
  verbs: [
    { usage: 'list', help: 'all rules, those of the team among them' },
    { usage: 'score', help: 'what the score of the whole change is made of' },
  ],
  options: {
    base: { type: 'string', value: 'REV', help: 'with a fingerprint or score: as in review' },
    head: { type: 'string', value: 'REV', help: 'with a fingerprint or score: as in review' },
    staged: { type: 'boolean', help: 'with a fingerprint or score: as in review' },
    format: { type: 'string', value: 'FORMAT', help: `one of ${FORMATS.join(', ')} (default: text)` },
  },
  details: ['A fingerprint, or the start of one, also shows the hunk it stands for and what its score is made of.'],
  run: explain,
};

async function explain(args: Arguments, context: CommandContext): Promise<ExitStatus> {
  const format = choiceOption(args, 'format', FORMATS, 'text');
  const name = args.positionals[0] ?? '';
  if (name === 'list') return list(context);
  const terminal = terminalOf(context.out, context.env);
  if (name === 'score') return changeScore(args, context);
  const known = await ruleNamed(name, context);
  const { rule, hunk } = known === undefined ? await lookUp(name, args, context) : { rule: known, hunk: undefined };
  const page = await pageOf(rule, context);
  if (format === 'markdown') context.out.write([...(hunk === undefined ? [] : [hunk.markdown]), page].join('\n'));
  else context.out.write([...(hunk === undefined ? [] : [hunk.text(terminal)]), renderPageText(page, terminal)].join('\n\n'));
  return 0;
}

/** What the score of the whole change is made of. */
async function changeScore(args: Arguments, context: CommandContext): Promise<ExitStatus> {
  const session = openHere(context);
  try {
    const { assessment } = await session.review(requestOf(args));
    context.out.write(`${renderChangeScore(assessment, terminalOf(context.out, context.env))}\n`);
    return 0;
  } finally {
    session.close();
  }
}

async function pageOf(rule: Rule | TeamRule, context: CommandContext): Promise<string> {
  if ('matcher' in rule) return renderTeamRuleMarkdown(rule);
  return renderRuleMarkdown(rule, (await readRulePages(context.readAsset)).get(rule.id));
}

/** The rules that ship, then those of the team, each with its file; a folder without a repository has none of its own. */
async function list(context: CommandContext): Promise<ExitStatus> {
  const { rules: own, blindSpots } = await teamRulesHere(context);
  const listed = [
    ...RULES.map(({ id, severity, title }) => ({ id, severity, about: title })),
    ...own.map(({ id, severity, message, path }) => ({ id, severity, about: `${message}  (team rule, ${path})` })),
  ];
  const width = Math.max(...listed.map(({ id }) => id.length));
  for (const { id, severity, about } of new Map(listed.map((one) => [`${one.id} ${one.about}`, one])).values())
    writeHung(context.out, context, `${id.padEnd(width)}  ${severity.padEnd(8)}  `, printable(about), 4);
  for (const { path, detail } of blindSpots)
    context.err.write(
      `brakeline: ${printable(`${path} was not read, so its rules are not listed${detail === undefined ? '' : `: ${detail}`}`)}\n`,
    );
  return 0;
}

async function teamRulesHere(context: CommandContext): Promise<TeamRules> {
  try {
    return await teamRules(context);
  } catch (error) {
    if (error instanceof AppError && ['not-a-repository', 'git-missing', 'no-commits'].includes(error.code))
      return { rules: [], blindSpots: [] };
    throw error;
  }
}

/** A rule by its id, or by its construct alone where only one family has it. Undefined where the name may be a fingerprint. */
async function ruleNamed(name: string, context: CommandContext): Promise<Rule | TeamRule | undefined> {
  const all = /^([a-z]+\/)?team-/.test(name) ? (await teamRules(context)).rules : RULES;
  const rules = all.filter((rule) => rule.id === name || rule.id.endsWith(`/${name}`));
  const ids = [...new Set(rules.map((rule) => rule.id))];
  if (ids.length === 1) return rules[0];
  if (ids.length > 1) throw new AppError('bad-usage', `expected one rule, found ${name}, which fits ${ids.join(' ')}`);
  if (/^[0-9a-fA-F]{4,64}$/.test(name)) return undefined;
  throw new AppError(
    'bad-usage',
    `expected a rule of \`brakeline explain list\` or 4 to 64 hex digits of a fingerprint, found ${JSON.stringify(name)}`,
  );
}

async function teamRules(context: CommandContext): Promise<TeamRules> {
  const session = openHere(context);
  try {
    return await session.teamRules();
  } finally {
    session.close();
  }
}

async function lookUp(prefix: string, args: Arguments, context: CommandContext) {
  const session = openHere(context);
  try {
    const report = reviewReport(await session.review(requestOf(args)));
    const { hunk, finding } = findByFingerprint(report.assessment.hunks, prefix);
    const all = isTeamRule(finding.rule) ? (await session.teamRules()).rules : RULES;
    const rule = all.find((one) => one.id === finding.rule);
    if (rule === undefined) throw new AppError('incomplete-installation', `expected the rule ${finding.rule}, found none`);
    const text = (terminal: Parameters<typeof renderHunk>[2]) =>
      [renderHunk(hunk, standingOf(report, hunk), terminal, detailsOf(report)), renderHunkScore(hunk, terminal)].join('\n');
    return { rule, hunk: { text, markdown: renderHunkMarkdown(hunk) } };
  } finally {
    session.close();
  }
}

function requestOf(args: Arguments): ReviewRequest {
  const [base, head] = [textOption(args, 'base'), textOption(args, 'head')];
  return {
    ...(base === undefined ? {} : { base }),
    ...(head === undefined ? {} : { head }),
    ...(args.options.staged === true ? { staged: true } : {}),
  };
}
