import type { SourceFacts } from '../model/facts.ts';

type Spot = SourceFacts['blindSpots'][number];

/**
 * The blind spot of a text whose reading threw. A `RangeError` says that it is deeper or longer than is read (the engine throws
 * it for want of stack, and a parser of ours at its limit): whoever else reads the file may read it well, so that a head can hide
 * behind it (test/verify/blind-spots.test.ts). Everything else is an error in the text.
 */
export function unreadBecause(error: unknown, said = error instanceof Error ? error.message : String(error)): Spot {
  return { reason: isTooMuch(error) ? 'too-complex' : 'parse-error', detail: said };
}

/** A grammar in WebAssembly has a stack and a memory of its own, and no name for their end but this one. */
function isTooMuch(error: unknown): boolean {
  return error instanceof RangeError || (error instanceof Error && error.name === 'RuntimeError');
}
