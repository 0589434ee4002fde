import { closeSync, constants, fstatSync, lstatSync, openSync, readFileSync, realpathSync } from 'node:fs';
import path from 'node:path';
import type { BlindReason, RepoPath } from '../../core/model/tree.ts';

/** What lies on disk. `large` was not read. */
export type DiskFile =
  | { readonly kind: 'file'; readonly bytes: Uint8Array }
  | { readonly kind: 'large'; readonly size: number }
  | { readonly kind: 'unread'; readonly reason: BlindReason; readonly detail?: string };

/** Reads a regular file below `root`. Never follows a symlink, so that it never leaves the repository, and never throws. */
export function readDiskFile(root: string, file: RepoPath, maxBytes: number): DiskFile {
  const absolute = path.join(root, file);
  let descriptor: number | undefined;
  try {
    const stat = lstatSync(absolute);
    if (stat.isSymbolicLink() || leavesByFolder(root, absolute)) return { kind: 'unread', reason: 'symlink' };
    if (stat.isDirectory()) return { kind: 'unread', reason: 'submodule', detail: 'a repository inside this one' };
    if (!stat.isFile()) return { kind: 'unread', reason: 'unreadable', detail: 'no regular file' };
    // What the path names may be exchanged between the look and the opening: the flags and the second look hold then too.
    descriptor = openSync(absolute, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
    const opened = fstatSync(descriptor);
    if (!opened.isFile()) return { kind: 'unread', reason: 'unreadable', detail: 'no regular file' };
    return maxBytes < opened.size ? { kind: 'large', size: opened.size } : { kind: 'file', bytes: readFileSync(descriptor) };
  } catch (error) {
    return { kind: 'unread', reason: 'unreadable', detail: detailOf(error) };
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/** True where a folder of the path is a symlink. */
function leavesByFolder(root: string, absolute: string): boolean {
  const folder = path.dirname(absolute);
  return path.relative(realpathSync(root), realpathSync(folder)) !== path.relative(root, folder);
}

function detailOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'vanished while it was read';
  return code === 'EACCES' || code === 'EPERM' ? 'permission denied' : code;
}
