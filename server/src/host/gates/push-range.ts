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
  /** False for a push to a branch that others are merged into, after which nobody is asked any more; and where that is not known. */
  readonly isBefore: boolean;
  readonly reason: string;
  /** The command that says which branch is the default one, where it was never fetched. */
  readonly unsure?: string;
}

/**
 * The commit that policy and signers of a push come from: for a branch that others are merged into what it was before, for any other
 * branch the remote's default branch. Only what is known here is asked: nothing is fetched. So `refs/remotes/REMOTE/HEAD` may be of
 * before the default was renamed, and what is believed of it is only that its branch is one of those that others are merged into. What
 * a branch's own name says, and what the person named, makes others such too; and so does not knowing, but for a branch that
 * the remote does not have yet, which is nobody's default (test/host/push-range.test.ts).
 */
export function pushBase(place: GitPlace, remote: string, { remoteRef, remoteOid }: PushedRef): PushBase | undefined {
  const isNamed = isPlainName(remote);
  const head = isNamed ? gitText(place, ['symbolic-ref', '--quiet', `refs/remotes/${remote}/HEAD`], { accept: [0, 1, 128] }) : '';
  const candidates = !isNamed ? [] : head === '' ? ['main', 'master'].map((name) => `refs/remotes/${remote}/${name}`) : [head];
  const target = candidates.map((ref) => ({ ref, oid: commitOf(place, ref) })).find(({ oid }) => oid !== '');
  const name = target?.ref.replace(`refs/remotes/${remote}/`, '') ?? '';
  const pushed = remoteRef.replace(/^refs\/heads\//, '');
  const isNew = /^0+$/.test(remoteOid);
  const isMergedInto = pushed === name || isMergeTarget(place, pushed);
  if (target !== undefined && !isMergedInto) {
    const reason = `${remote}/${name}, which the branch will be merged into`;
    const unsure = isNew || head !== '' ? {} : { unsure: `git remote set-head ${remote} --auto` };
    return { oid: target.oid, target: name, isBefore: unsure.unsure === undefined, reason, ...unsure };
  }
  if (!isNew && commitOf(place, remoteOid) !== '')
    return { oid: remoteOid, target: pushed, isBefore: false, reason: `what ${remote} has of it` };
  const own = isNew || !isNamed ? '' : commitOf(place, `refs/remotes/${remote}/${pushed}`);
  if (own !== '') return { oid: own, target: pushed, isBefore: false, reason: `${remote}/${pushed}, as it was fetched last` };
  return target === undefined
    ? undefined
    : { oid: target.oid, target: pushed, isBefore: false, reason: `${remote}/${name}, as it was fetched last` };
}

/** Names that default branches have, those that git gave and those that teams give. */
const DEFAULT = /^(?:main|master|trunk|mainline|default|develop|development|dev|next|stable|prod|production|live|release|releases)$/i;
/** Branches that a version is kept on: `release/1.2`, `release-1.2`, `v2`, `1.x`, `17.0`, `branch-3.4`, `7-1-stable`, `REL_16_STABLE`. */
const VERSION =
  /^(?:releases?|rel|branch|stable|maintenance|maint|support|lts)[-_/]?v?\d[\w.-]*$|^v\d[\dx]*(?:\.[\dx]+)*$|^\d+(?:\.[\dx]+)+$|\d[-_]stable$/i;
const FOLDER = /^(?:releases?|stable)\/./i;

/** Whether others are merged into a branch, as far as its name and this clone's settings say. */
function isMergeTarget(place: GitPlace, branch: string): boolean {
  if (DEFAULT.test(branch) || VERSION.test(branch) || FOLDER.test(branch)) return true;
  return ['init.defaultBranch', 'brakeline.target'].some((key) => {
    const named = gitText(place, ['config', '--get-all', key], { accept: [0, 1] }).split('\n');
    return named.some((one) => one.replace(/^refs\/heads\//, '') === branch);
  });
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

/** How many commits a push takes off a branch as the remote has it; 0 where that is not known here, and for a new branch. */
export function commitsTaken(place: GitPlace, { localOid, remoteOid }: PushedRef): number {
  return /^0+$/.test(remoteOid) || commitOf(place, remoteOid) === '' ? 0 : commitsBetween(place, localOid, remoteOid);
}
