/**
 * Words are maximal runs of `A-Z a-z 0-9 _ $`, in any file and wherever they stand. A run of digits alone is a number and no
 * word. Bytes beyond ASCII end a run, as they do in `mentionsWord` (host/trees/mentions.ts): a name such as `größe` counts as its
 * runs, and a name without any run is looked for in every file marked `beyondAscii`.
 */

export const OFFSET = 0x811c9dc5;
export const PRIME = 0x01000193;

/** Whether a unit (a byte, or a UTF-16 unit) belongs to a word. Index by the unit; 0 beyond ASCII. */
export const WORD_UNITS: Uint8Array = Uint8Array.from({ length: 256 }, (_, unit) => (/[\w$]/.test(String.fromCharCode(unit)) ? 1 : 0));

/** FNV-1a over the word's bytes, 32 bits, unsigned. Two words may share one; whoever asks looks into the text itself. */
export function hashOfWord(word: string): number {
  let hash = OFFSET;
  for (let at = 0; at < word.length; at += 1) hash = Math.imul(hash ^ word.charCodeAt(at), PRIME);
  return hash >>> 0;
}

/** The runs of which a name is made, as `hashOfWord` takes them; empty for a name that no file's words can rule out. */
export function runsOf(name: string): readonly string[] {
  return (name.match(/[\w$]+/g) ?? []).filter((run) => !/^\d+$/.test(run));
}
