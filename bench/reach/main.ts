import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Checkout, checkOut, git } from './checkouts.ts';
import type { Context, Measure } from './context.ts';
import type { Figure } from './figure.ts';
import { describeMachine, loadNow } from './machine.ts';
import { accuracy } from './measures/accuracy.ts';
import { fanIn } from './measures/fan-in.ts';
import { graph } from './measures/graph.ts';
import { growth } from './measures/growth.ts';
import { indexBuild } from './measures/index-build.ts';
import { keystroke } from './measures/keystroke.ts';
import { review } from './measures/review.ts';
import { serverStart } from './measures/server-start.ts';
import { warmStart } from './measures/warm-start.ts';
import { type Options, readOptions } from './options.ts';
import { installPeers, type Peers } from './peers/install.ts';
import { runNode } from './run-process.ts';
import type { OracleReport } from './symbols.ts';
import { type Report, showFigure, writeInto } from './table.ts';

/** In the order of the table. */
const MEASURES: Readonly<Record<string, Measure>> = {
  'index-build': indexBuild,
  'warm-start': warmStart,
  'fan-in': fanIn,
  accuracy,
  graph,
  keystroke,
  'server-start': serverStart,
  growth,
  review,
};

/** Gives the exit code: 0 also where goals were missed, for the table says so; 2 for arguments that name nothing. */
export async function main(
  args: readonly string[],
  { root, bundles }: { readonly root: string; readonly bundles: string },
): Promise<number> {
  let options: Options;
  try {
    options = readOptions(args);
    const unknown = options.measures?.find((name) => !(name in MEASURES));
    if (unknown !== undefined) throw new Error(`expected a measure out of ${Object.keys(MEASURES).join(', ')}, found ${unknown}`);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return 2;
  }
  const folder = mkdtempSync(path.join(tmpdir(), 'brakeline-bench-'));
  try {
    const report = await measure(options, root, bundles, folder);
    if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(report, undefined, 1)}\n`);
    if (options.write) writeInto(path.join(root, 'bench', 'README.md'), report);
    return 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measure(options: Options, root: string, bundles: string, folder: string): Promise<Report> {
  const checkouts = options.repositories.map(({ name, source }) => checkOut(name, source, folder));
  const context = contextOf(options, root, bundles, folder, checkouts);
  const before = loadNow();
  const figures: Figure[] = [];
  for (const [name, take] of Object.entries(MEASURES)) {
    if (options.measures !== undefined && !options.measures.includes(name)) continue;
    const taken = await take(context);
    figures.push(...taken);
    for (const figure of taken) process.stdout.write(`${showFigure(figure)}\n`);
  }
  const after = loadNow();
  process.stdout.write(`load of the last minute: ${before.toFixed(1)} at the begin, ${after.toFixed(1)} at the end\n`);
  return {
    machine: describeMachine(),
    load: [before, after],
    engine: commitOf(root),
    versions: context.wasInstalled() ? context.peers().versions : {},
    repositories: checkouts.map(({ name, commit }) => ({ name, commit })),
    seed: options.seed,
    figures,
  };
}

/** A package that was unpacked has no commit. */
function commitOf(root: string): string {
  try {
    return `${git(root, ['rev-parse', '--short=10', 'HEAD']).trim()}${git(root, ['status', '--porcelain']).trim() === '' ? '' : ' and later changes'}`;
  } catch {
    return 'without a commit';
  }
}

function contextOf(options: Options, root: string, bundles: string, folder: string, checkouts: readonly Checkout[]) {
  const [project] = checkouts;
  const largest = [...checkouts].sort((left, right) => right.files.length - left.files.length)[0];
  if (project === undefined || largest === undefined) throw new Error('expected a repository, found none');
  let peers: Peers | undefined;
  const installed = (): Peers => {
    peers ??= installPeers(root);
    return peers;
  };
  const asked = new Map<string, Promise<OracleReport>>();
  const ask = async ({ dir }: Checkout): Promise<OracleReport> => {
    const args = [path.join(bundles, 'oracle.js'), installed().typescript, dir, String(options.symbols), options.seed];
    return JSON.parse((await runNode(['--max-old-space-size=8192', ...args], { cwd: dir })).out);
  };
  const oracle = (checkout: Checkout): Promise<OracleReport> => {
    const found = asked.get(checkout.name) ?? ask(checkout);
    asked.set(checkout.name, found);
    return found;
  };
  const context: Context = { options, root, bundles, folder, checkouts, project, largest, peers: installed, oracle };
  return { ...context, wasInstalled: () => peers !== undefined };
}
