import { existsSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { AppError } from '../app-error.ts';
import { type GitPlace, gitText, runGit } from './git.ts';

/** What git says about the repository that a folder belongs to. All paths are absolute. */
export interface RepositoryPlace {
  /** Top of the working tree; undefined where there is none. */
  readonly root: string | undefined;
  /** The git directory of this working tree, and the one that all working trees of the repository share. */
  readonly gitDir: string;
  readonly commonDir: string;
  readonly isShallow: boolean;
  /** True where objects may be missing because the clone left them with its remote. */
  readonly isPartial: boolean;
  readonly objectFormat: 'sha1' | 'sha256';
  /** For commands about the repository as it stands: index and working tree. */
  readonly git: GitPlace;
}

/** Finds the repository of a folder, from any of its subfolders. Errors: `not-a-repository`, `git-missing`. */
export function locateRepository(dir: string): RepositoryPlace {
  const asked = path.resolve(dir);
  const [shallow, format, gitDir, commonDir] = askLayout(asked);
  const root = askRoot(asked);
  const cwd = root ?? gitDir;
  const partial = runGit({ cwd }, ['config', '--get-regexp', '^(extensions\\.partialclone|remote\\..*\\.promisor)$'], { accept: [0, 1] });
  const indexFile = indexFileOfHook(cwd, gitDir);
  return {
    root,
    gitDir,
    commonDir,
    isShallow: shallow === 'true',
    isPartial: partial.status === 0,
    objectFormat: format === 'sha256' ? 'sha256' : 'sha1',
    git: { cwd, env: indexFile === undefined ? {} : { GIT_INDEX_FILE: indexFile } },
  };
}

function askLayout(dir: string): [shallow: string, format: string, gitDir: string, commonDir: string] {
  const questions = ['--is-shallow-repository', '--show-object-format', '--absolute-git-dir', '--path-format=absolute', '--git-common-dir'];
  try {
    const [shallow = '', format = '', gitDir = '', commonDir = ''] = gitText({ cwd: dir }, ['rev-parse', ...questions]).split('\n');
    return [shallow, format, gitDir, commonDir];
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'git-failed') throw error;
    const found = error.message.includes('not a git repository')
      ? 'none'
      : error.message.slice(error.message.indexOf('found ') + 'found '.length);
    throw new AppError('not-a-repository', `expected a git repository at ${dir}, found ${found}`, { cause: error });
  }
}

function askRoot(dir: string): string | undefined {
  const inside = gitText({ cwd: dir }, ['rev-parse', '--is-inside-work-tree'], { accept: [0, 128] });
  return inside === 'true' ? path.resolve(gitText({ cwd: dir }, ['rev-parse', '--show-toplevel'])) : undefined;
}

/** `git commit -a` and `git commit PATH` give their hooks an index of their own: that is the staged state then. */
function indexFileOfHook(cwd: string, gitDir: string): string | undefined {
  const given = process.env.GIT_INDEX_FILE;
  if (given === undefined) return undefined;
  const file = path.resolve(cwd, given);
  if (!existsSync(path.dirname(file))) return undefined;
  return realpathSync(path.dirname(file)).startsWith(realpathSync(gitDir)) ? file : undefined;
}
