import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../host/app-error.ts';
import type { CommandContext } from './command.ts';

/** The text of a file the person named, or of standard input for `-`. */
export async function readInput(file: string, context: CommandContext): Promise<string> {
  if (file === '-') return readStandardInput(context);
  try {
    return await readFile(path.resolve(context.cwd, file), 'utf8');
  } catch (cause) {
    throw new AppError('bad-usage', `expected a readable file, found ${file}: ${reasonOf(cause)}`, { cause });
  }
}

async function readStandardInput(context: CommandContext): Promise<string> {
  if (context.input.isTTY === true) throw new AppError('bad-usage', 'expected text on standard input, found a terminal');
  const chunks: Buffer[] = [];
  for await (const chunk of context.input) chunks.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
  return Buffer.concat(chunks).toString('utf8');
}

/** `ENOENT` and the like in words a person knows. */
function reasonOf(cause: unknown): string {
  // Errors of node:fs carry a code; anything else is named as it is.
  const { code, message } = cause as NodeJS.ErrnoException;
  return code === 'ENOENT' ? 'there is none' : code === 'EACCES' ? 'it may not be read' : code === 'EISDIR' ? 'it is a folder' : message;
}
