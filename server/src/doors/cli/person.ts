import { createInterface } from 'node:readline';
import { AppError } from '../../host/app-error.ts';
import type { CommandContext } from './command.ts';

/**
 * Variables that agents set for the commands they run. This is a speed bump and no lock: an agent that wants to can unset
 * them, and open a pseudo-terminal. The lock is the key: where the policy asks for `presence`, only the touch of a hardware key
 * counts, and a key file that an agent can read is no lock at all (docs/policy.md, "presence").
 */
export const AGENT_VARIABLES = [
  'AI_AGENT',
  'AUGMENT_AGENT',
  'CLAUDECODE',
  'CLAUDE_CODE_REMOTE',
  'CODEX_SANDBOX',
  'CODEX_THREAD_ID',
  'CURSOR_AGENT',
  'DEVIN',
  'GEMINI_CLI',
  'OPENCODE_CLIENT',
] as const;

/** Refuses to go on where nobody can be asked. Errors: `bad-usage`. */
export function requirePerson(context: CommandContext, command: string): void {
  const agent = AGENT_VARIABLES.find((name) => (context.env[name] ?? '') !== '');
  if (agent !== undefined)
    throw new AppError('bad-usage', `expected a person to run \`${command}\`, found an agent's environment (${agent} is set)`);
  if (context.input.isTTY !== true || !context.out.isTerminal) {
    throw new AppError('bad-usage', `expected a person at a terminal to run \`${command}\`, found standard input or output that is none`);
  }
}

/** Asks one question and gives the line that was typed. Errors: `bad-usage` once the person has closed the input. */
export type Ask = (question: string) => Promise<string>;

/**
 * The terminal itself edits the line and echoes it, so that what a person sees is what is read. The input is let go between
 * two questions: ssh-keygen may ask for a passphrase at the same terminal, and must not lose a line of it to us.
 */
export function askAt(context: CommandContext): Ask {
  return (question) => {
    context.out.write(question);
    const reader = createInterface({ input: context.input, terminal: false });
    return new Promise((resolve, reject) => {
      reader.once('line', (line) => {
        resolve(line);
        reader.close();
      });
      // After a line this comes too late to matter.
      reader.once('close', () =>
        reject(new AppError('bad-usage', 'expected an answer, found the end of the input; nothing more was signed')),
      );
    });
  };
}
