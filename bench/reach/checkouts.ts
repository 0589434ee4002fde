import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { listSourceFiles } from './source-files.ts';

/** A repository's HEAD in a folder of its own, with nothing installed or built. */
export interface Checkout {
  readonly name: string;
  /** Of the repository as it was given. */
  readonly commit: string;
  readonly dir: string;
  /** Source files of JavaScript and TypeScript, sorted. */
  readonly files: readonly string[];
}

const QUIET = ['-c', 'advice.detachedHead=false', '-c', 'filter.lfs.smudge=', '-c', 'filter.lfs.required=false'];
const AUTHOR = ['-c', 'user.name=bench', '-c', 'user.email=bench@example.invalid', '-c', 'commit.gpgsign=false'];

/** Clones `source`, a git repository, bare or not, into `folder`. Nothing is fetched and nothing is written to the source. */
export function checkOut(name: string, source: string, folder: string): Checkout {
  const dir = path.join(folder, name);
  git(folder, [...QUIET, 'clone', '--quiet', '--shared', '--no-checkout', path.resolve(source), dir]);
  const commit = git(dir, ['rev-parse', 'HEAD']).trim();
  git(dir, ['read-tree', 'HEAD']);
  dropMissing(dir);
  git(dir, [...QUIET, 'checkout-index', '--all', '--quiet']);
  git(dir, ['update-index', '--refresh', '-q']);
  return { name, commit, dir, files: listSourceFiles(dir) };
}

/** A snapshot may lack files of its own commit. They are taken out, so that every contender sees the same tree. */
function dropMissing(dir: string): void {
  const blobs = new Map<string, string>();
  for (const entry of git(dir, ['ls-tree', '-r', '-z', 'HEAD']).split('\0')) {
    const [about = '', file = ''] = entry.split('\t');
    const [, kind, oid] = about.split(' ');
    if (kind === 'blob' && oid !== undefined) blobs.set(file, oid);
  }
  const answers = git(dir, ['cat-file', '--batch-check'], [...blobs.values()].join('\n'));
  const missing = new Set([...answers.matchAll(/^(\w+) missing$/gm)].map(([, oid]) => oid));
  const dropped = [...blobs].filter(([, oid]) => missing.has(oid)).map(([file]) => file);
  if (dropped.length === 0) return;
  git(dir, ['update-index', '-z', '--force-remove', '--stdin'], `${dropped.join('\0')}\0`);
  git(dir, [...AUTHOR, 'commit', '--quiet', '--no-verify', `--message=without ${dropped.length} files that the snapshot lacks`]);
}

/** Puts checkouts side by side until there are at least `most` source files; the last ones may come in twice. One commit. */
export function placeSideBySide(checkouts: readonly Checkout[], most: number, folder: string): Checkout {
  const dir = path.join(folder, `side-by-side-${most}`);
  mkdirSync(dir);
  git(dir, ['init', '--quiet']);
  let count = 0;
  for (let round = 1; count < most; round += 1) {
    for (const checkout of checkouts) {
      if (most <= count) break;
      for (const file of checkout.files.slice(0, most - count)) copy(checkout, file, path.join(dir, `${checkout.name}-${round}`));
      for (const manifest of manifestsOf(checkout)) copy(checkout, manifest, path.join(dir, `${checkout.name}-${round}`));
      count += checkout.files.length;
    }
  }
  git(dir, ['add', '--all']);
  git(dir, [...AUTHOR, 'commit', '--quiet', '--no-verify', '--message=side by side']);
  return { name: path.basename(dir), commit: git(dir, ['rev-parse', 'HEAD']).trim(), dir, files: listSourceFiles(dir) };
}

function manifestsOf({ dir }: Checkout): readonly string[] {
  return git(dir, ['ls-files', '-z'])
    .split('\0')
    .filter((file) => /(^|\/)(package|tsconfig[\w.-]*)\.json$/.test(file));
}

function copy({ dir }: Checkout, file: string, to: string): void {
  const from = path.join(dir, file);
  if (!(statSync(from, { throwIfNoEntry: false })?.isFile() ?? false)) return;
  mkdirSync(path.dirname(path.join(to, file)), { recursive: true });
  cpSync(from, path.join(to, file));
}

export function git(dir: string, args: readonly string[], input?: string): string {
  return execFileSync('git', ['-C', dir, ...args], {
    encoding: 'utf8',
    maxBuffer: 1 << 29,
    input: input ?? '',
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, GIT_NO_LAZY_FETCH: '1', GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' },
  });
}
