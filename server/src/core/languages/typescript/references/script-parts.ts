/** A stretch of a text; UTF-16 units, the end behind the last. */
export interface Part {
  readonly start: number;
  readonly end: number;
}

/** What stands in the `<script>` elements of a Vue or Svelte file. One without an end is none. */
export function scriptsIn(text: string): readonly Part[] {
  const found: Part[] = [];
  const opener = /<script\b[^>]*>/gi;
  const closer = /<\/script\s*>/gi;
  for (let open = opener.exec(text); open !== null; open = opener.exec(text)) {
    const start = opener.lastIndex;
    closer.lastIndex = start;
    const close = closer.exec(text);
    if (close === null) break;
    found.push({ start, end: close.index });
    opener.lastIndex = closer.lastIndex;
  }
  return found;
}

/** The text with all but its scripts blank; every offset and line end stays. */
export function scriptsAlone(text: string): string {
  const kept: string[] = [];
  let at = 0;
  for (const { start, end } of [...scriptsIn(text), { start: text.length, end: text.length }]) {
    kept.push(text.slice(at, start).replace(/[^\n\r]/g, ' '), text.slice(start, end));
    at = end;
  }
  return kept.join('');
}
