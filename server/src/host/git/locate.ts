import { existsSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { AppError } from '../app-error.ts';
import { type GitPlace, gitText, runGit, splitNul, startGit } from './git.ts';

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
  /** Lets git say so while this thread does something else. */
  askPartial(): Promise<void>;
  readonly objectFormat: 'sha1' | 'sha256';
  /** For commands about the repository as it stands: index and working tree. */
  readonly git: GitPlace;
}

/** Finds the repository of a folder, from any of its subfolders. Errors: `not-a-repository`, `git-missing`. */
export function locateRepository(dir: string): RepositoryPlace {
  return placeOf(askLayout(path.resolve(dir)));
}

/** The same, and the commit that is checked out; undefined where git cannot say both in one call, as before the first commit. */
export function locateWithHead(dir: string): { readonly place: RepositoryPlace; readonly head: string | undefined } {
  const layout = askLayout(path.resolve(dir), ['HEAD']);
  const [head = ''] = layout.more;
  return { place: placeOf(layout), head: /^[0-9a-f]{40,}$/.test(head) ? head : undefined };
}

function placeOf({ shallow, format, gitDir, commonDir, root }: Layout): RepositoryPlace {
  const cwd = root ?? gitDir;
  const indexFile = indexFileOfHook(cwd, gitDir);
  let isPartial: boolean | undefined;
  return {
    root,
    gitDir,
    commonDir,
    isShallow: shallow === 'true',
    // Asked for when objects are read, which is not always.
    get isPartial() {
      isPartial ??= saysPartial(runGit({ cwd }, SETTINGS).stdout);
      return isPartial;
    },
    askPartial: async () => {
      // Whoever needs the answer asks again, and hears why there is none.
      const settings = await startGit({ cwd }, SETTINGS).catch(() => undefined);
      if (settings !== undefined) isPartial ??= saysPartial(settings);
    },
    objectFormat: format === 'sha256' ? 'sha256' : 'sha1',
    git: { cwd, env: indexFile === undefined ? {} : { GIT_INDEX_FILE: indexFile } },
  };
}

interface Layout {
  readonly shallow: string;
  readonly format: string;
  readonly gitDir: string;
  readonly commonDir: string;
  readonly root: string | undefined;
  /** Answers to whatever was asked besides. */
  readonly more: readonly string[];
}

const QUESTIONS = ['--is-shallow-repository', '--show-object-format', '--absolute-git-dir', '--path-format=absolute', '--git-common-dir'];

/** In one call: where there is no working tree, git has answered all the rest when it fails over the last question. */
function askLayout(dir: string, besides: readonly string[] = []): Layout {
  const questions = ['rev-parse', ...QUESTIONS, '--is-inside-work-tree', '--show-toplevel', ...besides];
  const answers = gitText({ cwd: dir }, questions, { accept: [0, 128] }).split('\n');
  const [shallow = '', format = '', gitDir = '', commonDir = '', inside = '', top = '', ...more] = answers;
  if (inside === '') throw explained(dir);
  return { shallow, format, gitDir, commonDir, root: inside === 'true' && top !== '' ? path.resolve(top) : undefined, more };
}

/** Why git does not say where a repository is, in its own words. */
function explained(dir: string): AppError {
  try {
    gitText({ cwd: dir }, ['rev-parse', ...QUESTIONS]);
    return new AppError('not-a-repository', `expected a git repository at ${dir}, found that git names no folder of it`);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'git-failed') throw error;
    const found = error.message.includes('not a git repository')
      ? 'none'
      : error.message.slice(error.message.indexOf('found ') + 'found '.length);
    return new AppError('not-a-repository', `expected a git repository at ${dir}, found ${found}`, { cause: error });
  }
}

const SETTINGS = ['config', '--list', '--name-only', '-z'];

function saysPartial(settings: Buffer): boolean {
  return splitNul(settings).some((name) => /^(extensions\.partialclone|remote\..*\.promisor)$/s.test(name));
}

/** `git commit -a` and `git commit PATH` give their hooks an index of their own: that is the staged state then. */
function indexFileOfHook(cwd: string, gitDir: string): string | undefined {
  const given = process.env.GIT_INDEX_FILE;
  if (given === undefined) return undefined;
  const file = path.resolve(cwd, given);
  if (!existsSync(path.dirname(file))) return undefined;
  return realpathSync(path.dirname(file)).startsWith(realpathSync(gitDir)) ? file : undefined;
}
