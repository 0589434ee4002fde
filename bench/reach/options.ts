import path from 'node:path';
import { parseArgs } from 'node:util';

export interface Options {
  /** Name and place, in the order given: the first is the one that tsserver can load as one project. */
  readonly repositories: readonly { readonly name: string; readonly source: string }[];
  /** Undefined for all. */
  readonly measures: readonly string[] | undefined;
  /** How often a process is run for one figure. */
  readonly runs: number;
  /** Symbols drawn from each repository for accuracy. */
  readonly symbols: number;
  /** Draws the symbols; another seed draws others. */
  readonly seed: string;
  readonly json: string | undefined;
  /** File for every place in which the engine and the oracle differ. */
  readonly differences: string | undefined;
  /** Put the table into bench/README.md. */
  readonly write: boolean;
}

/** Errors: an option that is not known, no repository, a count that is no number. */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      repo: { type: 'string', multiple: true, default: [] },
      measure: { type: 'string' },
      runs: { type: 'string', default: '5' },
      symbols: { type: 'string', default: '100' },
      seed: { type: 'string', default: 'reach' },
      json: { type: 'string' },
      differences: { type: 'string' },
      write: { type: 'boolean', default: false },
    },
  });
  if (values.repo.length === 0) throw new Error('expected --repo NAME=PATH, found none; bench/README.md names the ones of the table');
  return {
    repositories: values.repo.map(readRepository),
    measures: values.measure?.split(','),
    runs: readCount('runs', values.runs),
    symbols: readCount('symbols', values.symbols),
    seed: values.seed,
    json: values.json,
    differences: values.differences,
    write: values.write,
  };
}

function readRepository(text: string): { readonly name: string; readonly source: string } {
  const at = text.indexOf('=');
  const source = path.resolve(text.slice(at + 1));
  return { name: at < 0 ? path.basename(source) : text.slice(0, at), source };
}

function readCount(name: string, text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1) throw new Error(`expected a number above 0 for --${name}, found ${text}`);
  return count;
}
