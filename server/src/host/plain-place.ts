import { closeSync, constants, fstatSync, ftruncateSync, lstatSync, openSync, realpathSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { AppError } from './app-error.ts';

/**
 * Where an absolute path enters `root`, as a POSIX path from there; undefined where it lies elsewhere. Only links above `root`
 * are followed: what a repository's own links say is not asked.
 */
export function placeInside(root: string, absolute: string): string | undefined {
  const top = quietRealpath(root) ?? root;
  const parts = absolute.slice(path.parse(absolute).root.length).split(path.sep);
  for (let depth = 0; depth <= parts.length; depth += 1) {
    const folder = path.join(path.parse(absolute).root, ...parts.slice(0, depth));
    const real = quietRealpath(folder);
    const below = real === undefined ? undefined : path.relative(top, real);
    if (below !== undefined && below !== '..' && !below.startsWith(`..${path.sep}`) && !path.isAbsolute(below))
      return path
        .join(below, ...parts.slice(depth))
        .split(path.sep)
        .join('/');
  }
  return undefined;
}

/** Refuses a link or another kind anywhere on the way from `root` to a file that is written: it could lead out. Errors: `bad-usage`. */
export function refuseLinks(root: string, place: string): void {
  const segments = place.split('/');
  for (let depth = 1; depth <= segments.length; depth += 1) {
    const part = segments.slice(0, depth).join('/');
    const status = lstatSync(path.join(root, part), { throwIfNoEntry: false });
    if (status === undefined) return;
    const isExpected = depth < segments.length ? status.isDirectory() : status.isFile();
    if (!isExpected) throw new AppError('bad-usage', `expected a plain file or folder at ${part}, found a link or another kind`);
  }
}

/** Writes a regular file, or one that is new, and waits for nobody: a pipe or a device fails. Errors of node:fs; `bad-usage`. */
export function writeRegular(file: string, text: string): void {
  const flags = constants.O_WRONLY | constants.O_CREAT | (constants.O_NONBLOCK ?? 0);
  const status = lstatSync(file, { throwIfNoEntry: false });
  if (status !== undefined && !status.isFile() && !status.isDirectory()) throw noRegularFile();
  const descriptor = openSync(file, flags | (constants.O_NOFOLLOW ?? 0), 0o644);
  try {
    if (!fstatSync(descriptor).isFile()) throw noRegularFile();
    ftruncateSync(descriptor);
    writeFileSync(descriptor, text);
  } finally {
    closeSync(descriptor);
  }
}

function noRegularFile(): AppError {
  return new AppError('bad-usage', 'it is a link or no regular file');
}

function quietRealpath(place: string): string | undefined {
  try {
    return realpathSync(place);
  } catch {
    return undefined;
  }
}
