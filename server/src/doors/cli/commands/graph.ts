import path from 'node:path';
import { askImpact, impactOfRadius, impactPaths } from '../../../core/ask-impact.ts';
import { prepareLanguages } from '../../../core/languages/prepare.ts';
import type { ForeignRadius } from '../../../core/model/foreign.ts';
import type { Impact } from '../../../core/reach/impact.ts';
import { pictureOf } from '../../../core/reach/picture.ts';
import { AppError } from '../../../host/app-error.ts';
import { placeInside, refuseLinks, writeRegular } from '../../../host/plain-place.ts';
import { createForeignReader } from '../../../host/scip/foreign.ts';
import type { Session } from '../../../host/session.ts';
import { renderGraphDot } from '../../reporters/graph-dot.ts';
import { renderGraphJson } from '../../reporters/graph-json.ts';
import { renderGraphMermaid } from '../../reporters/graph-mermaid.ts';
import { renderGraphSvg } from '../../reporters/graph-svg.ts';
import { renderGraphText } from '../../reporters/graph-text.ts';
import { MOST_DEPTH } from '../../reporters/graph-words.ts';
import type { Terminal } from '../../reporters/terminal.ts';
import { badUsage, choiceOption, textOption } from '../arguments.ts';
import type { Arguments, Command, CommandContext, ExitStatus } from '../command.ts';
import { type GraphSubject, graphSubject } from '../graph-subject.ts';
import { openHere } from '../open-here.ts';
import { terminalOf } from '../output.ts';
import { withProgress } from '../progress.ts';

const FORMATS = ['text', 'mermaid', 'dot', 'svg', 'json'] as const;
type Format = (typeof FORMATS)[number];

/** What a file that is written is, where nobody says. */
const BY_EXTENSION: Readonly<Record<string, Format>> = {
  '.svg': 'svg',
  '.json': 'json',
  '.dot': 'dot',
  '.gv': 'dot',
  '.mmd': 'mermaid',
  '.mermaid': 'mermaid',
  '.txt': 'text',
};

export const command: Command = {
  name: 'graph',
  operands: { usage: 'SYMBOL|FINDING', least: 1, most: 1 },
  summary: 'show who depends on a symbol, what no test reaches, and who owns it',
  options: {
    format: { type: 'string', value: 'FORMAT', help: `one of ${FORMATS.join(', ')} (default: text, or what the ending of --output says)` },
    base: { type: 'string', value: 'REV', help: 'a symbol: as it is used at this revision; a finding: as in review' },
    depth: {
      type: 'string',
      value: 'N',
      help: 'list files up to N steps away (default: 2): 1 depend on it themselves, 2 on those, and so on',
    },
    output: { type: 'string', value: 'FILE', help: 'write there instead of to standard output' },
  },
  details: [
    'SYMBOL is path#name, or a name that one file declares: src/pay.ts#charge, charge, Session.verify. FINDING is the start of a fingerprint.',
    'A file counts as tested where a test reaches it by imports, which is the most that it can be. "At most" stands where a file only loads what depends on the symbol. What a picture leaves out it says; json leaves out nothing that was listed.',
  ],
  run: graph,
};

async function graph(args: Arguments, context: CommandContext): Promise<ExitStatus> {
  const output = textOption(args, 'output');
  const format = formatOf(args, output);
  const depth = depthOf(textOption(args, 'depth'));
  const { impact, root } = await ask(args, depth, context);
  // A file is read by whatever opens it: no colours, and no lines cut to this terminal.
  const terminal = output === undefined ? terminalOf(context.out, context.env) : { colour: false, columns: 80, isTerminal: false };
  const text = render(impact, format, terminal);
  if (output === undefined) context.out.write(text);
  else write(path.resolve(context.cwd, output), output, text, root);
  return 0;
}

/** What was asked for, else what the ending of the file says; one that says nothing is asked about before anything is written. */
function formatOf(args: Arguments, output: string | undefined): Format {
  const ending = output === undefined ? undefined : BY_EXTENSION[path.extname(output).toLowerCase()];
  if (textOption(args, 'format') === undefined && output !== undefined && ending === undefined)
    throw badUsage(`--format, or --output that ends in ${Object.keys(BY_EXTENSION).join(' ')}`, output);
  return choiceOption(args, 'format', FORMATS, ending ?? 'text');
}

async function ask(
  args: Arguments,
  depth: number,
  context: CommandContext,
): Promise<{ readonly impact: Impact; readonly root: string | undefined }> {
  const session = openHere(context);
  try {
    return await withProgress(context, 'looking', async () => {
      const subject = await graphSubject(session, args.positionals[0] ?? '', textOption(args, 'base'), context);
      // A column is read in other languages than the one that drops it.
      const others = 'radius' in subject ? subject.radius.dependents.map(({ path: file }) => file) : [];
      await prepareLanguages([...impactPaths(subject.tree, subject.path), ...others], context.readAsset);
      const impact =
        'radius' in subject ? impactOfRadius({ ...subject, depth }, subject.counted, subject.radius) : askImpact({ ...subject, depth });
      const foreign = foreignOf(subject, session);
      if (impact === null)
        throw new AppError(
          'bad-usage',
          `expected a symbol of a language whose dependents are followed, found ${subject.path}: not computed`,
        );
      return { impact: foreign === undefined ? impact : { ...impact, foreign }, root: session.repository.root };
    });
  } finally {
    session.close();
  }
}

/** What listed indexes of other repositories say: the list of the base, and what the head adds. */
function foreignOf(subject: GraphSubject, { repository }: Session): ForeignRadius | undefined {
  if ('radius' in subject) return subject.radius.foreign;
  const reader = createForeignReader(repository.root ?? repository.gitDir);
  return reader.of(subject.base, subject.head)?.of(subject.tree, subject.path, subject.symbol);
}

function depthOf(written: string | undefined): number {
  if (written === undefined) return 2;
  const depth = /^\d{1,3}$/.test(written) ? Number(written) : 0;
  if (depth < 1 || depth > MOST_DEPTH) throw badUsage(`--depth 1 to ${MOST_DEPTH}`, written);
  return depth;
}

function render(impact: Impact, format: Format, terminal: Terminal): string {
  switch (format) {
    case 'text':
      return renderGraphText(pictureOf(impact), terminal);
    case 'mermaid':
      return renderGraphMermaid(pictureOf(impact));
    case 'dot':
      return renderGraphDot(pictureOf(impact));
    case 'svg':
      return renderGraphSvg(pictureOf(impact));
    case 'json':
      return renderGraphJson(impact);
  }
}

/** A repository's own links are not written through: who looks at a change has not looked where they lead. */
function write(file: string, written: string, text: string, root: string | undefined): void {
  const inside = root === undefined ? undefined : placeInside(root, file);
  try {
    if (root !== undefined && inside !== undefined && inside !== '.') refuseLinks(root, inside);
    writeRegular(file, text);
  } catch (cause) {
    // Errors of node:fs carry a code; anything else is named as it is.
    const { code, message } = cause as NodeJS.ErrnoException;
    const reason =
      code === 'ENOENT'
        ? 'its folder does not exist'
        : code === 'EISDIR'
          ? 'it is a folder'
          : code === 'EACCES'
            ? 'it may not be written'
            : message;
    throw new AppError('bad-usage', `expected a file to write after --output, found ${written}: ${reason}`, { cause });
  }
}
