import path from 'node:path';
import { forgetScans } from '../checkouts.ts';
import { type Measure, runOwn } from '../context.ts';
import { atMost } from '../figure.ts';
import { runNode } from '../run-process.ts';
import { inTurns, spreadOf } from '../spread.ts';

/** Fresh processes; counted is what each does from its first line on, not the start of Node, which would hide the difference. */
export const warmStart: Measure = async (context) => {
  const { largest, bundles, options } = context;
  await runOwn(context, largest, ['save']);
  const [own = [], stat = []] = await inTurns(options.runs, [
    () => runOwn(context, largest, ['warm']),
    () => runNode([path.join(bundles, 'floor.js'), 'stat', largest.dir], { cwd: largest.dir }),
  ]);
  forgetScans(largest);
  const milliseconds = (run: { readonly out: string }): number => (JSON.parse(run.out) as { readonly ms: number }).ms;
  const warm = spreadOf(own.map(milliseconds));
  const floor = spreadOf(stat.map(milliseconds));
  return [
    {
      measure: 'warm start from the cache / stat of all files',
      of: `${largest.name}, ${largest.files.length} files`,
      goal: atMost(4),
      value: warm.p50 / floor.p50,
      sides: { 'warm start ms': warm, 'stat ms': floor },
    },
  ];
};
