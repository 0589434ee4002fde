/** From this size on, and with lines of a thousand characters and more on the average, a bundler wrote it and nobody reads it. */
const CHARACTERS = 40_000;
const LINE = 1_000;

/**
 * A script that a bundler wrote: a megabyte of one line takes minutes to compare, and says nothing that its source does not. It
 * is a blind spot; a head that makes a readable script into one hides it (host/hidden-files.ts).
 */
export function isBundle(text: string): boolean {
  if (text.length < CHARACTERS) return false;
  let lines = 1;
  // So many lines that they are short on the average end the count.
  for (let at = text.indexOf('\n'); at >= 0 && lines * LINE <= text.length; at = text.indexOf('\n', at + 1)) lines += 1;
  return text.length / lines >= LINE;
}

/** A grammar that makes no sense of a line takes the square of its length; nobody writes or reads one of this many characters. */
export const LONGEST_LINE = 20_000;

/** The first line, 1-based, that is longer than `longest` characters. */
export function overlongLine(text: string, longest: number): number | undefined {
  let line = 1;
  let start = 0;
  for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
    if (end - start > longest) return line;
    start = end + 1;
    line += 1;
  }
  return text.length - start > longest ? line : undefined;
}
