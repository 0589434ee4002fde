import path from 'node:path';
import type { RepoPath } from '../../core/model/tree.ts';

/** Where a workspace folder lies in its repository. Plain data: the worker finds it once, both threads use it. */
export interface Places {
  /** The repository's top folder as the editor would spell it: a symbolic link on the way to the workspace folder is kept. */
  readonly root: string;
}

/**
 * `folder` as the editor names it, `realFolder` and `realRoot` with every link resolved, as git names them. Where the folder
 * lies below the root by the same tail, the tail is cut off the editor's name; else the root keeps git's.
 */
export function findPlaces(folder: string, realFolder: string, realRoot: string): Places {
  const tail = path.relative(realRoot, realFolder);
  if (tail === '') return { root: folder };
  const below = path.sep + tail;
  return { root: folder.endsWith(below) ? folder.slice(0, -below.length) || path.sep : realRoot };
}

/** The path inside the repository, or undefined where the file lies outside of it or in its git folder. */
export function toRepoPath(places: Places, file: string): RepoPath | undefined {
  const relative = path.relative(places.root, file);
  if (relative === '' || relative === '..' || relative.startsWith(`..${path.sep}`) || path.isAbsolute(relative)) return undefined;
  const posix = path.sep === '/' ? relative : relative.replaceAll(path.sep, '/');
  if (posix === '.git' || posix.startsWith('.git/')) return undefined;
  // Relative, without `..`, with POSIX separators: what RepoPath says.
  return posix as RepoPath;
}

export function toFile(places: Places, repoPath: string): string {
  return path.join(places.root, ...repoPath.split('/'));
}
