import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { GitPlace } from './git.ts';
import type { RepositoryPlace } from './locate.ts';

/**
 * A git directory of our own that holds nothing and borrows the repository's objects. A command that runs in it knows no
 * remote (so that a partial clone cannot fetch), no attributes of this machine, and no index but its own.
 */
export interface ObjectView {
  readonly dir: string;
  readonly git: GitPlace;
  close(): void;
}

export function openObjectView(place: RepositoryPlace): ObjectView {
  const dir = mkdtempSync(path.join(tmpdir(), 'brakeline-'));
  mkdirSync(path.join(dir, 'refs'));
  mkdirSync(path.join(dir, 'objects'));
  writeFileSync(path.join(dir, 'HEAD'), 'ref: refs/heads/none\n');
  const format = place.objectFormat === 'sha256' ? '\trepositoryformatversion = 1\n[extensions]\n\tobjectformat = sha256\n' : '';
  writeFileSync(path.join(dir, 'config'), `[core]\n\tbare = true\n${format}`);
  return {
    dir,
    git: {
      cwd: dir,
      env: {
        GIT_DIR: dir,
        // A hook that receives a push has its new objects elsewhere, and says where.
        GIT_OBJECT_DIRECTORY: process.env.GIT_OBJECT_DIRECTORY ?? path.join(place.commonDir, 'objects'),
        GIT_ATTR_NOSYSTEM: '1',
        GIT_CONFIG_NOSYSTEM: '1',
        GIT_CONFIG_GLOBAL: '/dev/null',
      },
    },
    close: () => rmSync(dir, { recursive: true, force: true }),
  };
}
