/** A stretch of code in a file of something else. */
export interface Script {
  readonly from: number;
  readonly to: number;
  readonly jsx: boolean;
}

const OPENING = /<script\b((?:"[^"]*"|'[^']*'|[^>"'])*)>/gi;
const CLOSING = /<\/script\s*>/gi;

/** The scripts of a Vue or Svelte file, in their order. A script without an end goes on to the end of the file. */
export function scriptsOf(bytes: Buffer, length: number): readonly Script[] {
  // One byte is one unit, so that places in it are places in the file.
  const text = bytes.toString('latin1', 0, length);
  const scripts: Script[] = [];
  OPENING.lastIndex = 0;
  for (let opening = OPENING.exec(text); opening !== null; opening = OPENING.exec(text)) {
    const from = opening.index + opening[0].length;
    if (opening[1]?.endsWith('/')) continue;
    CLOSING.lastIndex = from;
    const to = CLOSING.exec(text)?.index ?? length;
    const language = /\blang\s*=\s*["']?([\w/]+)/i.exec(opening[1] ?? '')?.[1] ?? '';
    scripts.push({ from, to, jsx: !/^(?:ts|typescript|text\/typescript)$/i.test(language) });
    OPENING.lastIndex = to;
  }
  return scripts;
}
