import { readFileSync } from 'node:fs';
import path from 'node:path';
import { AppError } from './app-error.ts';
import { gitText } from './git/git.ts';
import type { Repository } from './repository.ts';

export interface VerifyBase {
  readonly revision: string;
  readonly oid: string;
  /** Why this revision, where nobody named it; a door says so. */
  readonly reason?: string;
}

/**
 * What a verification compares with where nobody says: the target branch of a pull request on GitHub, the base of a merge
 * request on GitLab, the upstream branch. Nothing is guessed from branch names. Errors: `bad-usage`, `bad-revision`.
 */
export function chooseVerifyBase(
  repository: Repository,
  env: Readonly<Record<string, string | undefined>>,
  named: string | undefined,
): VerifyBase {
  const resolve = (revision: string): string => (revision === repository.emptyTree ? revision : repository.resolveCommit(revision));
  if (named !== undefined) return { revision: named, oid: resolve(named) };
  const github = env.GITHUB_BASE_REF ?? '';
  if (github !== '')
    return { revision: `origin/${github}`, oid: resolve(`origin/${github}`), reason: 'the target of the pull request (GITHUB_BASE_REF)' };
  const gitlab = env.CI_MERGE_REQUEST_DIFF_BASE_SHA ?? '';
  if (gitlab !== '')
    return { revision: gitlab, oid: resolve(gitlab), reason: 'the base of the merge request (CI_MERGE_REQUEST_DIFF_BASE_SHA)' };
  try {
    return { revision: '@{upstream}', oid: resolve('@{upstream}'), reason: 'the upstream branch' };
  } catch (cause) {
    if (!(cause instanceof AppError) || cause.code !== 'bad-revision') throw cause;
    throw new AppError('bad-usage', 'expected --base REV, found neither it nor an upstream branch nor a variable of CI', { cause });
  }
}

/**
 * Refuses a range whose history was cut: in a shallow clone a commit at the cut looks as if it had no parents, and so the authors
 * and notes of what came before it would be missed without a word. Ids are object ids. Errors: `shallow`.
 */
export function refuseCutRange({ root, gitDir, commonDir, isShallow, emptyTree }: Repository, base: string, head: string): void {
  if (!isShallow) return;
  const cut = new Set(readFileSync(path.join(commonDir, 'shallow'), 'utf8').split('\n'));
  const range = base === emptyTree ? [head] : [head, `^${base}`];
  const commits = gitText({ cwd: root ?? gitDir }, ['rev-list', '--end-of-options', ...range]).split('\n');
  const first = commits.find((oid) => oid !== '' && cut.has(oid));
  if (first === undefined) return;
  throw new AppError(
    'shallow',
    `expected every commit between the base and ${head.slice(0, 12)}, found a shallow clone cut at ${first.slice(0, 12)}; run git fetch --unshallow (in CI: fetch-depth: 0)`,
  );
}
