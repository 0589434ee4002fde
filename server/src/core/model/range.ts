/** Lines are 1-based, characters are 0-based UTF-16 units, `end` is exclusive. Only the language-server door converts. */
export interface Position {
  readonly line: number;
  readonly character: number;
}

export interface Range {
  readonly start: Position;
  readonly end: Position;
}

/** 1-based last line that a range reaches: one that ends at character 0 does not reach into its last line. */
export function lastLineOf({ start, end }: Range): number {
  return end.character === 0 && end.line > start.line ? end.line - 1 : end.line;
}

/** The old world or the new one. */
export type Side = 'before' | 'after';
