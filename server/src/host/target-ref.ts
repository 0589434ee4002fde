import { type GitPlace, gitText } from './git/git.ts';

/**
 * The full name of the branch that a change goes into: `named` where somebody says, else what the revision `base` is a name of. A
 * remote's branch is that branch, `origin/main` is `refs/heads/main`. Undefined where the base is no name: an object id, `main^`.
 */
export function targetRefOf(place: GitPlace, named: string | undefined, base: string): string | undefined {
  if (named !== undefined) return named.startsWith('refs/') ? named : `refs/heads/${named}`;
  const full = gitText(place, ['rev-parse', '--symbolic-full-name', '--verify', '--quiet', '--end-of-options', base], {
    accept: [0, 1, 128],
  });
  const remote = /^refs\/remotes\/[^/]+\/(.+)$/.exec(full)?.[1];
  if (remote !== undefined) return remote === 'HEAD' ? undefined : `refs/heads/${remote}`;
  return full.startsWith('refs/heads/') ? full : undefined;
}
