import type { Place } from './symbols.ts';

/** What the engine's process says of an index it made. */
export interface OwnIndex {
  /** Milliseconds of the process's own work. */
  readonly ms: number;
  readonly files: number;
  /** Imports found, and how many of them mean a file of the tree. */
  readonly imports: number;
  readonly resolved: number;
}

/** What it answers for a list of symbols, in the list's order. */
export interface OwnAnswers {
  /** Milliseconds; the first holds the making of the index. */
  readonly times: readonly number[];
  readonly answers: readonly (readonly Place[])[];
  /** Whether an answer says of itself that it may be too many. */
  readonly atMost: readonly boolean[];
}
