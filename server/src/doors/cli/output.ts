import type { Terminal } from '../reporters/terminal.ts';

/** A stream that text is printed to. */
export interface Output {
  write(text: string): void;
  readonly isTerminal: boolean;
  /** Undefined where it is no terminal, or one that does not say. */
  readonly columns: number | undefined;
}

/** Columns where nothing says how many there are; no report needs more. */
const DEFAULT_COLUMNS = 80;
/** Lines longer than this tire the eye, however wide the terminal is. */
const MOST_COLUMNS = 120;

export function outputOf(stream: NodeJS.WriteStream): Output {
  return {
    write: (text) => void stream.write(text),
    get isTerminal() {
      return stream.isTTY === true;
    },
    get columns() {
      return stream.columns;
    },
  };
}

/**
 * Colour on a terminal alone. `NO_COLOR` (no-color.org) with any value turns it off; `FORCE_COLOR` other than 0 turns it on
 * even where the output is piped, and wins over `NO_COLOR` as it does in Node.
 */
export function terminalOf(output: Output, env: Readonly<Record<string, string | undefined>>): Terminal {
  const forced = env.FORCE_COLOR;
  const wanted =
    forced !== undefined && forced !== ''
      ? forced !== '0' && forced !== 'false'
      : (env.NO_COLOR ?? '') === '' && env.TERM !== 'dumb' && output.isTerminal;
  // A pseudo-terminal that nobody sized says 0.
  const columns = output.columns || numberOf(env.COLUMNS) || DEFAULT_COLUMNS;
  return { colour: wanted, columns: Math.min(MOST_COLUMNS, Math.max(40, columns)), isTerminal: output.isTerminal };
}

function numberOf(text: string | undefined): number | undefined {
  const value = Number(text ?? '');
  return Number.isInteger(value) && value > 0 ? value : undefined;
}
