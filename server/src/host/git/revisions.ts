import { AppError } from '../app-error.ts';
import { CARRIER_FOLDER } from '../carriers/carrier-path.ts';
import { gitText, runGit, splitNul } from './git.ts';
import type { RepositoryPlace } from './locate.ts';

export interface Head {
  readonly oid: string;
  /** `refs/heads/main`; absent where the head is detached. */
  readonly ref?: string;
}

/** Object id of the checked-out commit. Errors: `no-commits`. */
export function headCommit(place: RepositoryPlace): string {
  const oid = findCommit(place, 'HEAD');
  if (oid === undefined) throw new AppError('no-commits', 'expected a commit to compare with, found a repository without commits');
  return oid;
}

/** The checked-out commit. Errors: `no-commits`. */
export function readHead(place: RepositoryPlace): Head {
  const oid = headCommit(place);
  const ref = gitText(place.git, ['symbolic-ref', '--quiet', 'HEAD'], { accept: [0, 1] });
  return ref === '' ? { oid } : { oid, ref };
}

/** Object id of the commit that a revision names. Errors: `bad-revision`, `no-commits`, `shallow` where its history was cut. */
export function resolveCommit(place: RepositoryPlace, revision: string): string {
  const oid = findCommit(place, revision);
  if (oid !== undefined) return oid;
  if (findCommit(place, 'HEAD') === undefined && /^(HEAD|@)([~^]|$)/.test(revision)) readHead(place);
  const stem = revision.replace(/[~^](?<![~^]\d*[~^])[~^\d]*$/, '');
  const child = stem === revision || stem === '' ? undefined : findCommit(place, stem);
  if (place.isShallow && (child !== undefined || isObjectId(revision))) {
    throw new AppError(
      'shallow',
      `expected the commit "${revision}", found a shallow clone without it; run git fetch --unshallow (in CI: fetch-depth: 0)`,
    );
  }
  const noParent = `; "${stem}" has no such parent, and the base of a first commit is the empty tree ${emptyTree(place)}`;
  const notFetched = place.isShallow ? '; in a shallow clone, fetch the base (fetch-depth: 0)' : '';
  const hint = child === undefined ? notFetched : noParent;
  throw new AppError('bad-revision', `expected a commit, found "${revision}"${hint}`);
}

/** The best common ancestor, or undefined where the histories share none. */
export function mergeBase(place: RepositoryPlace, a: string, b: string): string | undefined {
  const answer = gitText(place.git, ['merge-base', '--end-of-options', a, b], { accept: [0, 1] });
  return answer === '' ? undefined : answer;
}

/** The id that every repository of this format gives to the tree without entries; git knows it without storing it. */
export function emptyTree(place: RepositoryPlace): string {
  return place.objectFormat === 'sha256'
    ? '6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321'
    : '4b825dc642cb6eb9a060e54bf8d69288fbee4904';
}

export interface Author {
  readonly name: string;
  readonly email: string;
}

/**
 * Everybody who is named as author, committer or co-author of the commits after `base` up to `head`, each e-mail once. Who only
 * commits acknowledgements has written nothing of the change, and may be the one who is asked for
 * (test/host/verify-commits.test.ts).
 */
export function listAuthors(place: RepositoryPlace, base: string, head: string): readonly Author[] {
  const range = base === emptyTree(place) ? [head] : [`^${base}`, head];
  const format = '--format=tformat:%an%x00%ae%x00%cn%x00%ce%x00%(trailers:key=Co-authored-by,valueonly,unfold)%x00%H';
  const fields = splitNul(runGit(place.git, ['log', '-z', '--no-show-signature', format, '--end-of-options', ...range]).stdout);
  const authors = new Map<string, Author>();
  const add = (name: string, email: string): void => {
    if (!authors.has(email.toLowerCase())) authors.set(email.toLowerCase(), { name, email });
  };
  const carriersAlone = commitsOfCarriersAlone(place, range);
  for (let i = 0; i + 5 < fields.length; i += 6) {
    if (carriersAlone.has((fields[i + 5] ?? '').trim())) continue;
    add(fields[i] ?? '', fields[i + 1] ?? '');
    add(fields[i + 2] ?? '', fields[i + 3] ?? '');
    for (const line of (fields[i + 4] ?? '').split('\n')) {
      const open = line.lastIndexOf('<');
      const close = line.lastIndexOf('>');
      if (open !== -1 && open < close) add(line.slice(0, open).trim(), line.slice(open + 1, close).trim());
    }
  }
  return [...authors.values()];
}

/** Commits that touch files below `.brakeline/acks` and nothing else. A merge is none: what it resolves may be anything. */
function commitsOfCarriersAlone(place: RepositoryPlace, range: readonly string[]): ReadonlySet<string> {
  // Paths are literal by magic here, which a general setting would not let them say.
  const reading = { ...place.git, env: { ...place.git.env, GIT_LITERAL_PATHSPECS: '0' } };
  const touching = (...paths: readonly string[]): readonly string[] =>
    splitNul(
      runGit(reading, [
        'log',
        '-z',
        '--no-show-signature',
        '--no-merges',
        '--full-history',
        '--format=tformat:%H',
        ...range,
        '--',
        ...paths,
      ]).stdout,
    ).map((oid) => oid.trim());
  const carrying = touching(`:(top,literal)${CARRIER_FOLDER}`);
  if (carrying.length === 0) return new Set();
  const others = new Set(touching(':(top)', `:(top,exclude,literal)${CARRIER_FOLDER}`));
  return new Set(carrying.filter((oid) => !others.has(oid)));
}

/** Commits that were found before, by their ids: an id means the same for ever, which a name does not. */
const FOUND = new WeakMap<RepositoryPlace, Map<string, string>>();

/** Lets HEAD of this place be the commit that it was found to be: for whoever answers once, and of one commit. */
export function holdHead(place: RepositoryPlace, oid: string): void {
  FOUND.set(
    place,
    new Map([
      ['HEAD', oid],
      [oid, oid],
    ]),
  );
}

function findCommit(place: RepositoryPlace, revision: string): string | undefined {
  if (revision.includes('\0') || revision === '') return undefined;
  const found = FOUND.get(place) ?? new Map<string, string>();
  FOUND.set(place, found);
  const known = found.get(revision);
  if (known !== undefined) return known;
  const oid = gitText(place.git, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`], { accept: [0, 1, 128] });
  if (!isObjectId(oid)) return undefined;
  found.set(oid, oid);
  return oid;
}

function isObjectId(text: string): boolean {
  return /^([0-9a-f]{40}|[0-9a-f]{64})$/.test(text);
}
