/** Lines are 1-based, characters are 0-based UTF-16 units, `end` is exclusive. Only the language-server door converts. */
export interface Position {
  readonly line: number;
  readonly character: number;
}

export interface Range {
  readonly start: Position;
  readonly end: Position;
}

/** The old world or the new one. */
export type Side = 'before' | 'after';
