import { execFileSync } from 'node:child_process';
import { lstatSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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
  // Of files that are no older than its index by a second git trusts no time stamp and compares the contents, until somebody asks it
  // for the status: editors do so all the time, and a checkout that is a second old has seen none.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_100);
  git(dir, ['status', '--porcelain']);
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

/**
 * A tree of `count` source files: those of all checkouts side by side, or as large a part of each, so that the mix is the same in a
 * small tree and in a large one. Where they are too few they come again, with a remark that makes each another content. One commit.
 */
export function placeSideBySide(checkouts: readonly Checkout[], count: number, folder: string): Checkout {
  const dir = path.join(folder, `side-by-side-${count}`);
  mkdirSync(dir);
  git(dir, ['init', '--quiet']);
  const total = checkouts.reduce((sum, { files }) => sum + files.length, 0);
  for (let round = 1, left = count; left > 0; round += 1, left -= total) {
    const part = Math.min(1, left / total);
    for (const checkout of checkouts) {
      const to = path.join(dir, `${checkout.name}-${round}`);
      for (const manifest of manifestsOf(checkout)) copy(checkout, manifest, to, '');
      const remark = round === 1 ? '' : `\n// ${round}\n`;
      for (const file of checkout.files.slice(0, Math.round(part * checkout.files.length))) copy(checkout, file, to, remark);
    }
  }
  git(dir, ['add', '--all', '--force']);
  git(dir, [...AUTHOR, 'commit', '--quiet', '--no-verify', '--message=side by side']);
  return { name: path.basename(dir), commit: git(dir, ['rev-parse', 'HEAD']).trim(), dir, files: listSourceFiles(dir) };
}

function manifestsOf({ dir }: Checkout): readonly string[] {
  return git(dir, ['ls-files', '-z'])
    .split('\0')
    .filter((file) => /(^|\/)(package|tsconfig[\w.-]*)\.json$/.test(file));
}

function copy({ dir }: Checkout, file: string, to: string, remark: string): void {
  const from = path.join(dir, file);
  // A symlink may lead out of the checkout.
  if (!(lstatSync(from, { throwIfNoEntry: false })?.isFile() ?? false)) return;
  mkdirSync(path.dirname(path.join(to, file)), { recursive: true });
  writeFileSync(path.join(to, file), Buffer.concat([readFileSync(from), Buffer.from(remark)]));
}

/** Takes away what an earlier process kept of its index, so that the next one starts cold. */
export function forgetScans({ dir }: Checkout): void {
  for (const name of ['scans', 'graph']) rmSync(path.join(dir, '.git', 'brakeline', name), { force: true });
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
