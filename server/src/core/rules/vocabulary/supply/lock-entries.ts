import type { RepoPath, Tree } from '../../../model/tree.ts';
import type { Ecosystem } from './popular-packages.ts';

/** What the nearest lock file says of a package; `unread` where it was not read, and so says nothing either way. */
export type Lock = 'locked' | 'unlocked' | 'unread' | 'no-lockfile';

/** Names of the lock files of each ecosystem. */
export const LOCK_FILES: Readonly<Record<Ecosystem, readonly string[]>> = {
  npm: ['package-lock.json', 'npm-shrinkwrap.json', 'pnpm-lock.yaml', 'yarn.lock', 'bun.lock'],
  python: ['poetry.lock', 'uv.lock', 'pdm.lock', 'Pipfile.lock'],
  cargo: ['Cargo.lock'],
  go: ['go.sum', 'go.work.sum'],
  maven: ['gradle.lockfile'],
};

/** The nearest lock file at or above the manifest decides; one that cannot be read vouches for nothing. */
export function lockOf(name: string, manifest: RepoPath, tree: Tree, ecosystem: Ecosystem): Lock {
  const paths = new Set<string>(tree.paths());
  for (let folder = parent(manifest); ; folder = parent(folder)) {
    for (const lockfile of LOCK_FILES[ecosystem]) {
      const file = `${folder === '' ? '' : `${folder}/`}${lockfile}`;
      if (!paths.has(file)) continue;
      // The path came from the tree itself.
      const content = tree.read(file as RepoPath);
      if (content?.kind === 'text') return isLocked(name, content.text, ecosystem) ? 'locked' : 'unlocked';
      if (content?.kind === 'unread') return 'unread';
    }
    if (folder === '') return 'no-lockfile';
  }
}

/** Each lock file writes an entry of its own for a package; a bare mention in another package's list is none. */
function isLocked(name: string, lockfile: string, ecosystem: Ecosystem): boolean {
  const entries: Readonly<Record<Ecosystem, readonly string[]>> = {
    npm: [
      `"node_modules/${name}"`,
      `/node_modules/${name}"`,
      `\n"${name}@`,
      `\n${name}@`,
      `\n  '${name}@`,
      `\n  ${name}@`,
      `\n  /${name}@`,
      `\n  /${name}/`,
      `\n    "${name}": [`,
    ],
    python: [`\nname = "${name}"\n`, `\n        "${name}": {`],
    cargo: [`\nname = "${name}"\n`],
    go: [`${name} v`],
    maven: [`\n${name}:`],
  };
  const spellings = ecosystem === 'python' ? lockfile.toLowerCase().replaceAll('_', '-') : lockfile;
  return entries[ecosystem].some((entry) => spellings.includes(entry));
}

function parent(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}
