import { placeSideBySide } from '../checkouts.ts';
import { type Measure, runOwn } from '../context.ts';
import { atMost } from '../figure.ts';
import { inTurns, spreadOf } from '../spread.ts';

const SMALL = 8_000;
const LARGE = 30_000;

/** Trees of all repositories side by side, in the same mix; a value above 1 grows quicker than the number of files. */
export const growth: Measure = async (context) => {
  const { checkouts, folder, options } = context;
  const [small, large] = [placeSideBySide(checkouts, SMALL, folder), placeSideBySide(checkouts, LARGE, folder)];
  const [few = [], many = []] = await inTurns(Math.min(options.runs, 3), [
    () => runOwn(context, small, ['index']),
    () => runOwn(context, large, ['index']),
  ]);
  const times = large.files.length / small.files.length;
  const of = `${small.files.length} to ${large.files.length} files (${times.toFixed(2)} times)`;
  const wall = { few: spreadOf(few.map((run) => run.wall)), many: spreadOf(many.map((run) => run.wall)) };
  const peak = { few: spreadOf(few.map((run) => run.peak)), many: spreadOf(many.map((run) => run.peak)) };
  return [
    {
      measure: 'growth of the time with the number of files',
      of,
      goal: atMost(1),
      value: wall.many.p50 / wall.few.p50 / times,
      sides: { 'fewer ms': wall.few, 'more ms': wall.many },
    },
    {
      measure: 'growth of the memory with the number of files',
      of,
      goal: atMost(1),
      value: peak.many.p50 / peak.few.p50 / times,
      sides: { 'fewer MB': peak.few, 'more MB': peak.many },
    },
  ];
};
