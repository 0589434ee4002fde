import { lstatSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import { AppError } from '../app-error.ts';
import { splitLines } from '../carriers/carrier-path.ts';
import { readSignoffFile } from './signoff-file.ts';

/** Names that are tried for an answer before a person has to look. */
const MOST_NAMES = 100;

/** Where an answer goes that nobody named: `change.signoff.json` is answered in `change.signoff.answer.jsonl`. */
export function answerFile(request: string): string {
  return `${request.endsWith('.json') ? request.slice(0, -'.json'.length) : request}.answer.jsonl`;
}

/**
 * The first name of an answer that can hold `lines` and lose nothing: none is there, or what is there stands among them.
 * `change.signoff.answer.jsonl`, then `change.signoff.answer-2.jsonl` and so on. Errors: `bad-usage`.
 */
export async function freeAnswerFile(request: string, lines: readonly string[]): Promise<string> {
  const first = answerFile(request);
  for (let number = 1; number < MOST_NAMES; number++) {
    const name = number === 1 ? first : first.replace(/\.jsonl$/, `-${number}.jsonl`);
    if (await canHold(name, lines)) return name;
  }
  throw new AppError('bad-usage', `expected a free name for the answer beside ${request}, found ${MOST_NAMES - 1} that are taken`);
}

/**
 * Writes an answer, whole or not at all. A file that is there is replaced only by one that holds each of its lines. Errors:
 * `bad-usage`.
 */
export async function writeAnswer(file: string, lines: readonly string[]): Promise<void> {
  if (!(await canHold(file, lines))) throw new AppError('bad-usage', `expected the answer as it was written last, found another: ${file}`);
  const aside = `${file}.${process.pid}.new`;
  try {
    await writeFile(aside, lines.map((line) => `${line}\n`).join(''), { flag: 'wx' });
    await rename(aside, file);
  } catch (cause) {
    await rm(aside, { force: true });
    const found = cause instanceof Error ? cause.message : String(cause);
    throw new AppError('bad-usage', `expected a folder that can be written to for the answer, found: ${found}`, { cause });
  }
}

async function canHold(file: string, lines: readonly string[]): Promise<boolean> {
  if (lstatSync(file, { throwIfNoEntry: false }) === undefined) return true;
  try {
    const known = new Set(lines);
    return splitLines(await readSignoffFile(file)).every((line) => known.has(line));
  } catch (error) {
    // A link, a folder, or something too large: it is somebody else's.
    if (error instanceof AppError) return false;
    throw error;
  }
}
