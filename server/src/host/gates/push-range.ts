import { type GitPlace, gitText, runGit } from '../git/git.ts';
import { nearestRemote, shownRemote } from './push-remote.ts';

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

/** What a pushed ref is to be compared with, and why; undefined where nothing of any remote is here that could tell. */
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
 * branch the remote's default branch, for one that goes to a review the branch that it is for. Only what is known here is asked: nothing
 * is fetched. So `refs/remotes/REMOTE/HEAD` may be of before the default was renamed, and what is believed of it is only that its branch is
 * one of those that others are merged into. What a branch's own name says, and what the person named, makes others such too; and so does
 * not knowing, but for a branch that the remote does not have yet, which is nobody's default. Where nothing of the remote is here, another
 * one stands in for it (push-remote.ts): a fork is compared with what it was forked from (test/host/push-range.test.ts). `url` is the
 * remote's address, where git gives a name.
 */
export function pushBase(place: GitPlace, remote: string, ref: PushedRef, url = remote): PushBase | undefined {
  const { remoteRef, remoteOid, localRef } = ref;
  const near = nearestRemote(place, remote, url, localRef);
  const shown = shownRemote(remote);
  const head =
    near === undefined ? '' : gitText(place, ['symbolic-ref', '--quiet', `refs/remotes/${near.name}/HEAD`], { accept: [0, 1, 128] });
  const target = near === undefined ? undefined : defaultBranch(place, near.name, head);
  const because = near?.isSame === false ? `because nothing of ${shown} was fetched` : undefined;
  const review = reviewOf(remoteRef);
  if (review !== undefined) return near === undefined ? undefined : reviewBase(place, near.name, review, target, because);
  const pushed = remoteRef.replace(/^refs\/heads\//, '');
  const isNew = /^0+$/.test(remoteOid);
  const isMergedInto = pushed === target?.name || isMergeTarget(place, pushed);
  if (near !== undefined && target !== undefined && !isMergedInto) {
    const reason = `${near.name}/${target.name}, ${because ?? 'which the branch will be merged into'}`;
    const unsure = isNew || head !== '' ? {} : { unsure: `git remote set-head ${near.name} --auto` };
    return { oid: target.oid, target: target.name, isBefore: unsure.unsure === undefined, reason, ...unsure };
  }
  if (!isNew && commitOf(place, remoteOid) !== '')
    return { oid: remoteOid, target: pushed, isBefore: false, reason: `what ${shown} has of it` };
  const fetched = because ?? 'as it was fetched last';
  const own = near === undefined || (isNew && near.isSame) ? '' : commitOf(place, `refs/remotes/${near.name}/${pushed}`);
  if (near !== undefined && own !== '') return { oid: own, target: pushed, isBefore: false, reason: `${near.name}/${pushed}, ${fetched}` };
  return near === undefined || target === undefined
    ? undefined
    : { oid: target.oid, target: pushed, isBefore: false, reason: `${near.name}/${target.name}, ${fetched}` };
}

interface KnownBranch {
  readonly name: string;
  readonly oid: string;
}

/** The branch that the remote's HEAD names, and without one what default branches are called; undefined where it is not here. */
function defaultBranch(place: GitPlace, remote: string, head: string): KnownBranch | undefined {
  const names = head === '' ? ['main', 'master'] : [head.replace(`refs/remotes/${remote}/`, '')];
  return firstKnown(place, remote, names);
}

function firstKnown(place: GitPlace, remote: string, names: readonly string[]): KnownBranch | undefined {
  return names.map((name) => ({ name, oid: commitOf(place, `refs/remotes/${remote}/${name}`) })).find(({ oid }) => oid !== '');
}

/**
 * What stands behind the namespace of a push that goes to a review and moves no branch: `refs/for/main%topic=x` of Gerrit,
 * `refs/for/main/topic` of Gitea and Forgejo. Undefined for any other ref.
 */
function reviewOf(ref: string): Review | undefined {
  const parts = /^refs\/(?:for|drafts?|for-review|publish)\/(?:refs\/heads\/)?([^%]+)(?:%(.*))?$/.exec(ref);
  if (parts === null) return undefined;
  // `%submit` merges it there and then: nobody is asked after the push.
  return { path: (parts[1] ?? '').replace(/(?<!\/)\/+$/, ''), isBefore: !/(?:^|,)submit(?:,|$)/.test(parts[2] ?? '') };
}

/** A branch, with a topic behind it or not, and whether somebody is asked before it changes. */
interface Review {
  readonly path: string;
  readonly isBefore: boolean;
}

/** A branch may have a folder, and a topic may follow it: the longest that is known here is the branch. */
function reviewBase(
  place: GitPlace,
  remote: string,
  { path, isBefore }: Review,
  target: KnownBranch | undefined,
  because: string | undefined,
): PushBase | undefined {
  const parts = path.split('/');
  const names = parts.map((_, index) => parts.slice(0, parts.length - index).join('/'));
  const branch = firstKnown(place, remote, names);
  if (branch !== undefined)
    return {
      oid: branch.oid,
      target: branch.name,
      isBefore,
      reason: `${remote}/${branch.name}, ${because ?? 'which the change is for'}`,
    };
  if (target === undefined) return undefined;
  const reason = `${remote}/${target.name}, ${because ?? `because nothing of ${path} was fetched`}`;
  return { oid: target.oid, target: path, isBefore, reason };
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

/** Deleting a ref sends nothing; a tag or a note is no branch that is merged, nor becomes one by a review. */
export function isBranchUpdate({ localOid, remoteRef }: PushedRef): boolean {
  return !/^0+$/.test(localOid) && (remoteRef.startsWith('refs/heads/') || reviewOf(remoteRef) !== undefined);
}

/** Whether a ref is one of a namespace that is known neither to hold branches nor to hold none: tags and notes hold none. */
export function isOfUnknownKind(ref: PushedRef): boolean {
  return !/^0+$/.test(ref.localOid) && !isBranchUpdate(ref) && !/^refs\/(?:tags|notes)\//.test(ref.remoteRef);
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

function isObjectId(text: string): boolean {
  return /^([0-9a-f]{40}|[0-9a-f]{64})$/.test(text);
}

/**
 * How many commits a push takes off a branch as the remote has it; 0 for a new branch, undefined where what the remote has is not here:
 * then it has commits that were never fetched, and git refuses a push that is not forced.
 */
export function commitsTaken(place: GitPlace, { localOid, remoteOid }: PushedRef): number | undefined {
  if (/^0+$/.test(remoteOid)) return 0;
  return commitOf(place, remoteOid) === '' ? undefined : commitsBetween(place, localOid, remoteOid);
}
