import { VERSION } from '../../core/version.ts';
import { fold, type Terminal } from '../reporters/terminal.ts';
import type { Command } from './command.ts';

/** Wider than this no page of help is. */
const MOST_COLUMNS = 80;

export function renderVersion(): string {
  return `brakeline ${VERSION}\n`;
}

/** The page of `brakeline help`: every command in one line. */
export function renderHelp(commands: readonly Command[], terminal: Terminal): string {
  const columns = Math.min(MOST_COLUMNS, terminal.columns);
  const width = Math.max(...commands.map((command) => command.name.length));
  return [
    'Brakeline: the brakes for AI-written code',
    '',
    'usage: brakeline COMMAND [OPTION ...]',
    '',
    ...commands.flatMap((command) => hung(command.name, `${command.summary}${verbNames(command)}`, width, columns)),
    '',
    ...fold('brakeline help COMMAND says more. It runs offline, and sends nothing anywhere.', columns),
    '',
  ].join('\n');
}

/** The page of `brakeline help COMMAND`. */
export function renderCommandHelp(command: Command, terminal: Terminal): string {
  const columns = Math.min(MOST_COLUMNS, terminal.columns);
  const flags = Object.entries(command.options).map(([name, spec]) => ({
    flag: spec.value === undefined ? `--${name}` : `--${name} ${spec.value}`,
    help: spec.help,
  }));
  const verbs = (command.verbs ?? []).map(({ usage, help }) => ({ flag: usage, help }));
  const width = Math.max(0, ...[...verbs, ...flags].map(({ flag }) => flag.length));
  const list = (rows: typeof flags): readonly string[] =>
    rows.length === 0 ? [] : ['', ...rows.flatMap(({ flag, help }) => hung(flag, help, width, columns))];
  return [
    `usage: ${['brakeline', command.name, command.operands.usage, flags.length > 0 ? '[OPTION ...]' : ''].filter(Boolean).join(' ')}`,
    '',
    ...fold(command.summary, columns),
    ...list(verbs),
    ...list(flags),
    ...(command.details.length === 0 ? [] : ['', ...command.details.flatMap((detail) => fold(detail, columns))]),
    '',
  ].join('\n');
}

/** ` (check, test)`: the words that a command is given, without what stands behind them. */
function verbNames({ verbs = [] }: Command): string {
  return verbs.length === 0 ? '' : ` (${verbs.map(({ usage }) => usage.split(' ')[0]).join(', ')})`;
}

/** A word and what it means beside it. */
function hung(word: string, meaning: string, width: number, columns: number): readonly string[] {
  return fold(meaning, columns - width - 4).map((text, index) => `  ${(index === 0 ? word : '').padEnd(width)}  ${text}`);
}
