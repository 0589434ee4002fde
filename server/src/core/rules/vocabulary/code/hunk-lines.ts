import type { LineSpan } from '../../../model/hunk.ts';

/** True where a line (1-based) is one of a hunk's own on that side; a span without lines has none. */
export function holdsLine({ start, lines }: LineSpan, line: number): boolean {
  return start <= line && line < start + lines;
}
