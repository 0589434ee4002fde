import type { Context, Measure } from '../context.ts';
import { askOwn } from '../context.ts';
import { atMost, type Figure, NO_GOAL } from '../figure.ts';
import { startNative } from '../peers/language-server.ts';
import type { ReferenceServer } from '../peers/reference-server.ts';
import { startTsserver } from '../peers/tsserver.ts';
import { runProcess } from '../run-process.ts';
import { inTurns, type Spread, spreadOf } from '../spread.ts';
import type { ExportedSymbol, OracleAnswer } from '../symbols.ts';

/** Symbols asked of each contender in one run: one cold, the others warm, none twice. */
const ASKED = 60;

interface Asked {
  /** Milliseconds from the start of the process to the first answer. */
  readonly first: number;
  /** Of every later answer. */
  readonly warm: readonly number[];
}

/** The same symbols of one project, asked of the engine, of tsserver and of TypeScript's native server, each in a fresh process. */
export const fanIn: Measure = async (context) => {
  const { project, options } = context;
  const { answers } = await context.oracle(project);
  const symbols = mostUsedFirst(answers.slice(0, ASKED)).map(({ symbol }) => symbol);
  const peers = context.peers();
  const [own = [], tsserver = [], native = []] = await inTurns(Math.min(options.runs, 3), [
    () => askEngine(context, symbols),
    () => askServer(async () => startTsserver(peers.tsserver, project.dir), symbols),
    () => askServer(() => startNative(peers.native, project.dir), symbols),
  ]);
  const of = `${project.name}, ${symbols.length} symbols`;
  const figures: Figure[] = [];
  for (const [name, asked, warmLimit, coldLimit] of [
    ['tsserver', tsserver, 1 / 10, 1 / 10],
    ['TypeScript 7', native, 1 / 5, 1 / 2],
  ] as const) {
    for (const share of ['p50', 'p95'] as const) {
      const [ours, theirs] = [warmOf(own, share), warmOf(asked, share)];
      const sides = { 'engine ms': ours, [`${name} ms`]: theirs };
      figures.push({ measure: `fan-in, warm ${share} / ${name}`, of, goal: atMost(warmLimit), value: ours.p50 / theirs.p50, sides });
    }
    const [ours, theirs] = [firstOf(own), firstOf(asked)];
    const sides = { 'engine ms': ours, [`${name} ms`]: theirs };
    figures.push({ measure: `first answer from cold / ${name}`, of, goal: atMost(coldLimit), value: ours.p50 / theirs.p50, sides });
  }
  const grep = await grepTimes(context, symbols);
  const ours = firstOf(own);
  figures.push({
    measure: 'first answer from cold / one ast-grep search for the name',
    of,
    goal: NO_GOAL,
    value: ours.p50 / grep.p50,
    sides: { 'engine ms': ours, 'ast-grep ms': grep },
    note: 'ast-grep finds the spelling wherever it stands, not what refers to the symbol',
  });
  return figures;
};

/**
 * The cold question is about the symbol that is used most. A server that is asked about a file of no project looks at that file
 * alone, and has answered in no time what it does not know.
 */
function mostUsedFirst(answers: readonly OracleAnswer[]): readonly OracleAnswer[] {
  const [most] = [...answers].sort((a, b) => b.places.length - a.places.length);
  return most === undefined ? [] : [most, ...answers.filter((answer) => answer !== most)];
}

/** One figure for each run: its percentile of the warm answers. */
const warmOf = (runs: readonly Asked[], share: 'p50' | 'p95'): Spread => spreadOf(runs.map(({ warm }) => spreadOf(warm)[share]));
const firstOf = (runs: readonly Asked[]): Spread => spreadOf(runs.map(({ first }) => first));

async function askEngine(context: Context, symbols: readonly ExportedSymbol[]): Promise<Asked> {
  // Cold is the whole process with its one answer; the warm ones come from a process of their own.
  const cold = await askOwn(context, 'ask', context.project, symbols.slice(0, 1));
  const { times } = await askOwn(context, 'ask', context.project, symbols);
  return { first: cold.wall, warm: times.slice(1) };
}

async function askServer(start: () => Promise<ReferenceServer>, symbols: readonly ExportedSymbol[]): Promise<Asked> {
  const started = performance.now();
  const server = await start();
  const ends: number[] = [];
  const begins: number[] = [];
  for (const symbol of symbols) {
    begins.push(performance.now());
    await server.references(symbol);
    ends.push(performance.now());
  }
  await server.stop();
  return { first: (ends[0] ?? Number.NaN) - started, warm: ends.map((end, index) => end - (begins[index] ?? end)).slice(1) };
}

async function grepTimes({ project, peers }: Context, symbols: readonly ExportedSymbol[]): Promise<Spread> {
  const times: number[] = [];
  for (const { name } of symbols.slice(0, 10)) {
    const run = await runProcess(peers().astGrep, ['run', '--pattern', name, '--lang', 'ts', '--json=stream', '.'], {
      cwd: project.dir,
      accept: [0, 1],
    });
    times.push(run.wall);
  }
  return spreadOf(times);
}
