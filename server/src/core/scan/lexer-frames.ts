/**
 * What stands open where the lexer is, which says where the text goes on behind its end: a kind, and where it opened. The lexer counts
 * how deep it is. One stack serves all files, since each is read through before the next one comes.
 */

export const CURLY = 1;
export const PAREN = 2;
export const SQUARE = 3;
/** `${…}`, and the braces of JSX inside a tag and between tags. */
export const HOLE = 4;
export const TAG_HOLE = 5;
export const TEXT_HOLE = 6;
/** An element of JSX in code, and one in another element. */
export const ELEMENT = 7;
export const CHILD = 8;

let kinds = new Uint8Array(1 << 10);
let openings = new Int32Array(1 << 10);

/** Opens something at `at`, where `depth` others are open. */
export function push(depth: number, kind: number, at: number): void {
  if (depth === kinds.length) grow();
  kinds[depth] = kind;
  openings[depth] = at;
}

/** The kind of what was opened where `depth` others were open. */
export function kindAt(depth: number): number {
  return kinds[depth] as number;
}

/** Where that opened. */
export function openingAt(depth: number): number {
  return openings[depth] as number;
}

/** What an opening bracket of code opens. */
export function bracketOf(unit: number): number {
  return unit === 0x28 ? PAREN : unit === 0x5b ? SQUARE : CURLY;
}

function grow(): void {
  const [smallKinds, smallOpenings] = [kinds, openings];
  kinds = new Uint8Array(smallKinds.length * 2);
  openings = new Int32Array(smallOpenings.length * 2);
  kinds.set(smallKinds);
  openings.set(smallOpenings);
}
