import { printable } from '../reporters/terminal.ts';
import type { CommandContext } from './command.ts';

/** Entries that one hook lists; a push of a year's work says how many more there are. */
const MOST_LISTED = 20;

/** Prints rows to standard error, two spaces between their fields. */
export function listRows(rows: readonly (readonly string[])[], context: CommandContext): void {
  for (const row of rows.slice(0, MOST_LISTED)) context.err.write(`  ${row.map(printable).join('  ')}\n`);
  if (rows.length > MOST_LISTED) context.err.write(`  and ${rows.length - MOST_LISTED} more\n`);
}
