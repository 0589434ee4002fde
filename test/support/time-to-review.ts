import { prepareLanguages } from '../../server/src/core/languages/prepare.ts';
import type { RepoPath } from '../../server/src/core/model/tree.ts';
import { changeOf, check, readAsset } from './check.ts';

export const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index);

/** Processor time of one review, in milliseconds. */
export async function timeToReview(before: ReadonlyMap<RepoPath, string>, after: ReadonlyMap<RepoPath, string>): Promise<number> {
  const change = changeOf({ before, after });
  await prepareLanguages(change.touched, readAsset);
  const started = process.cpuUsage();
  await check(change);
  const { user, system } = process.cpuUsage(started);
  return (user + system) / 1_000;
}
