import { writeFile } from 'node:fs/promises';
import { AppError } from '../../host/app-error.ts';

/** Writes a file that is not there yet: what a name already holds is never lost to a mistyped one. Errors: `bad-usage`. */
export async function writeNew(file: string, text: string, option: string): Promise<void> {
  try {
    await writeFile(file, text, { flag: 'wx' });
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
    const found = FOUND[code] ?? String(cause instanceof Error ? cause.message : cause);
    throw new AppError('bad-usage', `expected the name of a new file after ${option}, found ${found}: ${file}`, { cause });
  }
}

const FOUND: Readonly<Record<string, string>> = {
  EEXIST: 'one that is there already',
  ENOENT: 'a folder that is not there',
  ENOTDIR: 'a file where a folder should be',
  EISDIR: 'a folder',
  EACCES: 'a place that may not be written to',
  EROFS: 'a place that may not be written to',
};
