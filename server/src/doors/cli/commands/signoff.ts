import { AppError } from '../../../host/app-error.ts';
import { badUsage } from '../arguments.ts';
import type { Arguments, Command, CommandContext, ExitStatus } from '../command.ts';
import { importAnswer } from '../signoff-import.ts';
import { openRequest } from '../signoff-open.ts';
import { requestSignoff } from '../signoff-request.ts';

export const command: Command = {
  name: 'signoff',
  operands: { usage: 'request|open|import [FILE]', least: 1, most: 2 },
  summary: 'ask another person by a file: write a request, answer one, take an answer in',
  verbs: [
    { usage: 'request', help: 'write the hunks that a verification would still ask about; without --output to standard output' },
    { usage: 'open FILE', help: 'show them to another person, one by one, who acknowledges or rejects with words' },
    { usage: 'import FILE', help: 'check every record of an answer against the change as it stands, and add it to the ledger' },
  ],
  options: {
    output: { type: 'string', value: 'FILE', help: 'with request and open: a new file for what is written' },
    base: { type: 'string', value: 'REV', help: 'with request and import: as in review' },
    head: { type: 'string', value: 'REV', help: 'with request and import: as in review' },
    staged: { type: 'boolean', help: 'with request and import: as in review' },
  },
  details: [
    'open wants a person at a terminal, and no author of the change. change.signoff.json is answered in change.signoff.answer.jsonl, or where --output says.',
    'Exit status: 0 everything was asked, answered or taken; 1 something was left out or left open; 2 the run itself failed.',
  ],
  run: signoff,
};

async function signoff(args: Arguments, context: CommandContext): Promise<ExitStatus> {
  const [verb = '', file] = args.positionals;
  if (verb !== 'request' && verb !== 'open' && verb !== 'import') throw badUsage('request, open or import after `signoff`', verb);
  const foreign = (verb === 'open' ? ['base', 'head', 'staged'] : verb === 'import' ? ['output'] : []).find(
    (name) => args.options[name] !== undefined,
  );
  if (foreign !== undefined) throw badUsage(`no such option with \`signoff ${verb}\``, `--${foreign}`);
  if (verb === 'request') {
    if (file !== undefined) throw badUsage('no FILE after `signoff request`, but --output FILE', file);
    return requestSignoff(args, context);
  }
  if (file === undefined) throw new AppError('bad-usage', `expected FILE after \`signoff ${verb}\`, found nothing`);
  return verb === 'open' ? openRequest(file, args, context) : importAnswer(file, args, context);
}
