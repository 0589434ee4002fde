import { AppError } from '../../host/app-error.ts';
import { printable } from '../reporters/terminal.ts';
import { badUsage, parseArguments } from './arguments.ts';
import type { Command, CommandContext, ExitStatus } from './command.ts';
import { renderCommandHelp, renderHelp, renderVersion } from './help.ts';
import { terminalOf } from './output.ts';

/**
 * Every command, loaded on demand: what reads never loads what signs. Invariant: nothing reachable from review, verify or
 * explain reaches a signer, dynamic imports included; that is why no command imports this file (test/tidy.test.ts).
 */
const COMMANDS: Readonly<Record<string, () => Promise<{ readonly command: Command }>>> = {
  review: () => import('./commands/review.ts'),
  explain: () => import('./commands/explain.ts'),
  graph: () => import('./commands/graph.ts'),
  ack: () => import('./commands/ack.ts'),
  undo: () => import('./commands/undo.ts'),
  override: () => import('./commands/override.ts'),
  export: () => import('./commands/export.ts'),
  signoff: () => import('./commands/signoff.ts'),
  verify: () => import('./commands/verify.ts'),
  sync: () => import('./commands/sync.ts'),
  hooks: () => import('./commands/hooks.ts'),
  learn: () => import('./commands/learn.ts'),
  policy: () => import('./commands/policy.ts'),
  rules: () => import('./commands/rules.ts'),
  index: () => import('./commands/index.ts'),
  init: () => import('./commands/init.ts'),
  demo: () => import('./commands/demo.ts'),
  lsp: () => import('./commands/lsp.ts'),
};

/** Runs one command line. Every failure is one line on standard error and status 2; never a stack trace. */
export async function runCommandLine(args: readonly string[], context: CommandContext): Promise<ExitStatus> {
  try {
    return await dispatch(args, context);
  } catch (error) {
    context.err.write(`brakeline: ${messageOf(error)}\n`);
    if ((context.env.BRAKELINE_DEBUG ?? '') !== '' && error instanceof Error) context.err.write(`${error.stack ?? ''}\n`);
    return 2;
  }
}

async function dispatch(args: readonly string[], context: CommandContext): Promise<ExitStatus> {
  const [name, ...rest] = args;
  if (name === '--version' || name === '-V' || name === 'version') return print(context, renderVersion());
  if (name === undefined || name === '--help' || name === '-h') return print(context, await help(context));
  if (name === 'help')
    return print(
      context,
      rest[0] === undefined ? await help(context) : renderCommandHelp(await load(rest[0]), terminalOf(context.out, context.env)),
    );
  const command = await load(name);
  if (rest.includes('--help') || rest.includes('-h'))
    return print(context, renderCommandHelp(command, terminalOf(context.out, context.env)));
  return command.run(parseArguments(command, rest), context);
}

async function load(name: string): Promise<Command> {
  const loader = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (loader === undefined) throw badUsage(`one of ${Object.keys(COMMANDS).join(' ')} help version`, name);
  return (await loader()).command;
}

async function help({ out, env }: CommandContext): Promise<string> {
  return renderHelp(await Promise.all(Object.keys(COMMANDS).map(load)), terminalOf(out, env));
}

function print(context: CommandContext, text: string): ExitStatus {
  context.out.write(text);
  return 0;
}

/** One line, whatever was thrown: a message of the file system or of git may hold several. */
function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const line = printable(text.trim().split('\n')[0] ?? '');
  return error instanceof AppError ? line : `unexpected failure: ${line === '' ? 'no message' : line} (BRAKELINE_DEBUG=1 prints where)`;
}
