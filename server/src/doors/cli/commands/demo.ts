import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { AppError } from '../../../host/app-error.ts';
import { paint } from '../../reporters/terminal.ts';
import { parseArguments, textOption } from '../arguments.ts';
import { type Arguments, type Command, type CommandContext, type ExitStatus, NO_OPERANDS } from '../command.ts';
import { apart } from '../demo/apart.ts';
import { applyAssistantEdit, changeSize, commitAll, makeShop, stageAll } from '../demo/shop-repository.ts';
import { acknowledgeAll, tamper } from '../demo/steps.ts';
import { terminalOf } from '../output.ts';
import { command as exportCommand } from './export.ts';
import { command as initCommand } from './init.ts';
import { command as reviewCommand } from './review.ts';
import { command as verifyCommand } from './verify.ts';

export const command: Command = {
  name: 'demo',
  operands: NO_OPERANDS,
  summary: 'the whole way in a repository made for it: review, acknowledge, export, verify',
  options: {
    keep: { type: 'string', value: 'DIR', help: 'make the repository in this new or empty folder, and leave it there' },
    'edit-only': { type: 'boolean', help: 'with --keep: stop after the assistant edited its files' },
  },
  details: ['It signs with a key made for the purpose and thrown away; it reads neither your keys nor your git configuration.'],
  run: demo,
};

async function demo(args: Arguments, context: CommandContext): Promise<ExitStatus> {
  const keep = textOption(args, 'keep');
  const editOnly = args.options['edit-only'] === true;
  if (editOnly && keep === undefined) throw new AppError('bad-usage', 'expected --keep DIR beside --edit-only, found none');
  const scratch = realpathSync(mkdtempSync(path.join(tmpdir(), 'brakeline-demo-')));
  const dir = keep === undefined ? path.join(scratch, 'shop') : path.resolve(context.cwd, keep);
  try {
    return await apart(path.join(scratch, 'home'), async (env) => {
      const inside: CommandContext = { ...context, cwd: dir, env: { ...env, COLUMNS: context.env.COLUMNS } };
      makeShop(dir);
      return editOnly ? leaveEdit(inside) : await wholeWay(inside, keep);
    });
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function leaveEdit(context: CommandContext): ExitStatus {
  commitAll(context.cwd, 'A small shop');
  applyAssistantEdit(context.cwd);
  context.out.write(`${context.cwd}: a shop with an assistant's edit, ${changeSize(context.cwd)}\n`);
  return 0;
}

async function wholeWay(context: CommandContext, keep: string | undefined): Promise<ExitStatus> {
  const dir = context.cwd;
  const step = narrator(context);

  step('A small shop under git, its policy and its first allowed signer', 'brakeline init && git add --all && git commit');
  await run(initCommand, [], context, 0);
  commitAll(dir, 'A small shop');

  applyAssistantEdit(dir);
  step(`An assistant edits four files: ${changeSize(dir)}`, 'brakeline review');
  await run(reviewCommand, [], context, 1);

  step('A person looks at each of them, says why it is fine, and signs', 'brakeline ack');
  await acknowledgeAll(context);

  step('The acknowledgements travel with the commit', 'git add --all && brakeline export && git commit');
  stageAll(dir);
  await run(exportCommand, [], context, 0);
  commitAll(dir, 'Tidy the checkout service, close refunded orders');

  step('A verifier that trusts nothing recomputes the commit', 'brakeline verify --base HEAD^');
  await run(verifyCommand, ['--base', 'HEAD^'], context, 0);

  const { from, to } = tamper(dir);
  step(`One byte of an acknowledged line changes: ${from} becomes ${to}`, 'git commit --all --amend && brakeline verify --base HEAD^');
  await run(verifyCommand, ['--base', 'HEAD^'], context, 1);

  step('The same in a real editor', `npm start${keep === undefined ? '' : ` -- ${keep}`}`);
  if (keep === undefined)
    context.out.write('The repository of this demo is gone again; `brakeline demo --keep DIR` leaves one to look at.\n');
  return 0;
}

function narrator(context: CommandContext): (headline: string, typed: string) => void {
  const terminal = terminalOf(context.out, context.env);
  let number = 0;
  return (headline, typed) => {
    number++;
    const gap = number === 1 ? '' : '\n';
    context.out.write(`${gap}${paint(terminal, 'strong', `${number}. ${headline}`)}\n${paint(terminal, 'faint', `   $ ${typed}`)}\n\n`);
  };
}

/** Runs a command as it would be typed. A demo that shows something else than it says is worth nothing: it stops. */
async function run(typed: Command, args: readonly string[], context: CommandContext, expected: ExitStatus): Promise<void> {
  const status = await typed.run(parseArguments(typed, args), context);
  if (status !== expected) throw new AppError('demo-failed', `expected exit status ${expected} of ${typed.name}, found ${status}`);
}
