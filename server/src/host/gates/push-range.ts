import { type GitPlace, gitText, runGit } from '../git/git.ts';

/** One ref that is being pushed, as git tells a pre-push hook on standard input. */
export interface PushedRef {
  readonly localRef: string;
  readonly localOid: string;
  readonly remoteRef: string;
  readonly remoteOid: string;
}

/** Reads `<local ref> <local oid> <remote ref> <remote oid>` lines (githooks(5)); others are left out. */
export function parsePushedRefs(text: string): readonly PushedRef[] {
  return text.split('\n').flatMap((line) => {
    const [localRef = '', localOid = '', remoteRef = '', remoteOid = ''] = line.trim().split(' ');
    return isObjectId(localOid) && isObjectId(remoteOid) ? [{ localRef, localOid, remoteRef, remoteOid }] : [];
  });
}

/** What a pushed ref is to be compared with, and why; undefined where there is nothing of the remote's here. */
export interface PushBase {
  readonly oid: string;
  /** The branch that the change goes into, for acknowledgements that name one. */
  readonly target: string;
  /** False for a push to the target itself, after which nobody is asked any more. */
  readonly isBefore: boolean;
  readonly reason: string;
}

/**
 * The commit that policy and signers of a push come from: for the remote's default branch what it was before, for any other branch
 * the default branch that it will be merged into. Only what is known here is asked: nothing is fetched.
 */
export function pushBase(place: GitPlace, remote: string, { remoteRef, remoteOid }: PushedRef): PushBase | undefined {
  const tracked = isPlainName(remote)
    ? gitText(place, ['symbolic-ref', '--quiet', `refs/remotes/${remote}/HEAD`], { accept: [0, 1, 128] })
    : '';
  const candidates = tracked === '' ? ['main', 'master'].map((name) => `refs/remotes/${remote}/${name}`) : [tracked];
  const target = isPlainName(remote)
    ? candidates.map((ref) => ({ ref, oid: commitOf(place, ref) })).find(({ oid }) => oid !== '')
    : undefined;
  const name = target?.ref.replace(`refs/remotes/${remote}/`, '');
  const pushed = remoteRef.replace(/^refs\/heads\//, '');
  const isNew = /^0+$/.test(remoteOid);
  if (target !== undefined && remoteRef !== `refs/heads/${name}`)
    return { oid: target.oid, target: name ?? '', isBefore: true, reason: `${remote}/${name}, which the branch will be merged into` };
  if (!isNew && commitOf(place, remoteOid) !== '')
    return { oid: remoteOid, target: pushed, isBefore: false, reason: `what ${remote} has of it` };
  return target === undefined
    ? undefined
    : { oid: target.oid, target: pushed, isBefore: false, reason: `${remote}/${name}, as it was fetched last` };
}

/** Deleting a ref sends nothing; a tag or a note is no branch that is merged. */
export function isBranchUpdate({ localOid, remoteRef }: PushedRef): boolean {
  return !/^0+$/.test(localOid) && remoteRef.startsWith('refs/heads/');
}

/** Ids of the commits of a push; none means that the remote has them all. */
export function commitsBetween(place: GitPlace, base: string, head: string): number {
  return Number(
    runGit(place, ['rev-list', '--count', '--end-of-options', head, `^${base}`])
      .stdout.toString('utf8')
      .trim(),
  );
}

function commitOf(place: GitPlace, revision: string): string {
  return gitText(place, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`], { accept: [0, 1, 128] });
}

/** A push may name a URL instead of a remote. */
function isPlainName(remote: string): boolean {
  return /^[\w][\w./-]*$/.test(remote) && !remote.includes('..') && !remote.includes('//');
}

function isObjectId(text: string): boolean {
  return /^([0-9a-f]{40}|[0-9a-f]{64})$/.test(text);
}
