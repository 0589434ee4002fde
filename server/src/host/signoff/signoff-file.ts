import { constants } from 'node:fs';
import { lstat, open } from 'node:fs/promises';
import { MOST_SIGNOFF_BYTES } from '../../core/signoff/request.ts';
import { AppError } from '../app-error.ts';

/**
 * The text of a request or of an answer that somebody handed over: a regular file, through no link, of at most 4 MiB, in UTF-8. A
 * pipe or a device is not waited for. Errors: `bad-usage`.
 */
export async function readSignoffFile(file: string): Promise<string> {
  const status = await lstat(file).catch((cause: unknown) => {
    throw badFile(file, codeOf(cause) === 'ENOENT' ? 'none' : String(cause instanceof Error ? cause.message : cause), cause);
  });
  if (!status.isFile()) throw badFile(file, status.isSymbolicLink() ? 'a link' : status.isDirectory() ? 'a folder' : 'another kind');
  // Somebody may have put a link there since.
  const handle = await open(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)).catch(
    (cause: unknown) => {
      throw badFile(file, codeOf(cause) === 'EACCES' ? 'one that may not be read' : 'one that cannot be opened', cause);
    },
  );
  try {
    const { size } = await handle.stat();
    if (size > MOST_SIGNOFF_BYTES) throw badFile(file, `${size} bytes, more than ${MOST_SIGNOFF_BYTES}`);
    const bytes = await handle.readFile();
    const text = bytes.toString('utf8');
    if (bytes.length > MOST_SIGNOFF_BYTES || !Buffer.from(text, 'utf8').equals(bytes)) throw badFile(file, 'one that is no UTF-8 text');
    return text;
  } finally {
    await handle.close();
  }
}

function badFile(file: string, found: string, cause?: unknown): AppError {
  return new AppError('bad-usage', `expected a regular file of a sign-off at ${file}, found ${found}`, { cause });
}

function codeOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : '';
}
