import type { Assessment } from '../core/model/assessment.ts';
import type { Change } from '../core/model/change.ts';
import type { RepoPath, Tree } from '../core/model/tree.ts';
import type { Repository } from './repository.ts';

/**
 * Whether every file with a finding stands as it is in the commit that is checked out. Then who looks at the change here makes nothing
 * of it, and is no author: a second person on a branch that they have fetched.
 */
export function isAllCommitted(
  { commitTree }: Pick<Repository, 'commitTree'>,
  { after }: Pick<Change, 'after'>,
  { hunks }: Assessment,
): boolean {
  const head = commitTree('HEAD');
  const paths = new Set(hunks.flatMap(({ path, previousPath }) => (previousPath === undefined ? [path] : [path, previousPath])));
  return [...paths].every((path) => contentOf(head, path) === contentOf(after, path));
}

function contentOf(tree: Tree, path: RepoPath): string {
  const content = tree.read(path);
  if (content === undefined) return '';
  return content.kind === 'text' ? `text ${content.text}` : JSON.stringify(content);
}
