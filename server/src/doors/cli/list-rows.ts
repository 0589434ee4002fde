import { displayWidth, fold, foldAround, printable } from '../reporters/terminal.ts';
import type { CommandContext } from './command.ts';
import { type Output, terminalOf } from './output.ts';

/** Entries that one hook lists; a push of a year's work says how many more there are. */
const MOST_LISTED = 20;
/** Columns that a text beside its heading needs to be read; below it the text stands under the heading. */
const LEAST_BESIDE = 24;

/** Prints rows to standard error, two spaces between their fields; a row that is wider than the terminal goes on below, indented. */
export function listRows(rows: readonly (readonly string[])[], context: CommandContext): void {
  for (const row of rows.slice(0, MOST_LISTED)) {
    const fields = row.map(printable);
    writeHung(context.err, context, `  ${fields.slice(0, -1).join('  ')}${fields.length > 1 ? '  ' : ''}`, fields.at(-1) ?? '', 4);
  }
  if (rows.length > MOST_LISTED) context.err.write(`  and ${rows.length - MOST_LISTED} more\n`);
}

/**
 * Prints a heading and the text behind it, folded to the terminal; where nobody reads a terminal it is one line. Further lines stand
 * under the text, or `indent` columns in where that leaves it no room.
 */
export function writeHung(output: Output, { env }: Pick<CommandContext, 'env'>, heading: string, text: string, indent: number): void {
  const { columns, isTerminal } = terminalOf(output, env);
  const width = displayWidth(heading);
  if (!isTerminal || width + displayWidth(text) <= columns) output.write(`${heading}${text}\n`);
  else if (columns - width >= LEAST_BESIDE)
    for (const [index, line] of foldAround(text, columns - width).entries())
      output.write(`${index === 0 ? heading : ' '.repeat(width)}${line}\n`);
  else {
    const [first = '', ...more] = fold(heading.trimEnd(), columns);
    for (const line of [first, ...more.map((one) => `${' '.repeat(indent)}${one.trimStart()}`)]) output.write(`${line}\n`);
    for (const line of foldAround(text, columns - indent)) output.write(`${' '.repeat(indent)}${line}\n`);
  }
}
