import { statSync } from 'node:fs';
import path from 'node:path';
import type { RepoPath } from '../../core/model/tree.ts';
import { AppError } from '../app-error.ts';
import { runGit, splitNul } from './git.ts';
import { entriesBelow, LIST_INDEX, type TreeEntry } from './list-tree.ts';
import type { RepositoryPlace } from './locate.ts';
import { askForBlobs, type KnownBlobs, MOST_OBJECTS, takeBlobs } from './objects-at-once.ts';

/** What analysing a staged change asks of git first. */
export interface StagedAhead {
  /** What the commit below holds. */
  readonly entries?: ReadonlyMap<RepoPath, TreeEntry>;
  /** What it holds where the index differs. */
  readonly blobs?: KnownBlobs;
}

/** Says which index there is; undefined where there is none. Git writes an index anew and moves it into place. */
export function stampOfIndex({ git, gitDir }: Pick<RepositoryPlace, 'git' | 'gitDir'>): string | undefined {
  const status = statSync(git.env?.GIT_INDEX_FILE ?? path.join(gitDir, 'index'), { bigint: true, throwIfNoEntry: false });
  return status === undefined ? undefined : `${status.dev} ${status.ino} ${status.size} ${status.mtimeNs}`;
}

/**
 * Lets git answer while this thread does something else; what it lists at length is taken in one go when all else is there, which is
 * quicker than piece by piece. `stamp` is the index's, taken before `listed` was: of another index the answer is not taken. What cannot be
 * had is asked by whoever comes to need it, and says there why.
 */
export async function lookAtStaged(place: RepositoryPlace, listed: Buffer, stamp: string | undefined): Promise<StagedAhead> {
  const oids = replacedObjects(listed);
  const few = 0 < oids.length && oids.length <= MOST_OBJECTS;
  const [output] = await Promise.all([few ? orNothing(askForBlobs({ cwd: place.git.cwd }, oids)) : undefined, place.askPartial()]);
  const entries = stamp === undefined ? undefined : listBelow(place, listed, stamp);
  // What a partial clone lacks is lacking, whatever git can reach.
  const blobs = output === undefined || place.isPartial ? undefined : takeBlobs(output, oids);
  return { ...(entries === undefined ? {} : { entries }), ...(blobs === undefined ? {} : { blobs }) };
}

function listBelow(place: RepositoryPlace, listed: Buffer, stamp: string): StagedAhead['entries'] {
  try {
    const held = runGit(place.git, LIST_INDEX).stdout;
    return stampOfIndex(place) === stamp ? entriesBelow(held, listed) : undefined;
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  }
}

function replacedObjects(listed: Buffer): readonly string[] {
  return splitNul(listed).flatMap((field, i) => {
    const [mode = '', , oid = ''] = i % 2 === 0 ? field.slice(1).split(' ') : [];
    return mode.startsWith('100') ? [oid] : [];
  });
}

async function orNothing(answer: Promise<Buffer>): Promise<Buffer | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  }
}
