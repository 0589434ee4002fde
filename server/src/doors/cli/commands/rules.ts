import { checkTeamRules, type FixtureResult, type RulesReport } from '../../../host/team-rules/check-rules.ts';
import { plural } from '../../reporters/review-report.ts';
import { paint, printable, type Terminal } from '../../reporters/terminal.ts';
import { badUsage } from '../arguments.ts';
import type { Arguments, Command, CommandContext, ExitStatus } from '../command.ts';
import { openHere } from '../open-here.ts';
import { terminalOf } from '../output.ts';
import { withProgress } from '../progress.ts';

export const command: Command = {
  name: 'rules',
  operands: { usage: 'check', least: 1, most: 1 },
  summary: "read the team's rules and try their fixtures",
  verbs: [{ usage: 'check', help: 'read every rule file, and try every fixture beside them' }],
  options: {},
  details: [
    'Rules are .brakeline/rules/*.yaml of the working tree, fixtures .brakeline/rules/tests/*.diff: docs/team-rules.md says how both are written.',
    'Exit status: 0 every file was read and every fixture holds, 1 one does not, 2 the run itself failed.',
  ],
  run: rules,
};

async function rules(args: Arguments, context: CommandContext): Promise<ExitStatus> {
  const verb = args.positionals[0] ?? '';
  if (verb !== 'check') throw badUsage('check after `rules`', verb);
  const session = openHere(context);
  try {
    const tree = session.repository.worktreeChange().after;
    const report = await withProgress(context, 'trying fixtures', () => checkTeamRules(tree, context.readAsset));
    context.out.write(renderRulesReport(report, terminalOf(context.out, context.env)));
    return report.errors.length > 0 || report.fixtures.some(isBroken) ? 1 : 0;
  } finally {
    session.close();
  }
}

function isBroken({ missed, surplus, problem }: FixtureResult): boolean {
  return missed.length > 0 || surplus.length > 0 || problem !== undefined;
}

function renderRulesReport({ rules: all, errors, fixtures, untried }: RulesReport, terminal: Terminal): string {
  const broken = fixtures.filter(isBroken);
  const lines = [
    ...errors.map(({ path, line, message }) => `${paint(terminal, 'high', 'not read')}  ${printable(`${path}:${line}: ${message}`)}`),
    ...broken.flatMap(({ path, missed, surplus, problem }) => [
      `${paint(terminal, 'high', 'fails')}  ${printable(path)}${problem === undefined ? '' : `: ${printable(problem)}`}`,
      ...drawn('expected, and not found', missed),
      ...drawn('found, and not expected', surplus),
    ]),
    ...untried.map((rule) => `${paint(terminal, 'medium', 'untried')}  ${printable(rule.path)}: no fixture expects ${rule.id}`),
    `${plural(all.length, 'rule')}, ${plural(fixtures.length, 'fixture')}: ${summary(errors.length, broken.length)}`,
  ];
  return `${lines.join('\n')}\n`;
}

function drawn(what: string, pictures: readonly string[]): readonly string[] {
  if (pictures.length === 0) return [];
  return [`  ${what}:`, ...pictures.flatMap((picture) => picture.split('\n').map((line) => `    ${printable(line)}`))];
}

function summary(errors: number, broken: number): string {
  const parts = [
    ...(errors > 0 ? [`${plural(errors, 'error')} in rule files`] : []),
    ...(broken > 0 ? [`${plural(broken, 'fixture')} failing`] : []),
  ];
  return parts.length === 0 ? 'all as expected' : parts.join(', ');
}
