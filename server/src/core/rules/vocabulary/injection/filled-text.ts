import type { Range } from '../../../model/range.ts';

/** A value that is written into the text of a statement, and what the statement goes into. */
export interface FilledText {
  readonly range: Range;
  readonly value: string;
  readonly into: string;
}
