import path from 'node:path';
import { type Checkout, forgetScans, git } from '../checkouts.ts';
import { type Measure, runOwn } from '../context.ts';
import { atMost, NO_GOAL } from '../figure.ts';
import { runNode } from '../run-process.ts';
import { inTurns, spreadOf } from '../spread.ts';

/** One commit costs a quarter of another: what a reviewer waits for is the middle of many. */
const COMMITS = 15;

/**
 * `brakeline review` of one commit in a fresh process, beside the index build of the same tree: the median of the newest commits, each
 * by the median of its runs, and the dearest of them.
 */
export const review: Measure = async (context) => {
  const { largest, root, options } = context;
  const commits = newestChanges(largest);
  const cli = path.join(root, 'dist', 'cli.js');
  // 1 says that something was flagged.
  const settings = { cwd: largest.dir, accept: [0, 1] };
  const [index = [], ...reviewed] = await inTurns(options.runs, [
    () => runOwn(context, largest, ['index']),
    ...commits.map((commit) => () => {
      forgetScans(largest);
      return runNode([cli, 'review', '--base', `${commit}^`, '--head', commit, '--format', 'json'], settings);
    }),
  ]);
  const build = spreadOf(index.map((run) => run.wall));
  const each = reviewed.map((runs) => spreadOf(runs.map((run) => run.wall)).p50);
  const [ours, files] = [spreadOf(each), spreadOf(commits.map((commit) => filesOf(largest, commit)))];
  const sides = { 'review ms': ours, 'index ms': build, 'files changed': files };
  const of = `${largest.name}, the newest ${commits.length} commits, ${largest.files.length} files`;
  return [
    { measure: 'review of one commit from a cold process / index build', of, goal: atMost(2), value: ours.p50 / build.p50, sides },
    {
      measure: 'review of the dearest commit from a cold process / index build',
      of,
      goal: NO_GOAL,
      value: ours.max / build.p50,
      sides: { 'review ms': ours.max, 'index ms': build, 'files changed': files.max },
    },
  ];
};

/** The newest commits, no merges, that change TypeScript and no more than a person reads. */
function newestChanges(checkout: Checkout): readonly string[] {
  const { dir, commit } = checkout;
  const listed = git(dir, ['rev-list', '--no-merges', '--max-count=100', '--min-parents=1', commit, '--', '*.ts', '*.tsx']);
  const found = listed.split('\n').filter((line) => line !== '' && filesOf(checkout, line) <= 100);
  if (found.length === 0) throw new Error(`expected a commit of at most 100 files in ${dir}, found none`);
  return found.slice(0, COMMITS);
}

function filesOf({ dir }: Checkout, commit: string): number {
  return git(dir, ['diff-tree', '-r', '--name-only', '--no-commit-id', commit]).trim().split('\n').length;
}
