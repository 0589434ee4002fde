import { AppError } from './app-error.ts';
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
