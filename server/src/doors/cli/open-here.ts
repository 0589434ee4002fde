import { openSession, type Session } from '../../host/session.ts';
import { printable } from '../reporters/terminal.ts';
import type { CommandContext } from './command.ts';

/** The repository of the folder that the command runs in. What is odd about ledger or carriers goes to standard error, a line each. */
export function openHere(context: CommandContext): Session {
  const log = (line: string): void => context.err.write(`brakeline: ${printable(line)}\n`);
  return openSession(context.cwd, { readAsset: context.readAsset, env: context.env, log, answersOnce: true });
}
