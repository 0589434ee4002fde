import { randomBytes } from 'node:crypto';
import { AppError } from '../app-error.ts';
import { type GitPlace, gitText, runGit } from '../git/git.ts';
import { listNotesAt, mergeNotes, notesTip } from './merge-notes.ts';
import { NOTES_REF } from './read-notes.ts';

const MOST_PUSHES = 8;
/** What git allows where a person names a remote; `ext::` and other helpers only where they were allowed by the environment. */
const PROTOCOLS = 'file:git:http:https:ssh';

export interface SyncRequest {
  /** Name of a configured remote. */
  readonly remote: string;
  /** False: fetch and join, and send nothing. */
  readonly push: boolean;
}

/** How many commits' notes changed on each side. */
export interface SyncResult {
  readonly received: number;
  readonly sent: number;
}

/**
 * Brings refs/notes/brakeline here and on a remote to the union of both. The remote's notes come to a ref of their own first and are
 * joined line by line; what goes back is an ordinary push, never a forced one, and one that comes too late fetches and joins
 * again. No hook runs, so a pre-push hook may call this. Errors: `bad-usage` for a remote that is not configured, `git-failed`.
 */
export function syncNotes(place: GitPlace, { remote, push }: SyncRequest): SyncResult {
  if (!listRemotes(place).includes(remote))
    throw new AppError('bad-usage', `expected the name of a remote, found ${JSON.stringify(remote)}`);
  const far = { ...place, env: { ...place.env, GIT_ALLOW_PROTOCOL: process.env.GIT_ALLOW_PROTOCOL ?? PROTOCOLS } };
  const before = listNotesAt(place, notesTip(place));
  for (let attempt = 0; attempt < MOST_PUSHES; attempt += 1) {
    const theirs = fetchNotes(far, remote);
    const ours = listNotesAt(place, notesTip(place));
    const received = differences(before, ours);
    const theirNotes = listNotesAt(place, theirs);
    if (!push || notesTip(place) === undefined || notesTip(place) === theirs) return { received, sent: 0 };
    if (pushNotes(far, remote)) return { received, sent: differences(theirNotes, ours) };
  }
  throw new AppError('git-failed', `expected ${remote} to take the notes within ${MOST_PUSHES} pushes, found it changed each time`);
}

/** The remote that a person means where they name none: that of the branch, the only one, `origin`. Errors: `bad-usage`. */
export function defaultRemote(place: GitPlace): string {
  const remotes = listRemotes(place);
  const branch = gitText(place, ['symbolic-ref', '--quiet', '--short', 'HEAD'], { accept: [0, 1] });
  const own = branch === '' ? '' : gitText(place, ['config', '--get', `branch.${branch}.remote`], { accept: [0, 1] });
  const chosen = remotes.includes(own) ? own : remotes.length === 1 ? remotes[0] : remotes.find((name) => name === 'origin');
  if (chosen === undefined)
    throw new AppError(
      'bad-usage',
      `expected --remote NAME, found ${remotes.length === 0 ? 'no remote' : `several: ${remotes.join(' ')}`}`,
    );
  return chosen;
}

function listRemotes(place: GitPlace): readonly string[] {
  return gitText(place, ['remote'])
    .split('\n')
    .filter((name) => name !== '');
}

/** The remote's commit of notes, joined into ours; undefined where it has none. */
function fetchNotes(far: GitPlace, remote: string): string | undefined {
  const listed = gitText(far, ['ls-remote', '--', remote, NOTES_REF])
    .split('\n')
    .find((line) => line.endsWith(`\t${NOTES_REF}`));
  if (listed === undefined) return undefined;
  const ref = `refs/brakeline/fetched-${process.pid}-${randomBytes(6).toString('hex')}`;
  try {
    runGit(far, ['fetch', '--quiet', '--no-tags', '--no-write-fetch-head', '--refmap=', '--', remote, `+${NOTES_REF}:${ref}`]);
    const theirs = gitText(far, ['rev-parse', '--verify', ref]);
    mergeNotes(far, theirs);
    return theirs;
  } finally {
    runGit(far, ['update-ref', '-d', ref]);
  }
}

/** False where somebody else pushed meanwhile. Errors: `git-failed` for whatever else the remote said. */
function pushNotes(far: GitPlace, remote: string): boolean {
  const { status, stdout } = runGit(far, ['push', '--porcelain', '--no-follow-tags', '--', remote, `${NOTES_REF}:${NOTES_REF}`], {
    accept: [0, 1],
  });
  if (status === 0) return true;
  const rejected = stdout
    .toString('utf8')
    .split('\n')
    .find((line) => line.startsWith('!\t'));
  const why = rejected?.split('\t')[2] ?? 'no reason';
  if (/fetch first|non-fast-forward|stale info|lock|already exists|failed to update/.test(why)) return false;
  throw new AppError('git-failed', `expected ${remote} to take the notes, found ${why}`);
}

function differences(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): number {
  return [...after].filter(([object, note]) => before.get(object) !== note).length;
}
