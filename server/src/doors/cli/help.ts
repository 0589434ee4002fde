import { VERSION } from '../../core/version.ts';
import { fold } from '../reporters/terminal.ts';
import type { Command } from './command.ts';

const COLUMNS = 80;

export function renderVersion(): string {
  return `brakeline ${VERSION}\n`;
}

/** The page of `brakeline help`: every command in one line. */
export function renderHelp(commands: readonly Command[]): string {
  const width = Math.max(...commands.map((command) => command.name.length));
  return [
    'Brakeline: the brakes for AI-written code',
    '',
    'usage: brakeline COMMAND [OPTION ...]',
    '',
    ...commands.map((command) => `  ${command.name.padEnd(width)}  ${command.summary}`),
    '',
    'brakeline help COMMAND says more. It runs offline, and sends nothing anywhere.',
    '',
  ].join('\n');
}

/** The page of `brakeline help COMMAND`. */
export function renderCommandHelp(command: Command): string {
  const flags = Object.entries(command.options).map(([name, spec]) => ({
    flag: spec.value === undefined ? `--${name}` : `--${name} ${spec.value}`,
    help: spec.help,
  }));
  const width = Math.max(0, ...flags.map(({ flag }) => flag.length));
  const lines = flags.flatMap(({ flag, help }) =>
    fold(help, COLUMNS - width - 4).map((text, index) => `  ${(index === 0 ? flag : '').padEnd(width)}  ${text}`),
  );
  return [
    `usage: ${['brakeline', command.name, command.operands.usage, flags.length > 0 ? '[OPTION ...]' : ''].filter(Boolean).join(' ')}`,
    '',
    command.summary,
    ...(lines.length === 0 ? [] : ['', ...lines]),
    ...(command.details.length === 0 ? [] : ['', ...command.details.flatMap((detail) => fold(detail, COLUMNS))]),
    '',
  ].join('\n');
}
