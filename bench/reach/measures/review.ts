import path from 'node:path';
import { type Checkout, forgetScans, git } from '../checkouts.ts';
import { type Measure, runOwn } from '../context.ts';
import { atMost } from '../figure.ts';
import { runNode } from '../run-process.ts';
import { inTurns, spreadOf } from '../spread.ts';

/** `brakeline review` of one commit in a fresh process, beside the index build of the same tree. */
export const review: Measure = async (context) => {
  const { largest, root, options } = context;
  const commit = newestChange(largest);
  const cli = path.join(root, 'dist', 'cli.js');
  // 1 says that something was flagged.
  const settings = { cwd: largest.dir, accept: [0, 1] };
  const [reviewed = [], index = []] = await inTurns(options.runs, [
    () => {
      forgetScans(largest);
      return runNode([cli, 'review', '--base', `${commit}^`, '--head', commit, '--format', 'json'], settings);
    },
    () => runOwn(context, largest, ['index']),
  ]);
  const [ours, build] = [spreadOf(reviewed.map((run) => run.wall)), spreadOf(index.map((run) => run.wall))];
  return [
    {
      measure: 'review of one commit from a cold process / index build',
      of: `${largest.name} ${commit.slice(0, 10)}, ${largest.files.length} files`,
      goal: atMost(2),
      value: ours.p50 / build.p50,
      sides: { 'review ms': ours, 'index ms': build },
    },
  ];
};

/** The newest commit, no merge, that changes TypeScript and no more than a person reads. */
function newestChange({ dir, commit }: Checkout): string {
  const listed = git(dir, ['rev-list', '--no-merges', '--max-count=100', '--min-parents=1', commit, '--', '*.ts', '*.tsx']);
  for (const candidate of listed.split('\n').filter((line) => line !== '')) {
    const changed = git(dir, ['diff-tree', '-r', '--name-only', '--no-commit-id', candidate]).trim().split('\n');
    if (changed.length <= 100) return candidate;
  }
  throw new Error(`expected a commit of at most 100 files in ${dir}, found none`);
}
