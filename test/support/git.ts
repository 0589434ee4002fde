import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { RepoPath } from '../../server/src/core/model/tree.ts';

// The configuration of the machine is no part of a test, for the code under test either.
process.env.GIT_CONFIG_GLOBAL = '/dev/null';
process.env.GIT_CONFIG_NOSYSTEM = '1';

const IDENTITY = [
  '-c',
  'user.name=t',
  '-c',
  'user.email=t@example.invalid',
  '-c',
  'commit.gpgsign=false',
  '-c',
  'protocol.file.allow=always',
];

/** A real repository in a folder of its own. */
export interface TestRepository {
  readonly dir: string;
  /** Runs git in it and gives its output without the last line end. */
  git(...args: string[]): string;
  write(path: string, content: string | Uint8Array): void;
  remove(path: string): void;
  /** Commits everything as it is on disk; gives the commit's id. */
  commit(message?: string): string;
  /** Removes the folder. */
  dispose(): void;
}

/** Makes an empty repository with the branch `main`; `args` go to `git init`. */
export function makeRepository(...args: string[]): TestRepository {
  const dir = temporaryFolder();
  runGit(dir, ['init', '--quiet', '--initial-branch=main', ...args]);
  return repositoryAt(dir);
}

/** A repository that is there already: a clone, a worktree, a submodule. */
export function repositoryAt(dir: string): TestRepository {
  const git = (...args: string[]): string => runGit(dir, args);
  return {
    dir,
    git,
    write: (file, content) => {
      mkdirSync(path.dirname(path.join(dir, file)), { recursive: true });
      writeFileSync(path.join(dir, file), content);
    },
    remove: (file) => rmSync(path.join(dir, file), { recursive: true }),
    commit: (message = 'change') => {
      git('add', '--all');
      git('commit', '--quiet', '--allow-empty', `--message=${message}`);
      return git('rev-parse', 'HEAD');
    },
    dispose: () => rmSync(dir, { recursive: true, force: true }),
  };
}

/** A folder of its own, its path free of symlinks; gone when the run ends (test/support/temporary-files.ts). */
export function temporaryFolder(name = 'test'): string {
  return realpathSync(mkdtempSync(path.join(tmpdir(), `brakeline-${name}-`)));
}

/** Names a path in a test, where it is known to be one. */
export function repoPath(text: string): RepoPath {
  return text as RepoPath;
}

function runGit(cwd: string, args: readonly string[]): string {
  return execFileSync('git', [...IDENTITY, ...args], { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).replace(/\n$/, '');
}
