import type { History, PastCommit } from '../../core/model/history.ts';
import type { RepoPath } from '../../core/model/tree.ts';
import { AppError } from '../app-error.ts';
import { gitText, runGit } from './git.ts';
import type { RepositoryPlace } from './locate.ts';
import type { Objects } from './objects.ts';
import { emptyTree } from './revisions.ts';

/** How far back a score looks, in commits. */
const COMMITS = 1_000;

const FIX = /\b(fix|fixes|fixed|hotfix|bug|bugs|regression)\b/i;
/** `Revert "..."` as git writes it, and `fix(css): revert ...` as conventional commits do: most of vite's are such. */
const REVERT = /^([\w-]+(\([^)]*\))?!?:\s*)?reverts?\b/i;

/**
 * The newest commits up to `rev`, with the paths each changed; undefined where git cannot list them, as in a clone without
 * trees. Subjects are read for what they say of a commit and not kept. Nothing is fetched.
 */
function readCommits(place: RepositoryPlace, rev: string): readonly PastCommit[] | undefined {
  const answer = runGit(place.git, listing(rev), { accept: [0, 128] });
  return answer.status === 0 ? commitsIn(answer.stdout) : undefined;
}

function listing(rev: string): readonly string[] {
  const fields = ['--format=%x01%ae%x02%s', '--name-only', '-z', '--no-renames', '--no-merges'];
  return ['log', ...fields, `--max-count=${COMMITS}`, rev, '--'];
}

function commitsIn(listed: Buffer): readonly PastCommit[] {
  const commits: PastCommit[] = [];
  for (const block of listed.toString('utf8').split('\u0001').slice(1)) {
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
  const address = /^[^<]*<([^>]*)>/.exec(identity)?.[1] ?? '';
  return address === '' ? [] : [address.toLowerCase()];
}

export interface HistoryReader {
  /**
   * The past of a commit, listed when somebody first asks for it: an index of the files has no use for it, and a listing of a
   * thousand commits costs a tenth of a second. `authors` are asked for as late.
   */
  of(before: string, authors: () => readonly string[]): History;
  /** Lists it beside whatever comes first, where something runs beside: it will be asked for. */
  begin(before: string): void;
}

/** Keeps the last commit's past, since a keystroke asks again. */
export function createHistoryReader(place: RepositoryPlace, objects: Pick<Objects, 'begin' | 'isAwake'>): HistoryReader {
  let known: { readonly before: string; readonly commits: readonly PastCommit[] | undefined } | undefined;
  let begun: { readonly before: string; readonly listed: () => Buffer } | undefined;
  const list = (before: string): readonly PastCommit[] | undefined => {
    if (before === emptyTree(place)) return [];
    try {
      if (begun?.before === before) return commitsIn(begun.listed());
    } catch (error) {
      // A clone without trees fails here as it does below, where the status says so.
      if (!(error instanceof AppError)) throw error;
    }
    return readCommits(place, before);
  };
  const commitsBefore = (before: string): readonly PastCommit[] | undefined => {
    if (known?.before !== before) known = { before, commits: list(before) };
    return known.commits;
  };
  return {
    of: (before, authors) => ({
      get commits() {
        return commitsBefore(before) ?? [];
      },
      get isWhole() {
        const commits = commitsBefore(before);
        // A shallow clone is whole as far as a score looks when it holds that many commits.
        return commits !== undefined && (!place.isShallow || commits.length === COMMITS);
      },
      get authors() {
        return authors();
      },
    }),
    begin: (before) => {
      if (known?.before === before || before === emptyTree(place) || !objects.isAwake()) return;
      begun = { before, listed: objects.begin(place.git, listing(before)) };
    },
  };
}
