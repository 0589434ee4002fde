import { type Measure, runOwn } from '../context.ts';
import { atMost, type Figure, NO_GOAL } from '../figure.ts';
import { runNode } from '../run-process.ts';
import { inTurns, spreadOf } from '../spread.ts';

/** The import graph of one project, each tool in a fresh process over the same folders, with its own quickest settings. */
export const graph: Measure = async (context) => {
  const { project, options, bundles } = context;
  const peers = context.peers();
  // Everything that holds a source file, by its outermost folder.
  const places = [...new Set(project.files.map((file) => file.split('/')[0] ?? file))];
  const settings = { cwd: project.dir, noteMemory: `${bundles}/note-memory.js` };
  const extensions = 'ts,tsx,mts,cts,js,jsx,mjs,cjs';
  const [own = [], cruiser = [], madge = []] = await inTurns(Math.min(options.runs, 3), [
    () => runOwn(context, project, ['index']),
    () => runNode([peers.dependencyCruiser, '--no-config', '--ts-pre-compilation-deps', '--output-type', 'err', ...places], settings),
    // It ends with 1 where it saw a cycle.
    () => runNode([peers.madge, '--extensions', extensions, '--json', ...places], { ...settings, accept: [0, 1] }),
  ]);
  const of = `${project.name}, ${project.files.length} files`;
  const [wall, memory] = [spreadOf(own.map((run) => run.wall)), spreadOf(own.map((run) => run.peak))];
  const figures: Figure[] = [];
  for (const [name, runs, goals] of [
    ['dependency-cruiser', cruiser, { wall: atMost(1 / 20), memory: atMost(1 / 4) }],
    ['madge', madge, { wall: NO_GOAL, memory: NO_GOAL }],
  ] as const) {
    const [theirWall, theirMemory] = [spreadOf(runs.map((run) => run.wall)), spreadOf(runs.map((run) => run.peak))];
    figures.push({
      measure: `graph build / ${name}, wall`,
      of,
      goal: goals.wall,
      value: wall.p50 / theirWall.p50,
      sides: { 'engine ms': wall, [`${name} ms`]: theirWall },
    });
    figures.push({
      measure: `graph build / ${name}, memory`,
      of,
      goal: goals.memory,
      value: memory.p50 / theirMemory.p50,
      sides: { 'engine MB': memory, [`${name} MB`]: theirMemory },
    });
  }
  return figures;
};
