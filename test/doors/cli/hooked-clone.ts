import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { runCli } from '../../support/cli.ts';
import { makeRepository, type TestRepository } from '../../support/git.ts';

/** A script that asks for nobody. */
export const SAFE = '#!/bin/sh\nset -eu\necho done\n';
/** The same script with a deletion that a person must answer for. */
export const RISKY = '#!/bin/sh\nset -eu\nrm -rf "$DIR"/\necho done\n';

/** How a command ended, and all that it printed. */
export interface Done {
  readonly status: number | null;
  readonly said: string;
}

/** A repository with a signer and one pushed commit, and the remote that it was pushed to. */
export interface HookedClone {
  readonly repository: TestRepository;
  readonly remote: TestRepository;
  /** Git as a person runs it, hooks and all. */
  readonly git: (...args: readonly string[]) => Done;
  /** `brakeline hooks install` with options. */
  readonly install: (...options: readonly string[]) => Done;
  /** Where git looks for a hook of that name. */
  readonly hookFile: (name: string) => string;
}

/** Makes both anew; hooks are not installed yet. Throws where git cannot be run. */
export function makeHookedClone(): HookedClone {
  const repository = makeRepository();
  const remote = makeRepository('--bare');
  repository.git('config', 'user.name', 'Ada');
  repository.git('config', 'user.email', 'ada@example.invalid');
  repository.git('remote', 'add', 'origin', remote.dir);
  runCli(repository.dir, ['init']);
  repository.write('ops/clean.sh', SAFE);
  repository.commit('base');
  repository.git('push', '--quiet', 'origin', 'main');
  return {
    repository,
    remote,
    git: (...args) => {
      const { status, stderr, stdout } = spawnSync('git', args, { cwd: repository.dir, encoding: 'utf8' });
      return { status, said: `${stdout}${stderr}` };
    },
    install: (...options) => {
      const { status, stdout, stderr } = runCli(repository.dir, ['hooks', 'install', ...options]);
      return { status, said: `${stdout}${stderr}` };
    },
    hookFile: (name) => path.join(repository.dir, '.git', 'hooks', name),
  };
}
