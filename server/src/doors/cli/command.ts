import type { Readable } from 'node:stream';
import type { ReadAsset } from '../../core/languages/language.ts';
import type { Output } from './output.ts';

/** 0: done, and nothing stands open. 1: something does. 2: the run itself failed. Scripts may rely on it. */
export type ExitStatus = 0 | 1 | 2;

/** Everything a command may touch; given, so that a test and the demo can give another. */
export interface CommandContext {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly input: Readable & { readonly isTTY?: boolean };
  readonly out: Output;
  readonly err: Output;
  readonly readAsset: ReadAsset;
}

export interface OptionSpec {
  readonly type: 'string' | 'boolean';
  /** Name of the value in the usage line: `REV`. */
  readonly value?: string;
  readonly help: string;
}

export interface Arguments {
  readonly options: Readonly<Record<string, string | boolean | undefined>>;
  readonly positionals: readonly string[];
}

/** A word behind a command: `import FILE` of `signoff`. */
export interface Verb {
  readonly usage: string;
  readonly help: string;
}

/** One verb of the command line. A command parses, calls one verb of the engine and prints. */
export interface Command {
  readonly name: string;
  /** Positional arguments as the usage line shows them: `RULE|FINGERPRINT`. */
  readonly operands: { readonly usage: string; readonly least: number; readonly most: number };
  readonly summary: string;
  /** Words that the first operand may be, as a person types them, and what each does; none for a command that takes no such word. */
  readonly verbs?: readonly Verb[];
  readonly options: Readonly<Record<string, OptionSpec>>;
  /** Further lines of `brakeline help NAME`. */
  readonly details: readonly string[];
  run(args: Arguments, context: CommandContext): Promise<ExitStatus>;
}

export const NO_OPERANDS: Command['operands'] = { usage: '', least: 0, most: 0 };
