import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../../host/app-error.ts';
import type { Session } from '../../../host/session.ts';
import { type LearnedRule, learnRule } from '../../../host/team-rules/learn-rule.ts';
import { plural } from '../../reporters/review-report.ts';
import { fold, paint, printable, proseColumns, type Terminal } from '../../reporters/terminal.ts';
import { textOption } from '../arguments.ts';
import type { Arguments, Command, CommandContext, ExitStatus } from '../command.ts';
import { findLesson } from '../find-lesson.ts';
import { openHere } from '../open-here.ts';
import { terminalOf } from '../output.ts';
import { withProgress } from '../progress.ts';

export const command: Command = {
  name: 'learn',
  operands: { usage: 'FINGERPRINT|RANGE', least: 1, most: 2 },
  summary: 'write a rule of your own, with a fixture, from a hunk that caused an incident',
  options: {
    base: { type: 'string', value: 'REV', help: 'as in review' },
    head: { type: 'string', value: 'REV', help: 'as in review' },
    staged: { type: 'boolean', help: 'as in review' },
    removed: { type: 'boolean', help: 'the lines of a range are those of the old file: learn what was taken out' },
    id: { type: 'string', value: 'NAME', help: 'name of the rule, as `no-bare-delete` (default: the words that it keeps)' },
  },
  details: [
    'RANGE is PATH:LINE-LINE, lines of the new file, or REV..REV -- PATH.',
    'Writes .brakeline/rules/NAME.yaml and .brakeline/rules/tests/NAME.diff, and tries both first: the rule flags the very hunk. Never overwrites.',
  ],
  run: learn,
};

async function learn(args: Arguments, context: CommandContext): Promise<ExitStatus> {
  const session = openHere(context);
  try {
    const root = rootOf(session);
    const learned = await withProgress(context, 'learning', async () =>
      learnRule(await findLesson(args, session), {
        id: textOption(args, 'id'),
        isTaken: (file) => existsSync(path.join(root, file)),
        readAsset: context.readAsset,
      }),
    );
    for (const { path: file, text } of [learned.ruleFile, learned.fixture]) await writeNew(path.join(root, file), text);
    context.out.write(renderLearned(learned, terminalOf(context.out, context.env)));
    return 0;
  } finally {
    session.close();
  }
}

function rootOf({ repository }: Session): string {
  if (repository.root === undefined)
    throw new AppError('no-working-tree', `expected a working tree, found the bare repository ${repository.gitDir}`);
  return repository.root;
}

/** Fails where the file is there, whoever made it meanwhile. */
async function writeNew(file: string, text: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, text, { flag: 'wx' });
}

/** Where it stands, the pattern, what it matches and what it was tried on: each once. */
function renderLearned({ rule, ruleFile, fixture, shown, matches, misses, line, alike }: LearnedRule, terminal: Terminal): string {
  const [first = '', ...more] = shown.split('\n');
  const quiet =
    alike === 0
      ? 'and nothing in the file without it'
      : `and fits ${plural(alike, 'other place')} in that file, which ${alike === 1 ? 'is' : 'are'} flagged when changed: narrow the rule`;
  const where = placeOf(fixture.text);
  return [
    `wrote ${printable(ruleFile.path)}`,
    `wrote ${printable(fixture.path)}`,
    '',
    `  ${paint(terminal, 'strong', printable(`${first}${more.length > 0 ? ' …' : ''}`))}`,
    `  ${paint(terminal, 'faint', `${rule.id}  ${rule.severity}  on: ${rule.on}`)}`,
    '',
    ...[
      `${matches} ${misses}`,
      `Tried: it flags ${where}:${line}, ${quiet}.`,
      'Next: say in `message` what happened, widen or narrow `rule`, and commit both files. From the base branch they hold for everybody.',
    ].flatMap((text) => fold(printable(text), proseColumns(terminal))),
    '',
  ].join('\n');
}

function placeOf(picture: string): string {
  return /^\/\/- (.*)$/m.exec(picture)?.[1] ?? '';
}
