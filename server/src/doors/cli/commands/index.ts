import path from 'node:path';
import { AppError } from '../../../host/app-error.ts';
import { INDEX_LIST_PATH } from '../../../host/scip/index-list.ts';
import { type AddedIndex, addIndexes, type IndexState, listedIndexes } from '../../../host/scip/list-indexes.ts';
import { plural } from '../../reporters/review-report.ts';
import { paint, printable, type Terminal } from '../../reporters/terminal.ts';
import { badUsage, textOption } from '../arguments.ts';
import type { Arguments, Command, CommandContext, ExitStatus } from '../command.ts';
import { openHere } from '../open-here.ts';
import { terminalOf } from '../output.ts';
import { withProgress } from '../progress.ts';

const DAY_MS = 86_400_000;

export const command: Command = {
  name: 'index',
  operands: { usage: '[FILE ...]', least: 0, most: 1_000 },
  summary: 'list indexes of other repositories that use this one, or show what is listed',
  options: {
    scip: { type: 'string', value: 'FILE', help: 'a SCIP index of another repository; more files may follow' },
    repository: { type: 'string', value: 'NAME', help: 'with one FILE: the name of its repository (default: the folder that was indexed)' },
    commit: { type: 'string', value: 'REV', help: 'with one FILE: the commit that was indexed, 7 to 64 hexadecimal digits' },
  },
  details: [
    'With --scip, checks every file from end to end and lists it in .brakeline/index.yaml: docs/scip.md says what that changes. Writes nothing where a file is bad.',
    'Without options, shows what is listed, and how old it is.',
    'Exit status: 0 done, 1 a listed index cannot be read, 2 the run itself failed.',
  ],
  run: index,
};

async function index(args: Arguments, context: CommandContext): Promise<ExitStatus> {
  const first = textOption(args, 'scip');
  const [repository, commit] = [textOption(args, 'repository'), textOption(args, 'commit')];
  const extra =
    args.positionals[0] ?? (repository === undefined ? undefined : '--repository') ?? (commit === undefined ? undefined : '--commit');
  if (first === undefined && extra !== undefined) throw badUsage('--scip FILE before it', extra);
  const files = first === undefined ? [] : [first, ...args.positionals].map((file) => path.resolve(context.cwd, file));
  if (files.length > 1 && (repository ?? commit) !== undefined)
    throw badUsage('one FILE with --repository or --commit', plural(files.length, 'file'));
  if (commit !== undefined && !/^[0-9a-f]{7,64}$/.test(commit)) throw badUsage('--commit with 7 to 64 hexadecimal digits', commit);
  const session = openHere(context);
  try {
    const { root } = session.repository;
    if (root === undefined)
      throw new AppError('no-working-tree', `expected a working tree, found the bare repository ${session.repository.gitDir}`);
    const terminal = terminalOf(context.out, context.env);
    if (files.length === 0) return showListed(listedIndexes(root), context, terminal);
    const request = { files, ...(repository === undefined ? {} : { repository }), ...(commit === undefined ? {} : { commit }) };
    const added = await withProgress(context, 'reading', async () => addIndexes(root, request));
    context.out.write(renderAdded(added));
    return 0;
  } finally {
    session.close();
  }
}

function renderAdded(added: readonly AddedIndex[]): string {
  const lines = added.flatMap(({ entry, summary, isNew }) => [
    `${isNew ? 'listed' : 'renewed'} ${entry.repository}: ${entry.path}`,
    `  ${summary.tool} ${summary.toolVersion}, of ${summary.projectRoot === '' ? 'an unnamed folder' : summary.projectRoot}`,
    `  ${plural(summary.documents, 'document')}, ${plural(summary.symbols + summary.externalSymbols, 'symbol')}, ${plural(summary.occurrences, 'occurrence')}`,
  ]);
  const last = `wrote ${INDEX_LIST_PATH}; commit it, and reviews show dependents in ${added.length === 1 ? 'that repository' : 'those repositories'} too`;
  return `${[...lines, last].map(printable).join('\n')}\n`;
}

function showListed(listed: readonly IndexState[], { out }: CommandContext, terminal: Terminal): ExitStatus {
  const lines = listed.map(({ entry, isSame, problem }) => {
    const name = printable(`${entry.repository}: ${entry.path}`);
    if (problem !== undefined) return `${paint(terminal, 'high', 'not analysed')}  ${name}: ${printable(problem)}`;
    return `${name}  ${paint(terminal, 'faint', ageText(entry, isSame))}`;
  });
  const none = 'no index of another repository is listed; brakeline index --scip FILE lists one';
  out.write(`${listed.length === 0 ? none : lines.join('\n')}\n`);
  return listed.some(({ problem }) => problem !== undefined) ? 1 : 0;
}

function ageText({ commit, made }: IndexState['entry'], isSame: boolean): string {
  if (!isSame) return 'of unknown age: the file has changed since it was listed';
  const days = made === undefined ? undefined : Math.max(0, Math.floor((Date.now() - Date.parse(made)) / DAY_MS));
  const parts = [
    ...(commit === undefined ? [] : [`at ${commit.slice(0, 12)}`]),
    ...(days === undefined ? [] : [`${plural(days, 'day')} old`]),
  ];
  return parts.length === 0 ? 'of unknown age' : parts.join(', ');
}
