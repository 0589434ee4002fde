import path from 'node:path';
import { readAssetsFrom } from '../../server/src/host/assets.ts';
import { openSession, type Session } from '../../server/src/host/session.ts';
import type { TestRepository } from './git.ts';

/** Opens a session on a repository as a door would, and closes it again. */
export async function inSession<T>({ dir }: Pick<TestRepository, 'dir'>, use: (session: Session) => Promise<T>): Promise<T> {
  const session = openSession(dir, { readAsset: readAssetsFrom(path.resolve('dist')), env: {} });
  try {
    return await use(session);
  } finally {
    session.close();
  }
}
