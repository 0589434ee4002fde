import { type GitPlace, gitText } from '../git/git.ts';

/** The remote of this clone whose branches a push is compared with. */
export interface NearestRemote {
  readonly name: string;
  /** True where it is the one that is pushed to: by its name, or by its address. */
  readonly isSame: boolean;
}

/**
 * Of a push to `remote`, which git gives by its name or, where it has none, by its address, and which nothing may have been fetched of: the
 * remote itself, one of the same address, the one that the pushed branch came from, `origin`, or the only one of which anything is here.
 * Undefined where there is none: nothing is fetched to find out.
 */
export function nearestRemote(place: GitPlace, remote: string, url: string, localRef: string): NearestRemote | undefined {
  const known = knownRemotes(place);
  if (known.has(remote)) return { name: remote, isSame: true };
  const address = addressOf(url);
  const same = remotesWithUrls(place).find((one) => known.has(one.name) && addressOf(one.url) === address);
  if (same !== undefined) return { name: same.name, isSame: true };
  const branch = localRef.replace(/^refs\/heads\//, '');
  const own = gitText(place, ['config', '--get', `branch.${branch}.remote`], { accept: [0, 1] });
  const near = [own, 'origin'].find((name) => known.has(name));
  const [only, ...others] = known;
  const name = near ?? (others.length === 0 ? only : undefined);
  return name === undefined ? undefined : { name, isSame: false };
}

/** What a person is shown of a remote: a password that stands in its address is not printed. */
export function shownRemote(remote: string): string {
  return remote.replace(/^([a-z+]+:\/\/)[^/@]*@/i, '$1');
}

/** Remotes of which this clone has a branch. A remote's name may hold slashes, so it is asked for by its name. */
function knownRemotes(place: GitPlace): ReadonlySet<string> {
  const branches = gitText(place, ['for-each-ref', '--format=%(refname)', 'refs/remotes']).split('\n');
  const named = [...new Set(remotesWithUrls(place).map(({ name }) => name))];
  // One that was taken out of the configuration has left its branches here.
  const left = branches.map((ref) => ref.split('/')[2] ?? '').filter((name) => name !== '');
  return new Set([...named, ...left].filter((name) => branches.some((ref) => ref.startsWith(`refs/remotes/${name}/`))));
}

/** As git would use them, `url.<base>.insteadOf` applied: that is how a hook is given one. */
function remotesWithUrls(place: GitPlace): readonly { readonly name: string; readonly url: string }[] {
  return gitText(place, ['remote', '--verbose'])
    .split('\n')
    .flatMap((line) => {
      const [name = '', rest = ''] = line.split('\t');
      return name === '' ? [] : [{ name, url: rest.replace(/ \((?:fetch|push)\)(?: \[[^\]]*\])?$/, '') }];
    });
}

/** Host and path of an address, in whichever of its forms it is written: `https://host/o/r.git`, `git@host:o/r`; a path is itself. */
function addressOf(url: string): string {
  const parts = /^[a-z+]+:\/\/(?:[^/@]*@)?([^/:]*)(?::\d+)?\/(.*)$/i.exec(url) ?? /^(?:[^/@:]*@)?([^/@:]+):(.*)$/.exec(url);
  const place = parts === null ? url : `${(parts[1] ?? '').toLowerCase()}/${(parts[2] ?? '').replace(/^\/+/, '')}`;
  return place.replace(/(?<!\/)\/+$/, '').replace(/\.git$/, '');
}
