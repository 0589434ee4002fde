/**
 * Splits text into whole lines, terminators kept, so that joining them gives the text back byte for byte. A line ends at `\n`
 * and nowhere else, as in git; a last line without one is a line of its own; an empty text has no lines.
 */
export function splitLines(text: string): string[] {
  const lines: string[] = [];
  let start = 0;
  while (start < text.length) {
    const newline = text.indexOf('\n', start);
    const end = newline === -1 ? text.length : newline + 1;
    lines.push(text.slice(start, end));
    start = end;
  }
  return lines;
}
