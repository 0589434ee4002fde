/** One property of a Java `.properties` file, as written: escapes stay. Offsets are UTF-16 units from the start of the text. */
export interface Property {
  readonly name: string;
  /** Lines of one value are joined by a line end, without the backslash between them. */
  readonly value: string;
  readonly start: number;
  readonly end: number;
}

/**
 * Reads what `java.util.Properties.load` reads: `=`, `:` or white space ends a name, `#` and `!` start a remark where a line
 * starts, and a line that ends in a backslash goes on in the next one. Any text is a list of properties, so nothing is wrong.
 */
export function readProperties(text: string): readonly Property[] {
  const found: Property[] = [];
  for (let at = 0; at < text.length; ) {
    const start = skipBlanks(text, at);
    const sign = text[start];
    if (sign === undefined) break;
    if (sign === '\n' || sign === '#' || sign === '!') {
      at = endOfLine(text, start) + 1;
      continue;
    }
    const nameEnd = endOfName(text, start);
    const values: string[] = [];
    let from = startOfValue(text, nameEnd);
    let end = nameEnd;
    for (;;) {
      const lineEnd = endOfLine(text, from);
      const line = text.slice(from, lineEnd).replace(/\r$/, '');
      const goesOn = endsInBackslash(line);
      const value = goesOn ? line.slice(0, -1) : line.trimEnd();
      values.push(value);
      if (value !== '') end = from + value.length;
      at = lineEnd + 1;
      if (!goesOn || at >= text.length) break;
      from = skipBlanks(text, at);
    }
    found.push({ name: text.slice(start, nameEnd), value: values.join('\n').trim(), start, end });
  }
  return found;
}

function skipBlanks(text: string, from: number): number {
  let at = from;
  while (/[ \t\f\r]/.test(text[at] ?? '')) at += 1;
  return at;
}

function endOfLine(text: string, from: number): number {
  const at = text.indexOf('\n', from);
  return at < 0 ? text.length : at;
}

function endOfName(text: string, from: number): number {
  let at = from;
  for (; at < text.length && !/[=:\s]/.test(text[at] ?? ''); at += 1) if (text[at] === '\\' && text[at + 1] !== '\n') at += 1;
  return Math.min(at, text.length);
}

/** Behind the white space and the one sign that may stand between a name and its value. */
function startOfValue(text: string, nameEnd: number): number {
  const at = skipBlanks(text, nameEnd);
  return text[at] === '=' || text[at] === ':' ? skipBlanks(text, at + 1) : at;
}

/** Two backslashes are one that is meant. */
function endsInBackslash(line: string): boolean {
  let count = 0;
  while (line[line.length - 1 - count] === '\\') count += 1;
  return count % 2 === 1;
}
