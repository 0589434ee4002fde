import type { RevokedKeys } from '../../core/model/result.ts';
import type { BlindReason, BlindSpot, FileContent, RepoPath, Tree } from '../../core/model/tree.ts';
import { allRevoked, NOBODY_REVOKED, parseRevokedKeys, reinstated } from '../../core/policy/revoked-keys.ts';
import { AppError } from '../app-error.ts';
import { type GitPlace, runGit } from '../git/git.ts';
import { badFile } from './load-policy.ts';

// Written as what RepoPath promises: relative, POSIX, without `./`.
export const REVOKED_PATH = '.brakeline/revoked_keys' as RepoPath;
const MOST_BYTES = 1_048_576;

/** Which keys count no more, and what a person cannot see of how the head changes that. */
export interface Revocations {
  readonly revoked: RevokedKeys;
  /** The head takes keys off a binary list: no hunk shows it, and so nobody could acknowledge it. */
  readonly hidden: readonly BlindSpot[];
}

/**
 * The revoked keys of two commits: whatever either of them names, because a head may only tighten. AppError `bad-policy` where
 * a list is there and cannot be read, which is never "nobody is revoked".
 */
export function loadRevocations(base: Tree, head: Tree, git: GitPlace): Revocations {
  const before = loadRevoked(base, git);
  const after = loadRevoked(head, git);
  const isText = [base, head].every((tree) => tree.read(REVOKED_PATH)?.kind !== 'unread');
  const gone = isText ? 0 : reinstated(before, after);
  const detail = `${gone} revoked ${gone === 1 ? 'key is' : 'keys are'} no longer listed`;
  return { revoked: allRevoked(before, after), hidden: gone === 0 ? [] : [{ path: REVOKED_PATH, reason: 'binary', detail }] };
}

function loadRevoked(tree: Tree, git: GitPlace): RevokedKeys {
  const content = tree.read(REVOKED_PATH);
  if (content === undefined) return NOBODY_REVOKED;
  const parsed = parseRevokedKeys(bytesOf(tree, content, git));
  if (parsed.kind === 'invalid') throw badFile(tree, REVOKED_PATH, parsed.errors);
  return parsed.revoked;
}

/** Reasons that speak of an analysis. Whatever it is too large or too odd for, a list is a list. */
const BLOB: readonly BlindReason[] = ['binary', 'not-utf8', 'too-large', 'generated', 'vendored', 'filtered'];

/** A list made by ssh-keygen is no text, and trees give texts alone: git is asked for the blob itself. */
function bytesOf(tree: Tree, content: FileContent, git: GitPlace): Uint8Array {
  if (content.kind === 'text') return Buffer.from(content.text, 'utf8');
  const { reason } = content;
  if (!BLOB.includes(reason) || !/^[0-9a-f]{40,64}$/.test(tree.id))
    throw new AppError('bad-policy', `${REVOKED_PATH}: expected a list of revoked keys, found ${reason}`);
  return runGit(git, ['cat-file', 'blob', `${tree.id}:${REVOKED_PATH}`], { maxOutputBytes: MOST_BYTES }).stdout;
}
