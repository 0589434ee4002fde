import type { Position, Range } from '../model/range.ts';
import type { EmbeddedLine } from './language.ts';

/** Turns offsets of one text into positions. Offsets are UTF-16 units from the start of the text. */
export interface LineIndex {
  readonly lineCount: number;
  positionAt(offset: number): Position;
  rangeOf(start: number, end: number): Range;
  /** The 1-based line an offset stands on. */
  lineAt(offset: number): number;
  /** The offset at which a 1-based line starts. */
  startOf(line: number): number;
}

/** Lines end with LF; a CR before it belongs to its line. */
export function indexLines(text: string): LineIndex {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  const lineAt = (offset: number): number => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low + 1;
  };
  const startOf = (line: number): number => starts[line - 1] ?? text.length;
  const positionAt = (offset: number): Position => {
    const line = lineAt(offset);
    return { line, character: offset - startOf(line) };
  };
  return {
    lineCount: starts.length,
    positionAt,
    rangeOf: (start, end) => ({ start: positionAt(start), end: positionAt(end) }),
    lineAt,
    startOf,
  };
}

/** Lines of a string that stands whole in the file between two offsets. */
export function linesBetween(text: string, start: number, end: number, lines: LineIndex): readonly EmbeddedLine[] {
  const found: EmbeddedLine[] = [];
  for (let from = start; from <= end; ) {
    const at = text.indexOf('\n', from);
    const to = at < 0 || at > end ? end : at;
    const { line, character } = lines.positionAt(from);
    found.push({ text: text.slice(from, to), line, character });
    from = to + 1;
  }
  return found;
}
