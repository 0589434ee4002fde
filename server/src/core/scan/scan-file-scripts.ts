/** A stretch of code in a file of something else. */
export interface Script {
  readonly from: number;
  readonly to: number;
  readonly jsx: boolean;
}

const OPENING = /<script\b/gi;
/** Bytes of a tag; what is longer is none, since a text may open one at every word. */
const LONGEST_TAG = 4_000;
const CLOSING = /<\/script\s*>/gi;

/** The scripts of a Vue or Svelte file, in their order. A script without an end goes on to the end of the file. */
export function scriptsOf(bytes: Buffer, length: number): readonly Script[] {
  // One byte is one unit, so that places in it are places in the file.
  const text = bytes.toString('latin1', 0, length);
  const scripts: Script[] = [];
  OPENING.lastIndex = 0;
  for (let opening = OPENING.exec(text); opening !== null; opening = OPENING.exec(text)) {
    const attributesFrom = OPENING.lastIndex;
    const end = endOfTag(text, attributesFrom);
    if (end === undefined) continue;
    const from = end + 1;
    const attributes = text.slice(attributesFrom, end);
    OPENING.lastIndex = from;
    if (attributes.endsWith('/')) continue;
    CLOSING.lastIndex = from;
    const to = CLOSING.exec(text)?.index ?? length;
    const language = /\blang\s*=\s*["']?([\w/]+)/i.exec(attributes)?.[1] ?? '';
    scripts.push({ from, to, jsx: !/^(?:ts|typescript|text\/typescript)$/i.test(language) });
    OPENING.lastIndex = to;
  }
  return scripts;
}

/** Where the `>` of a tag stands, strings left out; undefined where none is near. */
function endOfTag(text: string, from: number): number | undefined {
  const stop = Math.min(text.length, from + LONGEST_TAG);
  for (let at = from; at < stop; at += 1) {
    const unit = text.charAt(at);
    if (unit === '>') return at;
    if (unit !== '"' && unit !== "'") continue;
    while (at + 1 < stop && text.charAt(at + 1) !== unit) at += 1;
    at += 1;
  }
  return undefined;
}
