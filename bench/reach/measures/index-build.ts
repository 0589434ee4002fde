import path from 'node:path';
import { type Measure, runOwn } from '../context.ts';
import { atMost, type Figure } from '../figure.ts';
import { runNode } from '../run-process.ts';
import { inTurns, spreadOf } from '../spread.ts';

/** A fresh process that makes the whole index, beside one that only reads the same files as text; and the most memory the former held. */
export const indexBuild: Measure = async (context) => {
  const { largest, bundles, options } = context;
  const floor = path.join(bundles, 'floor.js');
  const [own = [], read = []] = await inTurns(options.runs, [
    () => runOwn(context, largest, ['index']),
    () => runNode([floor, 'read', largest.dir], { cwd: largest.dir }),
  ]);
  const build = spreadOf(own.map((run) => run.wall));
  const reading = spreadOf(read.map((run) => run.wall));
  const peak = spreadOf(own.map((run) => run.peak));
  const of = `${largest.name}, ${largest.files.length} files`;
  const figures: Figure[] = [
    {
      measure: 'index build, fresh process / process that only reads the files',
      of,
      goal: atMost(4),
      value: build.p50 / reading.p50,
      sides: { 'index ms': build, 'read ms': reading },
    },
    { measure: 'memory after the index build, types not loaded', of, goal: atMost(160, 'MB'), value: peak.p50, sides: { 'peak MB': peak } },
  ];
  return figures;
};
