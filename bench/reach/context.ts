import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Checkout } from './checkouts.ts';
import type { Figure } from './figure.ts';
import type { Options } from './options.ts';
import type { OwnAnswers } from './own-answers.ts';
import type { Peers } from './peers/install.ts';
import { type ProcessRun, runNode } from './run-process.ts';
import type { ExportedSymbol, OracleReport } from './symbols.ts';

/** What a measure works with. */
export interface Context {
  readonly options: Options;
  /** Top of this project. */
  readonly root: string;
  /** Folder of the bundled processes. */
  readonly bundles: string;
  /** Temporary, removed at the end. */
  readonly folder: string;
  readonly checkouts: readonly Checkout[];
  /** The repository that tsserver loads as one project. */
  readonly project: Checkout;
  /** The repository of most source files. */
  readonly largest: Checkout;
  /** Installed on first need. */
  peers(): Peers;
  /** What the whole-workspace language service says of a repository, asked once. */
  oracle(checkout: Checkout): Promise<OracleReport>;
}

export type Measure = (context: Context) => Promise<readonly Figure[]>;

/** Runs the engine in a process of its own: processes/own.ts. */
export function runOwn({ bundles }: Context, checkout: Checkout, args: readonly string[]): Promise<ProcessRun> {
  const [verb = '', ...rest] = args;
  return runNode([path.join(bundles, 'own.js'), verb, checkout.dir, ...rest], {
    cwd: checkout.dir,
    noteMemory: path.join(bundles, 'note-memory.js'),
  });
}

/** `verb` is one of processes/own.ts: with or without the compiler. */
export async function askOwn(
  context: Context,
  verb: 'ask' | 'ask-typed',
  checkout: Checkout,
  symbols: readonly ExportedSymbol[],
): Promise<OwnAnswers & ProcessRun> {
  const file = path.join(context.folder, `symbols-${checkout.name}.json`);
  writeFileSync(file, JSON.stringify(symbols));
  const run = await runOwn(context, checkout, [verb, file]);
  return { ...run, ...(JSON.parse(run.out) as OwnAnswers) };
}
