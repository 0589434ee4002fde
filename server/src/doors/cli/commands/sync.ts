import { NOTES_REF } from '../../../host/carriers/read-notes.ts';
import { defaultRemote, syncNotes } from '../../../host/carriers/sync-notes.ts';
import { locateRepository } from '../../../host/git/locate.ts';
import { plural } from '../../reporters/review-report.ts';
import { printable } from '../../reporters/terminal.ts';
import { textOption } from '../arguments.ts';
import { type Arguments, type Command, type CommandContext, type ExitStatus, NO_OPERANDS } from '../command.ts';

export const command: Command = {
  name: 'sync',
  operands: NO_OPERANDS,
  summary: 'join the notes that carry acknowledgements with those of a remote',
  options: {
    remote: { type: 'string', value: 'NAME', help: 'which remote (default: that of the branch, else the only one, else origin)' },
    fetch: { type: 'boolean', help: 'only bring theirs here; send nothing' },
  },
  details: [
    `${NOTES_REF} of both sides become their union, line by line. Nothing is overwritten: a push is never forced, and one that comes too late joins again.`,
    'It is the one command that speaks to a remote, through git and with git’s own settings.',
  ],
  run: sync,
};

async function sync(args: Arguments, context: CommandContext): Promise<ExitStatus> {
  const { git } = locateRepository(context.cwd);
  const remote = textOption(args, 'remote') ?? defaultRemote(git);
  const push = args.options.fetch !== true;
  const { received, sent } = syncNotes(git, { remote, push });
  const about = (count: number): string => `acknowledgements of ${plural(count, 'commit')}`;
  const parts = [`received ${about(received)} from ${printable(remote)}`, ...(push ? [`sent ${about(sent)}`] : [])];
  context.out.write(`${parts.join(', ')}\n`);
  return 0;
}
