import type { RepoPath } from '../model/tree.ts';

/** Files that a package manager writes: thousands of settings and no construct of ours. Named as generated, and not read. */
export function isLockFile(path: RepoPath): boolean {
  return /(^|\/)(package-lock\.json|npm-shrinkwrap\.json|pnpm-lock\.ya?ml)$/.test(path);
}
