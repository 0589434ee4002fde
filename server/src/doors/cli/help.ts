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
    ...commands.flatMap(({ name, summary }) => hung(name, summary, width, columns)),
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
  const width = Math.max(0, ...flags.map(({ flag }) => flag.length));
  const lines = flags.flatMap(({ flag, help }) => hung(flag, help, width, columns));
  return [
    `usage: ${['brakeline', command.name, command.operands.usage, flags.length > 0 ? '[OPTION ...]' : ''].filter(Boolean).join(' ')}`,
    '',
    ...fold(command.summary, columns),
    ...(lines.length === 0 ? [] : ['', ...lines]),
    ...(command.details.length === 0 ? [] : ['', ...command.details.flatMap((detail) => fold(detail, columns))]),
    '',
  ].join('\n');
}

/** A word and what it means beside it. */
function hung(word: string, meaning: string, width: number, columns: number): readonly string[] {
  return fold(meaning, columns - width - 4).map((text, index) => `  ${(index === 0 ? word : '').padEnd(width)}  ${text}`);
}
