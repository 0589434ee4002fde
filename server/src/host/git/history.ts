import type { History, PastCommit } from '../../core/model/history.ts';
import type { RepoPath } from '../../core/model/tree.ts';
import { gitText, runGit } from './git.ts';
import type { RepositoryPlace } from './locate.ts';
import { emptyTree } from './revisions.ts';

/** How far back a score looks, in commits. */
const COMMITS = 1_000;

const FIX = /\b(fix|fixes|fixed|hotfix|bug|bugs|regression)\b/i;
const REVERT = /^revert\b/i;

/**
 * The newest commits up to `rev`, with the paths each changed; undefined where git cannot list them, as in a clone without
 * trees. Subjects are read for what they say of a commit and not kept. Nothing is fetched.
 */
export function readCommits(place: RepositoryPlace, rev: string): readonly PastCommit[] | undefined {
  const fields = ['--format=%x01%ae%x02%s', '--name-only', '-z', '--no-renames', '--no-merges'];
  const answer = runGit(place.git, ['log', ...fields, `--max-count=${COMMITS}`, rev, '--'], { accept: [0, 128] });
  if (answer.status !== 0) return undefined;
  const commits: PastCommit[] = [];
  for (const block of answer.stdout.toString('utf8').split('\u0001').slice(1)) {
    const [head = '', ...rest] = block.split(/\0\n?/);
    const [author = '', subject = ''] = head.split('\u0002');
    // A path is what git says it is.
    const paths = rest.filter((path) => path !== '') as RepoPath[];
    commits.push({ author: author.toLowerCase(), kind: REVERT.test(subject) ? 'revert' : FIX.test(subject) ? 'fix' : 'other', paths });
  }
  return commits;
}

/** The address that git would write into a commit made here now; empty where none is set. */
export function ownAddress(place: RepositoryPlace): readonly string[] {
  const identity = gitText(place.git, ['var', 'GIT_AUTHOR_IDENT'], { accept: [0, 128] });
  const address = /<([^>]*)>/.exec(identity)?.[1] ?? '';
  return address === '' ? [] : [address.toLowerCase()];
}

/** Remembers the last commit asked for: a keystroke asks again, and a listing of a thousand commits costs a tenth of a second. */
export function createHistoryReader(place: RepositoryPlace): (before: string, authors: readonly string[]) => History {
  let known: { readonly before: string; readonly commits: readonly PastCommit[] | undefined } | undefined;
  return (before, authors) => {
    if (known?.before !== before) known = { before, commits: before === emptyTree(place) ? [] : readCommits(place, before) };
    const { commits } = known;
    // A shallow clone is whole as far as a score looks when it holds that many commits.
    return { commits: commits ?? [], isWhole: commits !== undefined && (!place.isShallow || commits.length === COMMITS), authors };
  };
}
